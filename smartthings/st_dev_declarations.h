/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings. What the binding uses of the SmartThings device SDK 2.1.1, restated, so that it is built
 * and tested where the SDK is not. Where the SDK's own st_dev.h can be found, that one is included instead.
 * The numbers and the order of fields are the SDK's. */
#ifndef ALOFT_ST_DEV_DECLARATIONS_H
#define ALOFT_ST_DEV_DECLARATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void *IOT_CTX;
typedef void *IOT_CAP_HANDLE;
typedef void *IOT_EVENT;

#ifndef _ST_DEV_H_ /* else the SDK's own types count, and its prototypes must agree with these */
typedef enum {
    IOT_STATUS_IDLE = 1,
    IOT_STATUS_PROVISIONING = 2,
    IOT_STATUS_NEED_INTERACT = 4,
    IOT_STATUS_CONNECTING = 8,
    IOT_STATUS_ALL = 15,
} iot_status_t;

typedef enum {
    IOT_STAT_LV_STAY = 0,
    IOT_STAT_LV_START = 1,
    IOT_STAT_LV_DONE = 2,
    IOT_STAT_LV_FAIL = 3,
    IOT_STAT_LV_CONN = 4,
    IOT_STAT_LV_SIGN_IN = 6,
} iot_stat_lv_t;

typedef enum {
    IOT_CAP_VAL_TYPE_UNKNOWN = -1,
    IOT_CAP_VAL_TYPE_NULL,
    IOT_CAP_VAL_TYPE_INTEGER,
    IOT_CAP_VAL_TYPE_NUMBER,
    IOT_CAP_VAL_TYPE_INT_OR_NUM,
    IOT_CAP_VAL_TYPE_STRING,
    IOT_CAP_VAL_TYPE_STR_ARRAY,
    IOT_CAP_VAL_TYPE_JSON_OBJECT,
    IOT_CAP_VAL_TYPE_BOOLEAN,
} iot_cap_val_type_t;

/* a value of an attribute or an argument: `type` says which member counts */
typedef struct {
    iot_cap_val_type_t type;
    uint8_t str_num;
    int integer;
    union {
        double number;
        char *string;
        char **strings;
        char *json_object;
        bool boolean;
    };
} iot_cap_val_t;

/* a command; its texts are there only while the callback runs */
typedef struct {
    uint8_t num_args;
    char **args_str;
    iot_cap_val_t *cmd_data;
    int total_commands_num;
    int order_of_command;
    char *command_id;
} iot_cap_cmd_data_t;

typedef enum {
    IOT_NOTI_TYPE_UNKNOWN = -1,
    IOT_NOTI_TYPE_DEV_DELETED,
    IOT_NOTI_TYPE_RATE_LIMIT,
    IOT_NOTI_TYPE_QUOTA_REACHED,
    IOT_NOTI_TYPE_SEND_FAILED,
    IOT_NOTI_TYPE_COMMANDS,
    IOT_NOTI_TYPE_PREFERENCE_UPDATED,
} iot_noti_type_t;

/* the SDK's union has two members more, for commands and preferences: nothing here makes one of these */
typedef union {
    struct {
        int count;
        int threshold;
        int remainingTime;
        int sequenceNumber;
    } rate_limit;
    struct {
        int used;
        int limit;
    } quota;
    struct {
        int failed_sequence_num;
    } send_fail;
} noti_data_raw_t;

typedef struct {
    iot_noti_type_t type;
    noti_data_raw_t raw;
} iot_noti_data_t;

typedef struct iot_pin_t {
    unsigned char pin[8];
} iot_pin_t;

#endif

typedef void (*st_status_cb)(iot_status_t status, iot_stat_lv_t level, void *user);
typedef void (*st_cap_noti_cb)(iot_noti_data_t *notice, void *user);
typedef void (*st_cap_init_cb)(IOT_CAP_HANDLE *handle, void *user);
typedef void (*st_cap_cmd_cb)(IOT_CAP_HANDLE *handle, iot_cap_cmd_data_t *command, void *user);

/* NULL where there is no memory or the arguments are wrong */
IOT_CAP_HANDLE *st_cap_handle_init(IOT_CTX *context, const char *component, const char *capability,
                                   st_cap_init_cb on_connect, void *user);
/* 0: done */
int st_cap_cmd_set_cb(IOT_CAP_HANDLE *handle, const char *command, st_cap_cmd_cb on_command,
                      void *user);
/* NULL where there is no memory; the value is copied */
IOT_EVENT *st_cap_create_attr(IOT_CAP_HANDLE *handle, const char *attribute, iot_cap_val_t *value,
                              const char *unit, const char *data);
IOT_EVENT *st_cap_create_attr_with_id(IOT_CAP_HANDLE *handle, const char *attribute,
                                      iot_cap_val_t *value, const char *unit, const char *data,
                                      char *command_id);
void st_cap_free_attr(IOT_EVENT *event);
/* above 0: the sequence number of the message; below 0: not sent, and not kept either */
int st_cap_send_attr(IOT_EVENT *event[], uint8_t n);

/* ---- what an application calls beside the binding */

/* both texts are JSON; NULL: one of them is not right, the identity is missing, or there is no memory */
IOT_CTX *st_conn_init(unsigned char *onboarding_config, unsigned int onboarding_config_len,
                      unsigned char *device_info, unsigned int device_info_len);
/* 0: done; never on the SDK's task */
int st_conn_set_noti_cb(IOT_CTX *context, st_cap_noti_cb on_notice, void *user);
int st_conn_start(IOT_CTX *context, st_status_cb on_status, iot_status_t statuses, void *user,
                  iot_pin_t *pin);
int st_conn_cleanup(IOT_CTX *context, bool reboot);
void st_conn_ownership_confirm(IOT_CTX *context, bool confirm);

#endif

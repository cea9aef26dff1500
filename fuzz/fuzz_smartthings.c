/* SPDX-License-Identifier: Apache-2.0 */
/* The binding against an SDK that does anything: commands, notices, statuses and time as the input has them.
 * Whatever comes, what is said is whole, and no offer has the version that runs. */
#include <string.h>

#include "smartthings/binding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    st_cap_cmd_cb on_command[2];
    st_cap_init_cb on_connect;
    unsigned n_commands, n_events;
    char current[40], available[40];
    bool offer, refuses;
} sdk;
static IOT_CAP_HANDLE handle;
static IOT_EVENT event;

IOT_CAP_HANDLE *st_cap_handle_init(IOT_CTX *context, const char *component, const char *capability,
                                   st_cap_init_cb on_connect, void *user) {
    (void)context, (void)component, (void)capability, (void)user;
    sdk.on_connect = on_connect;
    return &handle;
}

int st_cap_cmd_set_cb(IOT_CAP_HANDLE *of, const char *command, st_cap_cmd_cb on_command,
                      void *user) {
    (void)of, (void)command, (void)user;
    sdk.on_command[sdk.n_commands++ % 2] = on_command;
    return 0;
}

IOT_EVENT *st_cap_create_attr_with_id(IOT_CAP_HANDLE *of, const char *attribute,
                                      iot_cap_val_t *value, const char *unit, const char *data,
                                      char *command_id) {
    (void)of, (void)unit, (void)data;
    if (command_id != NULL && strlen(command_id) > ALOFT_ST_ID_MAX)
        __builtin_trap();
    if (strcmp(attribute, "currentVersion") == 0)
        strncpy(sdk.current, value->string, sizeof sdk.current - 1);
    if (strcmp(attribute, "availableVersion") == 0)
        strncpy(sdk.available, value->string, sizeof sdk.available - 1);
    if (strcmp(attribute, "updateAvailable") == 0)
        sdk.offer = value->boolean;
    sdk.n_events++;
    return &event;
}

IOT_EVENT *st_cap_create_attr(IOT_CAP_HANDLE *of, const char *attribute, iot_cap_val_t *value,
                              const char *unit, const char *data) {
    return st_cap_create_attr_with_id(of, attribute, value, unit, data, NULL);
}

void st_cap_free_attr(IOT_EVENT *of) {
    (void)of;
    sdk.n_events--;
}

int st_cap_send_attr(IOT_EVENT *events[], uint8_t n) {
    (void)events;
    if (n != sdk.n_events || sdk.offer != (strcmp(sdk.current, sdk.available) != 0))
        __builtin_trap();
    return sdk.refuses ? -1 : 1;
}

static void command(struct aloft_st *st, const uint8_t *five) {
    char id[64];
    iot_cap_cmd_data_t given = {.num_args = five[1], .total_commands_num = five[2]};

    memset(id, five[3], sizeof id);
    id[five[4] % sizeof id] = 0;
    given.command_id = five[4] == 255 ? NULL : id;
    sdk.on_command[five[2] % 2](&handle, five[3] == 255 ? NULL : &given, st);
}

static void status(struct aloft_status *s, const uint8_t *five) {
    s->state = (enum aloft_state)(five[1] % (ALOFT_STOPPED + 1));
    s->outcome = (enum aloft_outcome)(five[2] % (ALOFT_GIVEN_UP + 1));
    s->attempt = five[2] >> 4;
    s->offer_stands = (five[3] & 1) != 0;
    memset(s->offered_version, five[3], five[3] % (ALOFT_VERSION_MAX + 1));
    s->fault = (aloft_fault){.code = (uint16_t)(five[4] << 8 | five[3]), .step = five[4] % 12};
    s->done = five[4];
    s->total = five[3];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct aloft_st st;
    struct aloft_status now = {0};
    uint32_t now_ms = 0;
    const struct aloft_st_config config = {.version = "11", .shows_progress = size % 2 != 0};

    memset(&sdk, 0, sizeof sdk);
    if (!aloft_st_start(&st, NULL, &config))
        return 0;
    for (; size >= 5; data += 5, size -= 5) {
        if (data[0] % 6 == 0)
            command(&st, data);
        else if (data[0] % 6 == 1)
            status(&now, data);
        else if (data[0] % 6 == 2)
            aloft_st_notice(&st, &(iot_noti_data_t){.type = (iot_noti_type_t)(data[1] % 8)});
        else if (data[0] % 6 == 3)
            aloft_st_status(&st, (iot_status_t)data[1], (iot_stat_lv_t)data[2]);
        else if (data[0] % 6 == 4)
            sdk.on_connect(&handle, &st);
        sdk.refuses = data[0] >= 200;
        now_ms += (uint32_t)data[1] << (data[2] % 24);
        (void)!aloft_st_step(&st, &now, now_ms, (uint64_t)data[3] << (data[4] % 56));
    }
    return 0;
}

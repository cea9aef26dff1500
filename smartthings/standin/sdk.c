/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. The SDK's functions over libmosquitto, as far as the binding needs them.
 * Knows: topics, JSON, the handshake.   Never knows: what an update is. */
#include "sdk.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>
#include <mosquitto.h>

#include "token.h"
#include "words.h"

#define KEEPALIVE_S 120
#define HANDSHAKE_S 5
#define LIMIT_S     60
#define RETRY_MAX_S 64u /* as the SDK: 1, 2, 4 ... 64 s */
#define TOPIC_SIZE  160u

static struct {
    struct st_standin settings;
    struct mosquitto *mqtt;
    IOT_CAP_HANDLE handle;
    st_cap_init_cb on_connect;
    void *user;
    struct {
        const char *name;
        st_cap_cmd_cb call;
        void *user;
    } command[4];
    unsigned n_commands;
    pthread_mutex_t lock; /* of what follows */
    bool is_linked, is_connected;
    time_t linked_s, limited_s;
    int sequence;
    struct st_identity who; /* where settings.project is */
    bool is_refused;
} sdk = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *topic(const char *name, char out[TOPIC_SIZE]) {
    snprintf(out, TOPIC_SIZE, "/v1/%s/%s", name, sdk.settings.device_id);
    return out;
}

static time_t now_s(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void tell_status(iot_status_t status, iot_stat_lv_t level) {
    if (sdk.settings.on_status != NULL)
        sdk.settings.on_status(status, level, sdk.settings.user);
}

static void tell_notice(iot_noti_type_t type) {
    iot_noti_data_t notice = {.type = type};

    if (sdk.settings.on_notice != NULL)
        sdk.settings.on_notice(&notice, sdk.settings.user);
}

/* ---- the capability */

IOT_CAP_HANDLE *st_cap_handle_init(IOT_CTX *context, const char *component, const char *capability,
                                   st_cap_init_cb on_connect, void *user) {
    (void)context;
    if (strcmp(component, "main") != 0 || strcmp(capability, "firmwareUpdate") != 0)
        return NULL;
    sdk.on_connect = on_connect;
    sdk.user = user;
    return &sdk.handle;
}

int st_cap_cmd_set_cb(IOT_CAP_HANDLE *handle, const char *command, st_cap_cmd_cb on_command,
                      void *user) {
    if (handle != &sdk.handle || sdk.n_commands == sizeof sdk.command / sizeof *sdk.command)
        return -1;
    sdk.command[sdk.n_commands].name = command;
    sdk.command[sdk.n_commands].call = on_command;
    sdk.command[sdk.n_commands++].user = user;
    return 0;
}

static void add_value(cJSON *event, const iot_cap_val_t *value) {
    if (value->type == IOT_CAP_VAL_TYPE_STRING)
        cJSON_AddStringToObject(event, "value", value->string);
    else if (value->type == IOT_CAP_VAL_TYPE_BOOLEAN)
        cJSON_AddBoolToObject(event, "value", value->boolean);
    else
        cJSON_AddNumberToObject(event, "value", value->integer);
}

IOT_EVENT *st_cap_create_attr_with_id(IOT_CAP_HANDLE *handle, const char *attribute,
                                      iot_cap_val_t *value, const char *unit, const char *data,
                                      char *command_id) {
    cJSON *event = cJSON_CreateObject();

    (void)handle;
    (void)data;
    if (event == NULL)
        return NULL;
    if (command_id != NULL)
        cJSON_AddStringToObject(event, "commandId", command_id);
    cJSON_AddStringToObject(event, "component", "main");
    cJSON_AddStringToObject(event, "capability", "firmwareUpdate");
    cJSON_AddStringToObject(event, "attribute", attribute);
    add_value(event, value);
    if (unit != NULL)
        cJSON_AddStringToObject(event, "unit", unit);
    return (IOT_EVENT *)(void *)event;
}

IOT_EVENT *st_cap_create_attr(IOT_CAP_HANDLE *handle, const char *attribute, iot_cap_val_t *value,
                              const char *unit, const char *data) {
    return st_cap_create_attr_with_id(handle, attribute, value, unit, data, NULL);
}

void st_cap_free_attr(IOT_EVENT *event) {
    cJSON_Delete((cJSON *)(void *)event);
}

static void add_provider_data(cJSON *event, int sequence) {
    cJSON *data = cJSON_AddObjectToObject(event, "providerData");
    struct timespec now;
    char stamp[24];

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(stamp, sizeof stamp, "%" PRId64, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    cJSON_AddNumberToObject(data, "sequenceNumber", sequence);
    cJSON_AddStringToObject(data, "timestamp", stamp);
}

static int publish(IOT_EVENT *events[], uint8_t n, int sequence) {
    cJSON *message = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(message, "deviceEvents");
    char to[TOPIC_SIZE];
    char *text;
    int e = MOSQ_ERR_NOMEM;

    for (uint8_t i = 0; i < n; i++) {
        cJSON *event = cJSON_Duplicate((cJSON *)(void *)events[i], true);
        add_provider_data(event, sequence);
        cJSON_AddItemToArray(list, event);
    }
    text = cJSON_PrintUnformatted(message);
    if (text != NULL)
        e = mosquitto_publish(sdk.mqtt, NULL, topic("deviceEvents", to), (int)strlen(text), text, 1,
                              false);
    cJSON_free(text);
    cJSON_Delete(message);
    return e == MOSQ_ERR_SUCCESS ? sequence : -1;
}

int st_cap_send_attr(IOT_EVENT *events[], uint8_t n) {
    int sent = -1;

    pthread_mutex_lock(&sdk.lock);
    if (sdk.is_connected && now_s() >= sdk.limited_s)
        sent = publish(events, n, ++sdk.sequence);
    pthread_mutex_unlock(&sdk.lock);
    return sent;
}

/* ---- what comes: on the thread of libmosquitto, as the SDK has one task */

static void call(void *self, const struct st_command *command) {
    iot_cap_cmd_data_t given = {.total_commands_num = 1,
                                .command_id = (char *)(uintptr_t)command->id};

    (void)self;
    for (unsigned i = 0; i < sdk.n_commands; i++)
        if (strcmp(command->name, sdk.command[i].name) == 0)
            sdk.command[i].call(&sdk.handle, &given, sdk.command[i].user);
}

static void connected(void) {
    pthread_mutex_lock(&sdk.lock);
    sdk.is_connected = true;
    pthread_mutex_unlock(&sdk.lock);
    sdk.on_connect(&sdk.handle, sdk.user);
    tell_status(IOT_STATUS_CONNECTING, IOT_STAT_LV_DONE);
}

static void limited(void) {
    pthread_mutex_lock(&sdk.lock);
    sdk.limited_s = now_s() + LIMIT_S;
    pthread_mutex_unlock(&sdk.lock);
    tell_notice(IOT_NOTI_TYPE_RATE_LIMIT);
}

static void take_notification(const void *json, size_t len) {
    char why[256];
    enum st_notification is = st_words_notification(json, len, why, sizeof why);

    if (is == ST_CONNECTED && !sdk.is_connected)
        connected();
    else if (is == ST_LIMITED)
        limited();
    if (is != ST_REFUSED)
        return;
    sdk.is_refused = true;
    fprintf(stderr, "SmartThings stand-in: the cloud does not let this device in: %s\n", why);
}

static void on_message(struct mosquitto *mqtt, void *user, const struct mosquitto_message *m) {
    char commands[TOPIC_SIZE];

    (void)mqtt;
    (void)user;
    if (m->payloadlen <= 0)
        return;
    if (strcmp(m->topic, topic("commands", commands)) != 0) {
        take_notification(m->payload, (size_t)m->payloadlen);
    } else if (st_words_commands(m->payload, (size_t)m->payloadlen, call, NULL) > 0) {
        tell_notice(IOT_NOTI_TYPE_COMMANDS); /* the SDK delivers each command here again */
    }
}

/* ---- the connection */

/* The password of the connection, as the SDK has it; made anew each time. */
static bool make_token(char token[ST_TOKEN_SIZE]) {
    return sdk.settings.project != NULL && st_token_make(&sdk.who, (int64_t)time(NULL), token);
}

/* The broker has not shown the password to the cloud, so the cloud gets it once more. */
static void log_in(void) {
    char token[ST_TOKEN_SIZE], to[TOPIC_SIZE];

    if (make_token(token))
        mosquitto_publish(sdk.mqtt, NULL, topic("standin/login", to), (int)strlen(token), token, 1,
                          false);
}

static void on_link(struct mosquitto *mqtt, void *user, int answer) {
    char commands[TOPIC_SIZE], notifications[TOPIC_SIZE];
    char *const both[] = {commands, notifications};

    (void)user;
    if (answer != 0)
        return;
    topic("commands", commands);
    topic("notifications", notifications);
    sdk.linked_s = now_s();
    sdk.is_linked = true;
    log_in();
    mosquitto_subscribe_multiple(mqtt, NULL, 2, both, 1, 0, NULL);
}

/* A client for one connection: what was not sent when it ends is gone, as in the SDK. */
static bool make_client(void) {
    char token[ST_TOKEN_SIZE];

    sdk.mqtt = mosquitto_new(NULL, true, NULL);
    if (sdk.mqtt == NULL ||
        mosquitto_tls_set(sdk.mqtt, sdk.settings.ca, NULL, NULL, NULL, NULL) != MOSQ_ERR_SUCCESS ||
        mosquitto_username_pw_set(sdk.mqtt, sdk.settings.device_id,
                                  make_token(token) ? token : NULL) != MOSQ_ERR_SUCCESS)
        return false;
    mosquitto_threaded_set(sdk.mqtt, true);
    mosquitto_connect_callback_set(sdk.mqtt, on_link);
    mosquitto_message_callback_set(sdk.mqtt, on_message);
    return true;
}

static void lose_client(void) {
    pthread_mutex_lock(&sdk.lock);
    sdk.is_connected = false;
    pthread_mutex_unlock(&sdk.lock);
    sdk.is_linked = false;
    mosquitto_destroy(sdk.mqtt);
    sdk.mqtt = NULL;
}

/* One connection from its beginning to its end; true: it came as far as connect.success. */
static bool live(void) {
    bool was_connected = false;

    sdk.is_refused = false;
    if (make_client() && mosquitto_connect(sdk.mqtt, sdk.settings.host, sdk.settings.port,
                                           KEEPALIVE_S) == MOSQ_ERR_SUCCESS)
        while (mosquitto_loop(sdk.mqtt, 200, 1) == MOSQ_ERR_SUCCESS) {
            was_connected = was_connected || sdk.is_connected;
            if (sdk.is_refused)
                break;
            if (sdk.is_linked && !sdk.is_connected && now_s() - sdk.linked_s > HANDSHAKE_S)
                break; /* nobody says connect.success */
        }
    lose_client();
    tell_status(IOT_STATUS_IDLE, IOT_STAT_LV_STAY);
    return was_connected;
}

static void *task(void *nothing) {
    unsigned wait_s = 1;

    for (;;) {
        wait_s = live() ? 1 : wait_s * 2;
        wait_s = wait_s < RETRY_MAX_S ? wait_s : RETRY_MAX_S;
        nanosleep(&(struct timespec){.tv_sec = (time_t)wait_s}, NULL);
    }
    return nothing;
}

IOT_CTX *st_standin_init(const struct st_standin *settings) {
    static IOT_CTX context;
    const char *wrong;

    sdk.settings = *settings;
    wrong = settings->project == NULL ? NULL : st_identity_read(settings->project, &sdk.who);
    if (wrong != NULL) {
        fprintf(stderr, "SmartThings stand-in: %s\n", wrong);
        return NULL;
    }
    mosquitto_lib_init();
    if (!make_client()) /* to hear at once that the CA cannot be read */
        return NULL;
    lose_client();
    return &context;
}

int st_standin_start(void) {
    pthread_t thread;

    return pthread_create(&thread, NULL, task, NULL);
}

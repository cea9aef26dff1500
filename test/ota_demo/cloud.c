/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of the SmartThings SDK, of its cloud and of the app, for the application over the model of a
 * chip: the SDK's functions as far as esp32/ota_demo calls them. It brings up the Wi-Fi by itself, as an
 * onboarded device does; what is sent to the cloud is a line, and the app is typed (pins.c):
 *
 *     !app CAPABILITY COMMAND
 *
 * Nothing of it is the SDK: no MQTT, no token, no onboarding. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <esp_event.h>
#include <esp_netif.h>
#include <esp_netif_sntp.h>
#include <esp_wifi.h>

#include "smartthings/st_dev_declarations.h"

#define CAPABILITIES_MAX 4u
#define COMMANDS_MAX     8u

/* EMBED_FILES of smartthings/CMakeLists.txt */
__asm__(
    ".section .rodata\n.global _binary_onboarding_config_json_start\n"
    "_binary_onboarding_config_json_start:\n.ascii \"{}\"\n"
    ".global _binary_onboarding_config_json_end\n_binary_onboarding_config_json_end:\n.previous\n");

struct capability {
    IOT_CAP_HANDLE handle;
    const char *name;
    st_cap_init_cb on_connect;
    void *user;
};

struct command {
    struct capability *of;
    const char *name;
    st_cap_cmd_cb call;
    void *user;
};

struct event {
    const struct capability *of;
    char text[400];
};

static IOT_CTX the_context;
static struct capability capabilities[CAPABILITIES_MAX];
static struct command commands[COMMANDS_MAX];
static unsigned n_capabilities, n_commands;
static st_status_cb tell_status;
static atomic_bool is_connected;
static atomic_int sequence;

void app_command(const char *words);

/* ---- what the application builds */

IOT_CTX *st_conn_init(unsigned char *onboarding_config, unsigned int onboarding_config_len,
                      unsigned char *device_info, unsigned int device_info_len) {
    (void)onboarding_config, (void)onboarding_config_len;
    printf("cloud: registers %.*s\n", (int)device_info_len, (const char *)device_info);
    return &the_context;
}

IOT_CAP_HANDLE *st_cap_handle_init(IOT_CTX *context, const char *component, const char *capability,
                                   st_cap_init_cb on_connect, void *user) {
    (void)context, (void)component;
    if (n_capabilities == CAPABILITIES_MAX)
        return NULL;
    capabilities[n_capabilities] =
        (struct capability){.name = capability, .on_connect = on_connect, .user = user};
    return &capabilities[n_capabilities++].handle;
}

int st_cap_cmd_set_cb(IOT_CAP_HANDLE *handle, const char *command, st_cap_cmd_cb on_command,
                      void *user) {
    if (n_commands == COMMANDS_MAX)
        return -1;
    commands[n_commands++] =
        (struct command){(struct capability *)(void *)handle, command, on_command, user};
    return 0;
}

int st_conn_set_noti_cb(IOT_CTX *context, st_cap_noti_cb on_notice, void *user) {
    (void)context, (void)on_notice, (void)user;
    return 0;
}

/* ---- what is sent */

IOT_EVENT *st_cap_create_attr_with_id(IOT_CAP_HANDLE *handle, const char *attribute,
                                      iot_cap_val_t *value, const char *unit, const char *data,
                                      char *command_id) {
    struct event *event = calloc(1, sizeof *event);
    const struct capability *of = (const struct capability *)(const void *)handle;

    (void)unit, (void)data, (void)command_id;
    if (event == NULL)
        return NULL;
    if (value->type == IOT_CAP_VAL_TYPE_STRING)
        snprintf(event->text, sizeof event->text, "%s %s %s", of->name, attribute, value->string);
    else if (value->type == IOT_CAP_VAL_TYPE_BOOLEAN)
        snprintf(event->text, sizeof event->text, "%s %s %s", of->name, attribute,
                 value->boolean ? "true" : "false");
    else
        snprintf(event->text, sizeof event->text, "%s %s %d", of->name, attribute, value->integer);
    return (IOT_EVENT *)(void *)event;
}

IOT_EVENT *st_cap_create_attr(IOT_CAP_HANDLE *handle, const char *attribute, iot_cap_val_t *value,
                              const char *unit, const char *data) {
    return st_cap_create_attr_with_id(handle, attribute, value, unit, data, NULL);
}

void st_cap_free_attr(IOT_EVENT *event) {
    free(event);
}

int st_cap_send_attr(IOT_EVENT *event[], uint8_t n) {
    if (!atomic_load(&is_connected))
        return -1;
    for (uint8_t i = 0; i < n; i++)
        printf("cloud: %s\n", ((const struct event *)(const void *)event[i])->text);
    return atomic_fetch_add(&sequence, 1) + 1;
}

/* ---- the connection, which lasts as long as the Wi-Fi */

static void on_wifi(void *self, esp_event_base_t base, int32_t id, void *data) {
    (void)self, (void)base, (void)data;
    if (id == WIFI_EVENT_STA_DISCONNECTED)
        atomic_store(&is_connected, false);
    (void)esp_wifi_connect(); /* STA_START, or it is gone */
}

static void on_address(void *self, esp_event_base_t base, int32_t id, void *data) {
    (void)self, (void)base, (void)id, (void)data;
    atomic_store(&is_connected, true);
    for (unsigned i = 0; i < n_capabilities; i++)
        capabilities[i].on_connect(&capabilities[i].handle, capabilities[i].user);
    tell_status(IOT_STATUS_CONNECTING, IOT_STAT_LV_DONE, NULL);
}

int st_conn_start(IOT_CTX *context, st_status_cb on_status, iot_status_t statuses, void *user,
                  iot_pin_t *pin) {
    wifi_config_t onboarded = {.sta = {.ssid = "home", .password = "correct-horse"}};
    const wifi_init_config_t driver = WIFI_INIT_CONFIG_DEFAULT();
    const esp_sntp_config_t time = ESP_NETIF_SNTP_DEFAULT_CONFIG("time.example");

    (void)context, (void)statuses, (void)user, (void)pin;
    tell_status = on_status;
    (void)esp_event_handler_instance_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL, NULL);
    (void)esp_event_handler_instance_register(IP_EVENT, IP_EVENT_STA_GOT_IP, on_address, NULL,
                                              NULL);
    (void)esp_wifi_init(&driver);
    (void)esp_wifi_set_config(WIFI_IF_STA, &onboarded);
    (void)esp_netif_sntp_init(&time);
    return esp_wifi_start() == ESP_OK ? 0 : -1;
}

int st_conn_cleanup(IOT_CTX *context, bool reboot) {
    (void)context, (void)reboot;
    puts("cloud: forgotten");
    return 0;
}

void st_conn_ownership_confirm(IOT_CTX *context, bool confirm) {
    (void)context, (void)confirm;
    puts("cloud: the owner was confirmed");
}

/* ---- the app */

void app_command(const char *words) {
    char id[] = "1";
    iot_cap_cmd_data_t given = {.total_commands_num = 1, .command_id = id};
    char capability[32], name[32];

    if (sscanf(words, "%31s %31s", capability, name) != 2 || !atomic_load(&is_connected))
        return;
    for (unsigned i = 0; i < n_commands; i++)
        if (strcmp(commands[i].of->name, capability) == 0 && strcmp(commands[i].name, name) == 0)
            commands[i].call(&commands[i].of->handle, &given, commands[i].user);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo. Starts the SmartThings SDK, and lets the binding speak for the updater.
 * Knows: the SDK's public functions, two capabilities.   Never knows: what an update is made of. */
#include "smartthings.h"

#include <stdint.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <nvs.h>

#include "smartthings/binding.h"

/* Embedded as the Developer Workspace gives it. The identity is not: it is in the partition "stnv". */
extern const uint8_t profile_start[] __asm__("_binary_onboarding_config_json_start");
extern const uint8_t profile_end[] __asm__("_binary_onboarding_config_json_end");

static struct aloft_st app;
static IOT_CTX *context;
static IOT_CAP_HANDLE *lamp;
static void (*set_lamp_of)(bool is_on);
static atomic_bool is_on = true, is_due, is_asked_for_owner;

/* ---- on the SDK's task */

static void on_status(iot_status_t status, iot_stat_lv_t level, void *user) {
    (void)user;
    if (status == IOT_STATUS_NEED_INTERACT) {
        atomic_store(&is_asked_for_owner, true);
        puts("SmartThings: the app asks who owns this device. Press its button once.");
    }
    aloft_st_status(&app, status, level);
}

static void on_notice(iot_noti_data_t *notice, void *user) {
    (void)user;
    aloft_st_notice(&app, notice);
}

static void on_lamp_connect(IOT_CAP_HANDLE *handle, void *user) {
    (void)handle;
    (void)user;
    atomic_store(&is_due, true);
}

static void switch_lamp(bool on) {
    atomic_store(&is_on, on);
    atomic_store(&is_due, true);
    set_lamp_of(on);
}

static void on_switch_on(IOT_CAP_HANDLE *handle, iot_cap_cmd_data_t *command, void *user) {
    (void)handle, (void)command, (void)user;
    switch_lamp(true);
}

static void on_switch_off(IOT_CAP_HANDLE *handle, iot_cap_cmd_data_t *command, void *user) {
    (void)handle, (void)command, (void)user;
    switch_lamp(false);
}

/* ---- what was told of the last update, so that its time is told once */

static uint32_t kept_mark(void) {
    uint32_t mark = 0;
    nvs_handle_t nvs;

    if (nvs_open("ota_demo", NVS_READONLY, &nvs) != ESP_OK)
        return 0;
    if (nvs_get_u32(nvs, "told", &mark) != ESP_OK)
        mark = 0;
    nvs_close(nvs);
    return mark;
}

/* If power goes before the commit: the time is told again, a little later than it was. */
static void keep_mark(void *self, uint32_t mark) {
    nvs_handle_t nvs;

    (void)self;
    if (nvs_open("ota_demo", NVS_READWRITE, &nvs) != ESP_OK)
        return;
    if (nvs_set_u32(nvs, "told", mark) == ESP_OK)
        (void)nvs_commit(nvs);
    nvs_close(nvs);
}

/* ---- the start */

static bool add_switch(void) {
    lamp = st_cap_handle_init(context, "main", "switch", on_lamp_connect, NULL);
    return lamp != NULL && st_cap_cmd_set_cb(lamp, "on", on_switch_on, NULL) == 0 &&
           st_cap_cmd_set_cb(lamp, "off", on_switch_off, NULL) == 0;
}

/* The updater goes on; nothing here is called for it any more. */
static bool fail(const char *what) {
    context = NULL;
    printf("SmartThings: %s. The update goes on without it.\n", what);
    return false;
}

bool smartthings_start(const char *version, void (*set_lamp)(bool is_on)) {
    /* The SDK registers the device with this version; nobody can forget to raise the image's own. */
    static char info[96];
    const struct aloft_st_config config = {
        .version = version, .mark = kept_mark(), .keep_mark = keep_mark};
    int n =
        snprintf(info, sizeof info, "{\"deviceInfo\":{\"firmwareVersion\":\"%.40s\"}}", version);

    set_lamp_of = set_lamp;
    context =
        st_conn_init((unsigned char *)(uintptr_t)profile_start,
                     (unsigned)(profile_end - profile_start), (unsigned char *)info, (unsigned)n);
    if (context == NULL)
        return fail("the SDK does not start: run `aloft smartthings identity` for this project, "
                    "and write stnv.bin into the partition stnv");
    if (!add_switch() || !aloft_st_start(&app, context, &config) ||
        st_conn_set_noti_cb(context, on_notice, NULL) != 0)
        return fail("the SDK has no memory");
    if (st_conn_start(context, on_status, IOT_STATUS_ALL, NULL, NULL) != 0)
        return fail("the SDK cannot connect");
    return true;
}

/* ---- the updater's task */

#define LAMP_RETRY_MS 5000u /* while there is no connection, or the cloud has imposed a wait */

/* false: it has not left, and is due again */
static bool tell_lamp(void) {
    iot_cap_val_t value = {.type = IOT_CAP_VAL_TYPE_STRING};
    char on[] = "on", off[] = "off";
    IOT_EVENT *event;
    bool has_left;

    value.string = atomic_load(&is_on) ? on : off;
    event = st_cap_create_attr(lamp, "switch", &value, NULL, NULL);
    has_left = event != NULL && st_cap_send_attr(&event, 1) > 0;
    if (event != NULL)
        st_cap_free_attr(event);
    if (!has_left)
        atomic_store(&is_due, true);
    return has_left;
}

void smartthings_step(struct aloft_esp *updater) {
    static bool has_failed;
    static uint32_t failed_ms;
    const struct aloft_clock *clock = &updater->config.clock;
    uint32_t now_ms;
    unsigned wishes;

    if (context == NULL)
        return;
    wishes = aloft_st_step(&app, &updater->status, clock->now_ms(clock->self),
                           clock->unix_s(clock->self));
    if ((wishes & ALOFT_ST_CHECK) != 0)
        aloft_check_now(&updater->device);
    if ((wishes & ALOFT_ST_UPDATE) != 0)
        aloft_take_offer(&updater->device);
    now_ms = clock->now_ms(clock->self);
    if (atomic_load(&is_due) && (!has_failed || now_ms - failed_ms >= LAMP_RETRY_MS)) {
        atomic_store(&is_due, false);
        has_failed = !tell_lamp();
        failed_ms = now_ms;
    }
}

bool smartthings_may_reboot(void *updater) {
    const struct aloft_esp *esp = updater;

    return context == NULL ||
           aloft_st_may_reboot(&app, esp->config.clock.now_ms(esp->config.clock.self));
}

enum aloft_health_word smartthings_health(void) {
    return context == NULL ? ALOFT_WELL : aloft_st_health(&app);
}

void smartthings_tell_lamp(bool on) {
    atomic_store(&is_on, on);
    atomic_store(&is_due, true);
}

bool smartthings_confirm_owner(void) {
    if (context == NULL || !atomic_exchange(&is_asked_for_owner, false))
        return false;
    st_conn_ownership_confirm(context, true);
    return true;
}

void smartthings_forget(void) {
    if (context != NULL)
        (void)st_conn_cleanup(context, true);
}

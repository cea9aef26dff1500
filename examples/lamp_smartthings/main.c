/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware of the SmartThings demo: a device whose updates are offered and taken in an app. The SDK is the
 * stand-in of smartthings/standin; the binding is the one that an ESP32 has. Built with -DLAMP_VERSION=1.1.0; with
 * -DLAMP_FAULT it is a release that finds itself sick. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <posix/aloft_posix.h>

#include "smartthings/binding.h"
#include "smartthings/standin/sdk.h"

#include "aloft_trust.h"

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)

#ifndef LAMP_VERSION
#define LAMP_VERSION 1.0.0
#endif

ALOFT_IMAGE(FIRMWARE_CLASS, TEXT(LAMP_VERSION), "lamp of the SmartThings demo");

static struct aloft_posix device;
static struct aloft_st app;
static void (*reboot)(void *self);

static uint32_t now_ms(void) {
    return device.config.clock.now_ms(device.config.clock.self);
}

/* What the user wants, and what he is told. */
static void talk_to_app(void) {
    uint64_t unix_s = device.config.clock.unix_s(device.config.clock.self);
    unsigned wishes = aloft_st_step(&app, &device.status, now_ms(), unix_s);

    if ((wishes & ALOFT_ST_CHECK) != 0)
        aloft_check_now(&device.device);
    if ((wishes & ALOFT_ST_UPDATE) != 0)
        aloft_take_offer(&device.device);
}

/* The last word has two seconds to leave; a rate limit or a lost connection keeps nobody waiting. */
static void reboot_politely(void *self) {
    uint32_t began_ms = now_ms();

    aloft_status(&device.device, &device.status);
    do {
        talk_to_app();
        device.config.loader.kick(device.config.loader.self);
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    } while (!aloft_st_may_reboot(&app, now_ms()) && now_ms() - began_ms < 5000);
    reboot(self);
}

static void on_status(iot_status_t status, iot_stat_lv_t level, void *user) {
    (void)user;
    aloft_st_status(&app, status, level);
}

static void on_notice(iot_noti_data_t *notice, void *user) {
    (void)user;
    aloft_st_notice(&app, notice);
}

/* What was told of the last update, in a file beside the flash; an ESP32 has NVS for this. */
static FILE *mark_file(const char *mode) {
    const char *dir = getenv("ALOFT_DEVICE_DIR");
    char path[512];

    if (dir == NULL || snprintf(path, sizeof path, "%s/told", dir) >= (int)sizeof path)
        return NULL;
    return fopen(path, mode);
}

static void keep_mark(void *self, uint32_t mark) {
    FILE *file = mark_file("w");

    (void)self;
    if (file == NULL)
        return;
    fprintf(file, "%u\n", (unsigned)mark);
    fclose(file);
}

static uint32_t kept_mark(void) {
    FILE *file = mark_file("r");
    char text[16] = "";

    if (file == NULL)
        return 0;
    if (fgets(text, sizeof text, file) == NULL)
        text[0] = 0;
    fclose(file);
    return (uint32_t)strtoul(text, NULL, 10);
}

static bool start_app(void) {
    static char host[256];
    const char *broker = getenv("ALOFT_STANDIN_BROKER");
    const char *colon = broker == NULL ? NULL : strrchr(broker, ':');
    struct st_standin settings = {.host = host, .on_status = on_status, .on_notice = on_notice};
    const struct aloft_st_config config = {
        .version = aloft_image.version, .mark = kept_mark(), .keep_mark = keep_mark};
    IOT_CTX *context;

    if (colon == NULL || (size_t)(colon - broker) >= sizeof host)
        return false;
    memcpy(host, broker, (size_t)(colon - broker));
    settings.port = atoi(colon + 1);
    settings.ca = getenv("ALOFT_CA");
    settings.project = getenv("ALOFT_STANDIN_PROJECT");
    settings.device_id = device.config.id == NULL ? "lamp" : device.config.id;
    context = st_standin_init(&settings);
    return context != NULL && aloft_st_start(&app, context, &config) && st_standin_start() == 0;
}

static enum aloft_health_word health(void) {
#ifdef LAMP_FAULT
    return ALOFT_SICK;
#else
    return aloft_st_health(&app);
#endif
}

int main(void) {
    if (!aloft_posix_start(&device))
        return 1;
    device.config.ask_first = true; /* the button decides */
    reboot = device.config.loader.reboot;
    device.config.loader.reboot = reboot_politely;
    if (!start_app()) {
        fputs("ALOFT_STANDIN_BROKER is not HOST:PORT, or the broker's CA cannot be read\n", stderr);
        return 1;
    }
    for (;;) {
        talk_to_app();
        aloft_posix_health(&device, health());
        aloft_posix_step(&device);
    }
}

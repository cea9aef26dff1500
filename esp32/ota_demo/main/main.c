/* SPDX-License-Identifier: Apache-2.0 */
/* A lamp with a button and a console that updates itself: the whole application. Everything here is
 * yours to change. */
#include <aloft_esp.h>
#include <board.h>
#include <bridge_nvs.h>
#include <console.h>
#include <presses.h>
#include <smartthings.h>
#include <tell.h>
#include <turn.h>
#include <wifi.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <sdkconfig.h>

#include "aloft_trust.h"

ALOFT_IMAGE(CONFIG_ALOFT_CLASS, PROJECT_VER, "ota_demo");

#define BLINK_MS 1000 /* 1.1.0 blinks fast: 200 */

extern const char ca_pem[] __asm__("_binary_aloft_ca_pem_start");

static struct aloft_esp updater;
static atomic_bool is_on = true;
static bool in_app; /* the SmartThings SDK has the network */

/* ---- the lamp and its button, in a task of their own: an update never makes them stumble */

static void press(enum presses_word word) {
    if (word == PRESSES_TOGGLE && smartthings_confirm_owner()) {
        console_say(is_on ? WORD_ON : WORD_OFF, NULL);
    } else if (word == PRESSES_TOGGLE) {
        is_on = !is_on;
        smartthings_tell_lamp(is_on);
        console_say(is_on ? WORD_ON : WORD_OFF, NULL);
    } else if (word == PRESSES_UPDATE) {
        console_update();
    } else if (word == PRESSES_CLEAN) {
        console_clean_up();
    } else if (word == PRESSES_ONBOARD) {
        if (in_app)
            smartthings_forget();
        else
            wifi_forget();
    }
}

static void set_lamp(bool on) {
    is_on = on;
}

static void lamp_task(void *unused) {
    struct presses presses = {0};

    (void)unused;
    for (;;) {
        uint32_t now = board_now_ms();
        press(presses_see(&presses, board_button(), now));
        board_led(is_on && now / BLINK_MS % 2 == 0);
        vTaskDelay(pdMS_TO_TICKS(10));
    }
}

/* ---- the update */

static bool has_network(void) {
    return in_app ? smartthings_health() == ALOFT_WELL : wifi_is_up();
}

/* The first check of a start comes before the network does, and would be made again after its back-off. */
static void see_network(void) {
    static bool was_there;
    bool is_there = has_network();

    if (is_there && !was_there)
        aloft_check_now(&updater.device);
    was_there = is_there;
}

/* What this firmware proves about itself while it is on trial: it reaches the server that could
 * replace it. Without a network nothing can be said yet; with one, silence ends the trial after
 * CONFIG_ALOFT_TRIAL_S. Add your own self-test. */
static void say_health(void) {
    bool is_well = updater.status.server_reached && smartthings_health() == ALOFT_WELL;
    aloft_fault why;

    if ((is_well || !has_network()) &&
        aloft_health(&updater.device, is_well ? ALOFT_WELL : ALOFT_UNDECIDED, &why) != ALOFT_OK)
        console_fault(&why);
}

/* Held back once, so that the loop tells of the restart before it comes. */
static bool may_reboot(void *self) {
    static bool was_asked;
    bool is_told = was_asked;

    was_asked = true;
    return is_told && smartthings_may_reboot(self);
}

static void step(struct tell *told) {
    static uint32_t n_steps;
    char line[TELL_LINE_MAX];
    struct aloft_progress now;
    uint32_t pause_ms;

    turn_take();
    see_network();
    now = aloft_esp_step(&updater);
    smartthings_step(&updater);
    console_see();
    say_health();
    turn_give();
    told->is_offline = !has_network();
    while (tell(told, "ota_demo", &updater.status, line, sizeof line))
        puts(line);
    pause_ms = aloft_esp_pause_ms(&now);
    /* a tick is 10 ms: after each of an update's thousands of steps it would be most of the time */
    if (pause_ms > 0 || ++n_steps % 16 == 0)
        vTaskDelay(pdMS_TO_TICKS(pause_ms) + 1);
}

void app_main(void) {
    static struct tell told;
    const struct aloft_esp_config config = {
        .ca_pem = ca_pem,
        .may_reboot = may_reboot,
        .self = &updater,
#ifdef CONFIG_OTA_DEMO_ASK_FIRST
        .ask_first = true,
#endif
    };
    aloft_fault why;

    board_start();
#ifdef CONFIG_OTA_DEMO_CRASH
    if (is_on) /* always; but a linker throws out what cannot be reached, and with it the record */
        abort();
#endif
    board_nvs();
    turn_start();
    in_app = smartthings_start(PROJECT_VER, set_lamp);
    if (!in_app)
        wifi_start();
    xTaskCreate(lamp_task, "lamp", 3072, NULL, 5, NULL);
    console_start(&updater);
    bridge_wait();
    turn_take(); /* the console is there already */
    if (aloft_esp_start(&updater, &config, &why) != ALOFT_OK)
        console_fault(&why);
    turn_give();
    for (;;)
        step(&told);
}

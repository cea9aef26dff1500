/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. A new image that hangs must not stay: nobody else ends it.
 * Knows: esp_timer.   Never knows: what a trial is for.
 *
 * ESP-IDF's task watchdog only prints by default, and a name that is looked up may block longer
 * than its 5 s. So while an image is on trial, steps are missed after two minutes: longer than any
 * step (a lookup of 18 s, a handshake of 30 s), shorter than anybody's patience. */
#include "inside.h"

#include <esp_system.h>
#include <esp_timer.h>

#define PATIENCE_US 120000000u

static void restart(void *unused) {
    (void)unused;
    esp_restart(); /* the boot loader takes the image back, or the next start counts */
}

static esp_timer_handle_t made(struct al_esp *esp) {
    const esp_timer_create_args_t args = {.callback = restart, .name = "aloft trial"};
    esp_timer_handle_t timer;

    if (esp->watchdog == NULL && esp_timer_create(&args, &timer) == ESP_OK)
        esp->watchdog = timer;
    return esp->watchdog;
}

void al_esp_watch(struct al_esp *esp, bool is_on_trial) {
    if (esp->is_watched)
        (void)esp_timer_stop(esp->watchdog);
    esp->is_watched = is_on_trial && made(esp) != NULL &&
                      esp_timer_start_once(esp->watchdog, PATIENCE_US) == ESP_OK;
}

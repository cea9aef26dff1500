/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of ESP-IDF under the component, with the rig's time and random numbers. */
#include "test/esp/board.h"

#include <stdlib.h>

#include <esp_log.h>
#include <esp_random.h>
#include <esp_system.h>
#include <esp_timer.h>

void esp_restart(void) {
    board.n_restarts++;
    if (board.restart_to == NULL)
        abort();
    longjmp(*board.restart_to, 1);
}

void esp_fill_random(void *buf, size_t len) {
    uint8_t *at = buf;

    while (len-- > 0)
        *at++ = (uint8_t)(sim_random_next(&board.rig.random.state) >> 11);
}

uint32_t esp_log_timestamp(void) {
    return board.rig.clock.now_ms;
}

/* ---- esp_timer.h: one timer, whose end is looked for by board_tick */

struct esp_timer {
    esp_timer_create_args_t args;
    bool is_running;
    uint32_t ends_ms;
};

static struct esp_timer the_timer;

esp_err_t esp_timer_create(const esp_timer_create_args_t *create_args,
                           esp_timer_handle_t *out_handle) {
    the_timer = (struct esp_timer){.args = *create_args};
    *out_handle = &the_timer;
    return ESP_OK;
}

esp_err_t esp_timer_start_once(esp_timer_handle_t timer, uint64_t timeout_us) {
    if (timer->is_running)
        return ESP_ERR_INVALID_STATE;
    timer->is_running = true;
    timer->ends_ms = esp_log_timestamp() + (uint32_t)(timeout_us / 1000);
    return ESP_OK;
}

esp_err_t esp_timer_stop(esp_timer_handle_t timer) {
    if (!timer->is_running)
        return ESP_ERR_INVALID_STATE;
    timer->is_running = false;
    return ESP_OK;
}

void board_tick(uint32_t ms) {
    sim_clock_pass(&board.rig.clock, ms);
    if (the_timer.is_running && esp_log_timestamp() - the_timer.ends_ms < 0x80000000u) {
        the_timer.is_running = false;
        the_timer.args.callback(the_timer.args.arg);
    }
}

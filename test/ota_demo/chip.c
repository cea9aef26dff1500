/* SPDX-License-Identifier: Apache-2.0 */
/* What is under the application and the real component on a PC: the model of ESP-IDF's flash,
 * otadata, NVS and esp-tls (test/esp), kept in a file, with the PC's clock and random numbers. No
 * chip has been asked. test/ota_demo/power.c is the boot loader and the reset around it, air.c the
 * Wi-Fi, pins.c button, light and serial line. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <esp_log.h>
#include <esp_random.h>
#include <esp_system.h>
#include <esp_timer.h>
#include <nvs.h>
#include <nvs_flash.h>

#include "test/ota_demo/kept.h"

void app_main(void);

/* ---- the system */

void esp_restart(void) {
    _exit(0);
}

void esp_fill_random(void *buf, size_t len) {
    uint8_t *at = buf;

    while (len > 0) {
        const ssize_t n = getrandom(at, len > 256 ? 256 : len, 0);
        if (n <= 0)
            abort();
        at += n;
        len -= (size_t)n;
    }
}

static unsigned haste = 1; /* of the chip's time */

uint32_t esp_log_timestamp(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000) * haste);
}

/* ---- esp_timer.h: looked at twenty times a second */

#define TIMERS_MAX 4u

struct esp_timer {
    esp_timer_create_args_t args;
    atomic_bool is_running;
    atomic_uint ends_ms;
};

static struct esp_timer timers[TIMERS_MAX];
static atomic_uint n_timers;

static void *tick(void *unused) {
    (void)unused;
    for (;;) {
        usleep(50000);
        for (unsigned i = 0; i < atomic_load(&n_timers); i++)
            if (atomic_load(&timers[i].is_running) &&
                esp_log_timestamp() - atomic_load(&timers[i].ends_ms) < 0x80000000u &&
                atomic_exchange(&timers[i].is_running, false))
                timers[i].args.callback(timers[i].args.arg);
    }
    return NULL;
}

esp_err_t esp_timer_create(const esp_timer_create_args_t *create_args,
                           esp_timer_handle_t *out_handle) {
    const unsigned n = atomic_load(&n_timers);
    pthread_t thread;

    if (n == TIMERS_MAX)
        return ESP_ERR_NO_MEM;
    timers[n].args = *create_args;
    *out_handle = &timers[n];
    atomic_store(&n_timers, n + 1);
    return n > 0 || pthread_create(&thread, NULL, tick, NULL) == 0 ? ESP_OK : ESP_ERR_NO_MEM;
}

esp_err_t esp_timer_start_once(esp_timer_handle_t timer, uint64_t timeout_us) {
    if (atomic_load(&timer->is_running))
        return ESP_ERR_INVALID_STATE;
    atomic_store(&timer->ends_ms, esp_log_timestamp() + (uint32_t)(timeout_us / 1000));
    atomic_store(&timer->is_running, true);
    return ESP_OK;
}

esp_err_t esp_timer_stop(esp_timer_handle_t timer) {
    return atomic_exchange(&timer->is_running, false) ? ESP_OK : ESP_ERR_INVALID_STATE;
}

/* ---- NVS: the model has one handle; tasks wait for it, and what is committed is kept */

static pthread_mutex_t nvs_turn = PTHREAD_MUTEX_INITIALIZER;

esp_err_t __real_nvs_open(const char *name, nvs_open_mode_t mode, nvs_handle_t *out_handle);
void __real_nvs_close(nvs_handle_t handle);
esp_err_t __real_nvs_commit(nvs_handle_t handle);
esp_err_t __wrap_nvs_open(const char *name, nvs_open_mode_t mode, nvs_handle_t *out_handle);
void __wrap_nvs_close(nvs_handle_t handle);
esp_err_t __wrap_nvs_commit(nvs_handle_t handle);

esp_err_t __wrap_nvs_open(const char *name, nvs_open_mode_t mode, nvs_handle_t *out_handle) {
    esp_err_t e;

    pthread_mutex_lock(&nvs_turn);
    e = __real_nvs_open(name, mode, out_handle);
    if (e != ESP_OK)
        pthread_mutex_unlock(&nvs_turn);
    return e;
}

void __wrap_nvs_close(nvs_handle_t handle) {
    __real_nvs_close(handle);
    pthread_mutex_unlock(&nvs_turn);
}

esp_err_t __wrap_nvs_commit(nvs_handle_t handle) {
    const esp_err_t e = __real_nvs_commit(handle);

    if (e == ESP_OK)
        kept_nvs();
    return e;
}

esp_err_t nvs_flash_init(void) {
    if (kept_board()->nvs_is_foreign)
        return ESP_ERR_NVS_NEW_VERSION_FOUND;
    board.nvs_is_ready = true;
    return ESP_OK;
}

esp_err_t nvs_flash_erase(void) {
    memset(board.nvs, 0, sizeof board.nvs);
    kept_nvs();
    kept_board()->nvs_is_foreign = false;
    return ESP_OK;
}

/* power.c names the flash, the slot and the reason; $BOARD_HASTE, how many of the chip's seconds one of
 * ours is. */
int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    (void)prctl(PR_SET_PDEATHSIG, 9);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a serial line holds nothing back */
    kept_open(argv[1]);
    board.running = (unsigned)atoi(argv[2]);
    board.reason = (esp_reset_reason_t)atoi(argv[3]);
    if (getenv("BOARD_HASTE") != NULL)
        haste = (unsigned)atoi(getenv("BOARD_HASTE"));
    app_main();
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. Clock, random numbers, and why the chip has started.
 * Knows: ESP-IDF's system calls.   Never knows: what they are used for. */
#include "inside.h"

#include <sdkconfig.h>
#include <string.h>
#include <time.h>

#include <esp_log.h>
#ifndef CONFIG_IDF_TARGET_LINUX
#include <esp_mac.h>
#endif
#include <esp_random.h>
#include <esp_system.h>

#define TRUSTED_FROM 1735689600 /* 2025-01-01: a clock that nobody has set says 1970 */

static uint32_t now_ms(void *self) {
    (void)self;
    return esp_log_timestamp(); /* milliseconds since the start; wraps at 2^32 */
}

static uint64_t unix_s(void *self) {
    const time_t now = time(NULL);

    (void)self;
    return now >= TRUSTED_FROM ? (uint64_t)now : 0;
}

static void fill(void *self, aloft_space to) {
    (void)self;
    esp_fill_random(to.at, to.len);
}

struct aloft_clock al_esp_clock(void) {
    return (struct aloft_clock){.now_ms = now_ms, .unix_s = unix_s};
}

struct aloft_random al_esp_random(void) {
    return (struct aloft_random){.fill = fill};
}

#ifndef CONFIG_IDF_TARGET_LINUX /* there loader_linux.c knows */
/* What nobody can be blamed for counts as a loss of power: the reset pin, a debugger, a cable,
 * waking from deep sleep. The boot loader takes an image back after each of them too, and a trial
 * that ended so has not failed. */
enum aloft_reset al_esp_reset(void) {
    const esp_reset_reason_t reason = esp_reset_reason();

    if (reason == ESP_RST_SW)
        return ALOFT_RESET_SOFTWARE;
    if (reason == ESP_RST_PANIC || reason == ESP_RST_CPU_LOCKUP)
        return ALOFT_RESET_CRASH;
    if (reason == ESP_RST_INT_WDT || reason == ESP_RST_TASK_WDT || reason == ESP_RST_WDT)
        return ALOFT_RESET_WATCHDOG;
    return ALOFT_RESET_POWER;
}
#endif

#ifdef CONFIG_IDF_TARGET_LINUX
const char *al_esp_chip(uint8_t mac[3]) {
    memset(mac, 0, 3); /* a PC has no number of its own that it should tell */
    return CONFIG_IDF_TARGET;
}
#else
const char *al_esp_chip(uint8_t mac[3]) {
    uint8_t whole[6] = {0};

    (void)esp_efuse_mac_get_default(whole); /* zero where the chip cannot tell */
    memcpy(mac, whole + 3, 3);
    return CONFIG_IDF_TARGET;
}
#endif

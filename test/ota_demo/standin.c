/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of the chip: the application of esp32/ota_demo, unchanged, as firmware of the software
 * device. What ESP-IDF and the component do on a chip, this does with the posix port, threads, and
 * standard input as the console. It shows the application at work; it says nothing of ESP-IDF, of
 * the component, or of a chip. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <aloft_esp.h>
#include <nvs_flash.h>
#include <posix/aloft_posix.h>

void app_main(void);

/* ---- the component over the posix port; the address and the CA come from `aloft device` */

static struct aloft_posix posix;
static char next_base[ALOFT_BASE_MAX + 1];

/* The posix port steps a device of its own, and the application speaks to the one in its struct: it
 * is copied over and back. Pointers into itself stay right, because it is only ever stepped at one
 * address. */
static void give_back(struct aloft_esp *esp) {
    esp->device = posix.device;
    esp->status = posix.status;
}

aloft_err aloft_esp_start(struct aloft_esp *esp, const struct aloft_esp_config *config,
                          aloft_fault *why) {
    memset(why, 0, sizeof *why);
    if (!aloft_posix_start(&posix))
        exit(1);
    posix.config.ask_first = config->ask_first;
    give_back(esp);
    return ALOFT_OK;
}

struct aloft_progress aloft_esp_step(struct aloft_esp *esp) {
    posix.device = esp->device;
    aloft_posix_step(&posix);
    give_back(esp);
    return (struct aloft_progress){ALOFT_WORK, 0};
}

uint32_t aloft_esp_pause_ms(const struct aloft_progress *progress) {
    return progress->wait_ms;
}

aloft_err aloft_esp_get(enum aloft_esp_setting setting, aloft_space out, aloft_fault *why) {
    const char *now = next_base[0] != 0 ? next_base : posix.config.base;

    (void)why;
    snprintf((char *)out.at, out.len, "%s", setting == ALOFT_ESP_BASE && now != NULL ? now : "");
    return ALOFT_OK;
}

aloft_err aloft_esp_set(enum aloft_esp_setting setting, const char *value, aloft_fault *why) {
    if (setting != ALOFT_ESP_BASE)
        return ALOFT_OK;
    if (value != NULL && strncmp(value, "https://", 8) != 0) {
        *why = (aloft_fault){.code = ALOFT_E_CONFIG_BASE};
        return ALOFT_E_CONFIG_BASE;
    }
    snprintf(next_base, sizeof next_base, "%s", value == NULL ? "" : value);
    return ALOFT_OK;
}

void aloft_esp_facts(const struct aloft_esp *esp, struct aloft_esp_facts *out) {
    (void)esp;
    *out = (struct aloft_esp_facts){.chip = "linux", .idf_version = "none", .has_rollback = true};
}

/* ---- NVS, the system */

esp_err_t nvs_flash_init(void) {
    return ESP_OK;
}

uint32_t esp_log_timestamp(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

void esp_restart(void) {
    posix.config.loader.reboot(&posix);
    exit(0);
}

int main(void) {
    app_main();
}

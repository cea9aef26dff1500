/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. A PC as a board (idf.py --preview set-target linux): no pins, no Wi-Fi
 * of its own. Knows: ESP-IDF's target linux. Never knows: updates. */
#include "board_common.h"

#include <stdio.h>

#include <esp_log.h>
#include <nvs_flash.h>

#include "wifi.h"

#include "console.h"

void board_start(void) {
    setvbuf(stdout, NULL, _IOLBF, 0); /* also into a pipe */
}

void board_nvs(void) {
    (void)nvs_flash_init();
}

/* A lamp of a PC is a character; only its changes are worth a line, and blinking is none. */
void board_led(bool is_on) {
    (void)is_on;
}

bool board_button(void) {
    return false;
}

uint32_t board_now_ms(void) {
    return esp_log_timestamp();
}

esp_err_t board_console(esp_console_repl_t **repl) {
    return board_common_console(repl);
}

void wifi_start(void) {}

bool wifi_set(const char *name, const char *password) {
    (void)name, (void)password;
    console_say(WORD_WIFI_NOT_HERE, NULL);
    return false;
}

void wifi_forget(void) {
    console_say(WORD_WIFI_NOT_HERE, NULL);
}

bool wifi_is_up(void) {
    return true;
}

enum link_state wifi_look(enum word *why, char name[33]) {
    *why = WORD_WIFI_NOT_HERE;
    name[0] = 0;
    return LINK_NONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. A PC as a board (idf.py --preview set-target linux): no pins, no Wi-Fi
 * of its own. Knows: ESP-IDF's target linux. Never knows: updates. */
#include "board.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <esp_console.h>
#include <esp_log.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <nvs_flash.h>

#include "console.h"
#include "wifi.h"

#define LOOK_MS 50 /* between two looks at the keyboard */

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

/* ---- the console: lines, as the terminal or a pipe gives them. ESP-IDF's own waits for a key inside
 * a call to the PC: FreeRTOS does not see that, so no task of a lower rank runs, and each tick ends
 * the call with a new prompt. */

static void prompt(void) {
    if (!isatty(STDIN_FILENO))
        return;
    fputs("ota_demo> ", stdout);
    fflush(stdout);
}

static void obey(const char *line) {
    int said;

    if (esp_console_run(line, &said) == ESP_ERR_NOT_FOUND)
        puts("no such command: help lists them");
}

/* The pieces of a line that is too long are lines of their own. */
static void take(char c) {
    static char line[200];
    static size_t len;

    if (c != '\n')
        line[len++] = c;
    if (c != '\n' && len < sizeof line - 1)
        return;
    line[len] = 0;
    len = 0;
    obey(line);
    prompt();
}

/* False at the end of what can be read. Never waits. */
static bool listen(void) {
    struct pollfd key = {.fd = STDIN_FILENO, .events = POLLIN};
    char piece[80];
    ssize_t got;

    if (poll(&key, 1, 0) <= 0)
        return true;
    got = read(STDIN_FILENO, piece, sizeof piece);
    for (ssize_t i = 0; i < got; i++)
        take(piece[i]);
    return got != 0;
}

static void console_task(void *unused) {
    (void)unused;
    prompt();
    while (listen())
        vTaskDelay(pdMS_TO_TICKS(LOOK_MS));
    vTaskDelete(NULL); /* the lamp goes on without a console */
}

esp_err_t board_console(void) {
    const esp_console_config_t config = ESP_CONSOLE_CONFIG_DEFAULT();
    esp_err_t e = esp_console_init(&config);

    return e == ESP_OK ? esp_console_register_help_command() : e;
}

void board_console_run(void) {
    xTaskCreate(console_task, "console", 8192, NULL, 2, NULL);
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

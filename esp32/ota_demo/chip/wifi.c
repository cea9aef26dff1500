/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. Holds the Wi-Fi of the board up.
 * Knows: ESP-IDF's Wi-Fi driver and its events.   Never knows: updates. */
#include "wifi.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <esp_event.h>
#include <esp_netif.h>
#include <esp_netif_sntp.h>
#include <esp_timer.h>
#include <esp_wifi.h>
#include <sdkconfig.h>

#include "console.h"

#define WAIT_MAX_S  60u
#define ASSOC_LEAVE 8 /* wifi_err_reason_t: one of the two has left, as it was told */

/* Written by the event task and by the one that sets another network; a reader may be one event late. */
static _Atomic enum link_state state = LINK_UNSET;
static _Atomic enum word why = WORD_NO_WIFI;
static atomic_uint wait_s;
static esp_timer_handle_t again;

static void name_of(char name[33]) {
    wifi_config_t config = {0};

    name[0] = 0;
    if (esp_wifi_get_config(WIFI_IF_STA, &config) == ESP_OK)
        snprintf(name, 33, "%.32s", (const char *)config.sta.ssid);
}

static void say(enum word word) {
    char name[33];

    name_of(name);
    console_say(word, name);
}

static void unset(void) {
    why = WORD_NO_WIFI;
    state = LINK_UNSET;
}

static void seek(void) {
    why = WORD_WIFI_SEEKS;
    state = LINK_SEEKING;
}

static void connect(void *unused) {
    char name[33];

    (void)unused;
    name_of(name);
    if (name[0] == 0) {
        unset();
        console_say(WORD_NO_WIFI, NULL);
        return;
    }
    if (state == LINK_UNSET)
        seek();
    (void)esp_wifi_connect();
}

/* A wrong password and a weak signal look alike to the driver: what was once told is told again
 * only when it changes. */
static void lost(const wifi_event_sta_disconnected_t *event) {
    enum word now = words_of_reason(event->reason);

    if (state == LINK_UNSET)
        return; /* it was forgotten, and left */
    if (state != LINK_SEEKING ||
        event->reason != ASSOC_LEAVE) { /* else it was left for another one */
        if (state != LINK_BROKEN || now != why)
            say(now);
        why = now;
        state = LINK_BROKEN;
    }
    wait_s = wait_s == 0 ? 1 : wait_s * 2 > WAIT_MAX_S ? WAIT_MAX_S : wait_s * 2;
    (void)esp_timer_start_once(again, wait_s * 1000000ull);
}

static void on_wifi(void *self, esp_event_base_t base, int32_t id, void *data) {
    (void)self, (void)base;
    if (id == WIFI_EVENT_STA_START)
        connect(NULL);
    else if (id == WIFI_EVENT_STA_DISCONNECTED)
        lost(data);
}

static void on_address(void *self, esp_event_base_t base, int32_t id, void *data) {
    const ip_event_got_ip_t *event = data;
    char text[20];

    (void)self, (void)base, (void)id;
    snprintf(text, sizeof text, IPSTR, IP2STR(&event->ip_info.ip));
    wait_s = 0;
    state = LINK_UP;
    console_say(WORD_WIFI_UP, text);
}

static void start_clock(void) {
    static const char server[] = CONFIG_OTA_DEMO_NTP;
    const esp_sntp_config_t config = ESP_NETIF_SNTP_DEFAULT_CONFIG(server);

    if (server[0] != 0)
        (void)esp_netif_sntp_init(&config);
}

void wifi_start(void) {
    const wifi_init_config_t driver = WIFI_INIT_CONFIG_DEFAULT();
    const esp_timer_create_args_t timer = {.callback = connect, .name = "wifi"};

    if (esp_netif_init() != ESP_OK || esp_event_loop_create_default() != ESP_OK ||
        esp_netif_create_default_wifi_sta() == NULL || esp_timer_create(&timer, &again) != ESP_OK ||
        esp_wifi_init(&driver) != ESP_OK ||
        esp_event_handler_instance_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL, NULL) !=
            ESP_OK ||
        esp_event_handler_instance_register(IP_EVENT, IP_EVENT_STA_GOT_IP, on_address, NULL,
                                            NULL) != ESP_OK ||
        esp_wifi_set_mode(WIFI_MODE_STA) != ESP_OK || esp_wifi_start() != ESP_OK) {
        puts("wifi: the driver does not start (memory, or no calibration data)");
        return;
    }
    start_clock();
}

bool wifi_set(const char *name, const char *password) {
    wifi_config_t config = {0};
    size_t n = strlen(name), p = strlen(password);

    if (n == 0 || n > sizeof config.sta.ssid || (p > 0 && p < 8) ||
        p >= sizeof config.sta.password) {
        console_say(WORD_WIFI_LONG, NULL);
        return false;
    }
    memcpy(config.sta.ssid, name, n);
    memcpy(config.sta.password, password, p);
    (void)esp_timer_stop(again);
    seek();
    (void)esp_wifi_disconnect();
    if (esp_wifi_set_config(WIFI_IF_STA, &config) != ESP_OK) {
        console_say(WORD_WIFI_LONG, NULL);
        return false;
    }
    wait_s = 0;
    say(WORD_WIFI_SEEKS);
    (void)esp_wifi_connect();
    return true;
}

void wifi_forget(void) {
    wifi_config_t nothing = {0};

    (void)esp_timer_stop(again);
    unset();
    (void)esp_wifi_disconnect();
    (void)esp_wifi_set_config(WIFI_IF_STA, &nothing);
    console_say(WORD_WIFI_FORGOTTEN, NULL);
}

bool wifi_is_up(void) {
    return state == LINK_UP;
}

enum link_state wifi_look(enum word *reason, char name[33]) {
    *reason = why;
    name_of(name);
    return state;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. A button and a light at pins of the configuration.
 * Knows: GPIO, the colour of a WS2812.   Never knows: what the light means. */
#include "board.h"

#include <stdio.h>

#include <driver/gpio.h>
#include <esp_console.h>
#include <esp_idf_version.h>
#include <esp_log.h>
#include <nvs_flash.h>
#include <sdkconfig.h>

#if CONFIG_OTA_DEMO_LED_COLOURED
#include <driver/rmt_encoder.h>
#include <driver/rmt_tx.h>

/* WS2812: a bit is 1.2 us, high for 0.3 us (0) or 0.9 us (1); green, red, blue, most significant
 * bit first. */
#define TICKS_HZ 10000000u /* 0.1 us */

static rmt_channel_handle_t channel;
static rmt_encoder_handle_t encoder;

static void start_light(void) {
    const rmt_tx_channel_config_t config = {
        .gpio_num = CONFIG_OTA_DEMO_LED_GPIO,
        .clk_src = RMT_CLK_SRC_DEFAULT,
        .resolution_hz = TICKS_HZ,
        .mem_block_symbols = 64,
        .trans_queue_depth = 2,
    };
    const rmt_bytes_encoder_config_t bits = {
        .bit0 = {.level0 = 1, .duration0 = 3, .level1 = 0, .duration1 = 9},
        .bit1 = {.level0 = 1, .duration0 = 9, .level1 = 0, .duration1 = 3},
        .flags = {.msb_first = 1},
    };

    if (rmt_new_tx_channel(&config, &channel) != ESP_OK ||
        rmt_new_bytes_encoder(&bits, &encoder) != ESP_OK || rmt_enable(channel) != ESP_OK)
        channel = NULL;
}

static void light(bool is_on) {
    static uint8_t colour[3]; /* stands still until it is sent */
    const rmt_transmit_config_t once = {0};

    if (channel == NULL || rmt_tx_wait_all_done(channel, 0) != ESP_OK)
        return;
    colour[0] = colour[1] = colour[2] = is_on ? 16 : 0; /* of 255: these lights are bright */
    (void)rmt_transmit(channel, encoder, colour, sizeof colour, &once);
}
#else
static void start_light(void) {
    const gpio_config_t out = {.pin_bit_mask = 1ull << CONFIG_OTA_DEMO_LED_GPIO,
                               .mode = GPIO_MODE_OUTPUT};

    (void)gpio_config(&out);
}

static void light(bool is_on) {
    (void)gpio_set_level((gpio_num_t)CONFIG_OTA_DEMO_LED_GPIO, is_on);
}
#endif

void board_start(void) {
    const gpio_config_t in = {.pin_bit_mask = 1ull << CONFIG_OTA_DEMO_BUTTON_GPIO,
                              .mode = GPIO_MODE_INPUT,
                              .pull_up_en = GPIO_PULLUP_ENABLE};

    (void)gpio_config(&in);
    start_light();
}

void board_nvs(void) {
    esp_err_t e = nvs_flash_init();

#ifndef CONFIG_ALOFT_BRIDGE
    if (e == ESP_ERR_NVS_NO_FREE_PAGES || e == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        puts("NVS is of another layout: it is erased, with the Wi-Fi and the settings in it.");
        (void)nvs_flash_erase();
        e = nvs_flash_init();
    }
#endif
    if (e != ESP_OK)
        printf("NVS does not start: ESP-IDF error 0x%x\n", (unsigned)e);
}

void board_led(bool is_on) {
    static int shown = -1;
    const int wanted = is_on;

    if (shown != wanted)
        light(is_on);
    shown = wanted;
}

bool board_button(void) {
    return gpio_get_level((gpio_num_t)CONFIG_OTA_DEMO_BUTTON_GPIO) == 0;
}

uint32_t board_now_ms(void) {
    return esp_log_timestamp();
}

/* ---- the console: the kinds that ESP-IDF 5.3 to 6.x has */

static esp_console_repl_t *repl;

esp_err_t board_console(void) {
    esp_console_repl_config_t config = ESP_CONSOLE_REPL_CONFIG_DEFAULT();

    config.prompt = "ota_demo>";
    config.task_stack_size = 8192; /* settings and signatures are looked at in it */
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 1, 0)
    return esp_console_new_repl_stdio(&config, &repl);
#elif CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG
    esp_console_dev_usb_serial_jtag_config_t device =
        ESP_CONSOLE_DEV_USB_SERIAL_JTAG_CONFIG_DEFAULT();
    return esp_console_new_repl_usb_serial_jtag(&device, &config, &repl);
#elif CONFIG_ESP_CONSOLE_USB_CDC
    esp_console_dev_usb_cdc_config_t device = ESP_CONSOLE_DEV_CDC_CONFIG_DEFAULT();
    return esp_console_new_repl_usb_cdc(&device, &config, &repl);
#else
    esp_console_dev_uart_config_t device = ESP_CONSOLE_DEV_UART_CONFIG_DEFAULT();
    return esp_console_new_repl_uart(&device, &config, &repl);
#endif
}

void board_console_run(void) {
    (void)esp_console_start_repl(repl);
}

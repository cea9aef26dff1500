/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. What the files of all boards share: the kinds of console that ESP-IDF
 * 5.3 to 6.x has. */
#ifndef OTA_DEMO_BOARD_COMMON_H
#define OTA_DEMO_BOARD_COMMON_H

#include <esp_idf_version.h>
#include <sdkconfig.h>

#include "board.h"

static inline esp_err_t board_common_console(esp_console_repl_t **repl) {
    esp_console_repl_config_t config = ESP_CONSOLE_REPL_CONFIG_DEFAULT();

    config.prompt = "ota_demo>";
    config.task_stack_size = 8192; /* settings and signatures are looked at in it */
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 1, 0)
    return esp_console_new_repl_stdio(&config, repl);
#elif CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG
    esp_console_dev_usb_serial_jtag_config_t device =
        ESP_CONSOLE_DEV_USB_SERIAL_JTAG_CONFIG_DEFAULT();
    return esp_console_new_repl_usb_serial_jtag(&device, &config, repl);
#elif CONFIG_ESP_CONSOLE_USB_CDC
    esp_console_dev_usb_cdc_config_t device = ESP_CONSOLE_DEV_CDC_CONFIG_DEFAULT();
    return esp_console_new_repl_usb_cdc(&device, &config, repl);
#else
    esp_console_dev_uart_config_t device = ESP_CONSOLE_DEV_UART_CONFIG_DEFAULT();
    return esp_console_new_repl_uart(&device, &config, repl);
#endif
}

#endif

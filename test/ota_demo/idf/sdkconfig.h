/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration as ESP-IDF's menuconfig writes it. Each of these can be given on the compiler's
 * command line. */
#ifndef TEST_OTA_DEMO_SDKCONFIG_H
#define TEST_OTA_DEMO_SDKCONFIG_H

#ifndef CONFIG_IDF_TARGET
#define CONFIG_IDF_TARGET "linux"
#endif
#ifndef CONFIG_ALOFT_CLASS
#define CONFIG_ALOFT_CLASS "acme.example/lamp/a"
#endif
#define CONFIG_OTA_DEMO_BUTTON_GPIO 9
#define CONFIG_OTA_DEMO_LED_GPIO    8
#define CONFIG_OTA_DEMO_NTP         "ntp.example"
#define CONFIG_OTA_DEMO_ASK_FIRST   1
#ifndef CONFIG_OTA_DEMO_LED_COLOURED
#define CONFIG_OTA_DEMO_LED_COLOURED 0
#endif
#define CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG 0
#define CONFIG_ESP_CONSOLE_USB_CDC         0

#endif

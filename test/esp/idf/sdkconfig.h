/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration as ESP-IDF's menuconfig writes it, for the component's files where there is no ESP-IDF. */
#ifndef TEST_ESP_SDKCONFIG_H
#define TEST_ESP_SDKCONFIG_H

#define CONFIG_IDF_TARGET "esp32c3"
#ifndef TEST_ESP_NO_ROLLBACK
#define CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE 1
#endif
#define CONFIG_ALOFT_BASE    "https://update.example:4443"
#define CONFIG_ALOFT_CHANNEL "stable"
#define CONFIG_ALOFT_POLL_S  86400
#define CONFIG_ALOFT_TRIAL_S 300

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. Refuses what could not be taken back: a build that fails is better than a
 * device that does. */
#ifndef AL_ESP_CONFIG_H
#define AL_ESP_CONFIG_H

#include <sdkconfig.h>

/* clang-format off */
#ifdef CONFIG_BOOTLOADER_APP_ROLLBACK_CONFIRM_ON_STARTUP
#error "aloft: this configuration confirms each image before its first line runs, so none would ever \
be taken back. Set CONFIG_BOOTLOADER_APP_ROLLBACK_CONFIRM_BY_APP=y: aloft confirms when the \
application says that it is well."
#endif

#if !defined(CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE) && !defined(CONFIG_BOOTLOADER_APP_ROLLBACK) && \
    !defined(CONFIG_ALOFT_BRIDGE) && !defined(CONFIG_IDF_TARGET_LINUX)
#error "aloft: without rollback an image that crashes before its own code begins stays for ever. Set \
CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y (from ESP-IDF 6.2 on: \
CONFIG_BOOTLOADER_APP_ROLLBACK_CONFIRM_BY_APP=y). Only for devices in the field whose boot loader has \
none and cannot be replaced: CONFIG_ALOFT_BRIDGE=y."
#endif
/* clang-format on */

#ifdef CONFIG_ALOFT_BRIDGE
#define AL_ESP_HAS_ROLLBACK false
#else
#define AL_ESP_HAS_ROLLBACK true
#endif

#endif

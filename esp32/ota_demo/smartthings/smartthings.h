/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the lamp in the SmartThings app, with its switch and the button "Firmware update". Where the
 * firmware is built without it (sdkconfig.smartthings), all of this does nothing. */
#ifndef OTA_DEMO_SMARTTHINGS_H
#define OTA_DEMO_SMARTTHINGS_H

#include <aloft_esp.h>

/**
 * Let the SDK connect the device, and onboard it first where it is new. The SDK brings up the Wi-Fi by
 * itself: it is called in place of wifi_start, after nvs_flash_init.
 *
 * Takes   version      of the image that runs: aloft_image.version.
 *         set_lamp     called on a task of the SDK, with what the app wants.
 * Gives   false: built without SmartThings, or the SDK could not begin, which was said.
 */
ALOFT_MUST_USE bool smartthings_start(const char *version, void (*set_lamp)(bool is_on));

/** Tell the app the truth, and do what its user wants. After each step of the updater, in the same task. */
void smartthings_step(struct aloft_esp *updater);

/** For aloft_esp_config.may_reboot, with the updater as self: whether the last word has left. */
bool smartthings_may_reboot(void *updater);

/** The cloud's part of the self-test; well where there is no SmartThings. */
enum aloft_health_word smartthings_health(void);

/** The lamp was switched at the device. Any task. */
void smartthings_tell_lamp(bool is_on);

/** The button was pressed once: true where that was the answer to the app's question who owns the
 *  device. Any task. */
bool smartthings_confirm_owner(void);

/** Forget the account and the Wi-Fi, and wait to be onboarded again. Restarts. */
void smartthings_forget(void);

#endif

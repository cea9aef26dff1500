/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo. A lamp without SmartThings. */
#include "smartthings.h"

bool smartthings_start(const char *version, void (*set_lamp)(bool is_on)) {
    (void)version;
    (void)set_lamp;
    return false;
}

void smartthings_step(struct aloft_esp *updater) {
    (void)updater;
}

bool smartthings_may_reboot(void *updater) {
    (void)updater;
    return true;
}

enum aloft_health_word smartthings_health(void) {
    return ALOFT_WELL;
}

void smartthings_tell_lamp(bool is_on) {
    (void)is_on;
}

bool smartthings_confirm_owner(void) {
    return false;
}

void smartthings_forget(void) {}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/esp32. What its files share; only they look inside. */
#ifndef HOST_ESP32_ROOM_H
#define HOST_ESP32_ROOM_H

#include "host/esp32/plan.h"

#define ESP32_DEFAULTS "sdkconfig.defaults"

void esp32_note(struct esp32_plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Text of a file of the ESP-IDF project; NULL: it is not there or cannot be read. Free it. */
char *esp32_text(const struct esp32_plan *plan, const char *name);

/** Value of NAME=VALUE or NAME="VALUE" in the text of an sdkconfig, from `from` bytes on; false: it
 *  does not stand there. *line: where, from 1. */
bool esp32_setting(const char *text, const char *name, char *out, size_t out_size, unsigned *line);

/* class.c */
ALOFT_MUST_USE aloft_err esp32_choose_class(struct esp32_plan *plan, struct trouble *trouble);
ALOFT_MUST_USE aloft_err esp32_plan_class(struct esp32_plan *plan, struct trouble *trouble);

/* notes.c: what a person has to know; our lines for sdkconfig.defaults are given */
void esp32_look_round(struct esp32_plan *plan, const char *lines);

#endif

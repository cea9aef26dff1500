/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the console: wifi, ota, factory, restart. */
#ifndef OTA_DEMO_CONSOLE_H
#define OTA_DEMO_CONSOLE_H

#include <aloft_esp.h>
#include <words.h>

/** Register the commands and listen. `updater` may be started later: until then `ota` says so. */
void console_start(struct aloft_esp *updater);

/** One sentence of words.def, as a line. */
void console_say(enum word word, const char *text);

/** A fault, as a line. */
void console_fault(const aloft_fault *why);

/** What the button does too: take what is on offer; forget Wi-Fi and settings, and restart. */
void console_update(void);
void console_clean_up(void);

/** What the updater's last step has shown. After each step, in turn. */
void console_see(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the Wi-Fi of the board. ESP-IDF keeps name and password in NVS. */
#ifndef OTA_DEMO_WIFI_H
#define OTA_DEMO_WIFI_H

#include <words.h>

/** Connect with what NVS holds, and go on trying for ever, at most once a minute. Says what it
 * meets. */
void wifi_start(void);

/** Keep a network and connect to it. False: name or password cannot be right, which was said. */
bool wifi_set(const char *name, const char *password);

void wifi_forget(void);

bool wifi_is_up(void);

/** How it is, why, and with which network (zero-terminated, at most 32 characters). */
enum link_state wifi_look(enum word *why, char name[33]);

#endif

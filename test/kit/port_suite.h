/* SPDX-License-Identifier: Apache-2.0 */
/* What every port must pass: port.h as questions. A port author writes one test program that fills
 * the structs and calls these; each stops at the first thing that is not so. */
#ifndef TEST_KIT_PORT_SUITE_H
#define TEST_KIT_PORT_SUITE_H

#include <aloft/port.h>

/**
 * Takes   flash             at least two erase units; all that is in it is lost.
 *         refuses_unerased  the port promises to refuse writes over bytes that are not erased; it
 *                           is asked to only then, for on plain NOR such a write harms.
 */
void port_suite_flash(const struct aloft_flash *flash, bool refuses_unerased);

/** What was written must still be there: call `begin`, restart whatever the port has (open the file
 * again, start the program again), call `end`. */
void port_suite_flash_begin(const struct aloft_flash *flash);
void port_suite_flash_end(const struct aloft_flash *flash);

/** `pass` lets some 20 ms go by; NULL: the clock is watched for at most 5 s until it moves. */
void port_suite_clock(const struct aloft_clock *clock, void (*pass)(void *self), void *self);

void port_suite_random(const struct aloft_random *random);

/** Calls kick and running; reboot is not called. `foreign` says that a foreign boot loader decides,
 * so look, try_slot, go_back and confirm must be there; without one they must be NULL. */
void port_suite_loader(const struct aloft_loader *loader, bool foreign);

#endif

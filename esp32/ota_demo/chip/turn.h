/* SPDX-License-Identifier: Apache-2.0 */
/* Door: whose turn it is with the updater. aloft has no locks: the task that steps it and the
 * console take turns. */
#ifndef OTA_DEMO_TURN_H
#define OTA_DEMO_TURN_H

void turn_start(void);
void turn_take(
    void); /* waits for one step at most: a TLS read, an erase, a signature. Whoever has the turn may
                           take it again, and gives it as often. */
void turn_give(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Ctrl-C waits until what is being written is whole, or gone again.
 *
 * Example:
 *     struct hold hold;
 *     hold_begin(&hold);
 *     ... steps, each of which asks hold_is_asked() before it begins ...
 *     hold_end(&hold);      // here the process ends, if it was asked to
 */
#ifndef HOST_HOLD_H
#define HOST_HOLD_H

#include <signal.h>
#include <stdbool.h>

struct hold {
    sigset_t before;
};

/** SIGINT, SIGTERM and SIGHUP of this thread wait. Holds may stand in one another: the outermost counts. */
void hold_begin(struct hold *hold);

/** Whether one of them waits that will not be ignored: undo what was made, and come to hold_end. */
bool hold_is_asked(void);

void hold_end(const struct hold *hold);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. A slot's image as a running program. */
#ifndef POSIX_CHILD_H
#define POSIX_CHILD_H

#include <sys/types.h>

#include "bootstage.h"

struct child {
    pid_t id;
    int wire; /* what it says comes here */
};

/** How a program ended. */
struct child_end {
    enum aloft_reset reset;
    char word; /* the last WIRE_ word but kicks, 0: none */
    unsigned value;
    int number;     /* signal that ended it, or its exit code */
    bool is_signal; /* which of the two */
    bool is_told;   /* the boot stage itself was told to end */
    bool is_hung;   /* the watchdog ended it */
    uint32_t lived_ms;
};

/** What a program is told of its start. */
struct child_start {
    unsigned slot;
    enum aloft_reset reset;
    unsigned told; /* code of the fault that was said to people, 0: none */
};

/** Start the image as a program. Fails DEVICE_PROGRAM, DEVICE_FILE. */
ALOFT_MUST_USE aloft_err al_posix_child_start(struct child *child, aloft_bytes image,
                                              const struct child_start *how, aloft_fault *why);

/** Watch it until it has ended, or was killed by the watchdog, or `signals` says to end. */
void al_posix_child_watch(struct child *child, uint32_t watchdog_s, int signals,
                          struct child_end *end);

#endif

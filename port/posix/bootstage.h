/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the boot stage of the software device. It chooses a slot by aloft_boot, runs what is in it as a
 * program, is its watchdog, and starts over when it ends.
 *
 * Example: cli/device.c.
 */
#ifndef ALOFT_POSIX_BOOTSTAGE_H
#define ALOFT_POSIX_BOOTSTAGE_H

#include "aloft_posix.h"

struct aloft_posix_machine {
    const char *dir;     /* the device's folder, which must exist */
    uint32_t watchdog_s; /* a program that says nothing for so long is killed, 1..3600 */
    bool once;           /* end with the program's own verdict */
    /** The version in an image (for sentences), into 33 bytes; false: none to be found. */
    bool (*version)(aloft_bytes image, char out[ALOFT_VERSION_MAX + 1]);

    /* what came of it */
    enum aloft_outcome outcome; /* `once`: where it ended well */
    bool has_verdict;           /* `once`: the program has said how it went */
    unsigned slot;              /* of the fault, for sentences */
    int lock;                   /* while it runs */
    struct aloft_posix_flash flash;
};

/**
 * Take the folder: no second device runs in it until the process and its program have ended.
 *
 * Fails   DEVICE_BUSY, DEVICE_FILE (why->raw is errno).
 */
ALOFT_MUST_USE aloft_err aloft_posix_machine_lock(struct aloft_posix_machine *machine,
                                                  aloft_fault *why);

/**
 * Switch the device on and run it until it ends.
 *
 * Takes   machine  locked; the settings for the program are in the environment (wire.h).
 * Gives   ALOFT_OK  ended by SIGTERM or SIGINT, or, with `once`, well: see outcome.
 * Fails   what the program failed with; DEVICE_BLANK, DEVICE_PROGRAM, DEVICE_ENDS, NO_BOOTABLE.
 * Power   killing this process kills the program too: both lose their power at once.
 */
ALOFT_MUST_USE aloft_err aloft_posix_machine_run(struct aloft_posix_machine *machine,
                                                 aloft_fault *why);

/** Write an image to slot A of a device without flash, as the factory does.
 *  Fails DEVICE_FLASHED, DEVICE_BIG (why->got, why->want), DEVICE_FILE.
 *  Power  flash.bin appears with its image or not at all. */
ALOFT_MUST_USE aloft_err aloft_posix_machine_flash(struct aloft_posix_machine *machine,
                                                   aloft_bytes image, uint32_t slot_size,
                                                   aloft_fault *why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The record against what a foreign boot loader has noted: what this start means. Its notes
 * decide which slot boots; our record is the diary. A pure function over a table (FORMAT.md). */
#ifndef AL_DEVICE_RECONCILE_H
#define AL_DEVICE_RECONCILE_H

#include <aloft/port.h>

#include "device/record.h"

enum al_meaning {
    AL_MEANS_NORMAL,      /* nothing to do */
    AL_MEANS_STARTED,     /* this is the trial: count the start (T4) */
    AL_MEANS_UNGUARDED,   /* the same, under a loader that takes nothing back */
    AL_MEANS_CONFIRMED,   /* the confirm was cut between its two halves: T5 */
    AL_MEANS_USED_UP,     /* too many starts and no verdict: home starts next, T6, restart */
    AL_MEANS_REFUSED,     /* the loader did not start the image: home stays, T6 */
    AL_MEANS_ROLLED_BACK, /* T6 */
    AL_MEANS_COLD,        /* rolled back by a loss of power: no failure */
    AL_MEANS_NOTE_LOST,   /* the loader's note was torn: cold, and tell it again */
    AL_MEANS_UNTOLD,      /* the switch was cut between its two halves: tell the loader again */
    AL_MEANS_FELL_BACK,   /* the loader did not start home: T10, the running slot stays */
    AL_MEANS_FLASHED,     /* its notes were begun anew, as a cable does it: T13 */
    AL_MEANS_DISAGREES,   /* home runs and the notes name the other slot: home stays */
};

/** What this start means. `record` is one that was found; T8 is not its matter. */
enum al_meaning al_reconcile(const struct al_record *record, const struct aloft_loader_view *view,
                             enum aloft_reset reset);

#endif

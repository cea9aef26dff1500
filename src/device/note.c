/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Keeps a fault of the network over a restart, as a note that nothing is decided by.
 * Knows: the record's field `cause`, times.   Never knows: who reads the note. */
#include "device/device.h"

/* What somebody restarts sooner he has watched; and a device that restarts all the time writes seldom. */
#define FIRST_MS 600000u
/* One note and its removal a day: less than one erase of a unit in a week. */
#define DAY_MS 86400000u

/* On trial the record is the boot stage's, and what a failed trial left is told by itself. */
static bool may_write(const struct al_device *d) {
    return (d->record.phase == AL_IDLE || d->record.phase == AL_FILL) && !al_device_gave_up(d);
}

static bool put(struct al_device *d, aloft_err code) {
    struct al_record next = d->record;
    aloft_fault ignored;

    al_record_note(&next, code);
    /* If power goes here, or the flash refuses: the note before, or this one. */
    return al_device_commit(d, &next, &ignored);
}

void al_note_find(struct al_device *d) {
    if (!al_record_is_note((aloft_err)d->record.cause) || !may_write(d))
        return;
    d->noted = d->record.cause;
    if (d->status.fault.code == ALOFT_OK)
        d->status.fault = (aloft_fault){.code = d->noted, .step = ALOFT_STEP_START};
    d->report_due = true;
}

void al_note_keep(struct al_device *d, aloft_err code) {
    const uint64_t since_ms = d->note_ms == 0 ? FIRST_MS : d->note_ms + DAY_MS;

    if (!al_record_is_note(code) || d->record.cause == code || d->time_ms < since_ms ||
        !may_write(d))
        return;
    d->note_ms = d->time_ms; /* also where the flash refuses: it is not asked at each fault */
    (void)!put(d, code);
}

void al_note_drop(struct al_device *d) {
    if (al_record_is_note((aloft_err)d->record.cause) && may_write(d))
        (void)!put(d, ALOFT_OK);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Hashes what the chip returns, and makes the slot bootable if it is the image that was signed.
 * Knows: slots, transitions.   Never knows: network. */
#include "device/device.h"

/* T3. The record is the commit; a foreign loader is told behind it, and told again after a cut between. */
static enum al_state switch_over(struct al_device *d) {
    struct al_record next = d->record;
    aloft_fault why;

    al_record_switch(&next);
    /* If power goes here: FILL; the slot is read back again, then switched. */
    if (!al_device_commit(d, &next, &why) || !al_trial_tell_loader(d, &why)) {
        why.step = ALOFT_STEP_SWITCH;
        return al_device_fail(d, &d->fetch_retry, &why);
    }
    d->fetch_retry.n = 0;
    d->status.fault.code = ALOFT_OK;
    return AL_RESTART;
}

/* A wrong digest: what was written is worth nothing. After a resumed download the bytes of two servers may
 * have met, so it is fetched once more from the beginning; else the file itself is wrong. */
static enum al_state reject(struct al_device *d, aloft_fault *why) {
    aloft_fault refused;

    why->step = ALOFT_STEP_READBACK;
    if (!al_device_mark(d, 0, &refused))
        return al_device_fail(d, &d->fetch_retry, why);
    if (d->has_resumed)
        return AL_FETCH;
    d->report_due = true;
    return al_device_fail(d, &d->fetch_retry, why);
}

aloft_err al_readback_other(struct al_device *d, aloft_fault *why) {
    const unsigned other = al_record_other(&d->record);

    if (!d->has_begun)
        al_slot_check_start(&d->check, &d->config->slot[other], &d->record.slot[other]);
    d->has_begun = true;
    return al_slot_check_step(&d->check, d->config->page, why);
}

enum al_state al_step_readback(struct al_device *d) {
    aloft_fault why = {0};
    aloft_err e = al_readback_other(d, &why);

    if (e == ALOFT_WAIT)
        return AL_READBACK;
    if (e == ALOFT_OK)
        return switch_over(d);
    return reject(d, &why);
}

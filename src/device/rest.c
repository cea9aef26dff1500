/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Waits for whatever comes first: the next check, the end of a back-off, a word about health.
 * Knows: times.   Never knows: network, manifests. */
#include "device/device.h"

#define LONGEST_SLEEP_MS                                                                           \
    60000u /* a port may sleep through a step; a word about health may not wait long */

/* The next check is still to come. */
static uint32_t until_due(const struct al_device *d) {
    uint64_t wait = d->due_ms - d->time_ms;

    return wait < LONGEST_SLEEP_MS ? (uint32_t)wait : LONGEST_SLEEP_MS;
}

/* What the flash or the loader refused at the start comes before the check. */
static enum al_state leave(struct al_device *d) {
    aloft_fault why;

    if (al_device_reconcile(d, &why))
        return d->restart_due ? AL_RESTART : AL_ASK;
    why.step = ALOFT_STEP_START;
    return al_device_fail(d, &d->ask_retry, &why);
}

enum al_state al_step_rest(struct al_device *d) {
    enum al_state next = al_trial_watch(d);

    if (next != AL_REST)
        return next;
    if (d->look.state == ALOFT_DIAGNOSIS_WAITING)
        return AL_LOOK;
    if (d->time_ms >= d->due_ms)
        return leave(d);
    d->wait_ms = until_due(d);
    if (al_device_in_trial(d) && d->wait_ms > 1000)
        d->wait_ms = 1000; /* the watchdog must be fed, and the trial has deadlines */
    return AL_REST;
}

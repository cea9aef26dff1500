/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Says what the device is doing and what it knows.
 * Knows: the whole device.   Never knows: who asks. */
#include "device/device.h"

#include <string.h>

static enum aloft_state state_of(const struct al_device *d) {
    static const uint8_t of[AL_N_STATES] = {
        [AL_STOPPED] = ALOFT_STOPPED,
        [AL_REST] = ALOFT_IDLE,
        [AL_ASK] = ALOFT_CHECKING,
        [AL_DECIDE] = ALOFT_CHECKING,
        [AL_COMPARE] = ALOFT_CHECKING,
        [AL_FETCH] = ALOFT_DOWNLOADING,
        [AL_READBACK] = ALOFT_READING_BACK,
        [AL_AGAIN] = ALOFT_READING_BACK,
        [AL_TELL] = ALOFT_IDLE,
        [AL_FRESH] = ALOFT_IDLE,
        [AL_LOOK] = ALOFT_CHECKING,
        [AL_RESTART] = ALOFT_REBOOTING,
    };
    enum aloft_state state = (enum aloft_state)of[d->state];

    if (al_device_in_trial(d) && state != ALOFT_REBOOTING && state != ALOFT_STOPPED)
        return ALOFT_TESTING;
    return state;
}

static enum aloft_outcome outcome_of(const struct al_device *d) {
    const struct al_record *r = &d->record;

    if (r->phase == AL_KEPT)
        return ALOFT_ROLLED_BACK;
    if (r->phase == AL_FILL || r->phase == AL_TRIAL)
        return ALOFT_UNDER_WAY;
    if (al_device_gave_up(d))
        return ALOFT_GIVEN_UP;
    return r->slot[r->home].sequence > 0 ? ALOFT_CONFIRMED : ALOFT_NO_ATTEMPT;
}

static void fill_progress(const struct al_device *d, struct aloft_status *out) {
    if (d->state == AL_FETCH && d->has_begun) {
        out->done = al_flow_at(&d->flow);
        out->total = d->flow.page.size;
    } else if (d->state == AL_READBACK && d->has_begun) {
        out->done = d->check.at;
        out->total = d->check.image->image_size;
    }
}

void aloft_status(const struct aloft *device, struct aloft_status *out) {
    const struct al_device *d = (const struct al_device *)device->room;
    const struct al_record *r = &d->record;

    *out = d->status;
    out->state = state_of(d);
    out->outcome = outcome_of(d);
    out->running = d->running;
    out->running_sequence = d->running < 2 ? r->slot[d->running].sequence : 0;
    out->floor = r->floor;
    out->skip = r->skip;
    out->is_before =
        d->noted != ALOFT_OK && out->fault.code == d->noted && out->fault.step == ALOFT_STEP_START;
    out->record_number = r->n;
    out->attempt = r->attempt;
    out->boots = r->boots;
    out->fails = r->fails;
    out->cold = r->cold;
    out->retry_trial_s = al_trial_wait_s(d);
    out->next_check_s = d->due_ms > d->time_ms ? (uint32_t)((d->due_ms - d->time_ms) / 1000) : 0;
    memcpy(out->host, d->talk.host, sizeof out->host);
    out->port = d->talk.port;
    if (d->config != NULL && d->config->fresh != NULL)
        d->config->fresh->look(d, out);
    fill_progress(d, out);
}

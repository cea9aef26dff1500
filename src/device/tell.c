/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Sends the report: best effort, once for each thing that happened.
 * Knows: when to tell.   Never knows: what a report looks like. */
#include "device/device.h"

#include <string.h>

#include "device/words.h"

/* Told or not, the checks' heads carry the same truth; a lost report loses only its counters. */
static enum al_state done(struct al_device *d, bool was_taken) {
    d->report_due = false;
    d->noted = ALOFT_OK;
    if (was_taken)
        al_note_drop(d);
    if (was_taken && d->record.phase == AL_IDLE && d->record.slot[d->record.home].sequence > 0)
        d->status.reported = true;
    if (was_taken)
        al_talk_end(&d->talk);
    else
        al_talk_close(&d->talk);
    if (d->resting == ALOFT_SLEEP) /* this image has just confirmed itself */
        return al_device_rest(d, ALOFT_DONE);
    return AL_REST;
}

static enum al_state begin(struct al_device *d) {
    aloft_fault why = {0};
    size_t len = 0;

    if (d->config->quiet || al_where_report(d, &why) != ALOFT_OK ||
        al_letter_report(d, &len, &why) != ALOFT_OK)
        return done(d, false);
    al_talk_start(&d->talk, &(struct al_talk_to){&d->url, false}, len, d->time_ms);
    d->has_begun = true;
    return AL_TELL;
}

enum al_state al_step_tell(struct al_device *d) {
    aloft_fault why = {0};
    aloft_err e;

    if (!d->has_begun)
        return begin(d);
    e = al_talk_step(&d->talk, d->time_ms, &why);
    if (e == ALOFT_OK)
        return done(d, d->talk.answer.status / 100 == 2);
    if (e != ALOFT_WAIT)
        return done(d, false);
    d->wait_ms = 1;
    return AL_TELL;
}

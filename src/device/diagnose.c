/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Walks the road to an update as a check does, and acts on nothing that it meets.
 * Knows: which step a fault belongs to.   Never knows: sentences, records beyond what a decision asks. */
#include "device/device.h"

#include <string.h>

#include "device/words.h"

/* While the stream is opened only the port knows where it is, and its code tells. */
static enum aloft_road_step step_of_open(unsigned code) {
    switch (code) {
    case ALOFT_E_NET_DOWN:
    case ALOFT_E_NET_LOCAL:
        return ALOFT_ROAD_NETWORK;
    case ALOFT_E_NET_NAME:
        return ALOFT_ROAD_NAME;
    case ALOFT_E_TLS_CA:
        return ALOFT_ROAD_CHAIN;
    case ALOFT_E_TLS_NAME:
        return ALOFT_ROAD_HOST;
    case ALOFT_E_TLS_EXPIRED:
    case ALOFT_E_TLS_FUTURE:
        return ALOFT_ROAD_CLOCK;
    case ALOFT_E_TLS_ALERT:
    case ALOFT_E_TLS_NOT_TLS:
    case ALOFT_E_TLS_HANDSHAKE:
    case ALOFT_E_NET_CLOSED: /* an orderly end comes from somebody who was there */
        return ALOFT_ROAD_TLS;
    default: /* refused, unreachable, cut, or no answer in time */
        return ALOFT_ROAD_CONNECT;
    }
}

/* A code of aloft_start, of a device that does not ask anybody. */
static enum aloft_road_step step_of_settings(unsigned code) {
    return code == ALOFT_E_CONFIG_BASE ? ALOFT_ROAD_ADDRESS : ALOFT_ROAD_SETTINGS;
}

static void end(struct al_device *d, enum aloft_road_step at, const aloft_fault *why) {
    d->look.state = ALOFT_DIAGNOSIS_DONE;
    d->look.at = (uint8_t)at;
    if (why == NULL)
        return;
    d->look.fault = *why;
    if (d->look.fault.step == ALOFT_STEP_NONE)
        d->look.fault.step = at < ALOFT_ROAD_MANIFEST ? ALOFT_STEP_CHECK : ALOFT_STEP_VERIFY;
}

static void begin(struct al_device *d) {
    d->look = (struct al_look){.state = ALOFT_DIAGNOSIS_WALKING, .at = ALOFT_ROAD_NETWORK};
    d->look.is_blind = d->config->clock.unix_s(d->config->clock.self) == 0;
    al_talk_close(&d->talk); /* a kept stream would hide what opening one is like today */
}

/* ---- what it would do */

/* Of what is wanted: at once, or what stands in between. */
static enum aloft_would take(const struct al_device *d, aloft_err e) {
    bool goes_on = d->record.phase == AL_FILL && al_device_is_candidate(d) && d->record.mark > 0;

    if (e == ALOFT_WAIT)
        return ALOFT_WOULD_ASK;
    if (goes_on) /* where there was something to compare, it differed */
        return ALOFT_WOULD_GO_ON;
    return d->must_compare ? ALOFT_WOULD_COMPARE : ALOFT_WOULD_FETCH;
}

static void decide(struct al_device *d) {
    static const uint8_t would[] = {[ALOFT_TAKE] = ALOFT_WOULD_FETCH,
                                    [ALOFT_NOTHING] = ALOFT_WOULD_NOTHING,
                                    [ALOFT_ADOPT] = ALOFT_WOULD_ADOPT};
    aloft_fault why = {0};
    aloft_err e = al_device_judge_offer(d, &why);

    if (e == ALOFT_OK && d->verdict.decision == ALOFT_TAKE)
        e = al_device_may_take(d, &why);
    if (e != ALOFT_OK && e != ALOFT_WAIT) {
        end(d, ALOFT_ROAD_DECISION, &why);
        return;
    }
    d->look.would = would[d->verdict.decision];
    if (d->verdict.decision == ALOFT_TAKE) {
        d->look.would = (uint8_t)take(d, e);
        d->look.bytes = d->manifest.branch[d->verdict.branch].payload_size;
    }
    if (d->look.would == ALOFT_WOULD_GO_ON) /* the mark counts image bytes; today a payload's too */
        d->look.bytes -= d->record.mark < d->look.bytes ? d->record.mark : d->look.bytes;
    end(d, ALOFT_ROAD_STEPS, NULL);
}

static void judge(struct al_device *d) {
    aloft_fault why = {0};

    if (al_ask_is_for_nobody(d)) {
        d->look.would = ALOFT_WOULD_NOTHING;
        end(d, ALOFT_ROAD_MANIFEST, NULL);
    } else if (al_device_read_offer(d, &why) != ALOFT_OK) {
        end(d, ALOFT_ROAD_MANIFEST, &why);
    } else {
        al_words_version(&d->manifest, d->look.version);
        if (!al_device_in_trial(d)) {
            decide(d);
            return;
        }
        d->look.would = ALOFT_WOULD_PROVE;
        end(d, ALOFT_ROAD_DECISION, NULL);
    }
}

/* ---- the walk */

enum al_state al_step_look(struct al_device *d) {
    bool is_opening = d->has_begun && d->talk.phase == AL_TALK_OPEN;
    aloft_fault why = {0};
    aloft_err e;

    if (!d->has_begun)
        begin(d);
    e = al_ask_step(d, &why);
    if (!d->has_begun) {
        end(d, step_of_settings(why.code), &why); /* a text that has changed since the start */
        return AL_REST;
    }
    if (is_opening && d->talk.phase == AL_TALK_SEND)
        d->look.at = ALOFT_ROAD_HTTP;
    if (e == ALOFT_WAIT)
        return AL_LOOK;
    if (e == ALOFT_OK) {
        al_talk_end(&d->talk);
        judge(d);
        return AL_REST;
    }
    al_talk_close(&d->talk);
    end(d, is_opening ? step_of_open(why.code) : ALOFT_ROAD_HTTP, &why);
    return AL_REST;
}

void aloft_diagnose(struct aloft *device) {
    struct al_device *d = (struct al_device *)device->room;

    if (d->look.state == ALOFT_DIAGNOSIS_WAITING || d->look.state == ALOFT_DIAGNOSIS_WALKING)
        return;
    d->look = (struct al_look){.state = ALOFT_DIAGNOSIS_WAITING};
    if (d->state == AL_STOPPED)
        end(d, step_of_settings(d->status.fault.code), &d->status.fault);
}

static enum aloft_mark mark_of(const struct al_look *look, unsigned step) {
    if (step > look->at || look->state == ALOFT_DIAGNOSIS_NONE)
        return ALOFT_MARK_NOT_REACHED;
    if (step == look->at)
        return look->fault.code != ALOFT_OK ? ALOFT_MARK_BROKEN : ALOFT_MARK_NOT_REACHED;
    return step == ALOFT_ROAD_CLOCK && look->is_blind ? ALOFT_MARK_NOT_SEEN : ALOFT_MARK_GOOD;
}

void aloft_diagnosis(const struct aloft *device, struct aloft_diagnosis *out) {
    const struct al_device *d = (const struct al_device *)device->room;
    const struct al_look *look = &d->look;

    *out = (struct aloft_diagnosis){.state = (enum aloft_diagnosis_state)look->state,
                                    .fault = look->fault,
                                    .would = (enum aloft_would)look->would,
                                    .bytes = look->bytes};
    memcpy(out->version, look->version, sizeof out->version);
    for (unsigned i = 0; i < ALOFT_ROAD_STEPS; i++)
        out->mark[i] = mark_of(look, i);
}

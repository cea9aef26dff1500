/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Asks the server for the manifest and takes the answer, whatever it is.
 * Knows: what an answer to a check may be (FORMAT.md).   Never knows: what a manifest says. */
#include "device/device.h"

#include <string.h>

#include "device/words.h"

#define ASK_MS        60000u /* 4096 bytes at 100 bytes a second, and some */
#define REDIRECTS_MAX 3u
#define POLL_MIN_S    60u
#define POLL_MAX_S    604800u

static aloft_err refuse(const struct al_device *d, aloft_err code, uint32_t want, uint32_t got,
                        aloft_fault *why) {
    *why = (aloft_fault){.code = (uint16_t)code,
                         .origin = ALOFT_ORIGIN_HTTP,
                         .raw = d->talk.answer.status,
                         .want = want,
                         .got = got};
    return code;
}

bool al_ask_is_for_nobody(const struct al_device *d) {
    return d->talk.answer.status == 204 || d->talk.answer.status == 304;
}

/* A check is redirected only within its own origin: what is asked carries the device's name and token. */
static aloft_err redirected(struct al_device *d, aloft_fault *why) {
    const aloft_bytes location = {(const uint8_t *)d->talk.answer.location,
                                  d->talk.answer.location_len};

    if (d->n_redirects++ >= REDIRECTS_MAX || location.len == 0 ||
        al_where_next(d, location, why) != ALOFT_OK || !al_where_is_home(d))
        return refuse(d, ALOFT_E_HTTP_REDIRECT, REDIRECTS_MAX, 0, why);
    al_talk_end(&d->talk);
    d->is_asking = false;
    return ALOFT_WAIT;
}

static aloft_err judge_head(struct al_device *d, aloft_fault *why) {
    const struct al_http_answer *answer = &d->talk.answer;

    if (al_ask_is_for_nobody(d))
        return ALOFT_OK;
    if (answer->status == 429 || answer->status == 503)
        return refuse(d, ALOFT_E_HTTP_BUSY, 0, 0, why);
    if (al_where_is_redirect(answer->status))
        return redirected(d, why);
    if (answer->status == 404 || answer->status == 410)
        return refuse(d, ALOFT_E_HTTP_NOT_FOUND, 200, answer->status, why);
    if (answer->status == 401 || answer->status == 403)
        return refuse(d, ALOFT_E_HTTP_FORBIDDEN, 200, answer->status, why);
    if (answer->is_html)
        return refuse(d, ALOFT_E_HTTP_HTML, 0, 0, why);
    if (answer->status != 200)
        return refuse(d, ALOFT_E_HTTP_STATUS, 200, answer->status, why);
    if (answer->is_encoded || answer->is_chunked)
        return refuse(d, ALOFT_E_HTTP_ENCODED, 0, 0, why);
    if (answer->has_length && answer->content_length > ALOFT_MANIFEST_MAX)
        return refuse(d, ALOFT_E_MANIFEST_LONG, 1, (uint32_t)answer->content_length, why);
    d->manifest_len = 0;
    return ALOFT_WAIT;
}

static aloft_err take_body(struct al_device *d, aloft_fault *why) {
    aloft_bytes *body = &d->talk.body;
    aloft_err e;

    if (body->len > ALOFT_MANIFEST_MAX - d->manifest_len)
        return refuse(d, ALOFT_E_MANIFEST_LONG, 1, ALOFT_MANIFEST_MAX + 1, why);
    if (body->len > 0)
        memcpy(d->config->manifest.at + d->manifest_len, body->at, body->len);
    d->manifest_len += body->len;
    body->len = 0;
    if (al_talk_is_over(&d->talk))
        return ALOFT_OK;
    e = al_talk_more(&d->talk, why);
    if (e != ALOFT_OK && e != ALOFT_WAIT)
        return e;
    if (d->time_ms - d->talk.began_ms > ASK_MS) {
        *why =
            (aloft_fault){.code = ALOFT_E_HTTP_SLOW, .want = ALOFT_MANIFEST_MAX * 1000u / ASK_MS};
        return ALOFT_E_HTTP_SLOW;
    }
    d->wait_ms = e == ALOFT_WAIT ? 1 : 0;
    return ALOFT_WAIT;
}

static aloft_err begin(struct al_device *d, aloft_fault *why) {
    size_t len = 0;
    aloft_err e = ALOFT_OK;

    if (!d->has_begun) {
        d->n_redirects = 0;
        e = al_where_manifest(d, why);
    }
    if (e == ALOFT_OK)
        e = al_letter_check(d, &len, why);
    if (e != ALOFT_OK)
        return e;
    al_talk_start(&d->talk, &(struct al_talk_to){&d->url, false}, len, d->time_ms);
    d->has_begun = true;
    d->is_asking = true;
    return ALOFT_WAIT;
}

aloft_err al_ask_step(struct al_device *d, aloft_fault *why) {
    aloft_err e;

    if (!d->has_begun || !d->is_asking)
        return begin(d, why);
    if (d->talk.phase == AL_TALK_BODY)
        return take_body(d, why);
    e = al_talk_step(&d->talk, d->time_ms, why);
    d->wait_ms = e == ALOFT_WAIT ? 1 : 0;
    return e == ALOFT_OK ? judge_head(d, why) : e;
}

/* ---- the check: what an answer changes */

/* The whole answer makes sense: whoever gave it is an update server. Its head alone is not enough: a server
 * that sends no more than that would keep the back-off at its beginning. */
static void reached(struct al_device *d) {
    const struct al_http_answer *answer = &d->talk.answer;

    d->status.server_reached = d->was_answered = true;
    d->ask_retry.n = 0;
    if (answer->has_max_age) {
        d->poll_s = answer->max_age_s < POLL_MIN_S ? POLL_MIN_S : answer->max_age_s;
        d->poll_s = d->poll_s > POLL_MAX_S ? POLL_MAX_S : d->poll_s;
    }
}

static enum al_state nothing_new(struct al_device *d) {
    d->status.offer_stands = d->is_wanted = false;
    al_device_all_is_well(d);
    return al_device_rest(d, al_device_in_trial(d) ? ALOFT_SLEEP : ALOFT_DONE);
}

static enum al_state failed(struct al_device *d, aloft_fault *why) {
    enum al_state next;

    why->step = ALOFT_STEP_CHECK;
    al_talk_close(&d->talk);
    next = al_device_fail(d, &d->ask_retry, why);
    if (why->code == ALOFT_E_HTTP_BUSY)
        al_device_wait_as_told(d);
    return next;
}

enum al_state al_step_ask(struct al_device *d) {
    aloft_fault why = {0};
    aloft_err e = al_ask_step(d, &why);

    if (e == ALOFT_WAIT)
        return AL_ASK;
    if (e != ALOFT_OK)
        return failed(d, &why);
    reached(d);
    al_talk_end(&d->talk);
    return al_ask_is_for_nobody(d) ? nothing_new(d) : AL_DECIDE;
}

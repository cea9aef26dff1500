/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Fetches the payload into the other slot, goes on after a cut, reads it back, switches.
 * Knows: ranges, marks, transitions.   Never knows: what a manifest's bytes look like. */
#include "device/device.h"

#include <string.h>

#include "device/words.h"
#include "http/range.h"

#define REDIRECTS_MAX 3u
#define MARK_MIN      65536u
#define MINUTE_MS     60000u
#define SLOWEST_BPS   100u /* a slow radio (2G, NB-IoT) gives several times that */

static const struct aloft_branch *branch(const struct al_device *d) {
    return &d->manifest.branch[d->verdict.branch];
}

static const struct aloft_flash *slot(const struct al_device *d) {
    return &d->config->slot[al_record_other(&d->record)];
}

/* At least 64 KiB, in whole erase units: a download that goes on begins with an erase. */
static uint32_t mark_size(const struct al_device *d) {
    uint32_t unit = slot(d)->erase_size;

    return (MARK_MIN + unit - 1) / unit * unit;
}

static enum al_state failed(struct al_device *d, aloft_fault *why) {
    why->step = ALOFT_STEP_FETCH;
    al_talk_close(&d->talk);
    d->report_due = true;
    return al_device_fail(d, &d->fetch_retry, why);
}

static enum al_state refused(struct al_device *d, aloft_err code, uint32_t want, uint32_t got) {
    aloft_fault why = {
        .code = (uint16_t)code, .want = want, .got = got, .at = al_flow_at(&d->flow)};

    if (code >> 8 == 0x03) {
        why.origin = ALOFT_ORIGIN_HTTP;
        why.raw = d->talk.answer.status;
    }
    return failed(d, &why);
}

/* ---- beginning: the record first (T1), or on from the mark */

static bool is_under_way(const struct al_device *d) {
    const struct al_record *r = &d->record;

    return r->phase == AL_FILL && al_device_is_candidate(d) &&
           memcmp(r->pay, branch(d)->payload_sha256.at, sizeof r->pay) == 0 &&
           r->mark % mark_size(d) == 0 && r->mark <= d->manifest.image_size;
}

void al_device_candidate(const struct al_device *d, struct al_candidate *candidate) {
    candidate->image = d->offer;
    memcpy(candidate->manifest, d->manifest.digest, sizeof candidate->manifest);
    memcpy(candidate->payload, branch(d)->payload_sha256.at, sizeof candidate->payload);
}

static bool begin_record(struct al_device *d, aloft_fault *why) {
    struct al_record next = d->record;
    struct al_candidate candidate;

    al_device_candidate(d, &candidate);
    al_record_begin(&next, &candidate);
    /* If power goes here: the old state stands whole, nothing of the other slot was touched. */
    return al_device_commit(d, &next, why);
}

/* The first erase after a start needs an append before it (log.h, al_log_settled): the same mark again. */
static bool settle(struct al_device *d, aloft_fault *why) {
    return al_log_settled(&d->log) || al_device_commit(d, &d->record, why);
}

static void begin_flow(struct al_device *d) {
    const struct al_flow_plan plan = {
        .slot = slot(d),
        .page = d->config->page,
        .payload_size = branch(d)->payload_size,
        .image_size = d->manifest.image_size,
        .from = d->record.mark,
    };

    d->has_resumed = plan.from > 0;
    d->n_resumes += d->has_resumed;
    d->status.resumed_at = plan.from;
    al_flow_start(&d->flow, &plan);
}

static bool send_request(struct al_device *d, aloft_fault *why) {
    size_t len = 0;

    if (al_letter_fetch(d, d->flow.wire.at, &len, why) != ALOFT_OK)
        return false;
    al_talk_start(&d->talk, &(struct al_talk_to){&d->url, !al_where_is_home(d)}, len, d->time_ms);
    d->is_asking = true;
    return true;
}

static bool is_over_the_day(struct al_device *d, uint32_t from) {
    uint32_t size = branch(d)->payload_size;

    return !al_ration_allows(&d->ration, d->time_ms, size, size - from);
}

static enum al_state wait_for_tomorrow(struct al_device *d) {
    enum al_state next = refused(d, ALOFT_E_PAYLOAD_LIMIT, branch(d)->payload_size, 0);

    d->due_ms = al_ration_next_ms(&d->ration);
    return next;
}

static enum al_state begin(struct al_device *d) {
    aloft_fault why = {0};
    bool goes_on = is_under_way(d);

    if (is_over_the_day(d, goes_on ? d->record.mark : 0))
        return wait_for_tomorrow(d);
    if (goes_on ? !settle(d, &why) : !begin_record(d, &why))
        return failed(d, &why);
    d->is_kept_damaged = false;
    begin_flow(d);
    if (al_where_payload(d, branch(d)->uri, &why) != ALOFT_OK)
        return failed(d, &why);
    d->has_begun = true;
    d->n_redirects = 0;
    if (al_flow_is_whole(&d->flow)) /* the last mark was the end */
        return AL_READBACK;
    return send_request(d, &why) ? AL_FETCH : failed(d, &why);
}

/* ---- the answer's head */

/* A payload may come from anywhere by https, for its digest is signed; it tells nobody who asks. */
static enum al_state redirected(struct al_device *d) {
    aloft_bytes location = {(const uint8_t *)d->talk.answer.location, d->talk.answer.location_len};
    aloft_fault why = {0};

    if (d->n_redirects++ >= REDIRECTS_MAX || location.len == 0 ||
        al_where_next(d, location, &why) != ALOFT_OK)
        return refused(d, ALOFT_E_HTTP_REDIRECT, REDIRECTS_MAX, 0);
    al_talk_end(&d->talk);
    return send_request(d, &why) ? AL_FETCH : failed(d, &why);
}

bool al_device_mark(struct al_device *d, uint32_t mark, aloft_fault *why) {
    struct al_record next = d->record;

    al_record_mark(&next, mark);
    return al_device_commit(d, &next, why);
}

/* From here on bytes come, and are to come fast enough. */
static enum al_state begin_body(struct al_device *d) {
    d->window_ms = d->time_ms;
    d->window_bytes = 0;
    return AL_FETCH;
}

static enum al_state unwanted(struct al_device *d, aloft_fault *why) {
    enum al_state next = failed(d, why);

    if (why->code == ALOFT_E_HTTP_BUSY)
        al_device_wait_as_told(d);
    return next;
}

static enum al_state judge_head(struct al_device *d) {
    const struct al_http_answer *answer = &d->talk.answer;
    const struct al_http_wish wish = {d->flow.wire.at, branch(d)->payload_size};
    aloft_fault why = {0};
    enum al_http_resume what = AL_HTTP_ASK_AGAIN;
    aloft_err e;

    if (al_where_is_redirect(answer->status))
        return redirected(d);
    e = al_http_resume(answer, &wish, &what, &why);
    if (e == ALOFT_E_HTTP_RANGE && wish.at > 0)
        what = AL_HTTP_ASK_AGAIN; /* another part than the one that was asked for: ask for all */
    else if (e != ALOFT_OK)
        return unwanted(d, &why);
    if (what == AL_HTTP_GO_ON)
        return begin_body(d);
    if (is_over_the_day(d, 0))
        return wait_for_tomorrow(d);
    if (!al_device_mark(d, 0, &why))
        return failed(d, &why);
    begin_flow(d);
    if (what == AL_HTTP_FROM_START) /* the whole file came instead of the rest */
        return begin_body(d);
    al_talk_end(&d->talk);
    return send_request(d, &why) ? AL_FETCH : failed(d, &why);
}

/* ---- the body */

/* T2, at each whole interval. */
static bool mark_if_due(struct al_device *d, aloft_fault *why) {
    uint32_t at = al_flow_at(&d->flow);

    if (at % mark_size(d) != 0 || at == d->record.mark)
        return true;
    /* If power goes here: the download goes on from the mark before. */
    return al_device_mark(d, at, why);
}

static bool is_too_slow(struct al_device *d) {
    if (d->time_ms - d->window_ms < MINUTE_MS)
        return false;
    if (d->window_bytes < SLOWEST_BPS * MINUTE_MS / 1000)
        return true;
    d->window_ms = d->time_ms;
    d->window_bytes = 0;
    return false;
}

static enum al_state receive(struct al_device *d) {
    aloft_fault why = {0};
    aloft_err e;

    if (al_talk_is_over(&d->talk))
        return refused(d, ALOFT_E_PAYLOAD_SHORT, d->flow.wire.size, d->flow.wire.at);
    if (is_too_slow(d))
        return refused(d, ALOFT_E_HTTP_SLOW, SLOWEST_BPS, d->window_bytes);
    e = al_talk_more(&d->talk, &why);
    if (e == ALOFT_WAIT)
        d->wait_ms = 1;
    else if (e == ALOFT_E_NET_CLOSED)
        return refused(d, ALOFT_E_PAYLOAD_SHORT, d->flow.wire.size, d->flow.wire.at);
    else if (e != ALOFT_OK)
        return failed(d, &why);
    d->is_seen = false;
    return AL_FETCH;
}

static bool see(struct al_device *d, aloft_fault *why) {
    const uint32_t len = (uint32_t)d->talk.body.len;

    d->is_seen = true;
    d->status.received += len;
    d->window_bytes += len;
    al_ration_take(&d->ration, d->time_ms, len);
    return al_flow_see(&d->flow, d->talk.body, why) == ALOFT_OK;
}

static enum al_state move(struct al_device *d) {
    aloft_fault why = {0};

    if (!al_flow_is_busy(&d->flow) && d->talk.body.len == 0)
        return receive(d);
    if (!d->is_seen && !see(d, &why))
        return failed(d, &why);
    if (al_flow_step(&d->flow, &d->talk.body, &why) != ALOFT_OK || !mark_if_due(d, &why))
        return failed(d, &why);
    if (!al_flow_is_whole(&d->flow))
        return AL_FETCH;
    al_talk_end(&d->talk);
    return AL_READBACK;
}

enum al_state al_step_fetch(struct al_device *d) {
    aloft_fault why = {0};
    aloft_err e;

    if (!d->has_begun)
        return begin(d);
    if (d->talk.phase == AL_TALK_BODY)
        return move(d);
    e = al_talk_step(&d->talk, d->time_ms, &why);
    d->is_seen = false;
    if (e == ALOFT_OK)
        return judge_head(d);
    if (e != ALOFT_WAIT)
        return failed(d, &why);
    d->wait_ms = 1;
    return AL_FETCH;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Fetches the statement of freshness and says how new the news is. Advice for people: it never
 * makes the device install, refuse, or remember a floor, so who steals its key can hide a freeze or cry for
 * nothing, no more. A part that a device need not link (struct aloft_fresh_part).
 * Knows: statements, their keys, time awake.   Never knows: manifests, slots. */
#include "device/device.h"

#include <string.h>

#include "cose/statement.h"
#include "device/words.h"

#define HOUR_MS     3600000u
#define SAVE_H      6u /* a restart forgets at most so much of the age; four records a day */
#define ASK_MIN_MS  (6ull * HOUR_MS) /* and so nobody can make it write more than eight */
#define BODY_MS     60000u
#define DAY_S       86400u
#define IN_A_ROW    3u /* the edges of a CDN do not change at once */
#define ASKS_A_LIFE 8u /* a lost statement or two are no news */

/* ---- time */

static uint32_t valid_s(const struct al_device *d) {
    return d->fresh.valid_s == 0 ? AL_VALID_DEFAULT_S : d->fresh.valid_s;
}

/* Awake, by the port's clock: a device that is cut every hour notices later. */
static uint64_t age_s(const struct al_device *d) {
    return (uint64_t)d->record.age_h * 3600u + (d->time_ms - d->fresh.since_ms) / 1000u;
}

static uint64_t now_s(const struct al_device *d) {
    return d->config->clock.unix_s(d->config->clock.self);
}

/* T11: the age, in whole hours. What the flash refuses is tried again in an hour. */
static void keep_age(struct al_device *d) {
    const uint64_t awake_ms = d->time_ms - d->fresh.since_ms;
    struct al_record next = d->record;
    aloft_fault ignored;

    if (d->record.issued == 0 || awake_ms < (uint64_t)SAVE_H * HOUR_MS ||
        d->time_ms < d->fresh.save_ms)
        return;
    d->fresh.save_ms = d->time_ms + HOUR_MS;
    al_record_age(&next, awake_ms / HOUR_MS);
    /* If power goes here: the age that stood before. */
    if (al_device_commit(d, &next, &ignored))
        d->fresh.since_ms += awake_ms - awake_ms % HOUR_MS;
}

/* ---- when */

/* What was offered here, or was known already: only above that something can be withheld. */
static uint64_t known_sequence(const struct al_device *d) {
    const struct al_record *r = &d->record;
    uint64_t known = d->met_sequence > r->floor ? d->met_sequence : r->floor;

    return known > r->skip ? known : r->skip;
}

static void count_answer(struct al_device *d) {
    if (d->record.seen <= known_sequence(d))
        d->fresh.withheld = 0;
    else if (d->fresh.withheld < IN_A_ROW)
        d->fresh.withheld++;
}

bool al_step_fresh_is_due(struct al_device *d) {
    if (!d->has_trust || d->trust.n_fresh == 0 || al_device_in_trial(d))
        return false;
    keep_age(d);
    if (!d->was_answered)
        return false;
    d->was_answered = false;
    count_answer(d);
    return d->time_ms >= d->fresh.due_ms;
}

/* ---- one statement: F1 to F3 of FORMAT.md */

static bool is_signed(const struct al_device *d, const struct al_statement *s) {
    uint8_t room[AL_STATEMENT_TO_SIGN_MAX];
    struct aloft_key key;

    for (unsigned i = 0; i < d->trust.n_fresh; i++) {
        al_trust_key(&d->trust, d->trust.n_firmware + i, &key);
        if (memcmp(key.kid, s->kid.at, ALOFT_KID_SIZE) == 0)
            return key.type == s->key_type &&
                   aloft_verify(&key, al_statement_to_sign(s, room), s->signature.at);
    }
    return false;
}

/* A time that is far ahead would silence all later statements. */
static bool is_ahead(const struct al_device *d, const struct al_statement *s) {
    const uint64_t now = now_s(d);

    return now != 0 && s->issued > now + DAY_S;
}

static void take(struct al_device *d, aloft_bytes body) {
    struct al_record next = d->record;
    struct al_statement s;
    aloft_fault ignored;

    if (!al_statement_read(body, &s) ||
        memcmp(s.class_id.at, d->channel->class_id, sizeof d->channel->class_id) != 0 ||
        !is_signed(d, &s) || is_ahead(d, &s))
        return;
    if (s.issued >= d->record.issued)
        d->fresh.valid_s = s.valid_s;
    if (s.issued <= d->record.issued)
        return; /* old news: its age goes on */
    al_record_fresh(&next, s.sequence, s.issued);
    /* If power goes here: the statement before; it is told again. */
    if (al_device_commit(d, &next, &ignored))
        d->fresh.since_ms = d->time_ms;
}

/* ---- the exchange */

static enum al_state done(struct al_device *d) {
    const uint64_t wait_ms = (uint64_t)valid_s(d) * 1000u / ASKS_A_LIFE;

    d->fresh.due_ms = d->time_ms + (wait_ms > ASK_MIN_MS ? wait_ms : ASK_MIN_MS);
    al_talk_end(&d->talk);
    return AL_REST;
}

static enum al_state none(struct al_device *d) {
    al_talk_close(&d->talk);
    return done(d);
}

static enum al_state begin(struct al_device *d) {
    aloft_fault why = {0};
    size_t len = 0;

    d->has_begun = true;
    d->fresh.len = 0;
    if (al_where_statement(d, &why) != ALOFT_OK || al_letter_fetch(d, 0, &len, &why) != ALOFT_OK)
        return none(d);
    al_talk_start(&d->talk, &(struct al_talk_to){&d->url, false}, len, d->time_ms);
    return AL_FRESH;
}

static bool is_wanted(const struct al_http_answer *a) {
    return a->status == 200 && !a->is_html && !a->is_encoded && !a->is_chunked &&
           (!a->has_length || a->content_length <= AL_STATEMENT_MAX);
}

/* Into the manifest's room, which nobody needs now. */
static enum al_state take_body(struct al_device *d) {
    aloft_bytes *body = &d->talk.body;
    aloft_fault why;
    aloft_err e;

    if (!is_wanted(&d->talk.answer) || body->len > AL_STATEMENT_MAX - d->fresh.len)
        return none(d);
    if (body->len > 0)
        memcpy(d->config->manifest.at + d->fresh.len, body->at, body->len);
    d->fresh.len += (uint32_t)body->len;
    body->len = 0;
    if (al_talk_is_over(&d->talk)) {
        take(d, (aloft_bytes){d->config->manifest.at, d->fresh.len});
        return done(d);
    }
    e = al_talk_more(&d->talk, &why);
    if ((e != ALOFT_OK && e != ALOFT_WAIT) || d->time_ms - d->talk.began_ms > BODY_MS)
        return none(d);
    d->wait_ms = e == ALOFT_WAIT ? 1 : 0;
    return AL_FRESH;
}

enum al_state al_step_fresh(struct al_device *d) {
    aloft_fault why;
    aloft_err e;

    if (!d->has_begun)
        return begin(d);
    if (d->talk.phase == AL_TALK_BODY)
        return take_body(d);
    e = al_talk_step(&d->talk, d->time_ms, &why);
    if (e != ALOFT_OK && e != ALOFT_WAIT)
        return none(d);
    d->wait_ms = e == ALOFT_WAIT ? 1 : 0;
    return AL_FRESH;
}

/* ---- what is told: F5 */

static bool is_stale(const struct al_device *d) {
    const uint64_t now = now_s(d);

    return age_s(d) > valid_s(d) ||
           (now != 0 && now > (uint64_t)d->record.issued + valid_s(d) + DAY_S);
}

void al_step_fresh_look(const struct al_device *d, struct aloft_status *out) {
    if (!d->has_trust || d->trust.n_fresh == 0 || d->record.issued == 0)
        return;
    out->statement_s = (uint32_t)age_s(d); /* 136 years in one life do not come */
    out->freshness = is_stale(d)                     ? ALOFT_FRESH_STALE
                     : d->fresh.withheld >= IN_A_ROW ? ALOFT_FRESH_WITHHELD
                                                     : ALOFT_FRESH;
}

const struct aloft_fresh_part aloft_fresh_part = {al_step_fresh_is_due, al_step_fresh,
                                                  al_step_fresh_look};

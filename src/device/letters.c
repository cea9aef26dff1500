/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The requests: a check that says who asks, a payload's that does not, and the report.
 * Knows: HTTP requests, CBOR.   Never knows: how answers are judged. */
#include "device/words.h"

#include <string.h>

#include "cbor/write.h"
#include "http/request.h"

#define PAIRS_MAX     7u
#define VALUE_MAX     80u /* version 32, sequence 19, digest 16, two separators */
#define BEARER_MAX    (7u + ALOFT_TOKEN_MAX)
#define REPORT_MAX    512u
#define REPORT_FORMAT 1u

/* Fields under way, with room for the values that are put together. */
struct heads {
    struct al_http_pair pair[PAIRS_MAX];
    unsigned n;
    bool is_cut; /* a token did not fit */
    uint8_t runs[VALUE_MAX], state[VALUE_MAX], record[VALUE_MAX], bearer[BEARER_MAX];
};

static void add(struct heads *h, const char *name, aloft_bytes value) {
    h->pair[h->n].name = al_words_span(name);
    h->pair[h->n].value = value;
    h->n++;
}

static aloft_bytes written(const struct al_http_out *pen) {
    return (aloft_bytes){pen->room.at, pen->len};
}

/* Only to the configured server, and not with `quiet`. */
static void add_who(const struct al_device *d, struct heads *h) {
    struct al_http_out runs = {.room = ALOFT_SPACE(h->runs)};
    struct al_http_out state = {.room = ALOFT_SPACE(h->state)};
    struct al_http_out record = {.room = ALOFT_SPACE(h->record)};

    if (d->config->quiet)
        return;
    al_words_what_runs(d, &runs);
    al_words_state(d, &state);
    al_http_put_number(&record, d->record.n);
    if (d->config->id != NULL)
        add(h, "Aloft-Device", al_words_span(d->config->id));
    add(h, "Aloft-Running", written(&runs));
    add(h, "Aloft-State", written(&state));
    add(h, "Aloft-Record", written(&record));
}

static void add_token(const struct al_device *d, struct heads *h) {
    struct al_http_out bearer = {.room = ALOFT_SPACE(h->bearer)};

    if (d->config->token == NULL || !al_where_is_home(d))
        return;
    al_http_put_text(&bearer, "Bearer ");
    al_http_put_text(&bearer, d->config->token);
    add(h, "Authorization", written(&bearer));
    h->is_cut = bearer.is_full; /* it has changed since aloft_start looked at it */
}

static aloft_err misuse(uint32_t field, aloft_fault *why) {
    why->code = ALOFT_E_MISUSE;
    why->want = field;
    return ALOFT_E_MISUSE;
}

static aloft_err finish(struct al_device *d, const struct heads *h, struct al_http_ask *ask,
                        size_t *len, aloft_fault *why) {
    aloft_space out = d->config->input;
    aloft_err e;

    if (h->is_cut)
        return misuse(4, why);
    ask->url = &d->url;
    ask->pair = h->pair;
    ask->n_pairs = h->n;
    e = al_http_request_write(ask, &out, why);
    *len = out.len;
    return e;
}

aloft_err al_letter_check(struct al_device *d, size_t *len, aloft_fault *why) {
    struct al_http_ask ask = {.method = "GET"};
    struct heads h = {.n = 0};

    add(&h, "User-Agent", al_words_span("aloft"));
    add_who(d, &h);
    add_token(d, &h);
    return finish(d, &h, &ask, len, why);
}

aloft_err al_letter_fetch(struct al_device *d, uint32_t from, size_t *len, aloft_fault *why) {
    struct al_http_ask ask = {.method = "GET", .from = from};
    struct heads h = {.n = 0};

    add(&h, "User-Agent", al_words_span("aloft"));
    add_token(d, &h);
    return finish(d, &h, &ask, len, why);
}

/* ---- the report: a map in FORMAT.md's order of keys */

static void key_text(struct al_cbor_out *out, uint64_t key, aloft_bytes text) {
    al_cbor_put_uint(out, key);
    al_cbor_put_text(out, text);
}

static void key_uint(struct al_cbor_out *out, uint64_t key, uint64_t number) {
    al_cbor_put_uint(out, key);
    al_cbor_put_uint(out, number);
}

/* What became of the last trial matters more to the server than that its release waits for another one. */
static aloft_fault told_fault(const struct al_device *d) {
    if (d->record.phase == AL_KEPT || al_device_gave_up(d))
        return (aloft_fault){.code = d->record.cause, .step = ALOFT_STEP_TRIAL};
    if (d->status.fault.code == ALOFT_OK && d->noted != ALOFT_OK)
        return (aloft_fault){.code = d->noted, .step = ALOFT_STEP_START};
    return d->status.fault;
}

static void put_fault(struct al_cbor_out *out, const aloft_fault *why) {
    al_cbor_put_uint(out, 10);
    al_cbor_put_array(out, 7);
    al_cbor_put_uint(out, why->code);
    al_cbor_put_uint(out, why->step);
    al_cbor_put_uint(out, why->origin);
    al_cbor_put_int(out, why->raw);
    al_cbor_put_uint(out, why->at);
    al_cbor_put_uint(out, why->want);
    al_cbor_put_uint(out, why->got);
}

static void put_counters(const struct al_device *d, struct al_cbor_out *out) {
    al_cbor_put_uint(out, 14);
    al_cbor_put_map(out, 6);
    key_uint(out, 1, d->status.received);
    key_uint(out, 2, d->time_ms / 1000);
    key_uint(out, 3, d->n_resumes);
    key_uint(out, 4, d->record.boots);
    key_uint(out, 5, d->record.fails);
    key_uint(out, 6, d->record.cold);
}

static void put_running(const struct al_device *d, struct al_cbor_out *out) {
    const struct al_record_slot *image = al_words_running(d);

    key_text(out, 5, al_words_running_version(d));
    key_uint(out, 6, image->sequence);
    al_cbor_put_uint(out, 7);
    al_cbor_put_bytes(out, ALOFT_BYTES(image->image_digest));
}

static aloft_bytes write_body(const struct al_device *d) {
    uint8_t state_room[VALUE_MAX];
    struct al_http_out state = {.room = ALOFT_SPACE(state_room)};
    struct al_cbor_out out;
    const bool has_id = d->config->id != NULL;
    const aloft_fault why = told_fault(d);

    al_words_state(d, &state);
    al_cbor_out_start(&out, (aloft_space){d->config->manifest.at, REPORT_MAX});
    al_cbor_put_map(&out, has_id ? 14 : 13);
    key_uint(&out, 1, REPORT_FORMAT);
    if (has_id)
        key_text(&out, 2, al_words_span(d->config->id));
    key_text(&out, 3, al_words_class(d));
    key_text(&out, 4, al_words_span(d->config->channel));
    put_running(d, &out);
    key_uint(&out, 8, d->record.n);
    key_text(&out, 9, written(&state));
    put_fault(&out, &why);
    key_uint(&out, 11, d->record.attempt);
    key_uint(&out, 12, d->status.offered_sequence);
    key_uint(&out, 13, d->record.floor);
    put_counters(d, &out);
    return al_cbor_out_bytes(&out);
}

aloft_err al_letter_report(struct al_device *d, size_t *len, aloft_fault *why) {
    const aloft_bytes body = write_body(d); /* in the manifest's room, which nobody needs now */
    struct al_http_ask ask = {.method = "POST", .has_body = true, .body_len = body.len};
    struct heads h = {.n = 0};
    aloft_err e;

    add(&h, "User-Agent", al_words_span("aloft"));
    add(&h, "Content-Type", al_words_span("application/cbor"));
    add_token(d, &h);
    e = finish(d, &h, &ask, len, why);
    if (e != ALOFT_OK)
        return e;
    if (body.len == 0 || body.len > d->config->input.len - *len)
        return misuse(17, why);
    memcpy(d->config->input.at + *len, body.at, body.len);
    *len += body.len;
    return ALOFT_OK;
}

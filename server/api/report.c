/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. A device's report: POST <base>/v1/report, a map of FORMAT.md in deterministic
 * CBOR.
 * Knows: the keys of the map.   Never knows: what is made of it. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "cbor/cbor.h"
#include "server/net/server.h"

#define PATH          "/v1/report"
#define FORMAT        1u
#define DIGEST_MIN    8u
#define COUNTERS      6u
#define FAULT_NUMBERS 7u

/* The keys, in the order in which they come. */
enum key {
    KEY_FORMAT = 1,
    KEY_ID,
    KEY_CLASS,
    KEY_CHANNEL,
    KEY_VERSION,
    KEY_SEQUENCE,
    KEY_DIGEST,
    KEY_RECORD,
    KEY_STATE,
    KEY_FAULT,
    KEY_ATTEMPT,
    KEY_OFFERED,
    KEY_FLOOR,
    KEY_COUNTERS,
    KEY_END,
};

bool report_matches(const struct exchange *x) {
    return x->path.len == sizeof PATH - 1 && memcmp(x->path.at, PATH, x->path.len) == 0;
}

/* A text that may be missing but not wrong; an empty one says nothing. */
static void check(struct al_cbor *r, aloft_bytes text, bool is_good) {
    if (text.len > 0 && !is_good)
        al_cbor_fail(r);
}

static uint32_t read_u32(struct al_cbor *r) {
    uint64_t number = al_cbor_uint(r);

    if (number > UINT32_MAX)
        al_cbor_fail(r);
    return (uint32_t)number;
}

static void read_digest(struct al_cbor *r, struct store_word *word) {
    aloft_bytes digest = al_cbor_bytes(r);

    if (digest.len != DIGEST_MIN && digest.len != ALOFT_DIGEST_SIZE)
        al_cbor_fail(r);
    else
        memcpy(word->digest, digest.at, sizeof word->digest);
}

/* [code, step, origin, raw, at, want, got]; code 0: no fault */
static void read_fault(struct al_cbor *r, struct store_word *word) {
    uint64_t code, step, origin;
    int64_t raw;

    if (al_cbor_array(r) != FAULT_NUMBERS)
        al_cbor_fail(r);
    code = al_cbor_uint(r);
    step = al_cbor_uint(r);
    origin = al_cbor_uint(r);
    raw = al_cbor_int(r);
    if (code > UINT16_MAX || step > UINT8_MAX || origin > UINT8_MAX || raw < INT32_MIN ||
        raw > INT32_MAX)
        al_cbor_fail(r);
    word->fault = (aloft_fault){.code = (uint16_t)code,
                                .step = (uint8_t)step,
                                .origin = (uint8_t)origin,
                                .raw = (int32_t)raw};
    word->fault.at = read_u32(r);
    word->fault.want = read_u32(r);
    word->fault.got = read_u32(r);
    if (word->fault.code == 0)
        memset(&word->fault, 0, sizeof word->fault);
}

static void read_counters(struct al_cbor *r, struct store_word *word) {
    uint32_t *const counter[COUNTERS] = {&word->received, &word->seconds, &word->resumes,
                                         &word->boots,    &word->fails,   &word->cold};
    size_t left = al_cbor_map(r);

    for (unsigned i = 0; i < COUNTERS && left > 0; i++)
        if (al_cbor_next_is(r, i + 1)) {
            al_cbor_expect(r, i + 1);
            *counter[i] = read_u32(r);
            left--;
        }
    if (left > 0)
        al_cbor_fail(r);
}

static void read_text(struct al_cbor *r, enum key key, struct store_word *word) {
    aloft_bytes text = al_cbor_text(r);
    struct store_word state = {0};

    if (key == KEY_ID)
        check(r, text, word_id(text, word->id));
    else if (key == KEY_CLASS)
        check(r, text, word_class(text, word->device_class));
    else if (key == KEY_CHANNEL)
        check(r, text, word_channel(text, word->channel));
    else if (key == KEY_VERSION)
        check(r, text, word_version(text, word->version));
    else { /* the code in a state is the fault's own, which follows */
        check(r, text, word_state(text, &state));
        memcpy(word->state, state.state, sizeof word->state);
        word->fault.code = state.fault.code;
    }
}

static void read_number(struct al_cbor *r, enum key key, struct store_word *word) {
    uint64_t number = al_cbor_uint(r);
    bool is_short = key == KEY_RECORD || key == KEY_ATTEMPT;

    if (number > (is_short ? UINT32_MAX : INT64_MAX) || (key == KEY_FORMAT && number != FORMAT))
        al_cbor_fail(r);
    if (key == KEY_SEQUENCE)
        word->sequence = number;
    else if (key == KEY_ATTEMPT)
        word->attempt = (uint32_t)number;
    else if (key == KEY_RECORD) {
        word->record = (uint32_t)number;
        word->has_record = true;
    } else if (key == KEY_OFFERED)
        word->offered_sequence = number;
    /* the floor is what was last confirmed, which is learnt from the words before */
}

static void read_value(struct al_cbor *r, enum key key, struct store_word *word) {
    if (key == KEY_DIGEST)
        read_digest(r, word);
    else if (key == KEY_FAULT)
        read_fault(r, word);
    else if (key == KEY_COUNTERS)
        read_counters(r, word);
    else if ((key >= KEY_ID && key <= KEY_VERSION) || key == KEY_STATE)
        read_text(r, key, word);
    else
        read_number(r, key, word);
}

/* Keys come once and ascending (al_cbor_walk), so trying each in turn finds all that are known; one
 * that is not known is refused: this format has a number, and another map has another one. */
bool report_read(aloft_bytes body, struct store_word *word, aloft_fault *why) {
    struct al_cbor r;
    size_t left;

    al_cbor_start(&r, body, ALOFT_E_REPORT_FORM);
    al_cbor_walk(&r);
    left = al_cbor_map(&r);
    if (!al_cbor_next_is(&r, KEY_FORMAT))
        al_cbor_fail(&r);
    for (unsigned key = KEY_FORMAT; key < KEY_END && left > 0 && r.failed == 0; key++)
        if (al_cbor_next_is(&r, key)) {
            why->want = key;
            al_cbor_expect(&r, key);
            read_value(&r, (enum key)key, word);
            left--;
        }
    if (left > 0)
        al_cbor_fail(&r);
    al_cbor_end(&r);
    why->code = r.failed;
    why->at = r.failed_at;
    return r.failed == 0;
}

static void refuse(struct exchange *x, const aloft_fault *why) {
    char text[ALOFT_SENTENCE_MAX];

    answer_text(x, 400, "%s", aloft_explain(why, NULL, 0, text, sizeof text));
    say_trouble(x->server, x->peer, why);
}

void report_run(struct exchange *x) {
    struct store_word word;
    aloft_fault why = {0};

    if (!exchange_is(x, "POST")) {
        answer_text(x, 405, "A report comes with POST.");
        x->answer.allow = "POST";
        return;
    }
    word_begin(x, true, &word);
    word.has_counters = true;
    if (!report_read(x->body, &word, &why)) {
        refuse(x, &why);
        return;
    }
    x->answer.status = 204;
    if (word.id[0] ==
        0) /* a device that does not want to be known: its counters count for nobody */
        return;
    catalog_judge(x->server->catalog, &word);
    x->answer.waits_for_store = store_tell(x->server->store, &word);
    if (!x->answer.waits_for_store) {
        answer_text(x, 503, "The database is busy.");
        x->answer.retry_after_s = 30;
    }
}

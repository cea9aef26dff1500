/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cbor. The pull reader.
 * Knows: heads, byte strings that hold items.   Never knows: what the items mean. */
#include "cbor/cbor.h"

#include "cbor/head.h"
#include "cbor/walk.h"

void al_cbor_start(struct al_cbor *r, aloft_bytes in, uint16_t form) {
    *r = (struct al_cbor){.in = in, .end = in.len, .form = form, .rule = form};
}

void al_cbor_fail_at(struct al_cbor *r, uint16_t failure, size_t at) {
    if (r->failed != 0)
        return;
    r->failed = failure;
    r->failed_at = (uint32_t)at;
}

void al_cbor_fail(struct al_cbor *r) {
    al_cbor_fail_at(r, r->rule, r->last);
}

static aloft_bytes rest(const struct al_cbor *r) {
    return (aloft_bytes){r->in.at + r->at, r->end - r->at};
}

void al_cbor_walk(struct al_cbor *r) {
    size_t len;

    if (r->failed == 0 && (!al_cbor_walk_item(rest(r), &len) || len != r->end - r->at))
        al_cbor_fail_at(r, r->form, r->at + len);
}

/* ---- one head */

static bool peek(const struct al_cbor *r, struct al_cbor_head *head) {
    return r->failed == 0 && al_cbor_head_read(rest(r), head);
}

enum al_cbor_kind al_cbor_kind(const struct al_cbor *r) {
    struct al_cbor_head head;

    /* the kinds stand in the order of the major types */
    return peek(r, &head) ? (enum al_cbor_kind)(AL_CBOR_IS_UINT + (int)head.major)
                          : AL_CBOR_IS_NOTHING;
}

bool al_cbor_next_is(const struct al_cbor *r, uint64_t number) {
    struct al_cbor_head head;

    return peek(r, &head) && head.major == AL_CBOR_MAJOR_UINT && head.argument == number;
}

/* Pass a head of this major type; gives its argument, and 0 after a failure. */
static uint64_t take(struct al_cbor *r, enum al_cbor_major major) {
    struct al_cbor_head head;

    if (r->failed != 0)
        return 0;
    if (!peek(r, &head) || head.major != major) {
        al_cbor_fail_at(r, r->rule, r->at);
        return 0;
    }
    r->last = r->at;
    r->at += head.size;
    return head.argument;
}

/* ---- items */

uint64_t al_cbor_uint(struct al_cbor *r) {
    return take(r, AL_CBOR_MAJOR_UINT);
}

int64_t al_cbor_int(struct al_cbor *r) {
    struct al_cbor_head head;
    size_t at = r->at;
    bool is_negative = peek(r, &head) && head.major == AL_CBOR_MAJOR_NINT;
    uint64_t argument = take(r, is_negative ? AL_CBOR_MAJOR_NINT : AL_CBOR_MAJOR_UINT);

    if (argument > INT64_MAX) {
        al_cbor_fail_at(r, r->rule, at);
        return 0;
    }
    return is_negative ? -1 - (int64_t)argument : (int64_t)argument;
}

void al_cbor_expect(struct al_cbor *r, uint64_t number) {
    if (!al_cbor_next_is(r, number))
        al_cbor_fail_at(r, r->rule, r->at);
    (void)take(r, AL_CBOR_MAJOR_UINT);
}

/* The head said that so many bytes are there (al_cbor_head_read). */
static aloft_bytes take_string(struct al_cbor *r, enum al_cbor_major major) {
    size_t len = (size_t)take(r, major);
    aloft_bytes string = {r->in.at + r->at, len};

    r->at += len;
    return string;
}

aloft_bytes al_cbor_bytes(struct al_cbor *r) {
    return take_string(r, AL_CBOR_MAJOR_BYTES);
}

aloft_bytes al_cbor_text(struct al_cbor *r) {
    size_t at = r->at;
    aloft_bytes text = take_string(r, AL_CBOR_MAJOR_TEXT);

    if (al_cbor_is_utf8(text))
        return text;
    al_cbor_fail_at(r, r->form, at);
    return (aloft_bytes){text.at, 0};
}

void al_cbor_null(struct al_cbor *r) {
    size_t at = r->at;

    if (take(r, AL_CBOR_MAJOR_SIMPLE) != AL_CBOR_NULL)
        al_cbor_fail_at(r, r->rule, at);
}

size_t al_cbor_array(struct al_cbor *r) {
    return (size_t)take(r, AL_CBOR_MAJOR_ARRAY);
}

size_t al_cbor_map(struct al_cbor *r) {
    return (size_t)take(r, AL_CBOR_MAJOR_MAP);
}

void al_cbor_tag(struct al_cbor *r, uint64_t number) {
    size_t at = r->at;

    if (take(r, AL_CBOR_MAJOR_TAG) != number)
        al_cbor_fail_at(r, r->rule, at);
}

aloft_bytes al_cbor_item(struct al_cbor *r) {
    aloft_bytes item = rest(r);
    size_t len;

    if (r->failed != 0)
        return (aloft_bytes){item.at, 0};
    if (!al_cbor_walk_item(item, &len)) {
        al_cbor_fail_at(r, r->form, r->at + len);
        return (aloft_bytes){item.at, 0};
    }
    r->last = r->at;
    r->at += len;
    item.len = len;
    return item;
}

/* ---- byte strings that hold an item */

size_t al_cbor_enter(struct al_cbor *r) {
    size_t outside = r->end;
    size_t len = (size_t)take(r, AL_CBOR_MAJOR_BYTES);

    if (r->failed == 0)
        r->end = r->at + len;
    al_cbor_walk(r);
    return outside;
}

void al_cbor_leave(struct al_cbor *r, size_t outside) {
    al_cbor_end(r);
    r->end = outside;
}

void al_cbor_enter_again(struct al_cbor *r, aloft_bytes inside) {
    if (r->failed != 0)
        return;
    r->at = (size_t)(inside.at - r->in.at);
    r->end = r->at + inside.len;
    al_cbor_walk(r);
}

void al_cbor_end(struct al_cbor *r) {
    if (r->at != r->end)
        al_cbor_fail_at(r, r->rule, r->at);
}

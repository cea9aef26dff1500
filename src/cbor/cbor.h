/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cbor. A strict pull reader for deterministic CBOR (RFC 8949 §4.2.1): shortest heads, definite
 * lengths, map keys ascending by their encoded bytes and each once, no floats, valid UTF-8, at most
 * AL_CBOR_DEPTH levels, nothing behind the item.
 *
 * It asks once: after the first failure every call does nothing and gives 0, and what failed is asked at
 * the end. A failure is a number that the caller chose: `form` for bytes that are not such CBOR, `rule`
 * (set as the caller goes) for an item that is not the expected one.
 *
 * An item is walked whole, and refused for its form, before anything inside it is read. One cursor goes
 * through the whole input, into byte strings that hold items and out again, so offsets are those of the
 * input.
 *
 * Example: {1: 7, 2: << ["a"] >>}
 *     struct al_cbor r;
 *     size_t outside;
 *     al_cbor_start(&r, envelope, 5);                 // form failures are 5
 *     al_cbor_walk(&r);
 *     r.rule = 14;                                    // what comes now is rule 14
 *     if (al_cbor_map(&r) != 2) al_cbor_fail(&r);
 *     al_cbor_expect(&r, 1);
 *     seven = al_cbor_uint(&r);
 *     al_cbor_expect(&r, 2);
 *     outside = al_cbor_enter(&r);
 *     if (al_cbor_array(&r) != 1) al_cbor_fail(&r);
 *     word = al_cbor_text(&r);
 *     al_cbor_leave(&r, outside);
 *     al_cbor_end(&r);
 *     if (r.failed != 0) refuse(r.failed, r.failed_at);
 */
#ifndef AL_CBOR_CBOR_H
#define AL_CBOR_CBOR_H

#include <stdbool.h>

#include <aloft/bytes.h>

/** Levels of arrays, maps and tags in one item. The deepest of the profile is the text with 3. */
#define AL_CBOR_DEPTH 8u

enum al_cbor_kind {
    AL_CBOR_IS_NOTHING, /* the end, not CBOR, or after a failure */
    AL_CBOR_IS_UINT,
    AL_CBOR_IS_NINT,
    AL_CBOR_IS_BYTES,
    AL_CBOR_IS_TEXT,
    AL_CBOR_IS_ARRAY,
    AL_CBOR_IS_MAP,
    AL_CBOR_IS_TAG,
    AL_CBOR_IS_SIMPLE, /* false, true or null */
};

struct al_cbor {
    aloft_bytes in; /* the whole input */
    size_t at;      /* the next byte */
    size_t last;    /* where the item that was read last begins */
    size_t end;    /* of what is being read: of the input, or of the byte string that was entered */
    uint16_t form; /* the failure of bytes that are not deterministic CBOR; not 0 */
    uint16_t rule; /* the failure of an item that is not the expected one; not 0 */
    uint16_t failed; /* the first failure, or 0 */
    uint32_t failed_at;
};

/** Begin at the first byte. `form` is also the rule until the caller sets another. */
void al_cbor_start(struct al_cbor *r, aloft_bytes in, uint16_t form);

/* ---- checks that do not move */

/** Walk the item at hand: it must be deterministic, and end where what is being read ends. */
void al_cbor_walk(struct al_cbor *r);

enum al_cbor_kind al_cbor_kind(const struct al_cbor *r);

/** Whether the next item is this unsigned number. */
bool al_cbor_next_is(const struct al_cbor *r, uint64_t number);

/* ---- reading: each passes one item, or fails with `rule` at it */

uint64_t al_cbor_uint(struct al_cbor *r);
/** A whole number from -2^63 to 2^63 - 1. */
int64_t al_cbor_int(struct al_cbor *r);
aloft_bytes al_cbor_bytes(struct al_cbor *r);
aloft_bytes al_cbor_text(struct al_cbor *r);
void al_cbor_null(struct al_cbor *r);
/** This unsigned number and no other. */
void al_cbor_expect(struct al_cbor *r, uint64_t number);

/** The head alone; gives how many items, or pairs, follow. At most half the bytes left, so a loop over
 *  them is bounded. */
size_t al_cbor_array(struct al_cbor *r);
size_t al_cbor_map(struct al_cbor *r);
/** The head of this tag; what it is about follows. */
void al_cbor_tag(struct al_cbor *r, uint64_t number);

/** Any item, with all in it; gives its encoded bytes. Fails with `form` only. */
aloft_bytes al_cbor_item(struct al_cbor *r);

/* ---- byte strings that hold an item (bstr .cbor) */

/** Pass the head of a byte string, walk the item in it, and go on inside. Gives what al_cbor_leave wants. */
size_t al_cbor_enter(struct al_cbor *r);
/** Nothing may be left inside; go on behind it. */
void al_cbor_leave(struct al_cbor *r, size_t outside);
/** Go into a byte string that was passed before: `inside` is a view of the same input. */
void al_cbor_enter_again(struct al_cbor *r, aloft_bytes inside);
/** Nothing may be left of what is being read. */
void al_cbor_end(struct al_cbor *r);

/* ---- failing: the first failure stays */

/** The caller's own finding: `rule` is broken by the item that was read last. */
void al_cbor_fail(struct al_cbor *r);
/** The same with a failure and a place of the caller's choice. */
void al_cbor_fail_at(struct al_cbor *r, uint16_t failure, size_t at);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: suit. What every command sequence has in common, and values that stand in several places.
 * Knows: commands come in pairs with their argument.   Never knows: which sequence it is. */
#include "suit/suit.h"

#include <string.h>

enum { ITEMS_MAX = 32 }; /* 16 commands; the longest legal sequence has 12 items */
enum { POLICY_MAX = 15 };

/* A try-each inside a branch is said to be just that, whatever else is wrong with its place. */
static void refuse_nesting(const struct al_suit_sequence *q) {
    if (q->is_branch && q->left > 0 && al_cbor_next_is(q->r, AL_SUIT_TRY_EACH))
        al_cbor_fail_at(q->r, AL_R25, q->r->at);
}

uint64_t al_suit_begin(struct al_suit_sequence *q, unsigned n_components) {
    uint64_t index;

    q->r->rule = q->rule;
    q->left = al_cbor_array(q->r);
    if (q->left == 0)
        al_cbor_fail(q->r);
    q->r->rule = AL_R26;
    if (q->left % 2 != 0 || q->left > ITEMS_MAX)
        al_cbor_fail(q->r);
    q->r->rule = AL_R27;
    al_cbor_expect(q->r, AL_SUIT_COMPONENT);
    index = al_cbor_uint(q->r); /* not true, which means all; not an array */
    if (index >= n_components)
        al_cbor_fail(q->r);
    q->left -= q->r->failed == 0 ? 2 : 0;
    refuse_nesting(q);
    q->r->rule = q->rule;
    return index;
}

void al_suit_command(struct al_suit_sequence *q, unsigned command) {
    refuse_nesting(q);
    q->r->rule = q->rule;
    if (q->left < 2)
        al_cbor_fail(q->r);
    else
        q->left -= 2;
    al_cbor_expect(q->r, command);
}

void al_suit_component(struct al_suit_sequence *q, unsigned index) {
    al_suit_command(q, AL_SUIT_COMPONENT);
    al_cbor_expect(q->r, index);
}

void al_suit_policy(struct al_suit_sequence *q, unsigned command) {
    al_suit_command(q, command);
    q->r->rule = AL_R29;
    if (al_cbor_uint(q->r) > POLICY_MAX)
        al_cbor_fail(q->r);
}

void al_suit_finish(struct al_suit_sequence *q) {
    if (q->left != 0)
        al_cbor_fail_at(q->r, q->rule, q->r->at);
    al_cbor_end(q->r);
}

/* ---- values */

aloft_bytes al_suit_bytes(struct al_cbor *r, size_t len) {
    aloft_bytes bytes = al_cbor_bytes(r);

    if (bytes.len != len)
        al_cbor_fail(r);
    return bytes;
}

aloft_bytes al_suit_digest(struct al_cbor *r) {
    if (al_cbor_array(r) != 2)
        al_cbor_fail(r);
    if (al_cbor_int(r) != AL_SUIT_SHA256)
        al_cbor_fail(r);
    return al_suit_bytes(r, ALOFT_DIGEST_SIZE);
}

aloft_bytes al_suit_wrapped_digest(struct al_cbor *r) {
    size_t outside = al_cbor_enter(r);
    aloft_bytes digest = al_suit_digest(r);

    al_cbor_leave(r, outside);
    return digest;
}

uint32_t al_suit_size(struct al_cbor *r) {
    uint64_t size = al_cbor_uint(r);

    if (size == 0 || size > UINT32_MAX)
        al_cbor_fail(r);
    return (uint32_t)size;
}

bool al_suit_digest_is(aloft_bytes digest, aloft_bytes of) {
    uint8_t real[ALOFT_DIGEST_SIZE];
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, of);
    aloft_hash_end(&hash, real);
    return digest.len == sizeof real && memcmp(digest.at, real, sizeof real) == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cose. Reads one signature, and makes the bytes that it signs.
 * Knows: RFC 9052 §4, the four algorithms.   Never knows: who is trusted, and what the payload means. */
#include "cose/sign1.h"

#include <string.h>

#include "base/rule.h"

enum { TAG_SIGN1 = 18, HEADER_ALG = 1, HEADER_KID = 4 };

/* RFC 9053 §2.1, §2.2 and RFC 9864 §2: two names for each of two computations. */
static const struct {
    int8_t alg;
    uint8_t key_type;
} algorithms[] = {
    {-7, ALOFT_KEY_P256},     /* ES256 */
    {-9, ALOFT_KEY_P256},     /* ESP256 */
    {-8, ALOFT_KEY_ED25519},  /* EdDSA */
    {-19, ALOFT_KEY_ED25519}, /* Ed25519 */
};

static uint8_t key_type_of(int64_t alg) {
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (algorithms[i].alg == alg)
            return algorithms[i].key_type;
    return 0;
}

/* << {1: alg, 4: kid} >>. The kid stands here too, so that the unprotected header is always {}. */
void al_cose_protected_read(struct al_cbor *r, struct al_cose_block *block) {
    size_t outside = al_cbor_enter(r);

    block->protected_head = (aloft_bytes){r->in.at + r->at, r->end - r->at};
    if (al_cbor_map(r) != 2)
        al_cbor_fail(r);
    al_cbor_expect(r, HEADER_ALG);
    r->rule = AL_R10;
    block->key_type = key_type_of(al_cbor_int(r));
    if (block->key_type == 0)
        al_cbor_fail(r);
    r->rule = AL_R9;
    al_cbor_expect(r, HEADER_KID);
    block->kid = al_cbor_bytes(r);
    if (block->kid.len != ALOFT_KID_SIZE)
        al_cbor_fail(r);
    al_cbor_leave(r, outside);
}

void al_cose_block_read(struct al_cbor *r, struct al_cose_block *block) {
    block->at = r->at;
    r->rule = AL_R9;
    al_cbor_tag(r, TAG_SIGN1);
    if (al_cbor_array(r) != 4)
        al_cbor_fail(r);
    al_cose_protected_read(r, block);
    if (al_cbor_map(r) != 0) /* the unprotected header */
        al_cbor_fail(r);
    al_cbor_null(r); /* the payload is detached */
    block->signature = al_cbor_bytes(r);
    if (block->signature.len != ALOFT_SIGNATURE_SIZE)
        al_cbor_fail(r);
}

static uint8_t *put(uint8_t *to, const void *from, size_t len) {
    memcpy(to, from, len);
    return to + len;
}

#define HEAD_SIZE 13u /* a2 01 <alg> 04 48 <kid>: each alg of the table has one byte */

void al_cose_to_sign(const struct al_cose_block *block, aloft_bytes payload,
                     uint8_t out[AL_COSE_TO_SIGN_SIZE]) {
    /* an array of 4, the text "Signature1", a byte string of 13 */
    static const uint8_t context[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a',
                                      't',  'u',  'r', 'e', '1', 0x4d};
    /* external_aad is an empty byte string, not null (RFC 9052 §4.4); a byte string of 36 */
    static const uint8_t between[] = {0x40, 0x58, AL_COSE_PAYLOAD_SIZE};

    _Static_assert(sizeof context + HEAD_SIZE + sizeof between + AL_COSE_PAYLOAD_SIZE ==
                       AL_COSE_TO_SIGN_SIZE,
                   "the template has its size");
    out = put(out, context, sizeof context);
    out = put(out, block->protected_head.at, HEAD_SIZE);
    out = put(out, between, sizeof between);
    put(out, payload.at, AL_COSE_PAYLOAD_SIZE);
}

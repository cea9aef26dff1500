/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cose. Reads a statement of freshness, and makes the bytes that it signs.
 * Knows: RFC 9052 §4, the four algorithms.   Never knows: who is trusted, what time it is. */
#include "cose/statement.h"

#include <string.h>

#include "cbor/cbor.h"
#include "cbor/write.h"
#include "cose/sign1.h"

enum { TAG_SIGN1 = 18, FORM = 1, ITEMS = 5, CLASS_ID_SIZE = 16 };

static uint32_t number_between(struct al_cbor *r, uint32_t least, uint32_t most) {
    uint64_t number = al_cbor_uint(r);

    if (number < least || number > most)
        al_cbor_fail(r);
    return (uint32_t)number;
}

static void read_payload(struct al_cbor *r, struct al_statement *s) {
    size_t outside = al_cbor_enter(r);

    s->payload = (aloft_bytes){r->in.at + r->at, r->end - r->at};
    if (al_cbor_array(r) != ITEMS)
        al_cbor_fail(r);
    al_cbor_expect(r, FORM);
    s->class_id = al_cbor_bytes(r);
    if (s->class_id.len != CLASS_ID_SIZE)
        al_cbor_fail(r);
    s->sequence = al_cbor_uint(r);
    if (s->sequence >> 63 != 0) /* R16 */
        al_cbor_fail(r);
    s->issued = number_between(r, 1, UINT32_MAX);
    s->valid_s = number_between(r, AL_VALID_MIN_S, AL_VALID_MAX_S);
    al_cbor_leave(r, outside);
}

bool al_statement_read(aloft_bytes in, struct al_statement *out) {
    struct al_cose_block head;
    struct al_cbor r;

    memset(out, 0, sizeof *out);
    if (in.len > AL_STATEMENT_MAX)
        return false;
    al_cbor_start(&r, in, FORM);
    al_cbor_walk(&r);
    al_cbor_tag(&r, TAG_SIGN1);
    if (al_cbor_array(&r) != 4)
        al_cbor_fail(&r);
    al_cose_protected_read(&r, &head);
    if (al_cbor_map(&r) != 0) /* the unprotected header */
        al_cbor_fail(&r);
    read_payload(&r, out);
    out->signature = al_cbor_bytes(&r);
    if (out->signature.len != ALOFT_SIGNATURE_SIZE)
        al_cbor_fail(&r);
    al_cbor_end(&r);
    out->key_type = head.key_type;
    out->kid = head.kid;
    out->protected_head = head.protected_head;
    return r.failed == 0;
}

aloft_bytes al_statement_to_sign(const struct al_statement *statement,
                                 uint8_t room[AL_STATEMENT_TO_SIGN_MAX]) {
    static const char context[] = "Signature1", aad[] = AL_STATEMENT_AAD;
    struct al_cbor_out out;

    al_cbor_out_start(&out, (aloft_space){room, AL_STATEMENT_TO_SIGN_MAX});
    al_cbor_put_array(&out, 4);
    al_cbor_put_text(&out, (aloft_bytes){(const uint8_t *)context, sizeof context - 1});
    al_cbor_put_bytes(&out, statement->protected_head);
    al_cbor_put_bytes(&out, (aloft_bytes){(const uint8_t *)aad, sizeof aad - 1});
    al_cbor_put_bytes(&out, statement->payload);
    return al_cbor_out_bytes(&out);
}

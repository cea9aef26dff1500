/* SPDX-License-Identifier: Apache-2.0 */
/* Room: suit. The envelope: its form, the digest of the manifest, the signatures; then what is inside.
 * Knows: what comes before what.   Never knows: flash, network, this device's class. */
#include <string.h>

#include "cose/sign1.h"
#include "suit/suit.h"

enum { TAG_ENVELOPE = 107 };
enum { KEY_AUTHENTICATION = 2, KEY_MANIFEST = 3, KEY_TEXT = 23 };

/** What stands in front of the manifest. */
struct authentication {
    aloft_bytes inside;
    aloft_bytes manifest_string; /* the manifest with the head of its byte string */
    aloft_bytes payload;         /* what is signed: the encoded digest, 36 bytes */
    struct al_cose_block block[AL_COSE_BLOCKS_MAX];
    size_t n_blocks;
};

/* A byte string; `whole` gets it with its head, as digests take it. */
static aloft_bytes string_of(struct al_cbor *r, unsigned number, aloft_bytes *whole) {
    size_t at;
    aloft_bytes inside;

    r->rule = AL_R3;
    al_cbor_expect(r, number);
    r->rule = AL_R4;
    at = r->at;
    inside = al_cbor_bytes(r);
    *whole = (aloft_bytes){r->in.at + at, r->at - at};
    return inside;
}

/* 107({2: << authentication >>, 3: << manifest >>, 23: << text >>}), the last one maybe severed */
static void read_envelope(struct al_suit *s, struct authentication *a) {
    static const uint8_t beginning[] = {0xd8, TAG_ENVELOPE};
    struct al_cbor *r = &s->r;
    aloft_bytes whole;
    size_t n;

    r->rule = AL_R2;
    if (r->in.len < sizeof beginning || memcmp(r->in.at, beginning, sizeof beginning) != 0)
        al_cbor_fail(r);
    al_cbor_walk(r);
    al_cbor_tag(r, TAG_ENVELOPE);
    r->rule = AL_R3;
    n = al_cbor_map(r);
    if (n != 2 && n != 3)
        al_cbor_fail(r);
    a->inside = string_of(r, KEY_AUTHENTICATION, &whole);
    s->manifest = string_of(r, KEY_MANIFEST, &a->manifest_string);
    if (n == 3)
        s->m->text = string_of(r, KEY_TEXT, &s->text_string);
}

/* [<< [-16, digest] >>, << block >>, ...] */
static void read_authentication(struct al_cbor *r, struct authentication *a) {
    aloft_bytes digest;
    size_t outside;

    r->rule = AL_R6;
    al_cbor_enter_again(r, a->inside);
    a->n_blocks = al_cbor_array(r);
    if (a->n_blocks < 2 || a->n_blocks > 1 + AL_COSE_BLOCKS_MAX) /* no block is no signature */
        al_cbor_fail(r);
    a->n_blocks -= r->failed == 0 ? 1 : a->n_blocks; /* the digest is none */
    outside = al_cbor_enter(r);
    a->payload = (aloft_bytes){r->in.at + r->at, r->end - r->at};
    r->rule = AL_R7;
    digest = al_suit_digest(r);
    al_cbor_leave(r, outside);
    if (r->failed == 0 && !al_suit_digest_is(digest, a->manifest_string))
        al_cbor_fail_at(r, AL_R8, (size_t)(digest.at - r->in.at));
    for (size_t i = 0; i < a->n_blocks && r->failed == 0; i++) {
        r->rule = AL_R6;
        outside = al_cbor_enter(r);
        al_cose_block_read(r, &a->block[i]);
        al_cbor_leave(r, outside);
    }
}

/* A rule is one sentence for a person; several share one (errors.def). */
static aloft_err code_of(unsigned rule, bool is_signed) {
    if (rule == AL_R8 || rule == AL_R12)
        return ALOFT_E_SIGNATURE_BAD; /* changed after it was signed */
    if (rule == AL_R13)
        return ALOFT_E_SIGNER_UNKNOWN;
    return is_signed ? ALOFT_E_MANIFEST_CONTENT : ALOFT_E_MANIFEST_FORM;
}

static aloft_err refuse(struct al_suit *s, bool is_signed, aloft_fault *why) {
    *why = (aloft_fault){.code = (uint16_t)code_of(s->r.failed, is_signed),
                         .step = ALOFT_STEP_VERIFY,
                         .at = s->r.failed_at,
                         .want = s->r.failed};
    memset(s->m, 0, sizeof *s->m);
    return (aloft_err)why->code;
}

static aloft_err refuse_long(aloft_bytes envelope, aloft_fault *why) {
    *why = (aloft_fault){.code = ALOFT_E_MANIFEST_LONG,
                         .step = ALOFT_STEP_VERIFY,
                         .at = ALOFT_MANIFEST_MAX,
                         .want = AL_R1,
                         .got = (uint32_t)envelope.len};
    return ALOFT_E_MANIFEST_LONG;
}

aloft_err aloft_manifest_read(aloft_bytes envelope, const struct aloft_keys *trusted,
                              struct aloft_manifest *m, aloft_fault *why) {
    struct al_suit s = {.m = m};
    struct authentication a = {0};
    unsigned n_signers;

    memset(m, 0, sizeof *m);
    if (envelope.len > ALOFT_MANIFEST_MAX)
        return refuse_long(envelope, why);
    al_cbor_start(&s.r, envelope, AL_R5);
    read_envelope(&s, &a);
    read_authentication(&s.r, &a);
    n_signers = al_cose_signers(&s.r, a.block, a.n_blocks, a.payload, trusted);
    if (s.r.failed != 0) {
        aloft_err e = refuse(&s, false, why);
        if (e == ALOFT_E_SIGNER_UNKNOWN) {
            why->want = trusted->threshold;
            why->got = n_signers;
        }
        return e;
    }
    memcpy(m->digest, a.payload.at + a.payload.len - ALOFT_DIGEST_SIZE, ALOFT_DIGEST_SIZE);
    m->n_signers = (uint8_t)n_signers;
    al_suit_manifest_read(&s);
    return s.r.failed == 0 ? ALOFT_OK : refuse(&s, true, why);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Signs a manifest and puts its envelope together.
 * Knows: COSE_Sign1 as this profile has it (FORMAT.md).   Never knows: what the manifest says. */
#include "host/make/manifest.h"

#include <string.h>

#include "cbor/write.h"
#include "host/keys.h"

enum { TAG_ENVELOPE = 107, KEY_AUTHENTICATION = 2, KEY_MANIFEST = 3, KEY_TEXT = 23 };

#define PROTECTED_SIZE 13u /* {1: alg, 4: kid}: a2 01 xx 04 48 <8> */
#define TO_SIGN_SIZE   65u
#define BLOCK_SIZE     84u

static uint8_t *put(uint8_t *to, const void *from, size_t len) {
    memcpy(to, from, len);
    return to + len;
}

/* The fully specified algorithms, ESP256 and Ed25519 (RFC 9864): -9 and -19 are 0x28 and 0x32. */
static void write_protected(const struct aloft_key *key, uint8_t out[PROTECTED_SIZE]) {
    const uint8_t head[] = {0xa2, 0x01, key->type == ALOFT_KEY_ED25519 ? 0x32 : 0x28, 0x04, 0x48};

    memcpy(put(out, head, sizeof head), key->kid, ALOFT_KID_SIZE);
}

/* RFC 9052 §4.4: ["Signature1", protected, h'', payload]; the same 65 bytes but for key and digest. */
static void write_to_sign(const uint8_t protected_head[PROTECTED_SIZE],
                          const uint8_t payload[MANIFEST_DIGEST_SIZE], uint8_t out[TO_SIGN_SIZE]) {
    static const uint8_t context[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a',
                                      't',  'u',  'r', 'e', '1', 0x4d};
    static const uint8_t between[] = {0x40, 0x58, 0x24};

    out = put(out, context, sizeof context);
    out = put(out, protected_head, PROTECTED_SIZE);
    out = put(out, between, sizeof between);
    put(out, payload, MANIFEST_DIGEST_SIZE);
}

aloft_err manifest_sign(struct manifest_draft *draft, const struct signer *with,
                        struct trouble *trouble) {
    static const uint8_t tag_and_array[] = {0xd2, 0x84, 0x4d};
    static const uint8_t between[] = {0xa0, 0xf6, 0x58, 0x40}; /* {}, null, 64 bytes follow */
    uint8_t head[PROTECTED_SIZE], message[TO_SIGN_SIZE], signature[ALOFT_SIGNATURE_SIZE];
    uint8_t *to = draft->block[draft->n_blocks];
    aloft_err e;

    write_protected(&with->key, head);
    write_to_sign(head, draft->payload, message);
    e = keys_sign(with, ALOFT_BYTES(message), signature, trouble);
    if (e != ALOFT_OK)
        return e;
    to = put(to, tag_and_array, sizeof tag_and_array);
    to = put(to, head, sizeof head);
    to = put(to, between, sizeof between);
    put(to, signature, sizeof signature);
    draft->n_blocks++;
    return ALOFT_OK;
}

aloft_err manifest_seal(struct manifest_draft *draft, aloft_bytes *envelope,
                        struct trouble *trouble) {
    uint8_t room[64 + ALOFT_KEYS_MAX * (BLOCK_SIZE + 2)];
    struct al_cbor_out authentication, o;

    al_cbor_out_start(&authentication, ALOFT_SPACE(room));
    al_cbor_put_array(&authentication, 1 + draft->n_blocks);
    al_cbor_put_bytes(&authentication, ALOFT_BYTES(draft->payload));
    for (unsigned i = 0; i < draft->n_blocks; i++)
        al_cbor_put_bytes(&authentication, ALOFT_BYTES(draft->block[i]));
    al_cbor_out_start(&o, ALOFT_SPACE(draft->envelope));
    al_cbor_put_tag(&o, TAG_ENVELOPE);
    al_cbor_put_map(&o, 3);
    al_cbor_put_uint(&o, KEY_AUTHENTICATION);
    al_cbor_put_bytes(&o, al_cbor_out_bytes(&authentication));
    al_cbor_put_uint(&o, KEY_MANIFEST);
    al_cbor_put_bytes(&o, (aloft_bytes){draft->body, draft->body_len});
    al_cbor_put_uint(&o, KEY_TEXT);
    al_cbor_put_bytes(&o, (aloft_bytes){draft->text, draft->text_len});
    *envelope = al_cbor_out_bytes(&o);
    if (envelope->len <= ALOFT_MANIFEST_MAX)
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_PUBLISH_LONG);
    trouble->fault.want = ALOFT_MANIFEST_MAX;
    trouble->fault.got = (uint32_t)envelope->len;
    return ALOFT_E_PUBLISH_LONG;
}

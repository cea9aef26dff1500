/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes around any manifest. Written with the library's writer; signed by OpenSSL. */
#include "test/kit/envelope.h"

#include <openssl/evp.h>

#include "cbor/write.h"
#include "host/pubkey.h"
#include "test/kit/kit.h"

#define ROOM       8192
#define BLOCK_SIZE 84

void kit_pen_make(struct kit_pen *pen) {
    pen->private_key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(pen->private_key);
    assert_true(pubkey_of(pen->private_key, &pen->key));
}

void kit_pen_free(struct kit_pen *pen) {
    EVP_PKEY_free(pen->private_key);
}

struct aloft_keys kit_pen_keys(const struct kit_pen *pens, unsigned n, unsigned threshold) {
    struct aloft_keys keys = {.n = (uint8_t)n, .threshold = (uint8_t)threshold};

    for (unsigned i = 0; i < n; i++)
        keys.key[i] = pens[i].key;
    return keys;
}

/* {1: -19, 4: kid} */
static aloft_bytes protected_of(const struct kit_pen *pen, uint8_t room[13]) {
    memcpy(room, "\xa2\x01\x32\x04\x48", 5);
    memcpy(room + 5, pen->key.kid, ALOFT_KID_SIZE);
    return (aloft_bytes){room, 13};
}

/* ["Signature1", protected, h'', payload] */
static void sign(const struct kit_pen *pen, aloft_bytes payload, uint8_t signature[64]) {
    uint8_t room[128], head[13];
    struct al_cbor_out out;
    aloft_bytes message;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t len = 64;

    al_cbor_out_start(&out, ALOFT_SPACE(room));
    al_cbor_put_array(&out, 4);
    al_cbor_put_text(&out, (aloft_bytes){(const uint8_t *)"Signature1", 10});
    al_cbor_put_bytes(&out, protected_of(pen, head));
    al_cbor_put_bytes(&out, (aloft_bytes){head, 0});
    al_cbor_put_bytes(&out, payload);
    message = al_cbor_out_bytes(&out);
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, pen->private_key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &len, message.at, message.len), 1);
    EVP_MD_CTX_free(context);
}

static aloft_bytes block_of(const struct kit_pen *pen, aloft_bytes payload,
                            uint8_t room[BLOCK_SIZE]) {
    uint8_t head[13], signature[64];
    struct al_cbor_out out;

    sign(pen, payload, signature);
    al_cbor_out_start(&out, (aloft_space){room, BLOCK_SIZE});
    al_cbor_put_tag(&out, 18);
    al_cbor_put_array(&out, 4);
    al_cbor_put_bytes(&out, protected_of(pen, head));
    al_cbor_put_map(&out, 0);
    al_cbor_put_null(&out);
    al_cbor_put_bytes(&out, ALOFT_BYTES(signature));
    assert_int_equal(al_cbor_out_bytes(&out).len, BLOCK_SIZE);
    return al_cbor_out_bytes(&out);
}

static aloft_bytes payload_of(aloft_bytes manifest, uint8_t room[36]) {
    uint8_t head[9];
    struct al_cbor_out out;
    struct aloft_hash hash;

    al_cbor_out_start(&out, ALOFT_SPACE(head));
    al_cbor_put_bytes_head(&out, manifest.len);
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, al_cbor_out_bytes(&out));
    aloft_hash_add(&hash, manifest);
    memcpy(room, "\x82\x2f\x58\x20", 4);
    aloft_hash_end(&hash, room + 4);
    return (aloft_bytes){room, 36};
}

aloft_bytes kit_envelope_of(aloft_bytes manifest, aloft_bytes text, const aloft_bytes *block,
                            unsigned n) {
    uint8_t inside[1024], room[36];
    static uint8_t whole[ROOM];
    struct al_cbor_out authentication, out;

    al_cbor_out_start(&authentication, ALOFT_SPACE(inside));
    al_cbor_put_array(&authentication, 1 + n);
    al_cbor_put_bytes(&authentication, payload_of(manifest, room));
    for (unsigned i = 0; i < n; i++)
        al_cbor_put_bytes(&authentication, block[i]);
    al_cbor_out_start(&out, ALOFT_SPACE(whole));
    al_cbor_put_tag(&out, 107);
    al_cbor_put_map(&out, text.len > 0 ? 3 : 2);
    al_cbor_put_uint(&out, 2);
    al_cbor_put_bytes(&out, al_cbor_out_bytes(&authentication));
    al_cbor_put_uint(&out, 3);
    al_cbor_put_bytes(&out, manifest);
    if (text.len > 0) {
        al_cbor_put_uint(&out, 23);
        al_cbor_put_bytes(&out, text);
    }
    assert_true(al_cbor_out_is_whole(&out));
    return kit_guarded(2, whole, al_cbor_out_bytes(&out).len);
}

aloft_bytes kit_envelope(aloft_bytes manifest, aloft_bytes text, const struct kit_pen *pens,
                         unsigned n) {
    uint8_t room[8][BLOCK_SIZE], payload[36];
    aloft_bytes block[8];

    assert_true(n <= 8);
    (void)payload_of(manifest, payload);
    for (unsigned i = 0; i < n; i++)
        block[i] = block_of(&pens[i], ALOFT_BYTES(payload), room[i]);
    return kit_envelope_of(manifest, text, block, n);
}

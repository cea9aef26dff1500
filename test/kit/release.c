/* SPDX-License-Identifier: Apache-2.0 */
/* Signed manifests for tests of the device (FORMAT.md, the manifest). */
#include "test/kit/release.h"

#include "test/kit/kit.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

struct pen {
    uint8_t at[ALOFT_MANIFEST_MAX];
    size_t len;
};

static void put(struct pen *p, const void *bytes, size_t len) {
    assert_true(p->len + len <= sizeof p->at);
    if (len > 0)
        memcpy(p->at + p->len, bytes, len);
    p->len += len;
}

static void head(struct pen *p, unsigned major, uint64_t n) {
    uint8_t bytes[9];
    unsigned size = n < 24 ? 0 : n < 256 ? 1 : n < 65536 ? 2 : n <= UINT32_MAX ? 4 : 8;
    unsigned info = size == 0 ? (unsigned)n : size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27;

    bytes[0] = (uint8_t)(major << 5 | info);
    for (unsigned i = 0; i < size; i++)
        bytes[1 + i] = (uint8_t)(n >> 8 * (size - 1 - i));
    put(p, bytes, 1 + size);
}

static void blob(struct pen *p, const void *bytes, size_t len) {
    head(p, 2, len);
    put(p, bytes, len);
}

static void text(struct pen *p, const char *words) {
    head(p, 3, strlen(words));
    put(p, words, strlen(words));
}

static void digest(struct pen *p, const uint8_t sha256[32]) {
    head(p, 4, 2);
    head(p, 1, 15); /* -16 */
    blob(p, sha256, 32);
}

static void wrapped_digest(struct pen *p, const uint8_t sha256[32]) {
    struct pen inner = {.len = 0};

    digest(&inner, sha256);
    blob(p, inner.at, inner.len);
}

void kit_signer_make(struct kit_signer *signer) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    uint8_t point[65], sha256[32], *der = NULL;
    size_t len = 0;
    int der_len = i2d_PUBKEY(key, &der);

    assert_true(der_len > 0);
    SHA256(der, (size_t)der_len, sha256);
    OPENSSL_free(der);
    assert_int_equal(EVP_PKEY_get_octet_string_param(key, "pub", point, sizeof point, &len), 1);
    assert_int_equal(len, 65);
    memset(signer, 0, sizeof *signer);
    signer->private_key = key;
    signer->key.type = ALOFT_KEY_P256;
    memcpy(signer->key.kid, sha256, ALOFT_KID_SIZE);
    memcpy(signer->key.key, point + 1, 64);
}

static void sign(const struct kit_signer *signer, const uint8_t *message, size_t len,
                 uint8_t signature[64]) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t der[80];
    const uint8_t *at = der;
    size_t der_len = sizeof der;
    ECDSA_SIG *pair;

    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, signer->private_key), 1);
    assert_int_equal(EVP_DigestSign(context, der, &der_len, message, len), 1);
    EVP_MD_CTX_free(context);
    pair = d2i_ECDSA_SIG(NULL, &at, (long)der_len);
    assert_non_null(pair);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32), 32);
    ECDSA_SIG_free(pair);
}

static void put_block(struct pen *p, const struct kit_signer *signer, const struct pen *payload) {
    struct pen protected = {.len = 0}, block = {.len = 0}, message = {.len = 0};
    uint8_t signature[64];

    put(&protected, "\xa2\x01\x28\x04\x48", 5); /* {1: -9, 4: kid} */
    put(&protected, signer->key.kid, ALOFT_KID_SIZE);
    head(&message, 4, 4);
    text(&message, "Signature1");
    blob(&message, protected.at, protected.len);
    blob(&message, NULL, 0);
    blob(&message, payload->at, payload->len);
    sign(signer, message.at, message.len, signature);
    put(&block, "\xd2\x84", 2);
    blob(&block, protected.at, protected.len);
    put(&block, "\xa0\xf6", 2);
    blob(&block, signature, sizeof signature);
    blob(p, block.at, block.len);
}

void kit_release_uri(aloft_bytes image, char out[32]) {
    uint8_t sha256[32];

    SHA256(image.at, image.len, sha256);
    strcpy(out, "fw/");
    for (int i = 0; i < 8; i++)
        sprintf(out + 3 + 2 * i, "%02x", sha256[i]);
    strcat(out, ".bin");
}

static void put_common(struct pen *p, const struct kit_release *r, const uint8_t sha256[32]) {
    struct pen shared = {.len = 0}, common = {.len = 0};

    put(&shared, "\x88\x0c\x00\x14\xa4\x01", 6);
    blob(&shared, r->vendor_id, 16);
    head(&shared, 0, 2);
    blob(&shared, r->class_id, 16);
    head(&shared, 0, 3);
    wrapped_digest(&shared, sha256);
    head(&shared, 0, 14);
    head(&shared, 0, r->image.len);
    put(&shared, "\x01\x0f\x02\x0f", 4);
    put(&common,
        "\xa2\x02\x81\x81\x43"
        "app\x04",
        9);
    blob(&common, shared.at, shared.len);
    head(p, 0, 3);
    blob(p, common.at, common.len);
}

static void put_install(struct pen *p, const struct kit_release *r, const uint8_t sha256[32]) {
    struct pen arguments = {.len = 0}, install = {.len = 0};
    uint8_t payload[32];
    char uri[32];

    memcpy(payload, sha256, 32);
    payload[0] ^= r->payload_xor;
    kit_release_uri(r->image, uri);
    put(&arguments, "\xa3\x01", 2);
    head(&arguments, 0, r->encoding);
    head(&arguments, 0, 2);
    head(&arguments, 0, r->image.len);
    head(&arguments, 0, 3);
    blob(&arguments, payload, 32);
    put(&install, "\x88\x0c\x00\x14\xa2\x15", 6);
    text(&install, r->uri == NULL ? uri : r->uri);
    put(&install, "\x18\x19", 2);
    blob(&install, arguments.at, arguments.len);
    put(&install, "\x15\x02\x03\x0f", 4);
    head(p, 0, 20);
    blob(p, install.at, install.len);
}

static void put_manifest(struct pen *p, const struct kit_release *r) {
    struct pen version = {.len = 0};
    uint8_t sha256[32];

    SHA256(r->image.at, r->image.len, sha256);
    put(p, "\xa6\x01\x01\x02", 4);
    head(p, 0, r->sequence);
    put_common(p, r, sha256);
    head(&version, 4, 3);
    for (int i = 0; i < 3; i++)
        head(&version, 0, r->version[i]);
    head(p, 0, 6);
    blob(p, version.at, version.len);
    put(p, "\x07\x45\x84\x0c\x00\x03\x0f", 7);
    put_install(p, r, sha256);
}

size_t kit_release_sign(const struct kit_release *release, const struct kit_signer *signers,
                        size_t n, uint8_t out[ALOFT_MANIFEST_MAX]) {
    struct pen inner = {.len = 0}, manifest = {.len = 0}, payload = {.len = 0}, blocks = {.len = 0},
               envelope = {.len = 0};
    uint8_t sha256[32];

    put_manifest(&inner, release);
    blob(&manifest, inner.at, inner.len);
    SHA256(manifest.at, manifest.len, sha256);
    digest(&payload, sha256);
    head(&blocks, 4, 1 + n);
    blob(&blocks, payload.at, payload.len);
    for (size_t i = 0; i < n; i++)
        put_block(&blocks, &signers[i], &payload);
    put(&envelope, "\xd8\x6b\xa2\x02", 4);
    blob(&envelope, blocks.at, blocks.len);
    head(&envelope, 0, 3);
    put(&envelope, manifest.at, manifest.len);
    memcpy(out, envelope.at, envelope.len);
    return envelope.len;
}

size_t kit_statement_sign(const struct kit_statement *statement, const struct kit_signer *signer,
                          uint8_t *out) {
    const char *aad = statement->aad == NULL ? "aloft-fresh-1" : statement->aad;
    struct pen protected = {.len = 0}, payload = {.len = 0}, message = {.len = 0},
               whole = {.len = 0};
    uint8_t signature[64];

    put(&protected, "\xa2\x01\x28\x04\x48", 5); /* {1: -9, 4: kid} */
    put(&protected, signer->key.kid, ALOFT_KID_SIZE);
    head(&payload, 4, 5);
    head(&payload, 0, 1);
    blob(&payload, statement->class_id, 16);
    head(&payload, 0, statement->sequence);
    head(&payload, 0, statement->issued);
    head(&payload, 0, statement->valid_s);
    head(&message, 4, 4);
    text(&message, "Signature1");
    blob(&message, protected.at, protected.len);
    blob(&message, aad, strlen(aad));
    blob(&message, payload.at, payload.len);
    sign(signer, message.at, message.len, signature);
    put(&whole, "\xd2\x84", 2);
    blob(&whole, protected.at, protected.len);
    put(&whole, "\xa0", 1);
    blob(&whole, payload.at, payload.len);
    blob(&whole, signature, sizeof signature);
    memcpy(out, whole.at, whole.len);
    return whole.len;
}

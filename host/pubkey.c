/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Reads public keys and gives them their names.
 * Knows: PEM, DER, OpenSSL's keys.   Never knows: projects, private halves. */
#include "pubkey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "file.h"
#include "hex.h"

#define COORDINATE 32u

/* All of a SubjectPublicKeyInfo before the key itself, so that a kid never depends on how a file
 * was written: id-ecPublicKey, prime256v1, uncompressed point (RFC 5480 §2.1.1, §2.2);
 * id-Ed25519 (RFC 8410 §4) */
static const uint8_t head_p256[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                    0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
static const uint8_t head_ed25519[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                       0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

size_t pubkey_der(const struct aloft_key *key, uint8_t out[PUBKEY_DER_MAX]) {
    bool is_p256 = key->type == ALOFT_KEY_P256;
    size_t head = is_p256 ? sizeof head_p256 : sizeof head_ed25519;
    size_t len = is_p256 ? 2 * COORDINATE : COORDINATE;

    memcpy(out, is_p256 ? head_p256 : head_ed25519, head);
    memcpy(out + head, key->key, len);
    return head + len;
}

void pubkey_name(struct aloft_key *key) {
    uint8_t der[PUBKEY_DER_MAX], digest[EVP_MAX_MD_SIZE] = {0};
    size_t len = pubkey_der(key, der);

    /* without SHA-256 no key of ours is usable; a kid of zeros then matches nothing */
    if (EVP_Digest(der, len, digest, NULL, EVP_sha256(), NULL) != 1)
        memset(digest, 0, sizeof digest);
    memcpy(key->kid, digest, ALOFT_KID_SIZE);
}

const char *pubkey_kid_text(const uint8_t kid[ALOFT_KID_SIZE], char out[PUBKEY_KID_CHARS]) {
    hex_write((aloft_bytes){kid, ALOFT_KID_SIZE}, out);
    return out;
}

static bool coordinate(const EVP_PKEY *from, const char *which, uint8_t out[COORDINATE]) {
    BIGNUM *number = NULL;
    bool done = EVP_PKEY_get_bn_param(from, which, &number) == 1 &&
                BN_bn2binpad(number, out, (int)COORDINATE) == (int)COORDINATE;

    BN_free(number);
    return done;
}

static bool is_p256(const EVP_PKEY *key) {
    char group[64] = "";

    return EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

bool pubkey_of(const EVP_PKEY *from, struct aloft_key *key) {
    size_t len = ALOFT_KEY_SIZE;
    bool done = false;

    memset(key, 0, sizeof *key);
    if (is_p256(from)) {
        key->type = ALOFT_KEY_P256;
        done = coordinate(from, OSSL_PKEY_PARAM_EC_PUB_X, key->key) &&
               coordinate(from, OSSL_PKEY_PARAM_EC_PUB_Y, key->key + COORDINATE);
    } else if (EVP_PKEY_is_a(from, "ED25519")) {
        key->type = ALOFT_KEY_ED25519;
        done = EVP_PKEY_get_raw_public_key(from, key->key, &len) == 1 && len == COORDINATE;
    }
    if (done)
        pubkey_name(key);
    return done;
}

const char *pubkey_kind(const EVP_PKEY *key, char *out, size_t out_size) {
    const char *name = EVP_PKEY_get0_type_name(key);
    char group[64] = "";

    if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && group[0] != 0)
        snprintf(out, out_size, "%s %s", name, group);
    else
        snprintf(out, out_size, "%s of %d bits", name == NULL ? "?" : name, EVP_PKEY_get_bits(key));
    return out;
}

static EVP_PKEY *parse(aloft_space text) {
    const uint8_t *der = text.at;
    BIO *bio = BIO_new_mem_buf(text.at, (int)text.len);
    EVP_PKEY *key = bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

    BIO_free(bio);
    if (key == NULL)
        key = d2i_PUBKEY(NULL, &der, (long)text.len);
    ERR_clear_error();
    return key;
}

static aloft_err refuse(const char *path, aloft_space text, struct trouble *trouble) {
    const char *pem = (const char *)text.at;
    bool is_private = strstr(pem, "PRIVATE KEY-----") != NULL;

    trouble_set(trouble, is_private ? ALOFT_E_KEY_IS_PRIVATE : ALOFT_E_KEY_FORM);
    trouble_fact(trouble, "file", "%s", path);
    if (text.len == 0)
        trouble_fact(trouble, "what", "it is empty");
    else if (strstr(pem, "BEGIN CERTIFICATE-----") != NULL)
        trouble_fact(trouble, "what", "it is a certificate");
    return (aloft_err)trouble->fault.code;
}

aloft_err pubkey_read(const char *path, struct aloft_key *key, struct trouble *trouble) {
    aloft_space text;
    EVP_PKEY *read;
    char kind[96];
    aloft_err e = file_read(path, PUBKEY_FILE_MAX, &text, trouble);

    if (e != ALOFT_OK)
        return e;
    read = parse(text);
    if (read == NULL) {
        e = refuse(path, text, trouble);
    } else if (!pubkey_of(read, key)) {
        e = trouble_set(trouble, ALOFT_E_KEY_KIND);
        trouble_fact(trouble, "file", "%s", path);
        trouble_fact(trouble, "what", "%s", pubkey_kind(read, kind, sizeof kind));
    }
    EVP_PKEY_free(read);
    free(text.at);
    return e;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. Makes and checks the ota_demo's trailer.
 * Knows: its layout, RSA.   Never knows: files, versions. */
#include "host/legacy/sign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

static const uint8_t head[6] = {0xff, 0xff, 0xff, 0xff, 0, 0};
static const uint8_t foot[6] = {0, 0, 0xff, 0xff, 0xff, 0xff};

bool legacy_ends_signed(aloft_bytes file) {
    return file.len >= 4 && memcmp(file.at + file.len - 4, foot + 2, 4) == 0;
}

/* The device looks at the four ff on both sides only, and so does this. */
bool legacy_is_signed(aloft_bytes file) {
    return file.len > LEGACY_TRAILER && legacy_ends_signed(file) &&
           memcmp(file.at + file.len - LEGACY_TRAILER, head, 4) == 0;
}

static void digest_of(aloft_bytes bytes, uint8_t out[32]) {
    unsigned size;

    EVP_Digest(bytes.at, bytes.len, out, &size, EVP_sha256(), NULL);
}

static aloft_err bad_key(struct trouble *trouble, const char *what) {
    trouble_set(trouble, ALOFT_E_LEGACY_KEY);
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_LEGACY_KEY;
}

static EVP_PKEY *read_key(aloft_bytes pem, bool is_public) {
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.len);
    char none[] = ""; /* an encrypted key is refused instead of asked for */
    EVP_PKEY *key = bio == NULL ? NULL
                    : is_public ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL)
                                : PEM_read_bio_PrivateKey(bio, NULL, NULL, none);

    BIO_free(bio);
    ERR_clear_error();
    return key;
}

static bool is_rsa_2048(const EVP_PKEY *key) {
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_size(key) == LEGACY_SIGNATURE;
}

/* EVP_DigestSign hashes the 32 bytes of the first hash again: the hash of the hash. */
static bool sign_digest(EVP_PKEY *key, const uint8_t digest[32], uint8_t out[LEGACY_SIGNATURE]) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t len = LEGACY_SIGNATURE;
    bool done = context != NULL &&
                EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, out, &len, digest, 32) == 1 && len == LEGACY_SIGNATURE;

    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return done;
}

static aloft_err put_together(aloft_bytes firmware, EVP_PKEY *key, aloft_space *out,
                              struct trouble *trouble) {
    uint8_t digest[32], *at = malloc(firmware.len + LEGACY_TRAILER);

    if (at == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_READ, "memory", ENOMEM);
    digest_of(firmware, digest);
    memcpy(at, firmware.at, firmware.len);
    memcpy(at + firmware.len, head, sizeof head);
    memcpy(at + firmware.len + LEGACY_TRAILER - sizeof foot, foot, sizeof foot);
    if (!sign_digest(key, digest, at + firmware.len + sizeof head)) {
        free(at);
        return trouble_set(trouble, ALOFT_E_CRYPTO_FAILED);
    }
    *out = (aloft_space){at, firmware.len + LEGACY_TRAILER};
    return ALOFT_OK;
}

aloft_err legacy_sign(aloft_bytes firmware, aloft_bytes key_pem, aloft_space *out,
                      struct trouble *trouble) {
    EVP_PKEY *key;
    aloft_err e;

    if (firmware.len == 0)
        return trouble_set(trouble, ALOFT_E_LEGACY_EMPTY);
    if (legacy_ends_signed(firmware))
        return trouble_set(trouble, ALOFT_E_LEGACY_SIGNED);
    key = read_key(key_pem, false);
    if (key == NULL)
        return bad_key(trouble, "it is no private key in PEM, or has a password");
    e = is_rsa_2048(key) ? put_together(firmware, key, out, trouble)
                         : bad_key(trouble, "it is not RSA with 2048 bits");
    EVP_PKEY_free(key);
    return e;
}

bool legacy_signature_fits(aloft_bytes file, aloft_bytes public_pem) {
    EVP_PKEY *key = read_key(public_pem, true);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t digest[32];
    bool fits = false;

    if (legacy_is_signed(file) && key != NULL && context != NULL && is_rsa_2048(key)) {
        digest_of((aloft_bytes){file.at, file.len - LEGACY_TRAILER}, digest);
        fits = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
               EVP_DigestVerify(context, file.at + file.len - LEGACY_TRAILER + sizeof head,
                                LEGACY_SIGNATURE, digest, 32) == 1;
    }
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return fits;
}

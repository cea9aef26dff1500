/* SPDX-License-Identifier: Apache-2.0 */
/* Room: port/crypto_openssl. Checks signatures of P-256 and Ed25519 by OpenSSL.
 * Knows: OpenSSL.   Never knows: what was signed, and who is trusted. */
#include <aloft/crypto.h>

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#define HALF         32u /* of a P-256 point or signature */
#define ED25519_SIZE 32u
/* SEQUENCE { INTEGER r, INTEGER s }: 2 + 2 * (2 + 1 + 32) */
#define DER_MAX 72

bool aloft_key_usable(enum aloft_key_type type) {
    return type == ALOFT_KEY_P256 || type == ALOFT_KEY_ED25519;
}

/* NULL for a point that is not on the curve: OpenSSL decodes it strictly (SEC 1 §2.3.4). */
static EVP_PKEY *p256_key(const uint8_t xy[ALOFT_KEY_SIZE]) {
    char curve[] = "P-256";
    uint8_t point[1 + ALOFT_KEY_SIZE] = {4}; /* uncompressed */
    OSSL_PARAM parts[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;

    memcpy(point + 1, xy, ALOFT_KEY_SIZE);
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parts) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *ed25519_key(const uint8_t key[ALOFT_KEY_SIZE]) {
    static const uint8_t zero[ALOFT_KEY_SIZE - ED25519_SIZE];

    if (memcmp(key + ED25519_SIZE, zero, sizeof zero) != 0)
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, ED25519_SIZE);
}

static bool is_right(EVP_PKEY *key, const EVP_MD *hash, const uint8_t *signature, size_t len,
                     aloft_bytes message) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool right = context != NULL && EVP_DigestVerifyInit(context, NULL, hash, NULL, key) == 1 &&
                 EVP_DigestVerify(context, signature, len, message.at, message.len) == 1;

    EVP_MD_CTX_free(context);
    return right;
}

/* OpenSSL takes DER. It refuses r or s that is 0, or not below the order of the curve. */
static int to_der(const uint8_t signature[ALOFT_SIGNATURE_SIZE], uint8_t der[DER_MAX]) {
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, HALF, NULL), *s = BN_bin2bn(signature + HALF, HALF, NULL);
    int len = -1;

    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL; /* now the pair's */
        len = i2d_ECDSA_SIG(pair, &der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return len;
}

static bool verify_p256(const uint8_t xy[ALOFT_KEY_SIZE], aloft_bytes message,
                        const uint8_t signature[ALOFT_SIGNATURE_SIZE]) {
    uint8_t der[DER_MAX];
    int len = to_der(signature, der);
    EVP_PKEY *key = len > 0 ? p256_key(xy) : NULL;
    bool right = key != NULL && is_right(key, EVP_sha256(), der, (size_t)len, message);

    EVP_PKEY_free(key);
    return right;
}

static bool verify_ed25519(const uint8_t public_key[ALOFT_KEY_SIZE], aloft_bytes message,
                           const uint8_t signature[ALOFT_SIGNATURE_SIZE]) {
    EVP_PKEY *key = ed25519_key(public_key);
    bool right = key != NULL && is_right(key, NULL, signature, ALOFT_SIGNATURE_SIZE, message);

    EVP_PKEY_free(key);
    return right;
}

bool aloft_verify(const struct aloft_key *key, aloft_bytes message,
                  const uint8_t signature[ALOFT_SIGNATURE_SIZE]) {
    bool right = false;

    if (key->type == ALOFT_KEY_P256)
        right = verify_p256(key->key, message, signature);
    else if (key->type == ALOFT_KEY_ED25519)
        right = verify_ed25519(key->key, message, signature);
    ERR_clear_error(); /* a wrong signature is an answer, not an error of OpenSSL's caller */
    return right;
}

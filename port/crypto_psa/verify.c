/* SPDX-License-Identifier: Apache-2.0 */
/* Room: port/crypto_psa. Checks signatures of P-256 by the PSA Crypto API, as mbedTLS 2.28 to 4 has
 * it: so the same file serves ESP-IDF 5.x and 6.x, and a chip's own ECDSA where the build has a
 * driver.
 * Knows: PSA.   Never knows: what was signed, and who is trusted. */
#include <aloft/crypto.h>

#include <string.h>

#include <psa/crypto.h>

#define P256 256u /* bits */

bool aloft_key_usable(enum aloft_key_type type) {
    return type == ALOFT_KEY_P256;
}

static void digest_of(aloft_bytes message, uint8_t digest[ALOFT_DIGEST_SIZE]) {
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, message);
    aloft_hash_end(&hash, digest);
}

/* The import refuses a point that is not on the curve. */
static psa_status_t import(const struct aloft_key *key, psa_key_id_t *id) {
    uint8_t encoded[1 + ALOFT_KEY_SIZE] = {4}; /* uncompressed (SEC 1 §2.3.3) */
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    memcpy(encoded + 1, key->key, ALOFT_KEY_SIZE);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, P256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    return psa_import_key(&attributes, encoded, sizeof encoded, id);
}

bool aloft_verify(const struct aloft_key *key, aloft_bytes message,
                  const uint8_t signature[ALOFT_SIGNATURE_SIZE]) {
    uint8_t digest[ALOFT_DIGEST_SIZE];
    psa_status_t right;
    psa_key_id_t id;

    /* once is enough, and more often does no harm; ESP-IDF 6 has done it at its start */
    if (key->type != ALOFT_KEY_P256 || psa_crypto_init() != PSA_SUCCESS ||
        import(key, &id) != PSA_SUCCESS)
        return false;
    digest_of(message, digest);
    right = psa_verify_hash(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), digest, sizeof digest, signature,
                            ALOFT_SIGNATURE_SIZE);
    (void)psa_destroy_key(id);
    return right == PSA_SUCCESS;
}

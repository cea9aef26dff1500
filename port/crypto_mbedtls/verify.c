/* SPDX-License-Identifier: Apache-2.0 */
/* Room: port/crypto_mbedtls. Checks signatures of P-256 by mbedTLS 2.28, which has no Ed25519.
 * Knows: mbedTLS.   Never knows: what was signed, and who is trusted. */
#include <aloft/crypto.h>

#include <string.h>

#include <mbedtls/ecdsa.h>

#define HALF 32u /* of a point or of a signature */

bool aloft_key_usable(enum aloft_key_type type) {
    return type == ALOFT_KEY_P256;
}

static void digest_of(aloft_bytes message, uint8_t digest[ALOFT_DIGEST_SIZE]) {
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, message);
    aloft_hash_end(&hash, digest);
}

/* mbedtls_ecdsa_verify refuses r and s outside 1..n-1 itself; the point is ours to check. */
static int check(mbedtls_ecp_group *group, mbedtls_ecp_point *point, mbedtls_mpi *r, mbedtls_mpi *s,
                 const uint8_t digest[ALOFT_DIGEST_SIZE]) {
    int problem = mbedtls_ecp_check_pubkey(group, point);

    if (problem == 0)
        problem = mbedtls_ecdsa_verify(group, digest, ALOFT_DIGEST_SIZE, point, r, s);
    return problem;
}

bool aloft_verify(const struct aloft_key *key, aloft_bytes message,
                  const uint8_t signature[ALOFT_SIGNATURE_SIZE]) {
    uint8_t encoded[1 + ALOFT_KEY_SIZE] = {4}, digest[ALOFT_DIGEST_SIZE]; /* 4: uncompressed */
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi r, s;
    bool right;

    if (key->type != ALOFT_KEY_P256)
        return false;
    memcpy(encoded + 1, key->key, ALOFT_KEY_SIZE);
    digest_of(message, digest);
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&point);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    right = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
            mbedtls_ecp_point_read_binary(&group, &point, encoded, sizeof encoded) == 0 &&
            mbedtls_mpi_read_binary(&r, signature, HALF) == 0 &&
            mbedtls_mpi_read_binary(&s, signature + HALF, HALF) == 0 &&
            check(&group, &point, &r, &s, digest) == 0;
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&point);
    mbedtls_ecp_group_free(&group);
    return right;
}

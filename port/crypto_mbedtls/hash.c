/* SPDX-License-Identifier: Apache-2.0 */
/* Room: port/crypto_mbedtls. SHA-256 by mbedTLS 2.28.
 * Knows: mbedTLS's hash, in software or in hardware.   Never knows: what is hashed. */
#include <aloft/crypto.h>

#include <string.h>

#include <mbedtls/sha256.h>

/* Hardware can fail; then the digest is all zero, which is the digest of nothing that anybody knows. */
struct state {
    mbedtls_sha256_context context;
    bool has_failed;
};

_Static_assert(sizeof(struct state) <= sizeof(struct aloft_hash), "the hash state has room");
_Static_assert(_Alignof(struct state) <= _Alignof(struct aloft_hash), "and stands right");

void aloft_hash_start(struct aloft_hash *hash) {
    struct state *state = (struct state *)hash->room;

    mbedtls_sha256_init(&state->context);
    state->has_failed = mbedtls_sha256_starts_ret(&state->context, 0) != 0; /* 0: not SHA-224 */
}

void aloft_hash_add(struct aloft_hash *hash, aloft_bytes bytes) {
    struct state *state = (struct state *)hash->room;

    if (bytes.len > 0 && mbedtls_sha256_update_ret(&state->context, bytes.at, bytes.len) != 0)
        state->has_failed = true;
}

void aloft_hash_end(struct aloft_hash *hash, uint8_t digest[ALOFT_DIGEST_SIZE]) {
    struct state *state = (struct state *)hash->room;

    if (mbedtls_sha256_finish_ret(&state->context, digest) != 0 || state->has_failed)
        memset(digest, 0, ALOFT_DIGEST_SIZE);
    mbedtls_sha256_free(&state->context);
}

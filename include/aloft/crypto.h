/* SPDX-License-Identifier: Apache-2.0 */
/* Door: what a crypto adapter gives. Not a crypto API: just what aloft needs, in the shape it needs
 * it. A program links exactly one adapter; it has no switch to pass without checking.
 *
 * Example:
 *     struct aloft_hash h;
 *     uint8_t digest[ALOFT_DIGEST_SIZE];
 *     aloft_hash_start(&h);
 *     aloft_hash_add(&h, ALOFT_BYTES("abc"));
 *     aloft_hash_end(&h, digest);
 */
#ifndef ALOFT_CRYPTO_H
#define ALOFT_CRYPTO_H

#include <stdbool.h>

#include "bytes.h"

#define ALOFT_DIGEST_SIZE    32u /* SHA-256, FIPS 180-4 */
#define ALOFT_KID_SIZE       8u  /* first bytes of SHA-256 of the DER SubjectPublicKeyInfo */
#define ALOFT_KEY_SIZE       64u /* P-256: x, y. Ed25519: 32 bytes, then zero */
#define ALOFT_SIGNATURE_SIZE 64u /* P-256: r, s (big endian). Ed25519: RFC 8032 */

enum aloft_key_type { ALOFT_KEY_P256 = 1, ALOFT_KEY_ED25519 = 2 };

/** A public key that somebody trusts. */
struct aloft_key {
    uint8_t kid[ALOFT_KID_SIZE];
    uint8_t type; /* enum aloft_key_type */
    uint8_t key[ALOFT_KEY_SIZE];
};

/** SHA-256 under way. The room is large enough for every adapter (checked at build time); it holds no
 * pointer, so it needs no end when it is dropped. */
struct aloft_hash {
    uint64_t room[16];
};

void aloft_hash_start(struct aloft_hash *hash);
void aloft_hash_add(struct aloft_hash *hash, aloft_bytes bytes);
void aloft_hash_end(struct aloft_hash *hash, uint8_t digest[ALOFT_DIGEST_SIZE]);

/** Whether this adapter can check keys of this type. */
bool aloft_key_usable(enum aloft_key_type type);

/** True only if `signature` (64 bytes) is a right signature of `message` by `key`: ECDSA P-256 with
 * SHA-256 (RFC 9053 §2.1; 0 < r, s < n; the point on the curve) or Ed25519 (RFC 8032). */
ALOFT_MUST_USE bool aloft_verify(const struct aloft_key *key, aloft_bytes message,
                                 const uint8_t signature[ALOFT_SIGNATURE_SIZE]);

#endif

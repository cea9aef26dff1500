/* SPDX-License-Identifier: Apache-2.0 */
/* Room: port/crypto_openssl. SHA-256 by OpenSSL.
 * Knows: OpenSSL's low-level hash.   Never knows: what is hashed. */

/* The EVP interface keeps its state on the heap and needs an end for a hash that is dropped. The old
 * interface keeps it in a struct of 112 bytes, so it can live in ours. OpenSSL 3 still has it and only
 * asks not to be told that it is old. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <aloft/crypto.h>

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct aloft_hash), "the hash state has room");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct aloft_hash), "and stands right");
_Static_assert(SHA256_DIGEST_LENGTH == ALOFT_DIGEST_SIZE, "SHA-256 has 32 bytes");

/* The three calls below cannot fail: they only compute (FIPS 180-4). */
void aloft_hash_start(struct aloft_hash *hash) {
    (void)SHA256_Init((SHA256_CTX *)hash->room);
}

void aloft_hash_add(struct aloft_hash *hash, aloft_bytes bytes) {
    if (bytes.len > 0)
        (void)SHA256_Update((SHA256_CTX *)hash->room, bytes.at, bytes.len);
}

void aloft_hash_end(struct aloft_hash *hash, uint8_t digest[ALOFT_DIGEST_SIZE]) {
    (void)SHA256_Final(digest, (SHA256_CTX *)hash->room);
}

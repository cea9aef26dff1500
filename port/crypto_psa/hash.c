/* SPDX-License-Identifier: Apache-2.0 */
/* Room: port/crypto_psa. SHA-256 (FIPS 180-4) in portable C.
 * Knows: the standard.   Never knows: what is hashed.
 *
 * PSA has a hash too, but its operation may hold memory of the heap, and is larger than struct
 * aloft_hash where SHA-512 is in the build: a hash that is dropped would leak. */
#include <aloft/crypto.h>

#include <string.h>

#define BLOCK 64u

struct state {
    uint32_t h[8];
    uint64_t len;
    uint8_t block[BLOCK];
};

_Static_assert(sizeof(struct state) <= sizeof(struct aloft_hash), "the hash state has room");

static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* FIPS 180-4 §4.2.2: the first 32 bits of the fractional part of the cube roots of the first 64 primes. */
static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turned(uint32_t x, unsigned n) {
    return x >> n | x << (32 - n);
}

static void schedule(const uint8_t *block, uint32_t w[64]) {
    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (unsigned i = 16; i < 64; i++) {
        uint32_t a = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t b = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10;

        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
}

/* a to h stand in v, turned by one with each round instead of being moved */
static void take_round(uint32_t v[8], unsigned i, uint32_t kw) {
    uint32_t a = v[(0 - i) % 8], b = v[(1 - i) % 8], c = v[(2 - i) % 8];
    uint32_t e = v[(4 - i) % 8], f = v[(5 - i) % 8], g = v[(6 - i) % 8];
    uint32_t t =
        v[(7 - i) % 8] + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + kw;

    v[(3 - i) % 8] += t;
    v[(7 - i) % 8] =
        t + (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
}

static void take_block(struct state *s) {
    uint32_t w[64], v[8];

    schedule(s->block, w);
    memcpy(v, s->h, sizeof v);
    for (unsigned i = 0; i < 64; i++)
        take_round(v, i, k[i] + w[i]);
    for (unsigned i = 0; i < 8; i++)
        s->h[i] += v[i];
}

void aloft_hash_start(struct aloft_hash *hash) {
    struct state *s = (struct state *)hash->room;

    memcpy(s->h, first, sizeof s->h);
    s->len = 0;
}

void aloft_hash_add(struct aloft_hash *hash, aloft_bytes bytes) {
    struct state *s = (struct state *)hash->room;

    while (bytes.len > 0) {
        size_t at = s->len % BLOCK, n = BLOCK - at < bytes.len ? BLOCK - at : bytes.len;

        memcpy(s->block + at, bytes.at, n);
        s->len += n;
        bytes.at += n;
        bytes.len -= n;
        if (s->len % BLOCK == 0)
            take_block(s);
    }
}

void aloft_hash_end(struct aloft_hash *hash, uint8_t digest[ALOFT_DIGEST_SIZE]) {
    struct state *s = (struct state *)hash->room;
    const uint64_t bits = s->len * 8;
    uint8_t byte = 0x80;

    do {
        aloft_hash_add(hash, (aloft_bytes){&byte, 1});
        byte = 0;
    } while (s->len % BLOCK != BLOCK - 8);
    for (unsigned i = 0; i < 8; i++) {
        byte = (uint8_t)(bits >> (56 - 8 * i));
        aloft_hash_add(hash, (aloft_bytes){&byte, 1});
    }
    for (unsigned i = 0; i < ALOFT_DIGEST_SIZE; i++)
        digest[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

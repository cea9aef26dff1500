/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cose. Counts the trusted keys that signed.
 * Knows: keys, the threshold.   Never knows: what was signed. */
#include <string.h>

#include "base/rule.h"
#include "cose/sign1.h"

/* Blocks and keys are at most four each, so every loop below turns at most 16 times. */

static bool same_kid(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, ALOFT_KID_SIZE) == 0;
}

static const struct aloft_key *key_of(const struct al_cose_block *block,
                                      const struct aloft_keys *trusted) {
    for (size_t i = 0; i < trusted->n; i++)
        if (same_kid(trusted->key[i].kid, block->kid.at))
            return &trusted->key[i];
    return NULL;
}

/* The stored key decides what is computed, never the message. */
static void check_fit(struct al_cbor *r, const struct al_cose_block *block, size_t n,
                      const struct aloft_keys *trusted) {
    for (size_t i = 0; i < n; i++) {
        const struct aloft_key *key = key_of(&block[i], trusted);
        if (key != NULL && key->type != block[i].key_type)
            al_cbor_fail_at(r, AL_R10, block[i].at);
    }
}

/* One signer must not count twice. */
static void check_twice(struct al_cbor *r, const struct al_cose_block *block, size_t n) {
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (same_kid(block[i].kid.at, block[j].kid.at))
                al_cbor_fail_at(r, AL_R11, block[i].at);
}

static unsigned count_right(struct al_cbor *r, const struct al_cose_block *block, size_t n,
                            aloft_bytes payload, const struct aloft_keys *trusted) {
    uint8_t message[AL_COSE_TO_SIGN_SIZE];
    unsigned right = 0;

    for (size_t i = 0; i < n && r->failed == 0; i++) {
        const struct aloft_key *key = key_of(&block[i], trusted);
        if (key == NULL)
            continue;
        al_cose_to_sign(&block[i], payload, message);
        if (aloft_verify(key, ALOFT_BYTES(message), block[i].signature.at))
            right++;
        else
            al_cbor_fail_at(r, AL_R12, block[i].at);
    }
    return right;
}

unsigned al_cose_signers(struct al_cbor *r, const struct al_cose_block *block, size_t n,
                         aloft_bytes payload, const struct aloft_keys *trusted) {
    unsigned right;

    if (r->failed != 0)
        return 0;
    /* Keys that make no sense accept nothing: zero keys are never enough. */
    if (trusted->n > ALOFT_KEYS_MAX || trusted->threshold == 0 || trusted->threshold > trusted->n) {
        al_cbor_fail_at(r, AL_R13, block[0].at);
        return 0;
    }
    check_fit(r, block, n, trusted);
    check_twice(r, block, n);
    right = count_right(r, block, n, payload, trusted);
    if (right < trusted->threshold)
        al_cbor_fail_at(r, AL_R13, block[0].at);
    return right;
}

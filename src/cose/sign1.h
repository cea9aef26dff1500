/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cose. COSE_Sign1 (RFC 9052 §4.2) in the one form that this profile has, rules R9 to R13:
 *
 *     18([ protected: << {1: alg, 4: kid} >>, {}, null, signature ])      84 bytes
 *
 * The payload is detached: what is signed stands elsewhere. Signed are always 65 bytes (§4.4):
 *
 *     ["Signature1", protected, h'', payload]     payload: the 36 bytes of [-16, digest]
 *
 * so a template makes them, no encoder. */
#ifndef AL_COSE_SIGN1_H
#define AL_COSE_SIGN1_H

#include <aloft/crypto.h>
#include <aloft/manifest.h>

#include "cbor/cbor.h"

#define AL_COSE_BLOCKS_MAX   4u
#define AL_COSE_PAYLOAD_SIZE 36u /* 82 2f 58 20 <32> */
#define AL_COSE_TO_SIGN_SIZE 65u

/** One signature. Spans are views of the envelope. */
struct al_cose_block {
    aloft_bytes protected_head; /* {1: alg, 4: kid}: 13 bytes for each of the four algorithms */
    aloft_bytes kid;            /* 8 bytes */
    aloft_bytes signature;      /* 64 bytes */
    uint8_t key_type;           /* that the algorithm asks for, enum aloft_key_type */
    size_t at;                  /* offset of the block */
};

/** Read << {1: alg, 4: kid} >> into protected_head, kid and key_type; fails with R9 or R10. */
void al_cose_protected_read(struct al_cbor *r, struct al_cose_block *block);

/** Read the block at hand; fails with R9 for its form, R10 for an algorithm that is not known. */
void al_cose_block_read(struct al_cbor *r, struct al_cose_block *block);

/** What this block signs. `payload` has AL_COSE_PAYLOAD_SIZE bytes. */
void al_cose_to_sign(const struct al_cose_block *block, aloft_bytes payload,
                     uint8_t out[AL_COSE_TO_SIGN_SIZE]);

/**
 * Check that enough different trusted keys signed. Blocks of keys that are not trusted are passed over
 * (so keys can be changed), but a trusted key's signature must be right.
 *
 * Gives   how many trusted keys signed. *r has failed with R10 (algorithm and stored key do not fit),
 *         R11 (a key twice), R12 (a wrong signature) or R13 (too few), or it has not.
 * Costs   one signature check for each block of a trusted key, at most 4.
 */
unsigned al_cose_signers(struct al_cbor *r, const struct al_cose_block *block, size_t n,
                         aloft_bytes payload, const struct aloft_keys *trusted);

#endif

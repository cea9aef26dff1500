/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The record: everything that a device remembers, one cell of 256 bytes in flash.
 * The layout is frozen with the first boot stage in the field (FORMAT.md, the record log). */
#ifndef AL_DEVICE_RECORD_H
#define AL_DEVICE_RECORD_H

#include <stdbool.h>

#include <aloft/bytes.h>

/* A cell is three programming operations; each size is a multiple of 32, the largest write size. */
#define AL_CELL_SIZE  256u
#define AL_BODY_SIZE  192u /* fields and check */
#define AL_SEAL_SIZE  32u  /* two of them follow the body */
#define AL_CHECK_SIZE 8u
#define AL_HEAD_SIZE  8u /* first bytes of a digest, where a digest is only compared */

#define AL_BOOTS_MAX 3u  /* starts in one trial */
#define AL_FAILS_MAX 3u  /* failed trials of one candidate */
#define AL_COLD_MAX  10u /* starts after a loss of power that do not count as boots */
#define AL_GONE_MAX  4u

/* Appends beyond this are refused. A log has at most 2 x 512 cells and lives 100,000 erases, so no
 * chip sees more than 2 x 1.024 * 10^8 < 2^28 numbers, even if each is the first after a reset. */
#define AL_RECORD_N_MAX 0xf0000000u

enum al_phase {
    AL_IDLE,  /* home runs; the other slot is of no use but may be whole */
    AL_FILL,  /* the other slot is being written */
    AL_TRIAL, /* the other slot is whole and may boot */
    AL_KEPT,  /* a trial failed; the image is still in the other slot */
};

#define AL_FLAG_PATCH_FAILED 0x01u /* take the full branch of this candidate */
#define AL_FLAG_CUT          0x02u /* bytes of this candidate came with cuts */
#define AL_FLAG_FALLBACK     0x04u /* the last start was a fallback */

/** What is known of a slot. All zero: nothing. */
struct al_record_slot {
    uint64_t sequence;
    uint32_t image_size; /* bytes; 0: the image is not known */
    uint8_t image_digest[32];
};

/** What a device remembers. Only the functions of transition.h change it. */
struct al_record {
    uint32_t n;     /* record number; 0: never appended. al_log_append sets it */
    uint64_t floor; /* highest sequence ever confirmed; never falls */
    uint64_t skip;  /* highest sequence given up on; never falls */
    uint8_t home;   /* slot that is confirmed: 0 or 1 */
    uint8_t phase;  /* enum al_phase */
    uint8_t boots;  /* used in this trial, 0..AL_BOOTS_MAX */
    uint8_t fails;  /* failed trials of this candidate */
    uint8_t flags;  /* AL_FLAG_ */
    uint8_t cold;   /* starts of this candidate after a loss of power, 0..AL_COLD_MAX */
    uint16_t cause; /* aloft_err of the last fault, 0 none */
    struct al_record_slot slot[2];
    uint8_t man[AL_HEAD_SIZE];    /* of the manifest that home was installed by (R16) */
    uint8_t cand[AL_HEAD_SIZE];   /* of the manifest of the candidate in the other slot */
    uint8_t pay[AL_HEAD_SIZE];    /* of payload-sha256 of the download under way */
    uint32_t mark;                /* bytes of the other slot that are written for certain */
    uint32_t attempt;             /* attempts ever */
    uint64_t seen;                /* highest sequence of a freshness statement */
    uint32_t issued;              /* newest `issued` accepted, seconds since 1970; 0 none */
    uint16_t age_h;               /* awake hours since `issued` was first seen */
    uint16_t epoch;               /* low 16 bits of the trust epoch at the last confirm */
    uint8_t gone[AL_GONE_MAX][4]; /* heads of kids that are trusted no more; 0: unused */
    uint8_t reserved[2];          /* zero today; who does not know a byte copies it */
};

/** The slot that is not home: where the candidate is. */
static inline unsigned al_record_other(const struct al_record *record) {
    return 1u - record->home;
}

/** Write the cell of a record: body, check and both seals. */
void al_record_pack(const struct al_record *record, uint8_t cell[AL_CELL_SIZE]);

/**
 * Read the body of a cell.
 *
 * Gives   true: the cell is whole (check right, type, layout and ranges known) and *record is
 *         filled.
 *         false: it is not, and *record is as it was.
 * Costs   one SHA-256 of 184 bytes, if the first bytes look right.
 */
ALOFT_MUST_USE bool al_record_unpack(const uint8_t body[AL_BODY_SIZE], struct al_record *record);

/** The number that a body claims to have, or 0 if it does not even begin as a record. Costs
 * nothing; true only once al_record_unpack has said so. */
uint32_t al_record_claims(const uint8_t body[AL_BODY_SIZE]);

/** Seal 1 or 2 of a body: four times the first 8 bytes of SHA-256(check, which). */
void al_record_seal(const uint8_t body[AL_BODY_SIZE], uint8_t which, uint8_t seal[AL_SEAL_SIZE]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The record and its cell: fields to bytes, bytes to fields, check and seals.
 * Knows: the layout of FORMAT.md, SHA-256.   Never knows: flash, where a cell is, what a field is
 * for. */
#include "device/record.h"

#include <string.h>

#include <aloft/crypto.h>

#define TYPE   0x53u /* 'S' */
#define LAYOUT 1u
#define FIELDS (AL_BODY_SIZE - AL_CHECK_SIZE) /* 184 */

/* One walk over the fields serves both ways, so that what is written and what is read cannot
 * differ. */
struct walk {
    uint8_t *at;
    bool packing;
};

static void bytes(struct walk *walk, uint8_t *field, size_t len) {
    if (walk->packing)
        memcpy(walk->at, field, len);
    else
        memcpy(field, walk->at, len);
    walk->at += len;
}

static uint64_t number(struct walk *walk, uint64_t value, unsigned len) {
    uint64_t read = 0;

    for (unsigned i = 0; i < len; i++) {
        if (walk->packing)
            walk->at[i] = (uint8_t)(value >> 8 * i);
        read |= (uint64_t)walk->at[i] << 8 * i;
    }
    walk->at += len;
    return read;
}

static void u16(struct walk *walk, uint16_t *field) {
    *field = (uint16_t)number(walk, *field, 2);
}

static void u32(struct walk *walk, uint32_t *field) {
    *field = (uint32_t)number(walk, *field, 4);
}

static void u64(struct walk *walk, uint64_t *field) {
    *field = number(walk, *field, 8);
}

static void slot(struct walk *walk, struct al_record_slot *field) {
    u64(walk, &field->sequence);
    u32(walk, &field->image_size);
    bytes(walk, field->image_digest, sizeof field->image_digest);
}

/* Bytes 2..183, in the order of the table in FORMAT.md; there is no gap between two fields. */
static void fields(struct walk *walk, struct al_record *record) {
    bytes(walk, record->reserved, sizeof record->reserved);
    u32(walk, &record->n);
    u64(walk, &record->floor);
    u64(walk, &record->skip);
    bytes(walk, &record->home, 1);
    bytes(walk, &record->phase, 1);
    bytes(walk, &record->boots, 1);
    bytes(walk, &record->fails, 1);
    bytes(walk, &record->flags, 1);
    bytes(walk, &record->cold, 1);
    u16(walk, &record->cause);
    slot(walk, &record->slot[0]);
    slot(walk, &record->slot[1]);
    bytes(walk, record->man, sizeof record->man);
    bytes(walk, record->cand, sizeof record->cand);
    bytes(walk, record->pay, sizeof record->pay);
    u32(walk, &record->mark);
    u32(walk, &record->attempt);
    u64(walk, &record->seen);
    u32(walk, &record->issued);
    u16(walk, &record->age_h);
    u16(walk, &record->epoch);
    bytes(walk, &record->gone[0][0], sizeof record->gone);
}

static void digest_head(aloft_bytes first, aloft_bytes second, uint8_t head[AL_HEAD_SIZE]) {
    struct aloft_hash hash;
    uint8_t digest[ALOFT_DIGEST_SIZE];

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, first);
    aloft_hash_add(&hash, second);
    aloft_hash_end(&hash, digest);
    memcpy(head, digest, AL_HEAD_SIZE);
}

void al_record_seal(const uint8_t body[AL_BODY_SIZE], uint8_t which, uint8_t seal[AL_SEAL_SIZE]) {
    digest_head((aloft_bytes){body + FIELDS, AL_CHECK_SIZE}, (aloft_bytes){&which, 1}, seal);
    for (size_t at = AL_HEAD_SIZE; at < AL_SEAL_SIZE; at += AL_HEAD_SIZE)
        memcpy(seal + at, seal, AL_HEAD_SIZE);
}

void al_record_pack(const struct al_record *record, uint8_t cell[AL_CELL_SIZE]) {
    struct al_record copy = *record;
    struct walk walk = {cell + 2, true};

    cell[0] = TYPE;
    cell[1] = LAYOUT;
    fields(&walk, &copy);
    digest_head((aloft_bytes){cell, FIELDS}, (aloft_bytes){cell, 0}, cell + FIELDS);
    al_record_seal(cell, 1, cell + AL_BODY_SIZE);
    al_record_seal(cell, 2, cell + AL_BODY_SIZE + AL_SEAL_SIZE);
}

uint32_t al_record_claims(const uint8_t body[AL_BODY_SIZE]) {
    if (body[0] != TYPE || body[1] != LAYOUT)
        return 0;
    return body[4] | (uint32_t)body[5] << 8 | (uint32_t)body[6] << 16 | (uint32_t)body[7] << 24;
}

bool al_record_unpack(const uint8_t body[AL_BODY_SIZE], struct al_record *record) {
    struct al_record read = {0}; /* the walk takes each field before it gives it */
    uint8_t check[AL_CHECK_SIZE];
    uint8_t copy[FIELDS];
    struct walk walk = {copy + 2, false};

    if (al_record_claims(body) == 0)
        return false;
    digest_head((aloft_bytes){body, FIELDS}, (aloft_bytes){body, 0}, check);
    if (memcmp(check, body + FIELDS, sizeof check) != 0)
        return false;
    memcpy(copy, body, sizeof copy);
    fields(&walk, &read);
    /* Nothing ever writes these; so that a slot number is always an index, they are no record. */
    if (read.home > 1 || read.phase > AL_KEPT)
        return false;
    *record = read;
    return true;
}

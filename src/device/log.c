/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The record log: where the next cell goes, which cell is the newest, what makes it
 * sure.
 * Knows: erase units, cells, seals.   Never knows: what a field of a record means. */
#include "device/log.h"

#include <string.h>

#include "device/flash.h"

#define UNITS 2u

/* A body is solid when either seal is right: seal 1 is begun only after the body's program
 * returned, seal 2 only after that of seal 1, or over a right seal 1 (L4). */
enum sure { SURE, HALF_SEALED, UNSURE };

static bool blank(const uint8_t *at, size_t len) {
    uint8_t all = 0xff;

    for (size_t i = 0; i < len; i++)
        all &= at[i];
    return all == 0xff;
}

/* Read a piece of a cell. *readable is false where the chip cannot correct it: that piece is not
 * whole, which is no fault. Any other refusal of the port is. */
static aloft_err piece(const struct aloft_flash *flash, uint32_t at, aloft_space to, bool *readable,
                       aloft_fault *why) {
    aloft_fault ignored;
    aloft_err err = al_flash_read(flash, at, to, &ignored);

    *readable = err == ALOFT_OK;
    if (err == ALOFT_OK || err == ALOFT_E_FLASH_READ)
        return ALOFT_OK;
    *why = ignored;
    return err;
}

/* L2 over the cells from..to: the whole cell with the highest number above log->n. */
static aloft_err find(struct al_log *log, uint32_t from, uint32_t to, struct al_record *record,
                      aloft_fault *why) {
    uint8_t body[AL_BODY_SIZE];
    bool readable;

    for (uint32_t at = from; at < to; at += AL_CELL_SIZE) {
        aloft_err err = piece(log->flash, at, ALOFT_SPACE(body), &readable, why);
        if (err != ALOFT_OK)
            return err;
        if (!readable || al_record_claims(body) <= log->n || !al_record_unpack(body, record))
            continue;
        log->n = record->n;
        log->newest_at = at;
    }
    return ALOFT_OK;
}

static aloft_err all_blank(const struct aloft_flash *flash, bool *yes, aloft_fault *why) {
    uint8_t cell[AL_CELL_SIZE];
    bool readable;

    *yes = true;
    for (uint32_t at = 0; *yes && at < UNITS * flash->erase_size; at += AL_CELL_SIZE) {
        aloft_err err = piece(flash, at, ALOFT_SPACE(cell), &readable, why);
        if (err != ALOFT_OK)
            return err;
        *yes = readable && blank(cell, sizeof cell);
    }
    return ALOFT_OK;
}

/* One program operation for the body and one for each seal (L1). They never share one: a right seal
 * must prove that the operation before it had returned. */
static aloft_err program(const struct aloft_flash *flash, uint32_t at,
                         const uint8_t cell[AL_CELL_SIZE], aloft_fault *why) {
    aloft_err err = al_flash_write(flash, at, (aloft_bytes){cell, AL_BODY_SIZE}, why);

    /* If power goes here: whole but unsealed. L4 writes it again before anyone acts on it. */
    at += AL_BODY_SIZE;
    cell += AL_BODY_SIZE;
    if (err == ALOFT_OK)
        err = al_flash_write(flash, at, (aloft_bytes){cell, AL_SEAL_SIZE}, why);
    /* If power goes here: solid, but seal 1 may lie later. L4 adds seal 2. */
    at += AL_SEAL_SIZE;
    cell += AL_SEAL_SIZE;
    if (err == ALOFT_OK)
        err = al_flash_write(flash, at, (aloft_bytes){cell, AL_SEAL_SIZE}, why);
    return err;
}

/* Program `record` as number n at the offset `at` of a unit that this session has erased. */
static aloft_err put(struct al_log *log, struct al_record *record, uint32_t at, uint32_t n,
                     aloft_fault *why) {
    uint8_t cell[AL_CELL_SIZE];
    struct al_record numbered = *record;
    aloft_err err;

    /* After a fault this cell may hold anything: the next append is as the first after a reset. */
    log->settled = false;
    numbered.n = n;
    al_record_pack(&numbered, cell);
    err = program(log->flash, at, cell, why);
    if (err != ALOFT_OK)
        return err;
    record->n = n;
    log->n = n;
    log->newest_at = at;
    log->settled = true;
    return ALOFT_OK;
}

/* Erase a unit and begin it with `record`. If power goes in the erase: the other unit has the
 * state. */
static aloft_err put_first(struct al_log *log, struct al_record *record, uint32_t unit, uint32_t n,
                           aloft_fault *why) {
    uint32_t at = unit * log->flash->erase_size;
    aloft_err err;

    log->settled = false;
    err = al_flash_erase(log->flash, at, why);
    return err != ALOFT_OK ? err : put(log, record, at, n, why);
}

static uint32_t unit_of_newest(const struct al_log *log) {
    return log->newest_at / log->flash->erase_size;
}

/* L5: nothing is whole, so nothing is lost by erasing both. put_first erases unit 0. */
static aloft_err put_in_empty(struct al_log *log, struct al_record *record, aloft_fault *why) {
    aloft_err err = al_flash_erase(log->flash, log->flash->erase_size, why);

    return err != ALOFT_OK ? err : put_first(log, record, 0, 2, why);
}

/* Also how a log whose search failed refuses (al_log_open). */
static aloft_err has_numbers(const struct al_log *log, aloft_fault *why) {
    if (log->n <= AL_RECORD_N_MAX)
        return ALOFT_OK;
    *why = (aloft_fault){
        .code = ALOFT_E_FLASH_WRITE, .at = log->newest_at, .want = AL_RECORD_N_MAX, .got = log->n};
    return ALOFT_E_FLASH_WRITE;
}

aloft_err al_log_append(struct al_log *log, struct al_record *record, aloft_fault *why) {
    uint32_t next = log->newest_at + AL_CELL_SIZE;
    aloft_err err = has_numbers(log, why);

    if (err != ALOFT_OK)
        return err;
    if (log->n == 0)
        return put_in_empty(log, record, why);
    /* L3. n + 1 may stand, torn, behind the newest cell and read right one day: n + 2 wins. */
    if (!log->settled)
        return put_first(log, record, 1 - unit_of_newest(log), log->n + 2, why);
    if (next % log->flash->erase_size == 0)
        return put_first(log, record, 1 - unit_of_newest(log), log->n + 1, why);
    return put(log, record, next, log->n + 1, why);
}

static aloft_err read_seals(const struct al_log *log, const uint8_t cell[AL_CELL_SIZE],
                            enum sure *sure, aloft_fault *why) {
    const uint8_t *wanted = cell + AL_BODY_SIZE;
    uint32_t at = log->newest_at + AL_BODY_SIZE;
    uint8_t seal[2][AL_SEAL_SIZE];
    bool readable[2];
    bool right[2];

    /* Each on its own: a torn seal 2 that the chip cannot read must not hide a right seal 1. */
    for (unsigned i = 0; i < 2; i++) {
        aloft_err err =
            piece(log->flash, at + i * AL_SEAL_SIZE, ALOFT_SPACE(seal[i]), &readable[i], why);
        if (err != ALOFT_OK)
            return err;
        right[i] = readable[i] && memcmp(seal[i], wanted + i * AL_SEAL_SIZE, AL_SEAL_SIZE) == 0;
    }
    *sure = right[0] || right[1] ? SURE : UNSURE;
    if (right[0] && readable[1] && blank(seal[1], AL_SEAL_SIZE))
        *sure = HALF_SEALED;
    return ALOFT_OK;
}

/* Whether the unit that does not hold the newest cell holds a whole one. */
static aloft_err other_has_one(const struct al_log *log, bool *yes, aloft_fault *why) {
    struct al_log other = {.flash = log->flash};
    struct al_record ignored;
    uint32_t from = (1 - unit_of_newest(log)) * log->flash->erase_size;
    aloft_err err = find(&other, from, from + log->flash->erase_size, &ignored, why);

    *yes = other.n > 0;
    return err;
}

/* L4, the body may be weak: write it again. Normally into the other unit, as L3 has it; but where
 * it is the first cell of its unit, the last sure record is in the other one, and that one must
 * stay. */
static aloft_err write_again(struct al_log *log, struct al_record *record, aloft_fault *why) {
    uint32_t unit = 1 - unit_of_newest(log);
    bool sure_one_there = false;

    if (log->newest_at % log->flash->erase_size == 0) {
        aloft_err err = other_has_one(log, &sure_one_there, why);
        if (err != ALOFT_OK)
            return err;
    }
    if (sure_one_there)
        unit = unit_of_newest(log);
    return put_first(log, record, unit, log->n + 2, why);
}

/* Seal 1 is right, so the body is solid and may have been acted upon: its unit is not to be erased.
 * Where seal 2 lied and reads blank again, a chip with ECC refuses it: a copy elsewhere does as
 * well. */
static aloft_err seal_again(struct al_log *log, struct al_record *record, const uint8_t *seal_2,
                            aloft_fault *why) {
    uint32_t at = log->newest_at + AL_CELL_SIZE - AL_SEAL_SIZE;
    aloft_fault refused;

    if (al_flash_write(log->flash, at, (aloft_bytes){seal_2, AL_SEAL_SIZE}, &refused) == ALOFT_OK)
        return ALOFT_OK;
    return put_first(log, record, 1 - unit_of_newest(log), log->n + 2, why);
}

/* L4. */
static aloft_err make_sure(struct al_log *log, struct al_record *record, aloft_fault *why) {
    uint8_t cell[AL_CELL_SIZE];
    enum sure sure;
    aloft_err err;

    al_record_pack(record, cell);
    err = read_seals(log, cell, &sure, why);
    if (err != ALOFT_OK || sure == SURE)
        return err;
    err = has_numbers(log, why);
    if (err != ALOFT_OK)
        return err;
    if (sure == UNSURE)
        return write_again(log, record, why);
    return seal_again(log, record, cell + AL_CELL_SIZE - AL_SEAL_SIZE, why);
}

/* L2, and L5's question where there is nothing. */
static aloft_err search(struct al_log *log, struct al_record *record, enum al_log_found *found,
                        aloft_fault *why) {
    struct al_log newest = {.flash = log->flash};
    struct al_record state = {0};
    bool is_new = false;
    aloft_err err = find(&newest, 0, UNITS * log->flash->erase_size, &state, why);

    if (err == ALOFT_OK && newest.n == 0)
        err = all_blank(log->flash, &is_new, why);
    if (err != ALOFT_OK)
        return err;
    *log = newest;
    *record = state;
    if (newest.n > 0)
        *found = AL_LOG_FOUND;
    else
        *found = is_new ? AL_LOG_NEW : AL_LOG_LOST;
    return ALOFT_OK;
}

aloft_err al_log_open(struct al_log *log, const struct aloft_flash *flash, struct al_record *record,
                      enum al_log_found *found, aloft_fault *why) {
    aloft_err err;

    /* Until the search has ended no append may pass: one that believed in an empty log would
     * erase. */
    *log = (struct al_log){.flash = flash, .n = UINT32_MAX};
    *record = (struct al_record){0};
    *found = AL_LOG_NEW;
    err = al_flash_check(flash, UNITS, why);
    if (err == ALOFT_OK)
        err = search(log, record, found, why);
    return err == ALOFT_OK && *found == AL_LOG_FOUND ? make_sure(log, record, why) : err;
}

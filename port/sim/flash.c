/* SPDX-License-Identifier: Apache-2.0 */
/* Port: sim. Flash in memory with the rules of NOR, that wears and obeys the power.
 * Knows: port.h, units.   Never knows: what is stored; what a cut leaves (torn.c). */
#include "port/sim/sim.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "port/sim/torn.h"

#define NEVER UINT32_MAX

void sim_power_start(struct sim_power *power, uint32_t seed) {
    *power = (struct sim_power){.on = true, .sessions = 1, .cut_at = NEVER, .seed = seed};
}

void sim_power_cut_after(struct sim_power *power, uint32_t n, enum sim_torn torn, uint32_t prefix) {
    power->cut_at = power->ops + n;
    power->torn = torn;
    power->prefix = prefix;
}

void sim_power_on(struct sim_power *power) {
    power->on = true;
    power->cut_at = NEVER;
    power->sessions++;
}

static void *room(size_t n, size_t size) {
    void *at = calloc(n, size);

    assert(at != NULL);
    return at;
}

static uint32_t blocks_of(const struct sim_flash *flash) {
    return (flash->size + SIM_BLOCK - 1) / SIM_BLOCK;
}

void sim_flash_touch(struct sim_flash *flash, uint32_t at, uint32_t len) {
    static uint64_t changes; /* of all chips, so that no two states of a block share a number */

    for (uint32_t i = at / SIM_BLOCK; len > 0 && i <= (at + len - 1) / SIM_BLOCK; i++)
        flash->change[i] = ++changes;
}

void sim_flash_start(struct sim_flash *flash, struct sim_power *power, uint32_t size,
                     uint32_t write_size, uint32_t erase_size) {
    *flash = (struct sim_flash){
        .power = power, .size = size, .write_size = write_size, .erase_size = erase_size};
    flash->bytes = room(size, 1);
    flash->used = room(size / write_size + 1, 1);
    flash->wear = room(size / erase_size + 1, sizeof *flash->wear);
    flash->change = room(blocks_of(flash), sizeof *flash->change);
    memset(flash->bytes, 0xff, size);
}

void sim_flash_end(struct sim_flash *flash) {
    for (unsigned i = 0; i < SIM_LIES_MAX; i++)
        free(flash->lie[i].bytes);
    free(flash->bytes);
    free(flash->used);
    free(flash->wear);
    free(flash->change);
    *flash = (struct sim_flash){0};
}

static void copy_block(const struct sim_flash *to, const struct sim_flash *from, uint32_t i) {
    const uint32_t at = i * SIM_BLOCK, unit = from->write_size;
    const uint32_t len = from->size - at < SIM_BLOCK ? from->size - at : SIM_BLOCK;

    if (to->change[i] == from->change[i])
        return;
    memcpy(to->bytes + at, from->bytes + at, len);
    memcpy(to->used + at / unit, from->used + at / unit, (len + unit - 1) / unit);
    to->change[i] = from->change[i];
}

void sim_flash_copy(struct sim_flash *to, const struct sim_flash *from) {
    struct sim_flash old = *to;

    assert(to->size == from->size && to->write_size == from->write_size &&
           to->erase_size == from->erase_size);
    for (unsigned i = 0; i < SIM_LIES_MAX; i++)
        free(to->lie[i].bytes);
    for (uint32_t i = 0; i < blocks_of(from); i++)
        copy_block(&old, from, i);
    *to = *from;
    to->bytes = old.bytes;
    to->used = old.used;
    to->change = old.change;
    to->wear = memcpy(old.wear, from->wear, from->size / from->erase_size * sizeof *to->wear);
    to->power = old.power;
    for (unsigned i = 0; i < SIM_LIES_MAX; i++)
        if (from->lie[i].from != 0)
            to->lie[i].bytes =
                memcpy(room(from->lie[i].len, 1), from->lie[i].bytes, from->lie[i].len);
}

void sim_flash_load(struct sim_flash *flash, uint32_t at, aloft_bytes bytes) {
    assert(bytes.len <= flash->size && at <= flash->size - bytes.len);
    memcpy(flash->bytes + at, bytes.at, bytes.len);
    sim_torn_settle(flash, at, (uint32_t)bytes.len);
    sim_flash_touch(flash, at, (uint32_t)bytes.len);
    if (bytes.len > 0)
        memset(flash->used + at / flash->write_size, 1,
               (bytes.len + flash->write_size - 1) / flash->write_size);
}

void sim_flash_rot(struct sim_flash *flash, uint32_t at, uint32_t len) {
    for (unsigned i = 0; i < SIM_LIES_MAX; i++) {
        if (flash->rot[i].len == 0) {
            flash->rot[i] = (struct sim_rot){at, len};
            flash->n_rot += len > 0;
            return;
        }
    }
    assert(!"room for another unreadable range");
}

static bool is_rotten(const struct sim_flash *flash, uint32_t at, size_t len) {
    for (unsigned i = 0; flash->n_rot > 0 && i < SIM_LIES_MAX; i++)
        if (flash->rot[i].len > 0 && at < flash->rot[i].at + flash->rot[i].len &&
            flash->rot[i].at < at + len)
            return true;
    return false;
}

/* A range is all one byte if it equals itself moved by one: as fast as memcmp. */
static bool all_are(const uint8_t *at, size_t len, uint8_t byte) {
    return len == 0 || (at[0] == byte && memcmp(at, at + 1, len - 1) == 0);
}

static bool is_inside(const struct sim_flash *flash, uint32_t at, size_t len) {
    return len <= flash->size && at <= flash->size - len;
}

static aloft_err read(void *self, uint32_t at, aloft_space to) {
    struct sim_flash *flash = self;

    if (flash->answers != ALOFT_OK)
        return flash->answers;
    if (!flash->power->on || !is_inside(flash, at, to.len))
        return ALOFT_E_FLASH_READ;
    sim_torn_wake(flash);
    if (is_rotten(flash, at, to.len))
        return ALOFT_E_FLASH_READ;
    memcpy(to.at, flash->bytes + at, to.len);
    flash->reads++;
    return ALOFT_OK;
}

/* Whether this operation is the one that the power is cut in. Counts it. */
static bool is_cut(struct sim_power *power, size_t len) {
    power->len = (uint32_t)len;
    if (power->ops++ != power->cut_at)
        return false;
    power->on = false;
    return true;
}

static bool may_write(const struct sim_flash *flash, uint32_t at, aloft_bytes from) {
    uint32_t unit = flash->write_size;

    return is_inside(flash, at, from.len) && at % unit == 0 && from.len % unit == 0 &&
           all_are(flash->bytes + at, from.len, 0xff) &&
           memchr(flash->used + at / unit, SIM_USED, from.len / unit) == NULL;
}

/* No software can see such a unit: so this is the chip's answer, not the end of the test. */
static bool ecc_forbids(const struct sim_flash *flash, uint32_t at, aloft_bytes from) {
    uint32_t unit = flash->write_size;

    return flash->ecc && memchr(flash->used + at / unit, SIM_UNSURE, from.len / unit) != NULL;
}

static aloft_err write(void *self, uint32_t at, aloft_bytes from) {
    struct sim_flash *flash = self;

    if (flash->answers != ALOFT_OK)
        return flash->answers;
    if (!flash->power->on)
        return ALOFT_E_FLASH_WRITE;
    sim_torn_wake(flash);
    if (!may_write(flash, at, from)) {
        assert(flash->tolerant && "writes outside, across units, or over bytes not erased");
        return ALOFT_E_FLASH_WRITE;
    }
    if (ecc_forbids(flash, at, from))
        return ALOFT_E_FLASH_WRITE;
    if (is_cut(flash->power, from.len)) {
        sim_torn_write(flash, at, from);
        return ALOFT_E_FLASH_WRITE;
    }
    memcpy(flash->bytes + at, from.at, from.len);
    memset(flash->used + at / flash->write_size, 1, from.len / flash->write_size);
    sim_torn_settle(flash, at, (uint32_t)from.len);
    sim_flash_touch(flash, at, (uint32_t)from.len);
    flash->writes++;
    return ALOFT_OK;
}

static void unrot(struct sim_flash *flash, uint32_t at) {
    for (unsigned i = 0; flash->n_rot > 0 && i < SIM_LIES_MAX; i++)
        if (flash->rot[i].len > 0 && flash->rot[i].at >= at &&
            flash->rot[i].at < at + flash->erase_size) {
            flash->rot[i].len = 0;
            flash->n_rot--;
        }
}

static aloft_err erase(void *self, uint32_t at) {
    struct sim_flash *flash = self;

    if (flash->answers != ALOFT_OK)
        return flash->answers;
    if (!flash->power->on)
        return ALOFT_E_FLASH_ERASE;
    sim_torn_wake(flash);
    if (!is_inside(flash, at, flash->erase_size) || at % flash->erase_size != 0) {
        assert(flash->tolerant && "erases outside or across units");
        return ALOFT_E_FLASH_ERASE;
    }
    flash->wear[at / flash->erase_size]++;
    if (is_cut(flash->power, flash->erase_size)) {
        sim_torn_erase(flash, at);
        return ALOFT_E_FLASH_ERASE;
    }
    memset(flash->bytes + at, 0xff, flash->erase_size);
    memset(flash->used + at / flash->write_size, 0, flash->erase_size / flash->write_size);
    sim_torn_settle(flash, at, flash->erase_size);
    sim_flash_touch(flash, at, flash->erase_size);
    unrot(flash, at);
    flash->erases++;
    return ALOFT_OK;
}

struct aloft_flash sim_flash_port(struct sim_flash *flash) {
    return (struct aloft_flash){.self = flash,
                                .read = read,
                                .write = write,
                                .erase = erase,
                                .size = flash->size,
                                .write_size = flash->write_size,
                                .erase_size = flash->erase_size};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Port: sim. What a cut leaves of a write or an erase: bytes that read so now, and otherwise later.
 * Knows: bits, sessions of power.   Never knows: what is stored. */
#include "port/sim/torn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One torn operation. `now` is in the chip; `later` becomes what it reads from the second power-on
 * after the cut. `old` and `fresh` are what it would read had it never begun, and had it ended. */
struct tear {
    struct sim_flash *flash;
    uint32_t at, len;
    uint8_t *old, *fresh, *later;
    bool erase;
};

/* Each bit old or new; a number has masks for four bytes. */
static void tear_bits(const struct tear *tear, uint32_t from, uint32_t to) {
    struct sim_power *power = tear->flash->power;
    uint8_t *now = tear->flash->bytes + tear->at;
    uint32_t masks = 0;

    for (uint32_t i = from; i < to; i++) {
        if ((i - from) % 4 == 0)
            masks = sim_random_next(&power->seed);
        now[i] = (uint8_t)((tear->old[i] & masks) | (tear->fresh[i] & ~masks));
        masks >>= 8;
    }
}

/* Bytes from..to of the operation, torn in one of the plain ways. */
static void tear_range(struct tear *tear, enum sim_torn torn, uint32_t from, uint32_t to) {
    const bool is_old = torn == SIM_TORN_NOTHING || torn == SIM_TORN_WEAK_OLD;
    const bool is_new = torn == SIM_TORN_PREFIX || torn == SIM_TORN_WEAK_NEW;
    uint8_t *now = tear->flash->bytes + tear->at;

    if (from == to)
        return;
    if (torn == SIM_TORN_ECC)
        sim_flash_rot(tear->flash, tear->at + from, to - from);
    if (is_old || is_new)
        memcpy(now + from, (is_old ? tear->old : tear->fresh) + from, to - from);
    else
        tear_bits(tear, from, to);
    memcpy(tear->later + from, now + from, to - from);
    if (torn == SIM_TORN_WEAK_OLD || torn == SIM_TORN_WEAK_NEW)
        memcpy(tear->later + from, (is_old ? tear->fresh : tear->old) + from, to - from);
}

/* Each unit for itself, but at most one unreadable one: the chip's list of those is short. */
static void tear_mixed(struct tear *tear) {
    static const enum sim_torn plain[] = {SIM_TORN_NOTHING,  SIM_TORN_PREFIX,   SIM_TORN_RANDOM,
                                          SIM_TORN_WEAK_NEW, SIM_TORN_WEAK_OLD, SIM_TORN_RANDOM};
    struct sim_power *power = tear->flash->power;
    uint32_t unit = tear->flash->write_size;

    for (uint32_t from = 0; from < tear->len; from += unit)
        tear_range(tear, plain[sim_random_next(&power->seed) % 6], from, from + unit);
}

static void tear_as_planned(struct tear *tear) {
    struct sim_power *power = tear->flash->power;
    uint32_t split = power->torn == SIM_TORN_PREFIX ? power->prefix : tear->len / 2;

    if (split > tear->len)
        split = tear->len;
    switch (power->torn) {
    case SIM_TORN_PREFIX:
        tear_range(tear, SIM_TORN_PREFIX, 0, split);
        tear_range(tear, SIM_TORN_NOTHING, split, tear->len);
        break;
    case SIM_TORN_HALF:
        tear_range(tear, SIM_TORN_PREFIX, 0, split);
        tear_range(tear, SIM_TORN_RANDOM, split, tear->len);
        break;
    case SIM_TORN_MIXED:
        tear_mixed(tear);
        break;
    case SIM_TORN_NOTHING:
    case SIM_TORN_RANDOM:
    case SIM_TORN_WEAK_NEW:
    case SIM_TORN_WEAK_OLD:
    case SIM_TORN_ECC:
    case SIM_TORN_MODES:
        tear_range(tear, power->torn, 0, tear->len);
        break;
    }
}

void sim_torn_settle(struct sim_flash *flash, uint32_t at, uint32_t len) {
    for (unsigned i = 0; i < SIM_LIES_MAX; i++) {
        const struct sim_lie *lie = &flash->lie[i];
        uint32_t from = lie->at > at ? lie->at : at;
        uint32_t to = lie->at + lie->len < at + len ? lie->at + lie->len : at + len;

        if (lie->from != 0 && from < to)
            memcpy(lie->bytes + (from - lie->at), flash->bytes + from, to - from);
    }
}

/* A unit that a write was cut in counts as programmed while it does not read blank. */
static void mark_used(struct sim_flash *flash, uint32_t at, uint32_t len) {
    uint32_t unit = flash->write_size;

    for (uint32_t i = 0; i < len; i += unit)
        flash->used[(at + i) / unit] = SIM_UNSURE;
    for (uint32_t i = 0; i < len; i++)
        if (flash->bytes[at + i] != 0xff)
            flash->used[(at + i) / unit] = SIM_USED;
}

/* Lies stand in the order of their cuts, so that the latest has the last word over shared bytes. */
void sim_torn_wake(struct sim_flash *flash) {
    struct sim_lie *first = &flash->lie[0];

    while (first->from != 0 && first->from <= flash->power->sessions) {
        memcpy(flash->bytes + first->at, first->bytes, first->len);
        sim_flash_touch(flash, first->at, first->len);
        free(first->bytes);
        if (!first->erase)
            mark_used(flash, first->at, first->len);
        memmove(first, first + 1, (SIM_LIES_MAX - 1) * sizeof *first);
        flash->lie[SIM_LIES_MAX - 1] = (struct sim_lie){0};
    }
}

/* Remember what the chip reads from the second power-on on, if that differs. */
static void remember(struct tear *tear) {
    struct sim_flash *flash = tear->flash;

    sim_torn_settle(flash, tear->at, tear->len);
    if (memcmp(tear->later, flash->bytes + tear->at, tear->len) == 0)
        return;
    for (unsigned i = 0; i < SIM_LIES_MAX; i++) {
        if (flash->lie[i].from == 0) {
            flash->lie[i] = (struct sim_lie){.at = tear->at,
                                             .len = tear->len,
                                             .from = flash->power->sessions + 2,
                                             .bytes = tear->later,
                                             .erase = tear->erase};
            tear->later = NULL;
            return;
        }
    }
    assert(!"room for another lie");
}

static void do_tear(struct tear *tear) {
    tear->later = malloc(tear->len);
    assert(tear->later != NULL);
    tear_as_planned(tear);
    sim_flash_touch(tear->flash, tear->at, tear->len);
    remember(tear);
    free(tear->later);
}

void sim_torn_write(struct sim_flash *flash, uint32_t at, aloft_bytes from) {
    uint32_t len = (uint32_t)from.len;
    uint8_t *both = malloc(2 * from.len + 1);
    struct tear tear = {flash, at, len, both, both + len, NULL, false};

    assert(both != NULL);
    memset(both, 0xff, len);
    memcpy(both + len, from.at, len);
    if (len > 0)
        do_tear(&tear);
    mark_used(flash, at, len);
    free(both);
}

void sim_torn_erase(struct sim_flash *flash, uint32_t at) {
    uint32_t len = flash->erase_size;
    uint8_t *both = malloc(2 * len);
    struct tear tear = {flash, at, len, both, both + len, NULL, true};

    assert(both != NULL);
    memcpy(both, flash->bytes + at, len);
    memset(both + len, 0xff, len);
    do_tear(&tear);
    free(both);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The lemma of the record log, watched from outside: it stands between the device and the log's chip, knows each
 * append, and says at each power-on whether the log gives the old state or the new one, and stays with it. */
#include <string.h>

#include "test/power/power.h"

static struct witness *me(void) {
    return &world.witness;
}

/* A record written again takes another number, and so another check; the state is the same. */
static bool is_same(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, 4) == 0 && memcmp(a + 8, b + 8, AL_BODY_SIZE - AL_CHECK_SIZE - 8) == 0;
}

static void settle(const uint8_t *body) {
    memcpy(me()->sure, body, AL_BODY_SIZE);
    me()->has_sure = true;
    me()->n_ghosts = 0;
}

static aloft_err read(void *self, uint32_t at, aloft_space to) {
    (void)self;
    return me()->inner.read(me()->inner.self, at, to);
}

/* Another record than the one that was read: so the log was open, and somebody acted on it. */
static void expect(const uint8_t *body) {
    if (me()->has_read && !is_same(body, me()->read))
        witness_opened();
    if (me()->n_ghosts == GHOSTS_MAX)
        world_fail("too many appends were cut");
    memcpy(me()->ghost[me()->n_ghosts++], body, AL_BODY_SIZE);
    me()->is_appending = true;
}

static aloft_err write(void *self, uint32_t at, aloft_bytes from) {
    const uint32_t cell = at - at % AL_CELL_SIZE;
    aloft_err e;

    (void)self;
    if (from.len == AL_BODY_SIZE)
        expect(from.at);
    e = me()->inner.write(me()->inner.self, at, from);
    /* Seal 2 alone (L4) appends nothing: what the last cut left may still turn up (log.h, al_log_settled). */
    if (e == ALOFT_OK && me()->is_appending && at == cell + AL_CELL_SIZE - AL_SEAL_SIZE) {
        settle(world.rig.log.bytes + cell);
        me()->has_read = false;
        me()->n_records++;
    }
    return e;
}

static aloft_err erase(void *self, uint32_t at) {
    (void)self;
    return me()->inner.erase(me()->inner.self, at);
}

void witness_start(struct witness *witness) {
    *witness = (struct witness){.inner = world.rig.config.log};
    world.rig.config.log.read = read;
    world.rig.config.log.write = write;
    world.rig.config.log.erase = erase;
}

void witness_plan(enum sim_torn torn) {
    if (torn == SIM_TORN_WEAK_OLD || torn == SIM_TORN_WEAK_NEW || torn == SIM_TORN_MIXED)
        me()->weak = true;
}

/* L2, by another reader than the one that is tested; writes nothing. */
static bool find_newest(uint8_t newest[AL_BODY_SIZE]) {
    const struct aloft_flash *log = &me()->inner;
    uint8_t body[AL_BODY_SIZE];
    struct al_record record;
    uint32_t n = 0;

    for (uint32_t at = 0; at < log->size; at += AL_CELL_SIZE) {
        if (log->read(log->self, at, ALOFT_SPACE(body)) != ALOFT_OK || body[0] != 0x53)
            continue;
        if (!al_record_unpack(body, &record) || record.n <= n)
            continue;
        n = record.n;
        memcpy(newest, body, sizeof body);
    }
    return n > 0;
}

static bool is_ghost(const uint8_t *body) {
    for (unsigned i = 0; i < me()->n_ghosts; i++)
        if (is_same(me()->ghost[i], body))
            return true;
    return false;
}

void witness_judge(void) {
    uint8_t newest[AL_BODY_SIZE];

    me()->is_appending = false;
    me()->has_read = find_newest(newest);
    if (!me()->has_read) {
        if (me()->has_sure)
            world_fail("the lemma: a record that was there is lost");
        return;
    }
    if ((!me()->has_sure || !is_same(newest, me()->sure)) && !is_ghost(newest))
        world_fail("the lemma: neither the old nor the new record");
    memcpy(me()->read, newest, sizeof newest);
}

void witness_opened(void) {
    if (me()->has_read && (!me()->has_sure || !is_same(me()->read, me()->sure)))
        settle(me()->read);
    else if (!me()->weak)
        me()->n_ghosts = 0;
    me()->has_read = false;
}

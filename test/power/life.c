/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of a scene: each single cut, each pair of cuts, and as many random lives as are asked for. A case counts
 * if what its chips hold at the last power-off, and what they will read later, was not seen before in this scene on
 * this chip; images of two scenes or chips differ, so it was not seen anywhere. Seen are 64-bit hashes: two states of one
 * hash count as one, so the count can only be too small. A case that is counted is lived to its end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/kit/kit.h"
#include "test/power/power.h"

/* On small chips, operations up to here are always cut behind each byte. */
#define EVERY_PREFIX 256u

/* ---- the case that is being tried */

static struct {
    unsigned scene, chip, n;
    struct cut cut[CUTS_MAX];
    const struct plan *plan;
    struct tally *tally;
    uint32_t clean_records, clean_ops, turn;
} life;

void life_say_id(char *out, size_t size) {
    size_t at = (size_t)snprintf(out, size, "%s:%u", scenes[life.scene].name, life.chip);

    for (unsigned i = 0; i < life.n && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, ":%u.%u.%u.%u", life.cut[i].at,
                               (unsigned)life.cut[i].torn, life.cut[i].prefix, life.cut[i].seed);
}

/* ---- what was seen: a table of hashes with open addresses, at most half full */

static struct {
    uint64_t *at;
    size_t size, n;
} seen;

static void seen_start(void) {
    free(seen.at);
    seen.size = 1u << 16;
    seen.n = 0;
    seen.at = calloc(seen.size, sizeof *seen.at);
    assert_non_null(seen.at);
}

static bool put_in(uint64_t *table, size_t size, uint64_t hash) {
    size_t i = (size_t)hash & (size - 1);

    for (; table[i] != 0; i = (i + 1) & (size - 1))
        if (table[i] == hash)
            return false;
    table[i] = hash;
    return true;
}

static void seen_grow(void) {
    uint64_t *larger = calloc(2 * seen.size, sizeof *larger);

    assert_non_null(larger);
    for (size_t i = 0; i < seen.size; i++)
        if (seen.at[i] != 0)
            (void)put_in(larger, 2 * seen.size, seen.at[i]);
    free(seen.at);
    seen.at = larger;
    seen.size *= 2;
}

static bool is_new(uint64_t hash) {
    if (!put_in(seen.at, seen.size, hash))
        return false;
    if (2 * ++seen.n > seen.size)
        seen_grow();
    return true;
}

/* ---- the end of a case */

static struct snapshot start, front[2];

static void end_of_life(void) {
    world_judge_end(life.clean_records);
    life.tally->used_up += world.is_used_up;
}

/* A number that the case gives, always the same one. */
static uint64_t number_of_case(void) {
    uint64_t sum = life.n;

    for (unsigned i = 0; i < life.n; i++) {
        const struct cut *cut = &life.cut[i];
        sum =
            (sum ^ cut->at ^ (uint64_t)cut->torn << 16 ^ (uint64_t)cut->prefix << 24 ^ cut->seed) *
            0x9fb21c651e98df25ull;
        sum ^= sum >> 32;
    }
    return sum;
}

/* Up to three plain losses of power, where weak bits wake; then the scene must come to its end. */
static void recover(void) {
    const uint64_t number = number_of_case();
    unsigned restarts = (unsigned)(number >> 8 & 3);

    for (unsigned i = 0; i < restarts; i++) {
        unsigned steps = (unsigned)(number >> (12 + 6 * i)) & 63;
        if (!world_power_on(NULL))
            world_fail("the power went without a cut");
        while (steps-- > 0 && !world.is_done)
            if (!world_step())
                world_fail("the power went without a cut");
        world.rig.power.on = false;
    }
    if (!world_power_on(NULL) || !world_run())
        world_fail("the power went without a cut");
    end_of_life();
}

static bool count(uint64_t hash) {
    life.tally->tried++;
    if (!is_new(hash))
        return false;
    life.tally->distinct++;
    life.tally->cuts += life.n;
    return true;
}

static void last_cut(void) {
    uint64_t hash = world_hash();

    if (count(hash))
        recover();
}

/* ---- each single cut, each pair */

static uint32_t next_seed(void) {
    life.turn = life.turn * 1664525u + 1013904223u;
    return life.turn | 1;
}

static bool move(bool is_first, const struct cut *cut) {
    if (is_first)
        return world_power_on(cut);
    if (cut != NULL)
        world_plan(cut);
    return world_step();
}

static void walk(unsigned depth, unsigned last);

/* Cut one operation in one way; then look, or cut once more. */
static void cut_once(unsigned depth, unsigned last, bool is_first, struct cut cut) {
    cut.seed = next_seed();
    snapshot_put(&front[depth]);
    life.cut[depth] = cut;
    life.n = depth + 1;
    if (move(is_first, &cut))
        world_fail("the power did not go where it was to go");
    if (depth == last)
        last_cut();
    else
        walk(depth + 1, last);
    life.n = depth;
}

static void each_prefix(unsigned depth, bool is_first, uint32_t at, uint32_t len) {
    bool is_small_chip = chips[life.chip].erase_size == 4096;
    bool is_short = len <= EVERY_PREFIX || (!world.scene->is_large && !world.scene->is_alike);
    uint32_t stride = is_small_chip && is_short ? 1 : len / life.plan->prefixes;

    for (uint32_t prefix = 1; prefix<len; prefix += stride> 0 ? stride : 1)
        cut_once(depth, depth, is_first, (struct cut){at, SIM_TORN_PREFIX, prefix, 0});
}

static void each_way(unsigned depth, unsigned last, bool is_first, uint32_t at) {
    uint32_t len;

    cut_once(depth, last, is_first, (struct cut){at, SIM_TORN_NOTHING, 0, 0});
    len = depth == last ? world.rig.power.len : 64;
    for (unsigned torn_as = SIM_TORN_RANDOM; torn_as < SIM_TORN_MODES; torn_as++)
        cut_once(depth, last, is_first, (struct cut){at, (enum sim_torn)torn_as, 0, 0});
    if (last == 0)
        each_prefix(depth, is_first, at, len);
    else
        cut_once(depth, last, is_first, (struct cut){at, SIM_TORN_PREFIX, 48, 0});
}

/* One way, another one each time. */
static void one_way(unsigned depth, bool is_first, uint32_t at) {
    enum sim_torn way = (enum sim_torn)(next_seed() >> 16) % SIM_TORN_MODES;

    cut_once(depth, depth, is_first, (struct cut){at, way, next_seed() >> 24, 0});
}

static void each_cut(unsigned depth, unsigned last, bool is_first, uint32_t from, uint32_t to) {
    for (uint32_t at = from; at < to; at++)
        if (depth > 0 && !life.plan->all_pairs)
            one_way(depth, is_first, at);
        else
            each_way(depth, last, is_first, at);
}

/* From a power-on to the end of the scene, each operation is cut on the way. */
static void walk(unsigned depth, unsigned last) {
    bool is_first = true;

    while (!world.is_done) {
        uint32_t ops = world.rig.power.ops, base = is_first ? ops : world.base;
        snapshot_take(&front[depth]);
        if (!move(is_first, NULL))
            world_fail("the power went without a cut");
        if (world.rig.power.ops > ops) {
            each_cut(depth, last, is_first, ops - base, world.rig.power.ops - base);
            snapshot_put(&front[depth]);
            (void)!move(is_first, NULL);
        }
        is_first = false;
    }
}

/* ---- random lives */

static uint32_t some(uint32_t *random, uint32_t below) {
    return kit_random(random) % below;
}

/* Behind the four operations that count a start, before the image has confirmed itself: most cuts hit the erase before
 * its record, some the record. */
static void plan_hail(uint32_t *random) {
    life.n = 20 + some(random, 5);
    for (unsigned i = 0; i < life.n; i++)
        life.cut[i] = (struct cut){some(random, 8) > 0 ? 4 : 2 + some(random, 6),
                                   (enum sim_torn)some(random, SIM_TORN_MODES), some(random, 193),
                                   kit_random(random) | 1};
}

static void plan_random(uint32_t *random) {
    static const uint8_t counts[] = {1, 2, 2, 3, 3, 6};
    unsigned n = counts[some(random, sizeof counts)];

    for (life.n = 0; life.n < n; life.n++)
        life.cut[life.n] = (struct cut){some(random, life.clean_ops + 1),
                                        (enum sim_torn)some(random, SIM_TORN_MODES), 0, 0};
    for (unsigned i = 0; i < n; i++) {
        life.cut[i].prefix = some(random, 3) > 0 ? some(random, 193) : some(random, 4096);
        life.cut[i].seed = kit_random(random) | 1;
        if (i > 0 && some(random, 2) == 0)
            life.cut[i].at %= 8; /* close behind the one before */
    }
}

/* The cut hit a seal of a record and left bits that read otherwise later. */
static bool is_lying_seal(const struct cut *cut) {
    return world.rig.power.len == AL_SEAL_SIZE &&
           (cut->torn == SIM_TORN_WEAK_NEW || cut->torn == SIM_TORN_WEAK_OLD ||
            cut->torn == SIM_TORN_MIXED);
}

/* Cuts that the scene does not live to see are no part of the case. Two lying seals in a row are what the log does not
 * outlive if the power goes again then (DESIGN.md, what this does not cover): such a life is left out, and that is told. */
static void live(void) {
    unsigned planned = life.n, n_lying = 0;
    uint64_t hash = 0;

    snapshot_put(&start);
    for (unsigned i = 0; i < planned; i++) {
        if (world_power_on(&life.cut[i]) && world_run()) {
            life.n = i;
            if (i > 0 && count(hash))
                end_of_life();
            return;
        }
        n_lying = is_lying_seal(&life.cut[i]) ? n_lying + 1 : 0;
        if (n_lying == 2) {
            life.tally->left_out++;
            return;
        }
        if (i + 1 == planned)
            break;
        hash = world_hash();
    }
    last_cut();
}

static void live_at_random(void) {
    uint32_t random = life.plan->seed * 7919u + life.scene * 104729u + life.chip * 1299709u + 1;
    uint64_t tries = life.plan->random * 4;

    while (life.tally->distinct < life.plan->random && tries-- > 0) {
        if (world.scene->is_hail && some(&random, 2) == 0)
            plan_hail(&random);
        else
            plan_random(&random);
        live();
    }
}

/* ---- a scene */

static void begin(unsigned scene, unsigned chip) {
    life.scene = scene;
    life.chip = chip;
    life.n = 0;
    scene_start(scene, chip);
    snapshot_make(&start);
    for (unsigned i = 0; i < 2; i++)
        snapshot_make(&front[i]);
    seen_start();
    if (!world_power_on(NULL) || !world_run())
        world_fail("the scene does not end without a cut");
    life.clean_records = world.witness.n_records;
    life.clean_ops = world.rig.power.ops - start.copy.rig.power.ops;
    snapshot_put(&start);
}

static void end(void) {
    snapshot_end(&front[0]);
    snapshot_end(&front[1]);
    snapshot_end(&start);
    scene_end();
}

void life_try_all(unsigned scene, unsigned chip, const struct plan *plan, struct tally *tally) {
    life.plan = plan;
    life.tally = tally;
    life.turn = plan->seed;
    begin(scene, chip);
    if (!plan->random_only)
        walk(0, 0);
    if (!plan->random_only && !plan->no_pairs && (chip == 3 || chip == 4) &&
        !scenes[scene].is_large) {
        snapshot_put(&start);
        walk(0, 1);
    }
    live_at_random();
    end();
}

static unsigned scene_named(const char *name, size_t len) {
    unsigned i = 0;

    while (i < N_SCENES &&
           (strlen(scenes[i].name) != len || memcmp(scenes[i].name, name, len) != 0))
        i++;
    return i;
}

bool life_replay(const char *id) {
    static struct tally tally;
    size_t len = strcspn(id, ":");
    unsigned scene = scene_named(id, len), chip, torn_as, n = 0;
    struct cut cut[CUTS_MAX], *at = cut;
    int used = 0;

    if (scene == N_SCENES || sscanf(id + len, ":%u%n", &chip, &used) != 1 || chip >= N_CHIPS)
        return false;
    for (id += len + (size_t)used; n < CUTS_MAX; n++, at++, id += used) {
        if (sscanf(id, ":%u.%u.%u.%u%n", &at->at, &torn_as, &at->prefix, &at->seed, &used) != 4)
            break;
        at->torn = (enum sim_torn)(torn_as % SIM_TORN_MODES);
    }
    if (*id != 0)
        return false;
    life.tally = &tally;
    begin(scene, chip);
    memcpy(life.cut, cut, sizeof cut);
    life.n = n;
    if (n > 0) /* else it is the scene without a cut, which has begun and ended */
        live();
    end();
    return true;
}

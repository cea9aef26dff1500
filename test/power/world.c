/* SPDX-License-Identifier: Apache-2.0 */
/* A device that is judged at each start and after each step: I1 to I6 of DESIGN.md, and the bounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/power/power.h"

#define STEPS_MAX  20000u
#define HOUR_MS    3600000u
#define TRIALS_MAX 19u /* I3: 3 x 3 starts and 10 after a loss of power */
#define MARK       65536u

struct world world;
struct worst worst;

void world_fail(const char *what) {
    fprintf(stderr, "power: %s\n", what);
    exit(1); /* where the id of the case is told */
}

static const struct al_record *record(void) {
    return &((const struct al_device *)(const void *)world.rig.device.room)->record;
}

/* I6: whatever the record names was signed by who is trusted: only such images exist here. */
static bool is_signed(const struct al_record_slot *slot) {
    if (slot->image_size == 0)
        return true;
    for (unsigned i = 0; i < world.rig.n_images; i++)
        if (world.rig.image[i].sequence == slot->sequence &&
            world.rig.image[i].size == slot->image_size)
            return true;
    return false;
}

/* I1, I2, I3, I5: what runs is whole, and where it is on trial, it may be. */
static void judge_start(void) {
    int image = rig_running_image(&world.rig);
    uint64_t sequence;

    if (image < 0)
        world_fail("I1: what was started is no whole image");
    if (!world.rig.choice.trial)
        return;
    sequence = world.rig.image[image].sequence;
    if (sequence < world.floor || (sequence <= world.skip && sequence != world.floor))
        world_fail("I5: a release was tried that had been given up or left behind");
    if (++world.trials_of[image] > TRIALS_MAX)
        world_fail("I3: a release was started too often");
    if (world.trials_of[image] > worst.trials)
        worst.trials = world.trials_of[image];
}

static void judge(void) {
    const struct al_record *r = record();

    if (r->floor < world.floor || r->skip < world.skip)
        world_fail("I4: floor or skip fell");
    world.floor = r->floor;
    world.skip = r->skip;
    if (r->seen < world.seen || r->issued < world.issued)
        world_fail("the lemma: a statement of freshness is forgotten");
    world.seen = r->seen;
    world.issued = r->issued;
    if (!is_signed(&r->slot[0]) || !is_signed(&r->slot[1]))
        world_fail("I6: the record names an image that nobody signed");
    if (world.rig.n_starts != world.starts_seen)
        judge_start();
    world.starts_seen = world.rig.n_starts;
    if (!scene_act_is_over())
        return;
    if (world.act + 1 == world.scene->n_acts) {
        world.is_done = true;
    } else {
        scene_play(++world.act);
        aloft_check_now(&world.rig.device);
    }
}

void world_plan(const struct cut *cut) {
    struct sim_power *power = &world.rig.power;

    witness_plan(cut->torn);
    power->cut_at = world.base + cut->at;
    power->torn = cut->torn;
    power->prefix = cut->prefix;
    power->seed = cut->seed;
}

bool world_power_on(const struct cut *cut) {
    sim_power_on(&world.rig.power);
    world.rig.power_is_back = true;
    world.base = world.rig.power.ops;
    world.n_losses++;
    witness_judge();
    if (cut != NULL)
        world_plan(cut);
    if (!rig_boot(&world.rig, ALOFT_RESET_POWER)) {
        if (world.rig.power.on)
            world_fail("I1: nothing can be started");
        return false;
    }
    witness_opened();
    judge();
    return true;
}

bool world_step(void) {
    if (!rig_step(&world.rig)) {
        if (world.rig.power.on)
            world_fail("I1: nothing can be started");
        return false;
    }
    judge();
    if (world.rig.progress.wait_ms >= 60000) /* a device that rests: let an hour go by */
        sim_clock_pass(&world.rig.clock, HOUR_MS);
    return true;
}

bool world_run(void) {
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        if (world.is_done)
            return true;
        if (!world_step())
            return false;
    }
    world_fail("the update does not come to an end");
    return false;
}

void world_begin(void) {
    struct rig *rig = &world.rig;

    world.act = 0;
    world.is_done = world.is_used_up = false;
    memset(world.trials_of, 0, sizeof world.trials_of);
    world.n_losses = 0;
    world.witness.n_records = 0;
    rig->received = 0;
    memset(&rig->device, 0, sizeof rig->device);
}

/* A loss costs the bytes behind the last mark, at most an interval and what stood in the input buffer. */
static uint32_t again_max(void) {
    uint32_t mark = world.rig.geometry.erase_size > MARK ? world.rig.geometry.erase_size : MARK;
    uint32_t most = mark + (uint32_t)sizeof world.rig.input_room, size = world.rig.image[1].size;

    return most < size ? most : size;
}

void world_judge_end(uint32_t clean_records) {
    uint64_t wanted = 0, got = rig_received(&world.rig);
    uint32_t n = world.n_losses > 1 ? world.n_losses - 1 : 1, more;

    for (unsigned i = 0; i < world.scene->n_acts; i++)
        if (world.scene->act[i].ending == CONFIRMED || world.scene->act[i].ending == GIVEN_UP)
            wanted += world.rig.image[world.scene->act[i].image].size;
    if (got > wanted + (uint64_t)again_max() * n)
        world_fail("a cut costs more than one interval of marks");
    if (got > wanted && (got - wanted) / n > worst.again)
        worst.again = (uint32_t)((got - wanted) / n);
    if (world.is_used_up) /* what came to no good end has nothing to be compared with */
        return;
    more = world.witness.n_records > clean_records ? world.witness.n_records - clean_records : 0;
    /* The first trial that losses alone can end takes 1 + 10 + 2 of them; each ended trial has two more records, T6 and
     * T7 or T8. */
    if (n > AL_COLD_MAX + 2)
        more -= more < 2 * AL_FAILS_MAX ? more : 2 * AL_FAILS_MAX;
    if (more > n)
        world_fail("a cut costs more than one record");
    if ((more + n - 1) / n > worst.records)
        worst.records = (more + n - 1) / n;
}

/* ---- all that a chip holds, also what it will read later */

static uint64_t word_at(const uint8_t *at) {
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

/* Four lanes, so that the processor need not wait for each product. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t len) {
    const uint64_t by = 0x9fb21c651e98df25ull;
    uint64_t lane[4] = {hash, hash + 1, hash + 2, hash + 3};
    const uint8_t *at = bytes;

    for (; len >= 32; at += 32, len -= 32)
        for (unsigned i = 0; i < 4; i++) {
            lane[i] = (lane[i] ^ word_at(at + 8 * i)) * by;
            lane[i] ^= lane[i] >> 29;
        }
    for (; len > 0; at++, len--)
        lane[0] = (lane[0] ^ *at) * by;
    for (unsigned i = 1; i < 4; i++)
        lane[0] = ((lane[0] ^ lane[0] >> 31) + lane[i]) * by;
    return lane[0] ^ lane[0] >> 32;
}

#define BLOCKS_MAX 64u

/* A block that has not changed since it was hashed need not be hashed again. */
static uint64_t hash_block(const struct sim_flash *chip, unsigned i) {
    static struct {
        uint64_t known, hash; /* the change that was hashed and 1 */
        uint32_t len;
    } last[3][BLOCKS_MAX];
    const unsigned which = chip == &world.rig.log ? 2 : chip == &world.rig.slot[1];
    const uint32_t at = i * SIM_BLOCK;
    const uint32_t len = chip->size - at < SIM_BLOCK ? chip->size - at : SIM_BLOCK;

    if (last[which][i].known != chip->change[i] + 1 || last[which][i].len != len) {
        last[which][i].known = chip->change[i] + 1;
        last[which][i].len = len;
        last[which][i].hash = mix(1, chip->bytes + at, len);
    }
    return last[which][i].hash;
}

static uint64_t hash_bytes(uint64_t hash, const struct sim_flash *chip) {
    const unsigned blocks = (chip->size + SIM_BLOCK - 1) / SIM_BLOCK;
    uint64_t each[BLOCKS_MAX];

    if (blocks > BLOCKS_MAX)
        world_fail("the chip is too large");
    for (unsigned i = 0; i < blocks; i++)
        each[i] = hash_block(chip, i);
    return mix(hash, each, blocks * sizeof each[0]);
}

static uint64_t hash_chip(uint64_t hash, const struct sim_flash *chip) {
    hash = hash_bytes(hash, chip);
    for (unsigned i = 0; i < SIM_LIES_MAX; i++)
        if (chip->lie[i].from != 0) {
            hash = mix(hash, &chip->lie[i].at, sizeof chip->lie[i].at);
            hash = mix(hash, chip->lie[i].bytes, chip->lie[i].len);
        }
    for (unsigned i = 0; chip->n_rot > 0 && i < SIM_LIES_MAX; i++)
        if (chip->rot[i].len != 0)
            hash = mix(hash, &chip->rot[i], sizeof chip->rot[i]);
    return hash;
}

uint64_t world_hash(void) {
    uint64_t hash = hash_chip(1, &world.rig.log);

    hash = hash_chip(hash, &world.rig.slot[0]);
    hash = hash_chip(hash, &world.rig.slot[1]);
    return hash == 0 ? 1 : hash; /* 0 is "none" */
}

/* ---- going back */

static struct sim_flash *chip(unsigned i) {
    return i < 2 ? &world.rig.slot[i] : &world.rig.log;
}

void snapshot_make(struct snapshot *snapshot) {
    for (unsigned i = 0; i < 3; i++)
        sim_flash_start(&snapshot->chip[i], &snapshot->copy.rig.power, chip(i)->size,
                        chip(i)->write_size, chip(i)->erase_size);
    snapshot_take(snapshot);
}

void snapshot_take(struct snapshot *snapshot) {
    memcpy(&snapshot->copy, &world, sizeof world);
    for (unsigned i = 0; i < 3; i++)
        sim_flash_copy(&snapshot->chip[i], chip(i));
}

void snapshot_put(const struct snapshot *snapshot) {
    struct sim_flash mine[3];

    for (unsigned i = 0; i < 3; i++)
        mine[i] = *chip(i);
    memcpy(&world, &snapshot->copy, sizeof world);
    for (unsigned i = 0; i < 3; i++) {
        *chip(i) = mine[i];
        sim_flash_copy(chip(i), &snapshot->chip[i]);
    }
}

void snapshot_end(struct snapshot *snapshot) {
    for (unsigned i = 0; i < 3; i++)
        sim_flash_end(&snapshot->chip[i]);
}

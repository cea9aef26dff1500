/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts the power of an update under ESP-IDF's boot loader, at each operation on flash and NVS and
 * in each way, then at random twice and more often, and prints what became of the devices.
 *
 * esp_cuts [--random N] [--seed N] [--sparse]   --sparse: every single cut in one way only esp_cuts
 * --replay ID                          one case, as a failure prints it
 *
 * A case counts if what the chips hold at its last power-off was not seen before in its scene on
 * its board. Exit: 0 no device was lost, 1 one was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/esp/trial.h"
#include "test/kit/kit.h"

#define CUTS_MAX  6u
#define SEEN_SIZE (1u << 18) /* hashes of one scene on one board; at most half full */

struct cut {
    uint32_t at;
    unsigned torn;
    uint32_t prefix, seed;
};

static struct {
    unsigned scene, kind, n;
    struct cut cut[CUTS_MAX];
} life;

static uint64_t n_cases, n_distinct, seen[SEEN_SIZE];
static unsigned n_seen, worst_trials;
static struct trial_snapshot start;

static void lost(const char *what) {
    fprintf(stderr, "esp_cuts: %s\nesp_cuts: try it again: esp_cuts --replay %s:%u", what,
            trial_scenes[life.scene].name, life.kind);
    for (unsigned i = 0; i < life.n; i++)
        fprintf(stderr, ":%u.%u.%u.%u", life.cut[i].at, life.cut[i].torn, life.cut[i].prefix,
                life.cut[i].seed);
    fputc('\n', stderr);
    exit(1);
}

static bool is_new(uint64_t hash) {
    size_t i = (size_t)hash & (SEEN_SIZE - 1);

    for (; seen[i] != 0; i = (i + 1) & (SEEN_SIZE - 1))
        if (seen[i] == hash)
            return false;
    if (2 * n_seen > SEEN_SIZE)
        lost("the table of cases is full");
    seen[i] = hash;
    n_seen++;
    return true;
}

static void plan(const struct cut *cut) {
    struct sim_power *power = &board.rig.power;

    sim_power_on(power);
    board.rig.power_is_back = true;
    sim_power_cut_after(power, cut->at, (enum sim_torn)cut->torn, cut->prefix);
    power->seed = cut->seed | 1;
}

/* The cuts of this life, then up to three losses of power where weak bits wake, then on to the end.
 * False: it ended before its last cut. */
static bool live(void) {
    uint64_t hash;

    trial_snapshot_put(&start);
    for (unsigned i = 0; i < life.n; i++) {
        plan(&life.cut[i]);
        if (trial_power_on() && trial_run())
            return false;
    }
    n_cases++;
    hash = trial_hash();
    if (!is_new(hash))
        return true;
    n_distinct++;
    for (unsigned i = (unsigned)(hash >> 40 & 3); i > 0; i--)
        if (!trial_power_on())
            lost("the power went without a cut");
    if (!trial_power_on() || !trial_run())
        lost("the power went without a cut");
    trial_judge_end();
    if (trial.n_trials_worst > worst_trials)
        worst_trials = trial.n_trials_worst;
    return true;
}

static bool one(uint32_t at, unsigned torn, uint32_t prefix, uint32_t seed) {
    life.n = 1;
    life.cut[0] = (struct cut){at, torn, prefix, seed};
    return live();
}

/* NOR flash on SPI answers every read, so a cell that cannot be read is not among the ways. */
static bool is_way(unsigned torn) {
    return torn != SIM_TORN_ECC;
}

static void each_single_cut(bool is_sparse) {
    uint32_t at = 0, seed = 4711;

    for (bool goes_on = true; goes_on; at++) {
        uint32_t len;
        goes_on = one(at, SIM_TORN_NOTHING, 0, 1);
        len = board.rig.power.len;
        for (unsigned torn = SIM_TORN_RANDOM; goes_on && torn < SIM_TORN_MODES; torn++)
            if (is_way(torn) && (!is_sparse || torn == at % SIM_TORN_MODES))
                (void)one(at, torn, 0, kit_random(&seed));
        for (uint32_t prefix = 4; goes_on && !is_sparse && prefix <= len; prefix += 8 + prefix / 2)
            (void)one(at, SIM_TORN_PREFIX, prefix, 1);
    }
    if (at < 10)
        lost("there was next to nothing to cut");
}

/* Ways after which bits read so at one start and otherwise at the next. */
static bool is_lie(unsigned torn) {
    return torn == SIM_TORN_WEAK_NEW || torn == SIM_TORN_WEAK_OLD || torn == SIM_TORN_MIXED;
}

/* Two operations that lie in one life are left out: otadata has no seals (KNOWN.md). */
static void random_cuts(uint64_t wanted, uint32_t seed) {
    const uint64_t from = n_distinct;
    static const uint8_t counts[] = {2, 2, 3, 3, 4, 6};

    for (uint64_t tries = 0; tries < 4 * wanted && n_distinct - from < wanted; tries++) {
        bool has_lied = false;
        life.n = counts[kit_random(&seed) % sizeof counts];
        for (unsigned i = 0; i < life.n; i++) {
            struct cut *cut = &life.cut[i];
            do
                cut->torn = kit_random(&seed) % SIM_TORN_MODES;
            while (!is_way(cut->torn) || (has_lied && is_lie(cut->torn)));
            has_lied = has_lied || is_lie(cut->torn);
            cut->at = kit_random(&seed) % (i > 0 && (seed & 64) != 0 ? 8 : 50);
            cut->prefix = kit_random(&seed) % 200;
            cut->seed = kit_random(&seed);
        }
        (void)live();
    }
}

/* Large images fill slots of 160 KiB: a case there costs twenty times as much, and is told by one
 * board. */
static bool is_left_out(unsigned scene, unsigned kind) {
    return trial_scenes[scene].is_large && kind > 1;
}

static void begin(unsigned scene, unsigned kind) {
    life.scene = scene;
    life.kind = kind;
    life.n = 0;
    memset(seen, 0, sizeof seen);
    n_seen = 0;
    trial_start(&trial_scenes[scene], &trial_kinds[kind]);
    trial_snapshot_take(&start);
    sim_power_on(&board.rig.power);
    if (!trial_power_on() || !trial_run())
        lost("the scene does not end without a cut");
    trial_judge_end();
}

static void end(void) {
    trial_snapshot_end(&start);
    board_end();
}

static bool replay(const char *id) {
    const size_t len = strcspn(id, ":");
    unsigned scene = 0, kind, n = 0;
    int used = 0;

    while (scene < N_TRIAL_SCENES && (strlen(trial_scenes[scene].name) != len ||
                                      memcmp(trial_scenes[scene].name, id, len) != 0))
        scene++;
    if (scene == N_TRIAL_SCENES || sscanf(id + len, ":%u%n", &kind, &used) != 1 ||
        kind >= N_TRIAL_KINDS)
        return false;
    begin(scene, kind);
    for (id += len + (size_t)used; n < CUTS_MAX; n++, id += used) {
        struct cut *cut = &life.cut[n];
        if (sscanf(id, ":%u.%u.%u.%u%n", &cut->at, &cut->torn, &cut->prefix, &cut->seed, &used) !=
            4)
            break;
        cut->torn %= SIM_TORN_MODES;
    }
    life.n = n;
    (void)live();
    end();
    return n > 0;
}

int main(int argc, char **argv) {
    uint64_t random = 0;
    uint32_t seed = 1;
    bool is_sparse = false;

    trial_fail = lost;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--replay") == 0 && i + 1 < argc)
            return replay(argv[i + 1]) ? 0 : 64;
        if (strcmp(argv[i], "--random") == 0 && i + 1 < argc)
            random = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = (uint32_t)strtoul(argv[++i], NULL, 10) | 1;
        else if (strcmp(argv[i], "--sparse") == 0)
            is_sparse = true;
        else
            return 64;
    }
    for (unsigned scene = 0; scene < N_TRIAL_SCENES; scene++)
        for (unsigned kind = 0; kind < N_TRIAL_KINDS; kind++) {
            if (is_left_out(scene, kind))
                continue;
            begin(scene, kind);
            each_single_cut(is_sparse || trial_scenes[scene].is_large);
            random_cuts(random, seed + scene * 97 + kind * 31);
            end();
        }
    printf("cases\t%llu\tupdates that were cut and differ in what the chips held then, of %llu "
           "tried\n",
           (unsigned long long)n_distinct, (unsigned long long)n_cases);
    printf("lost\t0\tdevices: none that did not start, or did not come to the right end\n");
    printf("starts on trial\t%u\tof one release, at most\n", worst_trials);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts through trials: I1 there is always a slot that may start, I2 nothing unproven starts, I3 no
 * image stays unconfirmed, I4 floor and skip never fall. Boot stage and records are the real ones;
 * the application here is five lines that do what the table of transitions lets it do.
 *
 * A failing life prints its seed; give it to the program as its only argument to run just that
 * one. */
#include "test/kit/kit.h"

#include <aloft/aloft.h>

#include "device/log.h"
#include "device/transition.h"
#include "port/sim/sim.h"

#define UNIT 1024u
#ifndef LIVES /* fewer where the processor is emulated */
#define LIVES 20000u
#endif
#define STARTS_MAX 19u /* 3 trials x 3 boots + 10 cold */

static struct sim_power power;
static struct sim_flash slots[2], chip, saved;
static struct aloft_boot_config config;
static uint64_t floor_seen, skip_seen;
static bool was_well;   /* the candidate ran and began to confirm: from then on it may be home */
static unsigned starts; /* of the candidate in slot 1 */
static uint32_t only_seed, seed_now;

static void must(bool holds, const char *what) {
    if (!holds)
        fail_msg("%s (seed %u, starts %u)", what, seed_now, starts);
}

static void describe(struct al_record *record, unsigned slot, uint64_t sequence) {
    struct aloft_hash hash;

    record->slot[slot] = (struct al_record_slot){.sequence = sequence, .image_size = 700};
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){slots[slot].bytes, 700});
    aloft_hash_end(&hash, record->slot[slot].image_digest);
}

/* Home is slot 0 with sequence 50; slot 1 holds sequence 60, on trial. */
static void begin(uint32_t seed) {
    struct al_record record = {.floor = 50, .skip = 40, .phase = AL_TRIAL, .cand = {6}};
    struct al_record none;
    struct al_log log;
    enum al_log_found found;
    aloft_fault why;

    seed_now = seed;
    starts = 0;
    was_well = false;
    floor_seen = 50;
    skip_seen = 40;
    sim_power_start(&power, seed);
    for (unsigned i = 0; i < 2; i++) {
        sim_flash_start(&slots[i], &power, UNIT, 8, UNIT);
        memset(slots[i].bytes, (int)(3 + i), 700);
        describe(&record, i, 50 + 10 * i);
    }
    sim_flash_start(&chip, &power, 2 * UNIT, 8, UNIT);
    config = (struct aloft_boot_config){
        .slot = {sim_flash_port(&slots[0]), sim_flash_port(&slots[1])},
        .log = sim_flash_port(&chip),
        .check_always = true,
    };
    assert_ok(al_log_open(&log, &config.log, &none, &found, &why));
    assert_ok(al_log_append(&log, &record, &why));
}

static void end(void) {
    sim_flash_end(&slots[0]);
    sim_flash_end(&slots[1]);
    sim_flash_end(&chip);
}

static void judge_record(const struct al_record *record) {
    must(record->floor >= floor_seen, "floor fell");
    must(record->skip >= skip_seen, "skip fell");
    floor_seen = record->floor;
    skip_seen = record->skip;
}

/* One start. False: the power went in the boot stage. */
static bool boot(enum aloft_reset reset, struct aloft_boot_choice *choice) {
    aloft_err err;

    config.reset = reset;
    err = aloft_boot(&config, choice);
    if (!power.on)
        return false;
    assert_ok(err);
    must(choice->slot < 2, "no slot that may start");
    must(choice->slot == 0 || choice->trial || was_well, "an unproven image starts");
    if (choice->trial)
        starts++;
    must(starts <= STARTS_MAX, "started for ever");
    return true;
}

/* Open, change, append: as the application does. Gives the state afterwards; power may be off. */
static struct al_record app(void (*change)(struct al_record *)) {
    struct al_log log;
    struct al_record record;
    enum al_log_found found;
    aloft_fault why;

    if (al_log_open(&log, &config.log, &record, &found, &why) != ALOFT_OK || !power.on)
        return (struct al_record){.phase = AL_FILL};
    must(found == AL_LOG_FOUND, "the records are lost");
    judge_record(&record);
    change(&record);
    if (al_log_append(&log, &record, &why) == ALOFT_OK && power.on)
        judge_record(&record);
    return record;
}

static void confirm(struct al_record *record) {
    was_well = true;
    al_record_confirm(record, 0, (aloft_bytes){NULL, 0});
}

static void at_home(struct al_record *record) {
    if (record->phase == AL_KEPT && record->fails >= AL_FAILS_MAX)
        al_record_skip(record);
    else if (record->phase == AL_KEPT)
        al_record_again(record);
}

/* Starts with a crash each until home is chosen; the start after a cut is a power-on. */
static void crash_until_home(void) {
    enum aloft_reset reset = ALOFT_RESET_SOFTWARE;
    struct aloft_boot_choice choice = {.trial = true};

    for (unsigned i = 0; i < 24 && choice.trial; i++) {
        bool ran = boot(reset, &choice);
        reset = ran ? ALOFT_RESET_CRASH : ALOFT_RESET_POWER;
        if (!ran)
            choice.trial = true;
        sim_power_on(&power);
    }
    must(choice.slot == 0, "home does not come back");
}

static void look(struct al_record *record) {
    (void)record;
}

/* A cut in operation n of the scenario. False: it has no such operation. */
static bool cut_at(uint32_t n, enum sim_torn torn, uint32_t prefix) {
    struct al_record record;
    uint32_t cut;
    bool reached;

    sim_flash_copy(&chip, &saved);
    starts = 0;
    power.on = true;
    power.cut_at = UINT32_MAX;
    sim_power_cut_after(&power, n, torn, prefix);
    cut = power.cut_at;
    config.reset = ALOFT_RESET_SOFTWARE;
    /* sim_power_on would forget the plan; the resets of this scenario are crashes. */
    for (enum aloft_reset reset = ALOFT_RESET_SOFTWARE; power.on; reset = ALOFT_RESET_CRASH) {
        struct aloft_boot_choice choice;
        if (boot(reset, &choice) && !choice.trial)
            break;
    }
    reached = power.ops > cut;
    must(reached == !power.on, "the cut and the power disagree");
    if (reached) {
        sim_power_on(&power);
        crash_until_home();
    }
    record = app(look);
    must(record.phase == AL_KEPT && record.fails == 1, "the trial does not end as failed once");
    must(record.home == 0 && record.floor == 50 && record.skip == 40, "home, floor or skip moved");
    must(starts >= 2 && starts <= AL_BOOTS_MAX + 1, "the starts are not counted");
    return reached;
}

static void without_a_cut_three_starts_are_tried_and_the_fourth_is_home(void **state) {
    (void)state;
    begin(1);
    crash_until_home();
    assert_int_equal(starts, 3);
    assert_int_equal(app(look).phase, AL_KEPT);
    end();
}

static void a_cut_anywhere_in_a_failing_trial_ends_at_home(void **state) {
    uint32_t n = 0;

    (void)state;
    begin(2);
    sim_flash_start(&saved, &power, chip.size, chip.write_size, chip.erase_size);
    sim_flash_copy(&saved, &chip);
    while (cut_at(n, SIM_TORN_NOTHING, 0)) {
        for (enum sim_torn torn = SIM_TORN_RANDOM; torn < SIM_TORN_MODES; torn++)
            assert_true(cut_at(n, torn, 0));
        for (uint32_t prefix = 0; prefix <= UNIT; prefix += prefix < AL_BODY_SIZE ? 1 : 64)
            assert_true(cut_at(n, SIM_TORN_PREFIX, prefix));
        n++;
    }
    /* Each of four starts is a first append: an erase and three writes. */
    assert_int_equal(n, 16);
    sim_flash_end(&saved);
    end();
}

static void maybe_plan_cut(uint32_t *random) {
    if (kit_random(random) % 3 != 0)
        return;
    sim_power_cut_after(&power, kit_random(random) % 9, kit_random(random) % SIM_TORN_MODES,
                        kit_random(random) % 200);
}

/* One start and what runs after it. Gives the phase as far as it is known. */
static uint8_t live_once(enum aloft_reset reset, bool well, uint32_t *random) {
    struct aloft_boot_choice choice;

    sim_power_on(&power);
    maybe_plan_cut(random);
    if (!boot(reset, &choice))
        return AL_FILL;
    if (choice.trial && !well)
        return AL_TRIAL;
    return app(choice.trial ? confirm : at_home).phase;
}

/* A candidate from its first trial to its end, under random resets and cuts. */
static void live(uint32_t seed) {
    uint32_t random = seed;
    bool comes_well = seed % 4 == 0; /* from its third start on */
    uint8_t phase = AL_TRIAL;
    enum aloft_reset reset = ALOFT_RESET_SOFTWARE;
    struct al_record record;

    begin(seed);
    for (unsigned i = 0; i < 300 && !(phase == AL_IDLE && power.on); i++) {
        phase = live_once(reset, comes_well && starts >= 2, &random);
        reset = power.on ? kit_random(&random) % 5 : ALOFT_RESET_POWER;
    }
    sim_power_on(&power);
    record = app(look);
    must(record.phase == AL_IDLE, "it never ends");
    must(record.home == 1 ? record.floor == 60 && record.skip == 40
                          : record.floor == 50 && record.skip == 60,
         "neither confirmed nor given up");
    must(was_well || record.home == 0, "confirmed by nobody");
    end();
}

static void random_lives_end_confirmed_or_given_up(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= LIVES; seed++)
        if (only_seed == 0 || only_seed == seed)
            live(seed);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_cut_three_starts_are_tried_and_the_fourth_is_home),
        cmocka_unit_test(a_cut_anywhere_in_a_failing_trial_ends_at_home),
        cmocka_unit_test(random_lives_end_confirmed_or_given_up),
    };

    only_seed = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

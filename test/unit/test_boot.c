/* SPDX-License-Identifier: Apache-2.0 */
/* The boot stage: every way that a start can go. Home is slot 0 with sequence 50 unless said
 * otherwise. */
#include "test/kit/kit.h"

#include <aloft/aloft.h>

#include "device/log.h"
#include "device/slot.h"
#include "device/transition.h"
#include "port/sim/sim.h"

#define UNIT  4096u
#define IMAGE 5000u /* more than one buffer and one erase unit; no multiple of either */

static struct sim_power power;
static struct sim_flash slots[2], chip;
static struct aloft_boot_config config;
static struct aloft_boot_choice choice;
static uint8_t image[2][IMAGE];
static bool looks[2];

static bool looks_like_image(void *self, unsigned slot) {
    (void)self;
    return looks[slot];
}

static struct al_record_slot facts_of(unsigned slot) {
    struct al_record_slot facts = {.sequence = 50 + 10 * slot, .image_size = IMAGE};
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, ALOFT_BYTES(image[slot]));
    aloft_hash_end(&hash, facts.image_digest);
    return facts;
}

static int fresh_device(void **state) {
    (void)state;
    sim_power_start(&power, 5);
    for (unsigned i = 0; i < 2; i++) {
        memset(image[i], (int)(0x11 + i), IMAGE);
        sim_flash_start(&slots[i], &power, 4 * UNIT, 4, UNIT);
        sim_flash_load(&slots[i], 0, ALOFT_BYTES(image[i]));
        looks[i] = true;
    }
    sim_flash_start(&chip, &power, 2 * UNIT, 4, UNIT);
    config = (struct aloft_boot_config){
        .slot = {sim_flash_port(&slots[0]), sim_flash_port(&slots[1])},
        .log = sim_flash_port(&chip),
        .reset = ALOFT_RESET_SOFTWARE,
        .looks_like_image = looks_like_image,
    };
    return 0;
}

static int end_device(void **state) {
    (void)state;
    sim_flash_end(&slots[0]);
    sim_flash_end(&slots[1]);
    sim_flash_end(&chip);
    return 0;
}

/* Both slots known and right, home 0. */
static struct al_record known(enum al_phase phase) {
    struct al_record record = {.floor = 50, .phase = (uint8_t)phase};

    record.slot[0] = facts_of(0);
    record.slot[1] = facts_of(1);
    return record;
}

static void remember(struct al_record record) {
    struct al_log log;
    struct al_record ignored;
    enum al_log_found found;
    aloft_fault why;

    assert_ok(al_log_open(&log, &config.log, &ignored, &found, &why));
    assert_ok(al_log_append(&log, &record, &why));
}

static struct al_record recalled(void) {
    struct al_log log;
    struct al_record record;
    enum al_log_found found;
    aloft_fault why;

    assert_ok(al_log_open(&log, &config.log, &record, &found, &why));
    return record;
}

static void boot(enum aloft_reset reset) {
    config.reset = reset;
    sim_power_on(&power);
    assert_ok(aloft_boot(&config, &choice));
}

static void expect(unsigned slot, bool trial, bool fallback) {
    assert_int_equal(choice.slot, slot);
    assert_int_equal(choice.trial, trial);
    assert_int_equal(choice.fallback, fallback);
}

static void a_new_device_starts_the_first_slot_that_looks_like_an_image(void **state) {
    (void)state;
    boot(ALOFT_RESET_POWER);
    expect(0, false, false);
    assert_int_equal(choice.why.code, 0);

    looks[0] = false;
    boot(ALOFT_RESET_POWER);
    expect(1, false, false);
    assert_int_equal(chip.writes + chip.erases, 0);
}

static void a_new_device_without_an_image_stays_in_the_loader(void **state) {
    (void)state;
    looks[0] = looks[1] = false;
    boot(ALOFT_RESET_POWER);
    expect(ALOFT_SLOT_NONE, false, false);
    assert_provoked(choice.why.code, NO_BOOTABLE);
    assert_int_equal(choice.why.step, ALOFT_STEP_BOOT);
}

static void a_new_device_whose_loader_cannot_look_starts_slot_0(void **state) {
    (void)state;
    config.looks_like_image = NULL;
    boot(ALOFT_RESET_POWER);
    expect(0, false, false);
}

static void lost_records_are_told_and_the_device_still_starts(void **state) {
    static const uint8_t garbage[] = {1, 2, 3, 4};

    (void)state;
    sim_flash_load(&chip, 300, ALOFT_BYTES(garbage));
    looks[0] = false;
    boot(ALOFT_RESET_POWER);
    expect(1, false, false);
    assert_provoked(choice.why.code, RECORDS_LOST);
}

static void home_starts_in_idle_fill_and_kept(void **state) {
    static const enum al_phase phases[] = {AL_IDLE, AL_FILL, AL_KEPT};

    (void)state;
    for (unsigned home = 0; home < 2; home++) {
        for (unsigned i = 0; i < 3; i++) {
            struct al_record record = known(phases[i]);
            record.home = (uint8_t)home;
            remember(record);
            boot(ALOFT_RESET_POWER);
            expect(home, false, false);
            assert_int_equal(choice.why.code, 0);
        }
    }
}

static void a_trial_starts_the_other_slot_and_is_counted_first(void **state) {
    (void)state;
    remember(known(AL_TRIAL));

    boot(ALOFT_RESET_SOFTWARE);

    expect(1, true, false);
    assert_int_equal(choice.boots, 1);
    assert_int_equal(recalled().boots, 1);
    assert_int_equal(recalled().phase, AL_TRIAL);
}

static void the_fourth_start_goes_home_and_says_why(void **state) {
    const struct {
        enum aloft_reset reset;
        aloft_err cause;
    } ends[] = {{ALOFT_RESET_CRASH, ALOFT_E_TRIAL_CRASHED},
                {ALOFT_RESET_WATCHDOG, ALOFT_E_TRIAL_HUNG},
                {ALOFT_RESET_ENDED, ALOFT_E_TRIAL_ENDED},
                {ALOFT_RESET_POWER, ALOFT_E_TRIAL_POWER},
                {ALOFT_RESET_SOFTWARE, ALOFT_E_TRIAL_SILENT}};

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        remember(known(AL_TRIAL));
        for (unsigned start = 1; start <= 3; start++) {
            boot(ALOFT_RESET_SOFTWARE);
            expect(1, true, false);
            assert_int_equal(choice.boots, start);
        }

        boot(ends[i].reset);

        expect(0, false, false);
        assert_int_equal(choice.why.code, ends[i].cause);
        assert_int_equal(choice.fails, 1);
        assert_int_equal(recalled().phase, AL_KEPT);
        assert_int_equal(recalled().cause, ends[i].cause);
    }
}

static void each_end_of_a_trial_has_its_own_code(void **state) {
    struct al_record record = known(AL_TRIAL);

    (void)state;
    record.boots = 3;
    remember(record);
    boot(ALOFT_RESET_CRASH);
    assert_provoked(choice.why.code, TRIAL_CRASHED);
    remember(record);
    boot(ALOFT_RESET_WATCHDOG);
    assert_provoked(choice.why.code, TRIAL_HUNG);
    remember(record);
    boot(ALOFT_RESET_ENDED);
    assert_provoked(choice.why.code, TRIAL_ENDED);
    remember(record);
    boot(ALOFT_RESET_POWER);
    assert_provoked(choice.why.code, TRIAL_POWER);
}

static void ten_losses_of_power_do_not_end_a_trial_but_the_next_three_do(void **state) {
    (void)state;
    remember(known(AL_TRIAL));
    boot(ALOFT_RESET_SOFTWARE);
    for (unsigned cold = 1; cold <= 10; cold++) {
        boot(ALOFT_RESET_POWER);
        expect(1, true, false);
        assert_int_equal(choice.boots, 1);
        assert_int_equal(choice.cold, cold);
    }
    boot(ALOFT_RESET_POWER);
    assert_int_equal(choice.boots, 2);
    boot(ALOFT_RESET_POWER);
    assert_int_equal(choice.boots, 3);

    boot(ALOFT_RESET_POWER);

    expect(0, false, false);
    assert_provoked(choice.why.code, TRIAL_POWER);
    assert_int_equal(choice.cold, 10);
}

static void a_power_on_before_the_first_start_counts_as_a_boot(void **state) {
    (void)state;
    remember(known(AL_TRIAL));
    boot(ALOFT_RESET_POWER);
    expect(1, true, false);
    assert_int_equal(choice.boots, 1);
    assert_int_equal(choice.cold, 0);
}

static void an_image_that_is_not_what_was_read_back_is_never_tried(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < 4; kind++) {
        struct al_record record = known(AL_TRIAL);
        if (kind == 0)
            record.slot[1].image_digest[31] ^= 1;
        if (kind == 1)
            record.slot[1].image_size = slots[1].size + 1;
        if (kind == 2)
            record.slot[1] = (struct al_record_slot){0};
        if (kind == 3)
            sim_flash_rot(&slots[1], IMAGE - 1, 1);
        remember(record);

        boot(ALOFT_RESET_SOFTWARE);

        expect(0, false, false);
        assert_int_equal(choice.why.code, ALOFT_E_DIGEST_MISMATCH);
        assert_int_equal(recalled().phase, AL_KEPT);
    }
}

static void a_damaged_home_in_idle_falls_back_to_the_other_slot(void **state) {
    (void)state;
    sim_flash_rot(&slots[0], 100, 1);
    remember(known(AL_IDLE));
    config.check_always = true;

    boot(ALOFT_RESET_POWER);

    expect(1, false, true);
    assert_provoked(choice.why.code, BOOT_FALLBACK);
    assert_int_equal(recalled().home, 0);
}

static void a_damaged_home_in_any_other_phase_stays_in_the_loader(void **state) {
    static const enum al_phase phases[] = {AL_FILL, AL_KEPT};

    (void)state;
    sim_flash_rot(&slots[0], 100, 1);
    config.check_always = true;
    for (unsigned i = 0; i < 2; i++) {
        remember(known(phases[i]));
        boot(ALOFT_RESET_POWER);
        expect(ALOFT_SLOT_NONE, false, false);
        assert_provoked(choice.why.code, NO_BOOTABLE);
    }
}

static void there_is_no_fallback_to_a_slot_that_is_unknown_or_wrong(void **state) {
    struct al_record record = known(AL_IDLE);

    (void)state;
    sim_flash_rot(&slots[0], 100, 1);
    config.check_always = true;
    record.slot[1] = (struct al_record_slot){0};
    remember(record);
    boot(ALOFT_RESET_POWER);
    expect(ALOFT_SLOT_NONE, false, false);

    record = known(AL_IDLE);
    record.slot[1].image_digest[0] ^= 1;
    remember(record);
    boot(ALOFT_RESET_POWER);
    expect(ALOFT_SLOT_NONE, false, false);
}

static void home_is_hashed_only_if_asked_or_after_a_fallback(void **state) {
    struct al_record record = known(AL_IDLE);

    (void)state;
    sim_flash_rot(&slots[0], 100, 1);
    remember(record);
    boot(ALOFT_RESET_POWER);
    expect(0, false, false);
    assert_int_equal(slots[0].reads, 0);

    record.flags = AL_FLAG_FALLBACK;
    remember(record);
    boot(ALOFT_RESET_POWER);
    expect(1, false, true);
}

static void a_home_that_was_never_described_only_has_to_look_like_an_image(void **state) {
    struct al_record record = known(AL_IDLE);

    (void)state;
    record.slot[0] = (struct al_record_slot){0};
    config.check_always = true;
    remember(record);
    boot(ALOFT_RESET_POWER);
    expect(0, false, false);

    looks[0] = false;
    boot(ALOFT_RESET_POWER);
    expect(1, false, true);

    config.looks_like_image = NULL;
    boot(ALOFT_RESET_POWER);
    expect(0, false, false);
}

static void a_log_that_cannot_be_written_starts_home_and_no_trial(void **state) {
    (void)state;
    for (uint8_t boots = 0; boots <= 3; boots += 3) {
        struct al_record record = known(AL_TRIAL);
        record.boots = boots;
        remember(record);
        sim_power_on(&power);
        sim_power_cut_after(&power, 0, SIM_TORN_NOTHING, 0);
        config.reset = ALOFT_RESET_CRASH;

        assert_provoked(aloft_boot(&config, &choice), FLASH_ERASE);

        expect(0, false, false);
        assert_int_equal(choice.why.code, ALOFT_E_FLASH_ERASE);
        sim_power_on(&power);
    }
}

static void a_log_that_cannot_be_read_at_all_stays_in_the_loader(void **state) {
    (void)state;
    remember(known(AL_FILL));
    chip.answers = ALOFT_E_NET_LOCAL;
    assert_int_equal(aloft_boot(&config, &choice), ALOFT_E_NET_LOCAL);
    expect(ALOFT_SLOT_NONE, false, false);
    assert_int_equal(choice.why.code, ALOFT_E_NET_LOCAL);
}

static void reading_a_slot_back_step_by_step_gives_the_same_as_at_once(void **state) {
    struct al_record_slot facts = facts_of(1);
    uint8_t digest[ALOFT_DIGEST_SIZE];
    uint8_t page[1024];
    aloft_fault why;

    (void)state;
    for (uint32_t size = 1; size <= sizeof page; size = size * 3 + 1) {
        struct al_slot_check check;
        uint32_t steps = 1;
        al_slot_check_start(&check, &config.slot[1], &facts);
        while (al_slot_check_step(&check, (aloft_space){page, size}, &why) == ALOFT_WAIT)
            assert_true(steps++ <= IMAGE / size + 1);
        assert_int_equal(check.at, IMAGE);
        assert_int_equal(steps, (IMAGE + size - 1) / size);
        assert_ok(al_slot_digest(&config.slot[1], IMAGE, (aloft_space){page, size}, digest, &why));
        assert_memory_equal(digest, facts.image_digest, sizeof digest);
    }
}

static void a_slot_with_other_bytes_or_another_size_does_not_pass(void **state) {
    struct al_record_slot facts = facts_of(1);
    struct al_slot_check check;
    uint8_t page[4 * UNIT];
    aloft_fault why;

    (void)state;
    facts.image_digest[0] ^= 1;
    al_slot_check_start(&check, &config.slot[1], &facts);
    assert_provoked(al_slot_check_step(&check, ALOFT_SPACE(page), &why), DIGEST_MISMATCH);

    facts.image_size = 4 * UNIT + 1;
    al_slot_check_start(&check, &config.slot[1], &facts);
    assert_provoked(al_slot_check_step(&check, ALOFT_SPACE(page), &why), DIGEST_MISMATCH);
    assert_int_equal(why.got, 4 * UNIT + 1);
    assert_int_equal(why.want, 4 * UNIT);

    facts.image_size = 0;
    al_slot_check_start(&check, &config.slot[1], &facts);
    assert_provoked(al_slot_check_step(&check, ALOFT_SPACE(page), &why), DIGEST_MISMATCH);
}

static void a_slot_that_cannot_be_read_says_where(void **state) {
    struct al_record_slot facts = facts_of(1);
    struct al_slot_check check;
    uint8_t page[256];
    aloft_fault why;
    aloft_err err;

    (void)state;
    sim_flash_rot(&slots[1], 1000, 1);
    al_slot_check_start(&check, &config.slot[1], &facts);
    do
        err = al_slot_check_step(&check, ALOFT_SPACE(page), &why);
    while (err == ALOFT_WAIT);
    assert_provoked(err, FLASH_READ);
    assert_int_equal(why.at, 768);
}

#define on_a_device(test) cmocka_unit_test_setup_teardown(test, fresh_device, end_device)

int main(void) {
    const struct CMUnitTest tests[] = {
        on_a_device(a_new_device_starts_the_first_slot_that_looks_like_an_image),
        on_a_device(a_new_device_without_an_image_stays_in_the_loader),
        on_a_device(a_new_device_whose_loader_cannot_look_starts_slot_0),
        on_a_device(lost_records_are_told_and_the_device_still_starts),
        on_a_device(home_starts_in_idle_fill_and_kept),
        on_a_device(a_trial_starts_the_other_slot_and_is_counted_first),
        on_a_device(the_fourth_start_goes_home_and_says_why),
        on_a_device(each_end_of_a_trial_has_its_own_code),
        on_a_device(ten_losses_of_power_do_not_end_a_trial_but_the_next_three_do),
        on_a_device(a_power_on_before_the_first_start_counts_as_a_boot),
        on_a_device(an_image_that_is_not_what_was_read_back_is_never_tried),
        on_a_device(a_damaged_home_in_idle_falls_back_to_the_other_slot),
        on_a_device(a_damaged_home_in_any_other_phase_stays_in_the_loader),
        on_a_device(there_is_no_fallback_to_a_slot_that_is_unknown_or_wrong),
        on_a_device(home_is_hashed_only_if_asked_or_after_a_fallback),
        on_a_device(a_home_that_was_never_described_only_has_to_look_like_an_image),
        on_a_device(a_log_that_cannot_be_written_starts_home_and_no_trial),
        on_a_device(a_log_that_cannot_be_read_at_all_stays_in_the_loader),
        on_a_device(reading_a_slot_back_step_by_step_gives_the_same_as_at_once),
        on_a_device(a_slot_with_other_bytes_or_another_size_does_not_pass),
        on_a_device(a_slot_that_cannot_be_read_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

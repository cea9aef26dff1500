/* SPDX-License-Identifier: Apache-2.0 */
/* The whole device under a boot loader that is not ours and does not do what it was told, or lost its notes: whatever
 * it does, the starts of a release come to an end, and so do the restarts that the device asks for itself. */
#include "test/kit/kit.h"

#include "device/device.h"

#include "test/kit/rig.h"

#define STARTS_MAX                                                                                 \
    22u /* records.md's bound under a loader without rollback: 3 x 4 starts and 10 cold ones */

static struct rig rig;
static struct aloft_loader_view notes;
static unsigned told, told_before, n_told; /* the slots that it was told to start last */
static unsigned n_confirmed;

static unsigned n_looks, fails_at; /* the look that fails, from 1 */

static aloft_err look(void *self, struct aloft_loader_view *out, aloft_fault *why) {
    (void)self;
    *out = notes;
    if (++n_looks != fails_at)
        return ALOFT_OK;
    *why = (aloft_fault){.code = ALOFT_E_LOADER_FAILED};
    return ALOFT_E_LOADER_FAILED;
}

static aloft_err try_slot(void *self, unsigned slot, aloft_fault *why) {
    (void)self;
    (void)why;
    told_before = told;
    told = slot;
    n_told++;
    return ALOFT_OK;
}

static bool refuses_to_go_back;

static aloft_err go_back(void *self, unsigned slot, aloft_fault *why) {
    if (!refuses_to_go_back)
        return try_slot(self, slot, why);
    *why = (aloft_fault){.code = ALOFT_E_LOADER_FAILED};
    return ALOFT_E_LOADER_FAILED;
}

static aloft_err confirm(void *self, aloft_fault *why) {
    (void)self;
    (void)why;
    n_confirmed++;
    return ALOFT_OK;
}

static const struct al_record *record(void) {
    return &((const struct al_device *)(const void *)rig.device.room)->record;
}

/* A start by the loader, for this reason; gives what the device wants once it has nothing to do at once. */
static enum aloft_next start(enum aloft_reset reset) {
    struct aloft_progress now = {ALOFT_WORK, 0};
    aloft_fault why = {0};

    rig.config.reset = reset;
    rig.loader.running = notes.running;
    sim_net_reset(&rig.net);
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    for (unsigned i = 0; i < 500 && (now.next == ALOFT_WORK || now.next == ALOFT_SLEEP); i++) {
        now = aloft_step(&rig.device);
        sim_clock_pass(&rig.clock, now.wait_ms);
    }
    return now.next;
}

static enum aloft_next lives_six_hours(void) {
    struct aloft_progress now = {ALOFT_WORK, 0};

    for (uint32_t ms = 0; ms <= 6 * 3600000 && now.next != ALOFT_REBOOT; ms += 1000) {
        now = aloft_step(&rig.device);
        sim_clock_pass(&rig.clock, 1000);
    }
    return now.next;
}

/* Home is slot 0; slot 1 is whole, and the device has told the loader to try it. */
static void begin_trial(void) {
    static const struct rig_geometry geometry = {16, 4096, 65536, 4096, 4096};

    rig_start(&rig, &geometry, 3000);
    rig_publish(&rig, RIG_GOOD, 3000);
    rig.config.loader.look = look;
    rig.config.loader.try_slot = try_slot;
    rig.config.loader.go_back = go_back;
    rig.config.loader.confirm = confirm;
    notes = (struct aloft_loader_view){0, 0, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NONE}};
    assert_int_equal(start(ALOFT_RESET_POWER), ALOFT_REBOOT);
    assert_int_equal(record()->phase, AL_TRIAL);
    assert_int_equal(told, 1);
    n_told = n_looks = fails_at = n_confirmed = 0;
}

/* Its notes are gone, and so it starts the first slot that it finds, which is the one on trial: for ever, if the device
 * does not count. */
static void an_image_that_crashes_goes_home_whatever_the_loader_has_noted(void **state) {
    (void)state;
    for (unsigned entry = 0; entry <= ALOFT_ENTRY_UNDEFINED; entry++)
        for (unsigned active = 1; active <= ALOFT_SLOT_NONE; active += ALOFT_SLOT_NONE - 1) {
            unsigned starts = 0;
            if (entry == ALOFT_ENTRY_VALID)
                continue; /* this one is confirmed */
            begin_trial();
            notes =
                (struct aloft_loader_view){1, active, {ALOFT_ENTRY_NONE, (enum aloft_entry)entry}};
            while (n_told == 0 && starts++ < STARTS_MAX) {
                aloft_fault why = {0};
                rig.config.reset = ALOFT_RESET_CRASH;
                rig.loader.running = 1;
                assert_ok(aloft_start(&rig.device, &rig.config, &why));
            }
            assert_int_equal(n_told, 1);
            assert_int_equal(told, 0);
            assert_int_equal(starts, AL_BOOTS_MAX + 1);
            assert_int_equal(record()->phase, AL_KEPT);
            rig_end(&rig);
        }
}

static void crash_on_trial(void) {
    aloft_fault why = {0};

    notes = (struct aloft_loader_view){1, 1, {ALOFT_ENTRY_NONE, ALOFT_ENTRY_UNDEFINED}};
    rig.config.reset = ALOFT_RESET_CRASH;
    rig.loader.running = 1;
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
}

static enum aloft_next start_with_a_torn_note(void) {
    notes = (struct aloft_loader_view){0, 0, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NONE}};
    return start(ALOFT_RESET_POWER);
}

/* The power tears the note behind every second start. */
static void a_note_torn_again_and_again_gives_no_more_starts(void **state) {
    unsigned starts = 0;

    (void)state;
    begin_trial();
    for (unsigned turn = 0; turn < 3 * STARTS_MAX && record()->phase != AL_IDLE; turn++) {
        for (unsigned i = 0; i < 2 && record()->phase == AL_TRIAL; i++, starts++)
            crash_on_trial();
        (void)start_with_a_torn_note();
        for (unsigned i = 0; i < 2 && record()->phase == AL_KEPT; i++)
            (void)lives_six_hours();
    }
    assert_int_equal(record()->phase, AL_IDLE);
    assert_in_range(starts, AL_BOOTS_MAX, STARTS_MAX);
    rig_end(&rig);
}

/* What is left of it may start the image that failed, if it reads well again. */
static void a_note_torn_once_too_often_is_withdrawn_before_the_trial_ends(void **state) {
    (void)state;
    begin_trial();
    for (unsigned i = 0; i < AL_COLD_MAX; i++) {
        assert_int_equal(start_with_a_torn_note(), ALOFT_REBOOT);
        assert_int_equal(told, 1);
    }
    assert_int_equal(record()->fails, 0);
    assert_int_equal(start_with_a_torn_note(), ALOFT_REBOOT); /* the next trial, at once: T7 */
    assert_int_equal(record()->fails, 1);
    assert_int_equal(told_before, 0);
    assert_int_equal(told, 1);
    rig_end(&rig);
}

static void a_note_that_cannot_be_withdrawn_keeps_the_trial_open_until_it_can(void **state) {
    struct aloft_status now;

    (void)state;
    begin_trial();
    for (unsigned i = 0; i < AL_COLD_MAX; i++)
        assert_int_equal(start_with_a_torn_note(), ALOFT_REBOOT);
    refuses_to_go_back = true;
    assert_int_equal(start_with_a_torn_note(), ALOFT_FAILED);
    assert_int_equal(record()->phase, AL_TRIAL);
    assert_int_equal(record()->fails, 0);
    rig_status(&rig, &now);
    assert_provoked(now.fault.code, LOADER_FAILED);

    refuses_to_go_back = false;
    assert_int_equal(lives_six_hours(), ALOFT_REBOOT);
    assert_int_equal(record()->fails, 1);
    assert_int_equal(told_before, 0);
    rig_end(&rig);
}

/* It says yes and starts home again, with the note about the other slot that it had before. */
static void a_loader_that_only_says_yes_does_not_make_the_device_restart_for_ever(void **state) {
    static const enum aloft_entry old[] = {ALOFT_ENTRY_NONE, ALOFT_ENTRY_NEW, ALOFT_ENTRY_VALID,
                                           ALOFT_ENTRY_UNDEFINED};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        unsigned restarts = 0;
        begin_trial();
        notes.entry[1] = old[i];
        while (start(ALOFT_RESET_SOFTWARE) == ALOFT_REBOOT && restarts <= STARTS_MAX)
            restarts++;
        assert_in_range(restarts, AL_COLD_MAX, STARTS_MAX);
        while (record()->phase != AL_IDLE && restarts <= STARTS_MAX)
            if (lives_six_hours() == ALOFT_REBOOT) {
                restarts++;
                (void)start(ALOFT_RESET_SOFTWARE);
            }
        assert_int_equal(record()->home, 0);
        assert_int_equal(record()->skip, rig.image[1].sequence);
        rig_end(&rig);
    }
}

/* Its fourth start on trial, under a loader that takes nothing back, and its settings are wrong as well: it has told
 * the loader to start home, and now it must restart. */
static void an_image_that_is_sent_home_restarts_also_where_its_settings_are_wrong(void **state) {
    aloft_fault why = {0};

    (void)state;
    begin_trial();
    notes = (struct aloft_loader_view){1, 1, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NEW}};
    rig.loader.running = 1;
    rig.config.reset = ALOFT_RESET_CRASH;
    for (unsigned i = 0; i < AL_BOOTS_MAX; i++)
        assert_ok(aloft_start(&rig.device, &rig.config, &why));
    rig.config.channel = "none";
    assert_int_equal(aloft_start(&rig.device, &rig.config, &why), ALOFT_E_CONFIG_CHANNEL);
    assert_int_equal(told, 0);
    assert_int_equal(aloft_step(&rig.device).next, ALOFT_REBOOT);
    rig_end(&rig);
}

static void a_start_is_counted_once_also_where_a_later_look_fails(void **state) {
    (void)state;
    begin_trial();
    notes = (struct aloft_loader_view){1, 1, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_PENDING}};
    fails_at = 2;
    for (unsigned i = 0; i < 3; i++) {
        if (i == 0)
            (void)start(ALOFT_RESET_SOFTWARE);
        aloft_check_now(&rig.device);
        for (unsigned step = 0; step < 50; step++)
            sim_clock_pass(&rig.clock, aloft_step(&rig.device).wait_ms);
    }
    assert_true(n_looks > 2);
    assert_int_equal(record()->boots, 1);
    rig_end(&rig);
}

static void pass(void) {
    for (unsigned i = 0; i < 100; i++)
        sim_clock_pass(&rig.clock, aloft_step(&rig.device).wait_ms);
}

/* A start that finds the image on trial confirmed by the loader, as a cut between its two halves leaves it. */
static void start_confirmed_by_half(void) {
    aloft_fault why = {0};

    begin_trial();
    notes = (struct aloft_loader_view){1, 1, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_VALID}};
    rig.loader.running = 1;
    rig.config.reset = ALOFT_RESET_POWER;
    sim_net_reset(&rig.net);
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
}

static void must_say_on_trial(aloft_err code) {
    struct aloft_status now;

    (void)aloft_step(&rig.device);
    rig_status(&rig, &now);
    assert_string_equal(aloft_err_name(now.fault.code), aloft_err_name(code));
    assert_int_equal(now.fault.step, ALOFT_STEP_TRIAL);
    assert_int_equal(now.outcome, ALOFT_UNDER_WAY);
}

static void an_image_confirmed_by_half_is_confirmed_when_the_chips_obey_again(void **state) {
    struct aloft_status now;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct sim_flash *chip = i == 0 ? &rig.slot[1] : &rig.log;
        start_confirmed_by_half();
        chip->answers = i == 0 ? ALOFT_E_FLASH_READ : ALOFT_E_FLASH_WRITE;
        must_say_on_trial(chip->answers);

        chip->answers = ALOFT_OK;
        pass();
        rig_status(&rig, &now);
        assert_int_equal(now.outcome, ALOFT_CONFIRMED);
        assert_int_equal(now.floor, rig.image[1].sequence);
        rig_end(&rig);
    }
}

/* The loader says the same of what came over the cable into the slot of the trial. */
static void an_image_from_the_cable_is_noted_when_flash_obeys_again(void **state) {
    struct aloft_status now;

    (void)state;
    start_confirmed_by_half();
    sim_flash_load(&rig.slot[1], 100, ALOFT_BYTES("flashed by cable"));
    rig.log.answers = ALOFT_E_FLASH_WRITE;
    must_say_on_trial(ALOFT_E_FLASH_WRITE);

    rig.log.answers = ALOFT_OK;
    for (unsigned i = 0; i < 100 && record()->phase == AL_TRIAL; i++)
        sim_clock_pass(&rig.clock, aloft_step(&rig.device).wait_ms);
    rig_status(&rig, &now);
    assert_int_equal(now.fault.code, ALOFT_E_FLASHED);
    assert_int_equal(record()->home, 1);
    assert_int_equal(now.floor, 0); /* nobody has signed it */
    rig_end(&rig);
}

/* The loader lost its note and could not be asked at the start: what that means is acted on before the next check. */
static void what_a_start_could_not_ask_is_asked_before_the_check(void **state) {
    uint32_t sent;

    (void)state;
    begin_trial();
    notes.entry[1] = ALOFT_ENTRY_NONE;
    fails_at = 1;
    sent = rig.net.n_sent;
    assert_int_equal(start(ALOFT_RESET_SOFTWARE), ALOFT_REBOOT);
    assert_true(n_looks > 1);
    assert_int_equal(rig.net.n_sent, sent);
    assert_int_equal(told, 1);
    assert_int_equal(record()->phase, AL_TRIAL);
    assert_int_equal(record()->cold, 1);
    rig_end(&rig);
}

/* Something else has noted the other slot for the next start: what is in it must not be written over, and no word about
 * the image that runs is a word about that one. */
static void what_the_loader_will_try_next_is_left_alone(void **state) {
    struct aloft_status now;
    aloft_fault why;

    (void)state;
    begin_trial();
    sim_flash_load(&rig.log, 0, (aloft_bytes){rig.slot[0].bytes + 32768, 8192}); /* blank again */
    notes = (struct aloft_loader_view){0, 1, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NEW}};
    n_told = 0;
    assert_int_equal(start(ALOFT_RESET_POWER), ALOFT_FAILED);
    rig_status(&rig, &now);
    assert_provoked(now.fault.code, LOADER_WAITS);
    assert_int_equal(now.received, 0);
    assert_ok(aloft_health(&rig.device, ALOFT_WELL, &why));
    assert_int_equal(n_confirmed, 0);
    assert_int_equal(record()->n, 0);

    notes = (struct aloft_loader_view){0, 0, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NONE}};
    assert_int_equal(lives_six_hours(), ALOFT_REBOOT);
    assert_int_equal(told, 1);
    rig_end(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_that_is_sent_home_restarts_also_where_its_settings_are_wrong),
        cmocka_unit_test(an_image_confirmed_by_half_is_confirmed_when_the_chips_obey_again),
        cmocka_unit_test(an_image_from_the_cable_is_noted_when_flash_obeys_again),
        cmocka_unit_test(what_a_start_could_not_ask_is_asked_before_the_check),
        cmocka_unit_test(what_the_loader_will_try_next_is_left_alone),
        cmocka_unit_test(a_start_is_counted_once_also_where_a_later_look_fails),
        cmocka_unit_test(an_image_that_crashes_goes_home_whatever_the_loader_has_noted),
        cmocka_unit_test(a_note_torn_again_and_again_gives_no_more_starts),
        cmocka_unit_test(a_note_torn_once_too_often_is_withdrawn_before_the_trial_ends),
        cmocka_unit_test(a_note_that_cannot_be_withdrawn_keeps_the_trial_open_until_it_can),
        cmocka_unit_test(a_loader_that_only_says_yes_does_not_make_the_device_restart_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

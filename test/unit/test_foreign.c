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
static unsigned told, n_told; /* the slot that it was told to start last */

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
    told = slot;
    n_told++;
    return ALOFT_OK;
}

static aloft_err confirm(void *self, aloft_fault *why) {
    (void)self;
    (void)why;
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
    rig.config.loader.go_back = try_slot;
    rig.config.loader.confirm = confirm;
    notes = (struct aloft_loader_view){0, 0, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NONE}};
    assert_int_equal(start(ALOFT_RESET_POWER), ALOFT_REBOOT);
    assert_int_equal(record()->phase, AL_TRIAL);
    assert_int_equal(told, 1);
    n_told = n_looks = fails_at = 0;
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

/* The loader has confirmed the image, then power went; now the flash refuses the record's half. */
static void an_image_confirmed_by_half_is_confirmed_when_flash_obeys_again(void **state) {
    struct aloft_status now;
    aloft_fault why = {0};

    (void)state;
    begin_trial();
    notes = (struct aloft_loader_view){1, 1, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_VALID}};
    rig.loader.running = 1;
    rig.config.reset = ALOFT_RESET_POWER;
    sim_net_reset(&rig.net);
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    rig.log.answers = ALOFT_E_FLASH_WRITE;
    (void)aloft_step(&rig.device);
    rig_status(&rig, &now);
    assert_int_equal(now.fault.code, ALOFT_E_FLASH_WRITE);
    assert_int_equal(now.fault.step, ALOFT_STEP_TRIAL);
    assert_int_equal(now.outcome, ALOFT_UNDER_WAY);

    rig.log.answers = ALOFT_OK;
    for (unsigned i = 0; i < 50; i++)
        sim_clock_pass(&rig.clock, aloft_step(&rig.device).wait_ms);
    rig_status(&rig, &now);
    assert_int_equal(now.outcome, ALOFT_CONFIRMED);
    assert_int_equal(now.floor, rig.image[1].sequence);
    rig_end(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_that_is_sent_home_restarts_also_where_its_settings_are_wrong),
        cmocka_unit_test(an_image_confirmed_by_half_is_confirmed_when_flash_obeys_again),
        cmocka_unit_test(a_start_is_counted_once_also_where_a_later_look_fails),
        cmocka_unit_test(an_image_that_crashes_goes_home_whatever_the_loader_has_noted),
        cmocka_unit_test(a_loader_that_only_says_yes_does_not_make_the_device_restart_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

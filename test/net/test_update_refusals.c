/* SPDX-License-Identifier: Apache-2.0 */
/* A port that refuses: the switch, the loader, a whole chip; each call in turn is in every_call.c. The device never acts
 * on a record that is not in flash, and when the port obeys again it goes on without a restart. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"

#include "device/device.h"

#define SIZE   9000u
#define STEPS  20000u
#define HOUR_S 3600u

static int set_up(void **state) {
    (void)state;
    frame_begin(SIZE);
    return 0;
}

/* ---- chips: operation number `refused_at` of all three together is refused once */

static struct aloft_flash real[3];
static uint32_t n_ops, refused_at;
static bool was_log;

static bool refuses(void *self) {
    was_log = n_ops == refused_at ? self == real[2].self : was_log;
    return n_ops++ == refused_at;
}

static aloft_err write_or_refuse(void *self, uint32_t at, aloft_bytes from) {
    return refuses(self) ? ALOFT_E_FLASH_WRITE : real[0].write(self, at, from);
}

static aloft_err erase_or_refuse(void *self, uint32_t at) {
    return refuses(self) ? ALOFT_E_FLASH_ERASE : real[0].erase(self, at);
}

static void tap(void) {
    struct aloft_flash *port[] = {&rig.config.slot[0], &rig.config.slot[1], &rig.config.log};

    for (unsigned i = 0; i < 3; i++) {
        real[i] = *port[i];
        port[i]->write = write_or_refuse;
        port[i]->erase = erase_or_refuse;
    }
    n_ops = 0;
}

/* L3: a record that a cut left looking blank may yet turn up; so a slot is touched only behind an append. */
static void a_download_that_goes_on_after_a_start_begins_with_an_append(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    sim_power_cut_after(&rig.power, 8, SIM_TORN_HALF, 0);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_REBOOT);
    tap();
    refused_at = 0;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_status(&rig, &now);
    assert_int_equal(now.outcome, ALOFT_UNDER_WAY);
    assert_int_equal(n_ops, 0);

    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);

    assert_int_equal(n_ops, 1);
    assert_true(was_log);
    assert_true(rig_pass(&rig, 120));
    must_run(1);
}

/* T3 is refused; the device must neither believe in a trial nor stop taking updates. */
static void a_switch_that_flash_refuses_is_no_trial(void **state) {
    const struct al_device *d = (const struct al_device *)rig.device.room;

    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    while (d->state != AL_READBACK)
        assert_true(rig_step(&rig));
    rig.log.answers = ALOFT_E_FLASH_WRITE;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    assert_int_equal(d->record.phase, AL_FILL);
    rig_status(&rig, &now);
    assert_int_equal(now.fault.code, ALOFT_E_FLASH_ERASE == now.fault.code ? ALOFT_E_FLASH_ERASE
                                                                           : ALOFT_E_FLASH_WRITE);

    rig.log.answers = ALOFT_OK;
    assert_true(rig_pass(&rig, 120));
    must_run(1);
}

/* ---- the loader */

static aloft_err loader_says;
static unsigned n_told;

static aloft_err try_slot(void *self, unsigned slot, aloft_fault *why) {
    (void)self;
    assert_int_equal(slot, 1);
    n_told++;
    *why = (aloft_fault){.code = (uint16_t)loader_says};
    return loader_says;
}

static void an_image_that_the_loader_refuses_is_a_failed_trial(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    rig.config.loader.try_slot = try_slot;
    loader_says = ALOFT_E_NO_BOOTABLE;
    n_told = 0;
    assert_true(rig_pass(&rig, 600));
    rig_status(&rig, &now);
    assert_int_equal(now.outcome, ALOFT_ROLLED_BACK);
    assert_int_equal(now.fails, 1);
    assert_int_equal(n_told, 1);
    assert_true(now.retry_trial_s > 0);

    loader_says = ALOFT_OK;
    assert_true(rig_pass(&rig, HOUR_S + 120));
    must_run(1);
}

static void a_loader_that_always_refuses_ends_in_giving_up(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    rig.config.loader.try_slot = try_slot;
    loader_says = ALOFT_E_NO_BOOTABLE;
    n_told = 0;
    assert_true(rig_pass(&rig, 40 * HOUR_S));

    assert_int_equal(n_told, 3);
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    rig_status(&rig, &now);
    assert_int_equal(now.outcome, ALOFT_GIVEN_UP);
    assert_true(rig_pass(&rig, 40 * HOUR_S));
    assert_int_equal(n_told, 3);
}

/* ---- a factory image, which runs from neither slot */

static void start_factory(void) {
    aloft_fault why;

    rig.loader.running = ALOFT_SLOT_NONE;
    sim_net_reset(&rig.net);
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
}

static void a_factory_image_is_not_mistaken_for_what_is_in_slot_0(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_publish(&rig, RIG_GOOD, SIZE + 1);
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, 120));
    must_run(2);
    assert_int_equal(rig.loader.running, 0);

    start_factory(); /* somebody erased the loader's choice */
    rig.progress.next = ALOFT_WORK;
    for (unsigned i = 0; i < STEPS && rig.progress.next != ALOFT_REBOOT; i++)
        rig.progress = aloft_step(&rig.device);

    assert_int_equal(rig.progress.next, ALOFT_REBOOT); /* it installs the release on offer again */
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    must_run(2);
    assert_int_equal(rig.loader.running, 1);
}

static void a_trial_that_ended_in_the_factory_image_has_failed(void **state) {
    (void)state;
    rig_publish(&rig, RIG_UNSURE, SIZE);
    assert_true(rig_pass(&rig, 120));
    rig_status(&rig, &now);
    assert_int_equal(now.state, ALOFT_TESTING);
    start_factory();
    rig_status(&rig, &now);
    assert_int_equal(now.outcome, ALOFT_ROLLED_BACK);

    rig_publish(&rig, RIG_GOOD, SIZE);
    for (unsigned i = 0; i < STEPS && rig.progress.next != ALOFT_REBOOT; i++)
        rig.progress = aloft_step(&rig.device);
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    must_run(2);
}

/* ---- trials and what is kept of them */

/* The old image says why, as soon as it is back. */
static void must_end_as(enum rig_nature nature, aloft_err cause) {
    unsigned before = rig.n_starts;

    rig_publish(&rig, nature, SIZE);
    while (rig.n_starts < before + 2)
        assert_true(rig_step(&rig));
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_int_equal(now.fault.code, cause);
    assert_int_equal(now.fault.step, ALOFT_STEP_TRIAL);
}

static void a_sick_image_is_called_so(void **state) {
    (void)state;
    must_end_as(RIG_SICK, ALOFT_E_TRIAL_SICK);
    assert_provoked(now.fault.code, TRIAL_SICK);
}

static void a_silent_image_is_called_so(void **state) {
    (void)state;
    must_end_as(RIG_SILENT, ALOFT_E_TRIAL_SILENT);
    assert_provoked(now.fault.code, TRIAL_SILENT);
}

/* Sick once is sick: an image that changes its mind in the same breath goes all the same. */
static void well_does_not_take_back_sick(void **state) {
    aloft_fault why;

    (void)state;
    rig_publish(&rig, RIG_SILENT, SIZE);
    while (rig.n_trials == 0)
        assert_true(rig_step(&rig));
    assert_ok(aloft_health(&rig.device, ALOFT_SICK, &why));
    assert_ok(aloft_health(&rig.device, ALOFT_WELL, &why));
    assert_true(rig_pass(&rig, 60));
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_int_equal(now.floor, 0);
}

/* Until the restart, which the boot stage's own count of starts then ends. */
static void the_end_of_a_trial_that_flash_refuses_is_told(void **state) {
    aloft_fault why;

    (void)state;
    rig_publish(&rig, RIG_SILENT, SIZE);
    while (rig.n_trials == 0)
        assert_true(rig_step(&rig));
    assert_ok(aloft_health(&rig.device, ALOFT_SICK, &why));
    rig.log.answers = ALOFT_E_FLASH_WRITE;
    assert_int_equal(aloft_step(&rig.device).next, ALOFT_REBOOT);
    rig_status(&rig, &now);
    assert_int_equal(now.fault.code, ALOFT_E_FLASH_WRITE);
    assert_int_equal(now.fault.step, ALOFT_STEP_TRIAL);
    assert_int_equal(now.outcome, ALOFT_UNDER_WAY);
    assert_ok(aloft_health(&rig.device, ALOFT_WELL, &why)); /* too late: it is to restart */
    assert_int_equal(aloft_step(&rig.device).next, ALOFT_REBOOT);

    rig.log.answers = ALOFT_OK;
    rig.config.trial_s = 10;
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    assert_true(rig_pass(&rig, 60));
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_int_equal(now.floor, 0);
}

/* Settings of a new image that make no sense: it could not even ask for the next update. */
static void an_image_with_wrong_settings_goes_back_at_once(void **state) {
    const struct al_device *d = (const struct al_device *)rig.device.room;
    aloft_fault why;

    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    while (d->state != AL_RESTART)
        rig.progress = aloft_step(&rig.device);
    rig.may_start_badly = true;
    rig.config.channel = "stabel";
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    assert_int_equal(rig.started, ALOFT_E_CONFIG_CHANNEL);
    assert_int_equal(aloft_health(&rig.device, ALOFT_WELL, &why), ALOFT_E_CONFIG_CHANNEL);
    assert_int_equal(aloft_step(&rig.device).next, ALOFT_REBOOT);

    rig.config.channel = "stable"; /* the old image's settings are right */
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    assert_ok(rig.started);
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_int_equal(now.fault.code, ALOFT_E_CONFIG_CHANNEL);
}

static void a_kept_image_that_was_damaged_is_fetched_anew(void **state) {
    (void)state;
    rig_publish(&rig, RIG_UNSURE, SIZE);
    rig.config.trial_s = 10;
    assert_true(rig_pass(&rig, 100));
    while (rig.loader.running == 1)
        assert_true(rig_boot(&rig, ALOFT_RESET_CRASH));
    assert_int_equal(rig_running_image(&rig), 0);
    sim_flash_load(&rig.slot[1], 100, ALOFT_BYTES("rotten"));
    rig.decided = true;
    assert_true(rig_pass(&rig, 3 * HOUR_S));

    must_run(1);
    assert_in_range(rig_received(&rig), 2 * SIZE, 2 * SIZE);
}

/* The release of the floor may come again after a fallback (R17), but not for ever: here it has become one that
 * crashes. */
static void the_release_of_the_floor_is_given_up_too(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_publish(&rig, RIG_SICK, SIZE + 1); /* sick only while it is on trial */
    rig.image[2].at[0] = RIG_GOOD;
    rig_offer(&rig, 2, 2000, 0);
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, 200));
    must_run(2);
    sim_flash_load(&rig.slot[0], 100, ALOFT_BYTES("rotten"));
    rig.check_always = true;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_true(rig.choice.fallback);
    rig.config.trial_s = 10;
    rig.net.wrong.only = ".none";
    rig.n_trials = 0;
    for (unsigned i = 0; i < 400 * 60 && rig.clock.now_ms < 90 * HOUR_S * 1000; i++) {
        assert_true(rig_step(&rig));
        rig_status(&rig, &now);
        if (now.state == ALOFT_TESTING)
            assert_true(rig_boot(&rig, ALOFT_RESET_CRASH)); /* something else is broken now */
    }

    assert_int_equal(rig.n_trials, 9);
    assert_int_equal(rig_running_image(&rig), 1);
    assert_true(rig_received(&rig) <= SIZE + 2 * (SIZE + 1));
}

/* ---- geometry */

static void marks_are_whole_units_of_any_size(void **state) {
    static const struct rig_geometry odd = {.write_size = 4,
                                            .erase_size = 12288,
                                            .slot_size = 40 * 12288,
                                            .log_erase_size = 768,
                                            .page_size = 4096};

    (void)state;
    frame_end(NULL);
    rig_start(&rig, &odd, SIZE);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_publish(&rig, RIG_GOOD, 300000);
    rig.net.wrong.cut_after = 200000;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

    must_run(1);
    assert_true(rig_received(&rig) <= 300000 + 73728);
}

/* ---- what is told */

static void lost_records_are_told_to_the_server(void **state) {
    static const uint8_t code[] = {10, 0x87, 0x19, 0x06, 0x05}; /* key 10: [0x0605, ... */
    bool is_told = false;

    (void)state;
    rig_offer(&rig, 0, 4000, 0); /* what runs: nothing else goes wrong */
    sim_flash_load(&rig.log, 0, ALOFT_BYTES("not a record"));
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig.choice.why.code, ALOFT_E_RECORDS_LOST);
    assert_true(rig_pass(&rig, 30));

    for (size_t i = 0; i + sizeof code <= rig.net.report_len; i++)
        is_told = is_told || memcmp(rig.net.report + i, code, sizeof code) == 0;
    assert_true(is_told);
    assert_true(rig_pass(&rig, 200));
    rig_status(&rig, &now);
    assert_int_equal(now.fault.code, ALOFT_OK);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(a_download_that_goes_on_after_a_start_begins_with_an_append),
        T(a_switch_that_flash_refuses_is_no_trial),
        T(an_image_that_the_loader_refuses_is_a_failed_trial),
        T(a_loader_that_always_refuses_ends_in_giving_up),
        T(a_factory_image_is_not_mistaken_for_what_is_in_slot_0),
        T(a_trial_that_ended_in_the_factory_image_has_failed),
        T(a_sick_image_is_called_so),
        T(a_silent_image_is_called_so),
        T(well_does_not_take_back_sick),
        T(the_end_of_a_trial_that_flash_refuses_is_told),
        T(an_image_with_wrong_settings_goes_back_at_once),
        T(a_kept_image_that_was_damaged_is_fetched_anew),
        T(the_release_of_the_floor_is_given_up_too),
        T(marks_are_whole_units_of_any_size),
        T(lost_records_are_told_to_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

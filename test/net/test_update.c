/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an update, by the real library over simulated chips and a simulated network. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"

#define SIZE   200000u
#define STEPS  20000u
#define HOUR_S 3600u

static int set_up(void **state) {
    (void)state;
    frame_begin(SIZE);
    return 0;
}

static void an_update_is_fetched_tried_confirmed_and_reported(void **state) {
    unsigned image = rig_publish(&rig, RIG_GOOD, SIZE + 5);

    (void)state;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

    must_run(image);
    assert_true(now.reported);
    assert_int_equal(now.floor, rig.image[image].sequence);
    assert_int_equal(now.fault.code, ALOFT_OK);
    assert_int_equal(rig.n_trials, 1);
    assert_int_equal(rig_received(&rig), SIZE + 5); /* each byte once */
}

static uint32_t ops_of_slots(void) {
    return rig.slot[0].erases + rig.slot[0].writes + rig.slot[1].erases + rig.slot[1].writes;
}

/* As aloft_step promises; the first record of a life erases both units of the log (L5). */
static void a_step_touches_a_slot_once_and_appends_one_record(void **state) {
    struct aloft_progress next = {ALOFT_WORK, 0};

    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    for (unsigned i = 0; i < STEPS && next.next != ALOFT_REBOOT; i++) {
        const uint32_t slots = ops_of_slots(), writes = rig.log.writes, erases = rig.log.erases;
        const uint32_t may_erase = writes == 0 ? 2 : 1;

        next = aloft_step(&rig.device);
        sim_clock_pass(&rig.clock, next.wait_ms);
        assert_true(ops_of_slots() - slots <= 1);
        assert_true(rig.log.writes - writes == 0 || rig.log.writes - writes == 3);
        assert_true(rig.log.erases - erases <= may_erase);
    }
    assert_int_equal(next.next, ALOFT_REBOOT);
    assert_true(ops_of_slots() > SIZE / frame_chips.page_size);
}

static void with_nothing_published_the_device_says_so_and_tries_again(void **state) {
    char said[80];

    (void)state;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    rig_status(&rig, &now);
    assert_provoked(now.fault.code, HTTP_NOT_FOUND);
    assert_int_equal(now.fault.raw, 404);
    assert_true(rig_pass(&rig, 30)); /* it asks again, and tells the server of no failure */
    assert_true(sim_net_field(&rig.net, "Aloft-State", said, sizeof said));
    assert_string_equal(said, "idle");

    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_true(rig_pass(&rig, 120));
    must_run(1);
}

static void a_second_update_goes_into_the_other_slot(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    assert_int_equal(rig.loader.running, 1);

    rig_publish(&rig, RIG_GOOD, SIZE - 7);
    aloft_check_now(&rig.device);
    rig.progress.next = ALOFT_WORK;
    assert_true(rig_pass(&rig, 200));

    must_run(2);
    assert_int_equal(rig.loader.running, 0);
    assert_int_equal(rig_image_in(&rig, 1), 1);
}

static void nothing_new_costs_no_write(void **state) {
    uint32_t ops;

    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    ops = rig.power.ops;

    assert_true(rig_pass(&rig, 24 * HOUR_S));

    assert_int_equal(rig.power.ops, ops);
    must_run(1);
}

static void must_roll_back(enum rig_nature nature, unsigned starts) {
    unsigned before;

    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    before = rig.n_trials;
    rig_publish(&rig, nature, SIZE + 1);
    aloft_check_now(&rig.device);

    assert_true(rig_pass(&rig, 3000));

    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 1);
    assert_int_equal(now.outcome, ALOFT_ROLLED_BACK);
    assert_int_equal(rig.n_trials - before, starts);
    assert_int_equal(now.floor, rig.image[1].sequence);
}

static void a_crashing_image_is_rolled_back_by_itself(void **state) {
    (void)state;
    must_roll_back(RIG_CRASH, 3);
}

static void a_hanging_image_is_rolled_back_by_the_watchdog(void **state) {
    (void)state;
    must_roll_back(RIG_HANG, 3);
}

static void an_image_that_says_it_is_sick_is_rolled_back_at_once(void **state) {
    (void)state;
    must_roll_back(RIG_SICK, 1);
    assert_provoked(now.fault.code, TRIAL_WAITS); /* the server still offers it */
    assert_int_equal(now.fault.got, ALOFT_E_TRIAL_SICK);
}

static void an_image_that_never_says_a_word_is_rolled_back(void **state) {
    (void)state;
    must_roll_back(RIG_SILENT, 1);
    assert_int_equal(now.fault.got, ALOFT_E_TRIAL_SILENT);
}

static void a_failed_image_waits_an_hour_then_six_and_is_then_given_up(void **state) {
    (void)state;
    rig_publish(&rig, RIG_SICK, SIZE);
    assert_true(rig_pass(&rig, 600));
    assert_int_equal(rig.n_trials, 1);
    rig_status(&rig, &now);
    assert_true(now.retry_trial_s > 2900 && now.retry_trial_s <= 3600);

    assert_true(rig_pass(&rig, HOUR_S + 60));
    assert_int_equal(rig.n_trials, 2);
    assert_true(rig_pass(&rig, 5 * HOUR_S));
    assert_int_equal(rig.n_trials, 2);
    assert_true(rig_pass(&rig, 2 * HOUR_S));
    assert_int_equal(rig.n_trials, 3);
    assert_true(rig_pass(&rig, 100 * HOUR_S));

    assert_int_equal(rig.n_trials, 3);
    rig_status(&rig, &now);
    assert_int_equal(now.outcome, ALOFT_GIVEN_UP);
    assert_int_equal(now.skip, rig.image[1].sequence);
    assert_provoked(now.fault.code, SKIPPED);
    assert_int_equal(rig_received(&rig), SIZE); /* fetched once, tried three times */
}

static void a_mended_release_is_taken_at_once(void **state) {
    (void)state;
    rig_publish(&rig, RIG_SICK, SIZE);
    assert_true(rig_pass(&rig, 600));

    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_true(rig_pass(&rig, 200));

    must_run(2);
    assert_int_equal(now.skip, rig.image[1].sequence);
}

static void an_undecided_image_stays_on_trial_for_days(void **state) {
    (void)state;
    rig_publish(&rig, RIG_UNSURE, SIZE);
    assert_true(rig_pass(&rig, 3 * 24 * HOUR_S));
    rig_status(&rig, &now);
    assert_int_equal(now.state, ALOFT_TESTING);
    rig_publish(&rig, RIG_GOOD, SIZE); /* on trial it acts on no manifest */
    assert_true(rig_pass(&rig, HOUR_S));
    assert_int_equal(rig_running_image(&rig), 1);

    rig.decided = true;
    assert_true(rig_pass(&rig, 300));

    must_run(2);
}

static void an_undecided_image_goes_after_seven_days(void **state) {
    (void)state;
    rig_publish(&rig, RIG_UNSURE, SIZE);

    assert_true(rig_pass(&rig, 8 * 24 * HOUR_S));

    rig_status(&rig, &now);
    assert_int_equal(rig.n_trials >= 1, 1);
    assert_int_equal(rig_running_image(&rig) == 0 || now.state == ALOFT_TESTING, 1);
    assert_true(now.fails >= 1);
}

static void a_stranger_s_manifest_is_refused(void **state) {
    unsigned image = rig_publish(&rig, RIG_GOOD, SIZE);

    (void)state;
    rig_offer(&rig, image, 5000, 1);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);

    rig_status(&rig, &now);
    assert_provoked(now.fault.code, SIGNER_UNKNOWN);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_int_equal(rig.power.ops, 0); /* nothing unsigned leaves a mark */
}

static void an_older_release_is_refused(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_offer(&rig, 0, 999, 0);
    aloft_check_now(&rig.device);

    assert_true(rig_pass(&rig, 10));

    rig_status(&rig, &now);
    assert_provoked(now.fault.code, ROLLBACK_REFUSED);
    assert_int_equal(now.fault.want, 16);
    must_run(1);
}

static void a_tampered_payload_never_boots(void **state) {
    unsigned image = rig_publish(&rig, RIG_GOOD, SIZE);

    (void)state;
    rig.image[image].at[SIZE / 2] ^= 1;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);

    rig_status(&rig, &now);
    assert_provoked(now.fault.code, DIGEST_MISMATCH);
    assert_int_equal(now.fault.step, ALOFT_STEP_READBACK);
    assert_int_equal(rig.n_trials, 0);
    rig.image[image].at[SIZE / 2] ^= 1; /* mended on the server */
    assert_true(rig_pass(&rig, 60));
    must_run(image);
}

static void the_image_that_runs_is_adopted_without_a_download(void **state) {
    uint64_t before;

    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_offer(&rig, 1, 7777, 0);
    before = rig_received(&rig);
    aloft_check_now(&rig.device);

    assert_true(rig_pass(&rig, 10));

    must_run(1);
    assert_int_equal(now.running_sequence, 7777);
    assert_int_equal(now.floor, 7777);
    assert_int_equal(rig_received(&rig), before);
    assert_int_equal(rig.n_trials, 1);
}

static void the_image_from_the_factory_is_recognised_when_it_is_published(void **state) {
    (void)state;
    rig_offer(&rig, 0, 4000, 0);

    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

    must_run(0);
    assert_int_equal(rig_received(&rig), 0);
    assert_int_equal(rig.n_trials, 0);
}

static void a_download_goes_on_from_its_last_mark_after_a_loss_of_power(void **state) {
    uint64_t first;

    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    sim_power_cut_after(&rig.power, 170, SIM_TORN_HALF, 0);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_REBOOT);
    assert_false(rig.power.on);
    first = rig_received(&rig);
    assert_true(first > 65536 && first < SIZE);

    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

    must_run(1);
    assert_true(rig_received(&rig) <= SIZE + 65536);
}

static void a_download_that_was_whole_when_power_went_is_not_asked_for_again(void **state) {
    const uint32_t size = 2 * 65536; /* ends on a mark */

    (void)state;
    rig_publish(&rig, RIG_GOOD, size);
    for (unsigned i = 0; i < STEPS && now.state != ALOFT_READING_BACK; i++) {
        assert_true(rig_step(&rig));
        rig_status(&rig, &now);
    }
    assert_int_equal(now.state, ALOFT_READING_BACK);

    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

    must_run(1);
    assert_int_equal(rig_received(&rig), size);
    assert_int_equal(rig.net.n_requests, 5); /* check, payload; check; check on trial, report */
}

static void power_lost_in_a_trial_is_counted_apart(void **state) {
    (void)state;
    rig_publish(&rig, RIG_UNSURE, SIZE);
    assert_true(rig_pass(&rig, 100));
    for (unsigned i = 1; i <= 10; i++) {
        assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
        rig_status(&rig, &now);
        assert_int_equal(now.cold, i);
        assert_int_equal(now.boots, 1);
    }
    rig.decided = true;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    must_run(1);
}

static void a_damaged_home_falls_back_and_the_next_update_repairs_it(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_publish(&rig, RIG_GOOD, SIZE + 9);
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, 200));
    must_run(2);
    sim_flash_load(&rig.slot[0], 100, ALOFT_BYTES("rotten"));
    rig.check_always = true;

    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));

    assert_true(rig.choice.fallback);
    assert_provoked(rig.choice.why.code, BOOT_FALLBACK);
    assert_int_equal(rig_running_image(&rig), 1);
    assert_true(rig_pass(&rig, 300));
    assert_int_equal(rig_running_image(&rig), 2); /* the same release, installed again (R16) */
}

static void asked_first_the_device_offers_and_does_not_fetch(void **state) {
    (void)state;
    rig.config.ask_first = true;
    rig_publish(&rig, RIG_GOOD, SIZE);

    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    assert_true(rig_pass(&rig, 3 * 24 * HOUR_S));

    rig_status(&rig, &now);
    assert_true(now.offer_stands);
    assert_int_equal(now.state, ALOFT_IDLE);
    assert_int_equal(now.offered_sequence, rig.image[1].sequence);
    assert_int_equal(now.fault.code, ALOFT_OK);
    assert_int_equal(rig_received(&rig), 0);
    assert_int_equal(rig.power.ops, 0);
}

static void an_offer_that_is_taken_twice_is_installed_once(void **state) {
    (void)state;
    rig.config.ask_first = true;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

    aloft_take_offer(&rig.device);
    aloft_take_offer(&rig.device);
    rig.progress.next = ALOFT_WORK;
    assert_true(rig_pass(&rig, 200));

    must_run(1);
    assert_false(now.offer_stands);
    assert_int_equal(rig_received(&rig), SIZE);
    rig_publish(&rig, RIG_GOOD, SIZE + 1); /* the consent is used up */
    assert_true(rig_pass(&rig, 3 * 24 * HOUR_S));
    must_run(1);
    assert_true(now.offer_stands);
}

static void a_download_that_was_consented_to_goes_on_after_a_cut(void **state) {
    (void)state;
    rig.config.ask_first = true;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    aloft_take_offer(&rig.device);
    rig.progress.next = ALOFT_WORK;
    sim_power_cut_after(&rig.power, 170, SIM_TORN_HALF, 0);
    (void)rig_pass(&rig, 200);
    assert_false(rig.power.on);

    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_true(rig_pass(&rig, 200));

    must_run(1);
}

/* What was begun was agreed to; what has taken its place on the server was not. */
static void another_release_than_the_one_that_was_begun_waits_for_its_own_word(void **state) {
    (void)state;
    rig.config.ask_first = true;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    aloft_take_offer(&rig.device);
    rig.net.wrong.cut_after = 100000;
    rig.progress.next = ALOFT_WORK;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));

    rig_publish(&rig, RIG_GOOD, SIZE + 1);
    assert_true(rig_pass(&rig, HOUR_S));
    rig_status(&rig, &now);
    assert_true(now.offer_stands);
    assert_int_equal(now.received, 0);

    aloft_take_offer(&rig.device);
    assert_true(rig_pass(&rig, 200));
    must_run(2);
}

static void nobody_takes_an_offer_for_an_image_on_trial(void **state) {
    (void)state;
    rig.config.ask_first = true;
    rig_publish(&rig, RIG_UNSURE, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    aloft_take_offer(&rig.device);
    assert_true(rig_pass(&rig, 200));
    rig_status(&rig, &now);
    assert_int_equal(now.state, ALOFT_TESTING);
    rig_publish(&rig, RIG_GOOD, SIZE + 1);

    aloft_take_offer(&rig.device);
    rig.decided = true;
    assert_true(rig_pass(&rig, HOUR_S));

    must_run(1);
    assert_true(now.offer_stands);
}

static void outside_a_trial_no_word_about_health_changes_anything(void **state) {
    static const enum aloft_health_word words[] = {ALOFT_WELL, ALOFT_UNDECIDED, ALOFT_SICK};
    aloft_fault why;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        assert_ok(aloft_health(&rig.device, words[i], &why));
        assert_true(rig_pass(&rig, 100));
    }
    rig_status(&rig, &now);
    assert_int_equal(rig.n_starts, 1);
    assert_int_equal(rig.power.ops, 0);
    assert_int_equal(now.state, ALOFT_IDLE);
}

/* It is nobody's business: neither heads about the device nor reports. */
static void a_quiet_device_updates_and_says_nothing_about_itself(void **state) {
    static const char *const words[] = {"Aloft-Device", "Aloft-Running", "Aloft-State",
                                        "Aloft-Record"};
    char value[80];

    (void)state;
    rig.config.quiet = true;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_publish(&rig, RIG_GOOD, SIZE);
    for (unsigned i = 0; i < STEPS && rig.progress.next != ALOFT_DONE; i++) {
        assert_true(rig_step(&rig));
        for (unsigned w = 0; w < 4; w++)
            assert_false(sim_net_field(&rig.net, words[w], value, sizeof value));
    }
    must_run(1);
    assert_false(now.reported);
    assert_int_equal(rig.net.report_len, 0);
}

static void a_device_without_a_name_reports_without_one(void **state) {
    char value[80];

    (void)state;
    rig.config.id = NULL;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_publish(&rig, RIG_GOOD, SIZE);
    while (rig.net.n_requests == 0)
        assert_true(rig_step(&rig));
    assert_false(sim_net_field(&rig.net, "Aloft-Device", value, sizeof value));
    assert_true(sim_net_field(&rig.net, "Aloft-Running", value, sizeof value));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    must_run(1);
    assert_true(now.reported);
    assert_int_equal(rig.net.report[0], 0xad); /* a map of 13: no key 2 */
    assert_int_equal(rig.net.report[1], 1);
    assert_int_equal(rig.net.report[3], 3);
}

static void an_offer_that_was_withdrawn_stands_no_more(void **state) {
    (void)state;
    rig.config.ask_first = true;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_offer(&rig, 0, rig.image[1].sequence + 1, 0); /* what runs, under a new number */

    aloft_take_offer(&rig.device);
    rig.progress.next = ALOFT_WORK;
    assert_true(rig_pass(&rig, 100));

    must_run(0);
    assert_false(now.offer_stands);
    assert_int_equal(rig_received(&rig), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(an_update_is_fetched_tried_confirmed_and_reported),
        T(a_step_touches_a_slot_once_and_appends_one_record),
        T(with_nothing_published_the_device_says_so_and_tries_again),
        T(a_second_update_goes_into_the_other_slot),
        T(nothing_new_costs_no_write),
        T(a_crashing_image_is_rolled_back_by_itself),
        T(a_hanging_image_is_rolled_back_by_the_watchdog),
        T(an_image_that_says_it_is_sick_is_rolled_back_at_once),
        T(an_image_that_never_says_a_word_is_rolled_back),
        T(a_failed_image_waits_an_hour_then_six_and_is_then_given_up),
        T(a_mended_release_is_taken_at_once),
        T(an_undecided_image_stays_on_trial_for_days),
        T(an_undecided_image_goes_after_seven_days),
        T(a_stranger_s_manifest_is_refused),
        T(an_older_release_is_refused),
        T(a_tampered_payload_never_boots),
        T(the_image_that_runs_is_adopted_without_a_download),
        T(the_image_from_the_factory_is_recognised_when_it_is_published),
        T(a_download_goes_on_from_its_last_mark_after_a_loss_of_power),
        T(a_download_that_was_whole_when_power_went_is_not_asked_for_again),
        T(power_lost_in_a_trial_is_counted_apart),
        T(a_damaged_home_falls_back_and_the_next_update_repairs_it),
        T(asked_first_the_device_offers_and_does_not_fetch),
        T(an_offer_that_is_taken_twice_is_installed_once),
        T(a_download_that_was_consented_to_goes_on_after_a_cut),
        T(an_offer_that_was_withdrawn_stands_no_more),
        T(another_release_than_the_one_that_was_begun_waits_for_its_own_word),
        T(nobody_takes_an_offer_for_an_image_on_trial),
        T(outside_a_trial_no_word_about_health_changes_anything),
        T(a_quiet_device_updates_and_says_nothing_about_itself),
        T(a_device_without_a_name_reports_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A fault of the network is kept over a restart, told, and forgotten; seldom written, and never decided by. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"

#define SIZE   20000u
#define STEPS  200000u
#define HOUR_S 3600u
#define DAY_S  86400u

static int set_up(void **state) {
    (void)state;
    frame_begin(SIZE);
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_true(rig_pass(&rig, DAY_S + DAY_S / 5)); /* so that a record is there */
    assert_int_equal(rig_running_image(&rig), 1);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER)); /* no connection stands */
    return 0;
}

static uint32_t records(void) {
    rig_status(&rig, &now);
    return now.record_number;
}

static void fail_for(aloft_err code, uint32_t seconds) {
    rig.net.wrong.open = code;
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, seconds));
}

static void start_again(void) {
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_status(&rig, &now);
}

static void
a_fault_that_lasts_is_shown_at_the_next_start_and_sent_with_the_next_check(void **state) {
    (void)state;
    fail_for(ALOFT_E_TLS_CA, HOUR_S);
    start_again();
    assert_string_equal(aloft_err_name(now.fault.code), "TLS_CA");
    assert_int_equal(now.fault.step, ALOFT_STEP_START);
    assert_true(now.is_before);

    sim_net_heal(&rig.net);
    rig.net.report_len = 0;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    /* key 10: [code, step ...; 0x0209 is 19 0209 in CBOR; and the state is confirmed, not failed */
    assert_non_null(memmem(rig.net.report, rig.net.report_len, "\x0a\x87\x19\x02\x09", 5));
    assert_non_null(memmem(rig.net.report, rig.net.report_len,
                           "\x69"
                           "confirmed",
                           10));
    rig_status(&rig, &now);
    assert_int_equal(now.fault.code, ALOFT_OK);
    assert_false(now.is_before);

    start_again();
    assert_int_equal(now.fault.code, ALOFT_OK);
}

static void a_short_fault_is_not_written(void **state) {
    uint32_t before = records();

    (void)state;
    start_again();
    fail_for(ALOFT_E_NET_REFUSED, 300);
    assert_int_equal(records(), before);
}

static void faults_that_alternate_for_a_week_are_written_once_a_day(void **state) {
    uint32_t before = records();

    (void)state;
    for (unsigned hour = 0; hour < 7 * 24; hour++)
        fail_for(hour % 2 == 0 ? ALOFT_E_NET_TIMEOUT : ALOFT_E_NET_NAME, HOUR_S);
    assert_in_range(records(), before + 2, before + 9);
}

static void the_same_fault_for_a_week_over_many_starts_is_written_once(void **state) {
    uint32_t before = records();

    (void)state;
    for (unsigned day = 0; day < 7; day++) {
        fail_for(ALOFT_E_NET_TIMEOUT, DAY_S);
        start_again();
    }
    assert_int_equal(records(), before + 2); /* the first after a reset counts twice (L3) */
}

static void what_http_says_is_no_note(void **state) {
    uint32_t before = records();

    (void)state;
    rig.net.wrong.status = 500;
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, 2 * HOUR_S));
    assert_int_equal(records(), before);
}

static void a_note_does_not_stand_in_the_way_of_an_update_nor_of_a_trial(void **state) {
    (void)state;
    fail_for(ALOFT_E_NET_TIMEOUT, HOUR_S);
    start_again();
    sim_net_heal(&rig.net);
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_true(rig_pass(&rig, HOUR_S));
    assert_int_equal(rig_running_image(&rig), 2);
    rig_status(&rig, &now);
    assert_int_equal(now.outcome, ALOFT_CONFIRMED);
    assert_int_equal(now.fault.code, ALOFT_OK);
}

/* The record of a trial is the boot stage's: what was noted while the release was fetched stays in it, whatever the
 * server says now. */
static void a_note_of_the_download_is_not_touched_on_trial(void **state) {
    uint32_t before;

    (void)state;
    rig_publish(&rig, RIG_UNSURE, SIZE);
    rig.net.wrong.only = ".bin";
    rig.net.wrong.status = 503;
    aloft_check_now(&rig.device);
    rig.progress.next = ALOFT_WORK;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    fail_for(ALOFT_E_NET_UNREACHABLE, HOUR_S);
    sim_net_heal(&rig.net);
    while (now.state != ALOFT_TESTING) {
        assert_true(rig_step(&rig));
        rig_status(&rig, &now);
    }
    before = records();
    rig.net.wrong.status = 204;
    rig.net.wrong.only = ".suit";
    assert_true(rig_pass(&rig, HOUR_S));
    assert_int_equal(records(), before);
    assert_int_equal(now.state, ALOFT_TESTING);
    assert_int_equal(rig.progress.next, ALOFT_SLEEP); /* nothing is done yet */
    assert_true(now.server_reached);
    assert_int_equal(now.fault.code, ALOFT_OK);

    sim_net_heal(&rig.net);
    rig.decided = true;
    assert_true(rig_pass(&rig, DAY_S));
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 2);
    assert_int_equal(now.outcome, ALOFT_CONFIRMED);
}

static aloft_err refuse_erase(void *self, uint32_t at) {
    (void)self;
    (void)at;
    return ALOFT_E_FLASH_ERASE;
}

/* The other slot has started because home has rotted, and the flash refuses to note that: this is the news. */
static void what_a_start_finds_is_told_before_what_was_noted(void **state) {
    const struct aloft_flash obeys = rig.config.log;

    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    assert_true(rig_pass(&rig, DAY_S + DAY_S / 5));
    assert_int_equal(rig_running_image(&rig), 2);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    fail_for(ALOFT_E_NET_UNREACHABLE, HOUR_S);
    sim_flash_load(&rig.slot[0], 100, ALOFT_BYTES("rotten"));
    rig.check_always = true;
    rig.config.log.erase = refuse_erase;
    start_again();
    assert_int_equal(rig_running_image(&rig), 1);
    assert_string_equal(aloft_err_name(now.fault.code), "FLASH_ERASE");
    assert_int_equal(now.fault.step, ALOFT_STEP_START);
    assert_false(now.is_before);

    rig.config.log = obeys;
    sim_net_heal(&rig.net);
    assert_true(rig_pass(&rig, HOUR_S));
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 2); /* the release is installed again */
    assert_int_equal(now.outcome, ALOFT_CONFIRMED);
    assert_int_equal(now.fault.code, ALOFT_OK);
}

static void must_still_tell_of_the_trial(void) {
    fail_for(ALOFT_E_NET_TIMEOUT, 1800);
    start_again();
    assert_string_equal(aloft_err_name(now.fault.code), "TRIAL_CRASHED");
    assert_false(now.is_before);
}

static void what_ended_a_trial_is_not_overwritten(void **state) {
    (void)state;
    rig_publish(&rig, RIG_CRASH, SIZE);
    aloft_check_now(&rig.device);
    for (unsigned i = 0; i < STEPS && now.outcome != ALOFT_ROLLED_BACK; i++) {
        assert_true(rig_step(&rig));
        rig_status(&rig, &now);
    }
    assert_int_equal(now.outcome, ALOFT_ROLLED_BACK);
    must_still_tell_of_the_trial();

    sim_net_heal(&rig.net);
    assert_true(rig_pass(&rig, 2 * DAY_S)); /* all its trials */
    rig_status(&rig, &now);
    assert_int_equal(now.outcome, ALOFT_GIVEN_UP);
    start_again();
    must_still_tell_of_the_trial();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_fault_that_lasts_is_shown_at_the_next_start_and_sent_with_the_next_check, set_up,
            frame_end),
        cmocka_unit_test_setup_teardown(a_short_fault_is_not_written, set_up, frame_end),
        cmocka_unit_test_setup_teardown(faults_that_alternate_for_a_week_are_written_once_a_day,
                                        set_up, frame_end),
        cmocka_unit_test_setup_teardown(the_same_fault_for_a_week_over_many_starts_is_written_once,
                                        set_up, frame_end),
        cmocka_unit_test_setup_teardown(what_http_says_is_no_note, set_up, frame_end),
        cmocka_unit_test_setup_teardown(
            a_note_does_not_stand_in_the_way_of_an_update_nor_of_a_trial, set_up, frame_end),
        cmocka_unit_test_setup_teardown(a_note_of_the_download_is_not_touched_on_trial, set_up,
                                        frame_end),
        cmocka_unit_test_setup_teardown(what_a_start_finds_is_told_before_what_was_noted, set_up,
                                        frame_end),
        cmocka_unit_test_setup_teardown(what_ended_a_trial_is_not_overwritten, set_up, frame_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The binding, one thing at a time; test/prop has all orders of events. */
#include "test/kit/kit.h"
#include "test/kit/st_cloud.h"

#define CLOCK  1795326490u /* 2026-11-22T05:48:10Z */
#define DAY_MS 86400000u

static struct aloft_st st;
static struct aloft_status now;
static uint32_t now_ms;

static const struct kit_st_said *shown = &kit_st_cloud.shown;

static void start(bool shows_progress) {
    const struct aloft_st_config config = {.version = "1.0.0", .shows_progress = shows_progress};

    memset(&kit_st_cloud, 0, sizeof kit_st_cloud);
    memset(&now, 0, sizeof now);
    now.server_reached = true;
    now_ms = 0xffffff00u; /* the clock wraps soon */
    assert_true(aloft_st_start(&st, NULL, &config));
    kit_st_connect(&st);
}

static int set_up(void **state) {
    (void)state;
    start(false);
    return 0;
}

static unsigned step(uint32_t later_ms) {
    unsigned wishes;

    now_ms += later_ms;
    wishes = aloft_st_step(&st, &now, now_ms, CLOCK);
    kit_st_deliver();
    assert_int_equal(kit_st_cloud.n_events, 0);
    return wishes;
}

static void offer(const char *version) {
    now.offer_stands = true;
    now.offered_sequence = 7;
    snprintf(now.offered_version, sizeof now.offered_version, "%s", version);
}

static void a_device_with_nothing_new_says_that_what_runs_is_the_latest(void **state) {
    (void)state;
    assert_int_equal(step(0), 0);

    assert_string_equal(shown->current, "1.0.0");
    assert_string_equal(shown->available, "1.0.0");
    assert_false(shown->offer);
    assert_false(shown->has_last);
}

static void an_offer_that_was_withdrawn_is_not_shown_any_more(void **state) {
    (void)state;
    offer("1.1.0");
    (void)step(0);
    assert_string_equal(shown->available, "1.1.0");
    assert_true(kit_st_app_has_button());

    now.offer_stands = false; /* its words are still known */
    (void)step(1000);

    assert_string_equal(shown->available, "1.0.0");
    assert_false(kit_st_app_has_button());
}

static void an_offer_with_the_version_that_runs_is_none(void **state) {
    (void)state;
    offer("1.0.0");
    (void)step(0);

    assert_false(shown->offer);
    assert_false(kit_st_home_assistant_offers());
}

static void each_command_is_a_wish_and_is_answered(void **state) {
    unsigned before;

    (void)state;
    (void)step(0);
    before = kit_st_cloud.n_sent;
    kit_st_press(&st, false, NULL);
    assert_int_equal(step(100), ALOFT_ST_CHECK);
    kit_st_press(&st, true, "11111111-2222-3333-4444-555555555555");
    assert_int_equal(step(100), ALOFT_ST_UPDATE);

    assert_int_equal(kit_st_cloud.n_sent, before + 2); /* the notices beside them did nothing */
    assert_int_equal(step(100), 0);
}

static void the_state_that_follows_a_command_names_it(void **state) {
    (void)state;
    offer("1.1.0");
    kit_st_press(&st, true, "11111111-2222-3333-4444-555555555555");
    (void)step(0);
    now.state = ALOFT_DOWNLOADING;
    (void)step(1000);
    assert_true(shown->is_updating);
    assert_string_equal(shown->command_id, "11111111-2222-3333-4444-555555555555");

    kit_st_press(&st, true, "99999999-2222-3333-4444-555555555555");

    assert_int_equal(step(1000), 0); /* it runs already */
    assert_string_equal(shown->command_id, "99999999-2222-3333-4444-555555555555");
    assert_true(shown->is_updating);
}

static void malformed_commands_and_notices_do_no_harm(void **state) {
    static const char longest[] = "11111111-2222-3333-4444-5555555555556";
    iot_cap_cmd_data_t command = {.num_args = 255, .total_commands_num = -1, .order_of_command = 9};

    (void)state;
    command.command_id = (char *)(uintptr_t)longest;
    kit_st_cloud.on_update(NULL, &command, &st);
    assert_int_equal(step(0), ALOFT_ST_UPDATE);
    assert_string_equal(shown->command_id, "");
    kit_st_cloud.on_update(NULL, NULL, &st);
    kit_st_cloud.on_check(NULL, NULL, &st);
    aloft_st_notice(&st, NULL);
    kit_st_notice(&st, IOT_NOTI_TYPE_UNKNOWN);
    kit_st_notice(&st, (iot_noti_type_t)99);

    assert_int_equal(step(1000), ALOFT_ST_UPDATE | ALOFT_ST_CHECK);
}

static void a_request_that_cannot_begin_says_why_in_our_words(void **state) {
    char sentence[256];

    (void)state;
    kit_st_press(&st, true, NULL);
    (void)step(0);
    now.state = ALOFT_CHECKING;
    (void)step(1000);
    now.state = ALOFT_IDLE;
    now.fault = (aloft_fault){.code = ALOFT_E_MANIFEST_LONG, .step = ALOFT_STEP_CHECK, .want = 1};
    (void)step(1000);

    assert_string_equal(shown->last, "updateFailed");
    aloft_explain(&now.fault, NULL, 0, sentence, sizeof sentence);
    assert_memory_equal(shown->reason, sentence, 20);
    assert_string_equal(shown->time, "2026-11-22T05:48:10Z");
}

static void a_check_that_fails_is_no_update_that_failed(void **state) {
    (void)state;
    now.state = ALOFT_CHECKING;
    (void)step(0);
    now.state = ALOFT_IDLE;
    now.fault = (aloft_fault){.code = ALOFT_E_NET_REFUSED, .step = ALOFT_STEP_CHECK};
    (void)step(1000);

    assert_false(shown->has_last);
}

static void a_success_has_its_time_only_in_the_run_that_saw_it(void **state) {
    (void)state;
    now.state = ALOFT_TESTING;
    now.outcome = ALOFT_UNDER_WAY;
    now.attempt = 1;
    (void)step(0);
    assert_false(shown->has_last);
    now.state = ALOFT_IDLE;
    now.outcome = ALOFT_CONFIRMED;
    (void)step(1000);
    assert_string_equal(shown->last, "updateSucceeded");
    assert_string_equal(shown->reason, "1.0.0 runs and has proved itself.");
    assert_string_equal(shown->time, "2026-11-22T05:48:10Z");

    start(false);
    now.outcome = ALOFT_CONFIRMED;
    now.attempt = 1;
    (void)step(0);

    assert_string_equal(shown->last, "updateSucceeded");
    assert_string_equal(shown->time, "");
}

static uint32_t kept, n_kept;

static void keep(void *self, uint32_t mark) {
    (void)self;
    kept = mark;
    n_kept++;
}

static void restart_rolled_back(uint8_t fails) {
    const struct aloft_st_config config = {.version = "1.0.0", .mark = kept, .keep_mark = keep};

    memset(&now, 0, sizeof now);
    now.server_reached = true;
    now.outcome = ALOFT_ROLLED_BACK;
    now.attempt = 1;
    now.fails = fails;
    now.fault = (aloft_fault){.code = ALOFT_E_TRIAL_SICK, .step = ALOFT_STEP_TRIAL};
    assert_true(aloft_st_start(&st, NULL, &config));
    kit_st_connect(&st);
    memset(&kit_st_cloud.shown, 0, sizeof kit_st_cloud.shown);
}

static void a_rollback_has_its_time_once_as_soon_as_the_clock_is_set(void **state) {
    (void)state;
    kept = n_kept = 0;
    restart_rolled_back(1);
    assert_int_equal(aloft_st_step(&st, &now, now_ms, 0), 0); /* no clock yet */
    kit_st_deliver();
    assert_string_equal(shown->last, "updateFailed");
    assert_string_equal(shown->time, "");
    assert_int_equal(n_kept, 0);
    (void)step(1000);
    assert_string_equal(shown->time, "2026-11-22T05:48:10Z");
    assert_int_equal(n_kept, 1);

    restart_rolled_back(1); /* the same end */
    (void)step(1000);
    assert_string_equal(shown->last, "updateFailed");
    assert_string_equal(shown->time, "");
    restart_rolled_back(2); /* another trial of the same attempt */
    (void)step(1000);
    assert_string_equal(shown->time, "2026-11-22T05:48:10Z");
    assert_int_equal(n_kept, 2);
}

static void the_first_word_waits_for_the_first_check_and_tells_its_offer(void **state) {
    (void)state;
    now.server_reached = false;
    (void)step(0);
    now.state = ALOFT_CHECKING;
    (void)step(10000);
    assert_int_equal(kit_st_cloud.n_sent, 0); /* "nothing new" is not known yet */
    now.state = ALOFT_IDLE;
    offer("1.1.0");

    (void)step(1000);

    assert_int_equal(kit_st_cloud.n_sent, 1);
    assert_string_equal(shown->available, "1.1.0");
}

static void a_server_that_does_not_answer_keeps_the_app_waiting_for_half_a_minute(void **state) {
    (void)state;
    now.server_reached = false;
    (void)step(0);
    (void)step(29999);
    assert_int_equal(kit_st_cloud.n_sent, 0);
    assert_true(aloft_st_may_reboot(&st, now_ms));

    (void)step(1);

    assert_string_equal(shown->current, "1.0.0");
}

static void a_trial_is_told_at_once(void **state) {
    (void)state;
    now.server_reached = false;
    now.state = ALOFT_TESTING;
    (void)step(0);

    assert_true(shown->is_updating);
}

/* The SDK may repeat a message that it thinks lost, behind a newer one. */
static void a_change_is_said_once_more_after_a_minute(void **state) {
    (void)state;
    (void)step(0);
    kit_st_cloud.shown.offer = true; /* the old message came last */
    (void)step(59999);
    assert_int_equal(kit_st_cloud.n_sent, 1);

    (void)step(1);
    assert_int_equal(kit_st_cloud.n_sent, 2);
    assert_false(shown->offer);
    (void)step(3600000);
    assert_int_equal(kit_st_cloud.n_sent, 2);
}

static void a_command_that_is_delivered_again_is_answered_and_does_nothing(void **state) {
    unsigned before;

    (void)state;
    kit_st_press(&st, true, "11111111-2222-3333-4444-555555555555");
    assert_int_equal(step(100), ALOFT_ST_UPDATE);
    before = kit_st_cloud.n_sent;
    kit_st_press(&st, true, "11111111-2222-3333-4444-555555555555");
    assert_int_equal(step(100), 0);
    assert_int_equal(kit_st_cloud.n_sent, before + 1);

    kit_st_press(&st, true, "22222222-2222-3333-4444-555555555555");
    assert_int_equal(step(100), ALOFT_ST_UPDATE);
}

static void refuse_at(uint64_t unix_s) {
    const aloft_fault fault = {.code = ALOFT_E_MANIFEST_LONG, .step = ALOFT_STEP_CHECK, .want = 1};

    kit_st_press(&st, true, NULL);
    assert_int_equal(aloft_st_step(&st, &now, now_ms, unix_s), ALOFT_ST_UPDATE);
    now.state = ALOFT_CHECKING;
    assert_int_equal(aloft_st_step(&st, &now, now_ms, unix_s), 0);
    now.state = ALOFT_IDLE;
    now.fault = fault;
    assert_int_equal(aloft_st_step(&st, &now, now_ms, unix_s), 0);
    kit_st_deliver();
}

static void each_refusal_has_its_own_time(void **state) {
    (void)state;
    refuse_at(CLOCK);
    assert_string_equal(shown->time, "2026-11-22T05:48:10Z");
    refuse_at(CLOCK + 60);

    assert_string_equal(shown->time, "2026-11-22T05:49:10Z");
}

static void everything_is_said_again_after_a_day(void **state) {
    (void)state;
    (void)step(0);
    (void)step(60000);
    memset(&kit_st_cloud.shown, 0, sizeof kit_st_cloud.shown);
    (void)step(DAY_MS - 1);
    assert_string_equal(shown->current, "");

    (void)step(1);

    assert_string_equal(shown->current, "1.0.0");
}

static void without_memory_nothing_is_said_until_there_is_some(void **state) {
    (void)state;
    kit_st_cloud.has_no_memory = true;
    (void)step(0);
    assert_int_equal(kit_st_cloud.n_sent, 0);
    kit_st_cloud.has_no_memory = false;
    (void)step(14000);
    assert_int_equal(kit_st_cloud.n_sent, 0);

    (void)step(1000);

    assert_int_equal(kit_st_cloud.n_sent, 1);
}

static void after_a_rate_limit_it_waits_a_minute(void **state) {
    (void)state;
    (void)step(0);
    kit_st_notice(&st, IOT_NOTI_TYPE_RATE_LIMIT);
    (void)step(0);
    (void)step(60000);
    assert_int_equal(kit_st_cloud.n_sent, 1);

    (void)step(1000);

    assert_int_equal(kit_st_cloud.n_sent, 2);
}

static void progress_is_told_in_tens_where_the_profile_has_it(void **state) {
    unsigned before;

    (void)state;
    now.state = ALOFT_DOWNLOADING;
    now.total = 1000;
    (void)step(0);
    assert_false(shown->has_progress);
    start(true);
    now.state = ALOFT_DOWNLOADING;
    now.total = 1000;
    (void)step(0);
    before = kit_st_cloud.n_sent;
    for (now.done = 1; now.done <= 1000; now.done++)
        (void)step(10);

    assert_int_equal(shown->percent, 100);
    assert_int_equal(kit_st_cloud.n_sent - before, 10);
}

static void a_restart_waits_until_the_last_word_has_left(void **state) {
    (void)state;
    assert_int_equal(aloft_st_health(&st), ALOFT_WELL);
    now.state = ALOFT_REBOOTING;
    (void)step(0);
    assert_false(aloft_st_may_reboot(&st, now_ms + 1999));
    assert_true(aloft_st_may_reboot(&st, now_ms + 2000));

    kit_st_disconnect(&st);
    (void)step(1);

    assert_true(aloft_st_may_reboot(&st, now_ms)); /* nobody hears it */
}

static void before_the_cloud_was_reached_health_is_undecided(void **state) {
    const struct aloft_st_config config = {.version = "1.0.0"};

    (void)state;
    assert_true(aloft_st_start(&st, NULL, &config));
    aloft_st_status(&st, IOT_STATUS_CONNECTING, IOT_STAT_LV_START);

    assert_int_equal(aloft_st_health(&st), ALOFT_UNDECIDED);
}

static void times_are_dates_of_the_calendar(void **state) {
    char text[AL_ST_TIME_SIZE];

    (void)state;
    assert_true(al_st_time(0, text));
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    assert_true(al_st_time(951782400, text));
    assert_string_equal(text, "2000-02-29T00:00:00Z");
    assert_true(al_st_time(4107542399u, text));
    assert_string_equal(text, "2100-02-28T23:59:59Z");
    assert_true(al_st_time(253402300799u, text));
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    assert_false(al_st_time(253402300800u, text));
    assert_false(al_st_time(UINT64_MAX, text));
}

#define T(name) cmocka_unit_test_setup(name, set_up)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(a_device_with_nothing_new_says_that_what_runs_is_the_latest),
        T(an_offer_that_was_withdrawn_is_not_shown_any_more),
        T(an_offer_with_the_version_that_runs_is_none),
        T(each_command_is_a_wish_and_is_answered),
        T(the_state_that_follows_a_command_names_it),
        T(malformed_commands_and_notices_do_no_harm),
        T(a_request_that_cannot_begin_says_why_in_our_words),
        T(a_check_that_fails_is_no_update_that_failed),
        T(a_success_has_its_time_only_in_the_run_that_saw_it),
        T(a_rollback_has_its_time_once_as_soon_as_the_clock_is_set),
        T(the_first_word_waits_for_the_first_check_and_tells_its_offer),
        T(a_server_that_does_not_answer_keeps_the_app_waiting_for_half_a_minute),
        T(a_trial_is_told_at_once),
        T(a_change_is_said_once_more_after_a_minute),
        T(a_command_that_is_delivered_again_is_answered_and_does_nothing),
        T(each_refusal_has_its_own_time),
        T(everything_is_said_again_after_a_day),
        T(without_memory_nothing_is_said_until_there_is_some),
        T(after_a_rate_limit_it_waits_a_minute),
        T(progress_is_told_in_tens_where_the_profile_has_it),
        T(a_restart_waits_until_the_last_word_has_left),
        T(before_the_cloud_was_reached_health_is_undecided),
        T(times_are_dates_of_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

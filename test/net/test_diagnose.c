/* SPDX-License-Identifier: Apache-2.0 */
/* The diagnosis of a device: it names the step that is broken, says what the device would do, and changes
 * nothing: no record, no payload, no time of a check. */
#include <aloft/diagnose.h>

#include "test/kit/frame.h"
#include "test/kit/kit.h"

#define SIZE  200000u
#define TINY  1500u
#define STEPS 200000u

static struct aloft_diagnosis seen;

static int set_up(void **state) {
    (void)state;
    frame_begin(TINY);
    return 0;
}

/* Ask, and step until it is done. */
static void diagnose(void) {
    aloft_diagnose(&rig.device);
    for (unsigned i = 0; i < STEPS; i++) {
        aloft_diagnosis(&rig.device, &seen);
        if (seen.state == ALOFT_DIAGNOSIS_DONE)
            return;
        assert_true(rig_step(&rig));
    }
    fail_msg("the diagnosis does not end");
}

static void all_good_up_to(unsigned step) {
    for (unsigned i = 0; i < step; i++)
        assert_int_equal(seen.mark[i], ALOFT_MARK_GOOD);
}

static void must_be_broken_at(enum aloft_road_step step, aloft_err code) {
    assert_string_equal(aloft_err_name(seen.fault.code), aloft_err_name(code));
    for (unsigned i = 0; i < ALOFT_ROAD_STEPS; i++)
        assert_string_equal(aloft_mark_word(seen.mark[i]), i < step    ? "good"
                                                           : i == step ? "broken"
                                                                       : "not reached");
    assert_int_equal(seen.would, ALOFT_WOULD_NOT_KNOWN);
}

static const char *would(void) {
    static char text[128];

    return aloft_would_text(&seen, text, sizeof text);
}

struct trouble_at {
    struct sim_wrong wrong;
    enum aloft_road_step step;
    aloft_err code;
};

#define OPEN(name, where)                                                                          \
    {                                                                                              \
        WRONG = NULL, .wrong.open = ALOFT_E_##name, .code = ALOFT_E_##name,                        \
        .step = ALOFT_ROAD_##where                                                                 \
    }

static void each_trouble_is_named_at_its_step_and_what_comes_after_is_not_reached(void **state) {
    static const struct trouble_at troubles[] = {
        OPEN(NET_DOWN, NETWORK),
        OPEN(NET_LOCAL, NETWORK),
        OPEN(NET_NAME, NAME),
        OPEN(NET_REFUSED, CONNECT),
        OPEN(NET_UNREACHABLE, CONNECT),
        OPEN(NET_TIMEOUT, CONNECT),
        OPEN(NET_DROPPED, CONNECT),
        OPEN(NET_CLOSED, TLS),
        OPEN(TLS_ALERT, TLS),
        OPEN(TLS_NOT_TLS, TLS),
        OPEN(TLS_HANDSHAKE, TLS),
        OPEN(TLS_CA, CHAIN),
        OPEN(TLS_NAME, HOST),
        OPEN(TLS_EXPIRED, CLOCK),
        OPEN(TLS_FUTURE, CLOCK),
        {WRONG = NULL, .wrong.open_waits = SIM_NEVER, .code = ALOFT_E_NET_TIMEOUT,
         .step = ALOFT_ROAD_CONNECT},
        {WRONG = NULL, .wrong.status = 404, .code = ALOFT_E_HTTP_NOT_FOUND,
         .step = ALOFT_ROAD_HTTP},
        {WRONG = NULL, .wrong.status = 503, .code = ALOFT_E_HTTP_BUSY, .step = ALOFT_ROAD_HTTP},
        {WRONG = NULL, .wrong.type = "text/html", .code = ALOFT_E_HTTP_HTML,
         .step = ALOFT_ROAD_HTTP},
        {WRONG = NULL, .wrong.location = "https://evil.example/", .code = ALOFT_E_HTTP_REDIRECT,
         .step = ALOFT_ROAD_HTTP},
        {WRONG = NULL, .wrong.location = RIG_MANIFEST, .code = ALOFT_E_HTTP_REDIRECT,
         .step = ALOFT_ROAD_HTTP},
        {WRONG = NULL, .wrong.body_shift = 1, .wrong.length_shift = 1,
         .code = ALOFT_E_MANIFEST_FORM, .step = ALOFT_ROAD_MANIFEST},
    };

    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
        rig.net.wrong = troubles[i].wrong;
        diagnose();
        must_be_broken_at(troubles[i].step, troubles[i].code);
    }
    assert_int_equal(rig.power.ops, 0);
}

static void an_answer_that_stops_is_broken_at_http(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    rig.net.wrong.stall_after = 0;
    diagnose();
    must_be_broken_at(ALOFT_ROAD_HTTP, ALOFT_E_NET_TIMEOUT);

    sim_net_heal(&rig.net);
    rig.net.wrong.cut_after = 20;
    diagnose();
    must_be_broken_at(ALOFT_ROAD_HTTP, ALOFT_E_NET_DROPPED);
}

static void a_diagnosis_says_what_would_be_done_and_does_not_do_it(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);

    diagnose();

    all_good_up_to(ALOFT_ROAD_STEPS);
    assert_int_equal(seen.fault.code, ALOFT_OK);
    assert_int_equal(seen.would, ALOFT_WOULD_COMPARE); /* the factory wrote no digest */
    assert_string_equal(would(), "It would compare what runs with 1.1.0, and fetch that where "
                                 "they differ: 200000 bytes.");
    rig_status(&rig, &now);
    assert_int_equal(rig.power.ops + now.received + now.attempt + now.offered_sequence, 0);
    assert_false(now.server_reached);
    assert_int_equal(rig.net.n_requests, 1);
}

static void the_update_happens_when_it_would_have_without_the_diagnosis(void **state) {
    (void)state;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED); /* 404: nothing is published */
    rig_status(&rig, &now);
    const uint32_t due_s = now.next_check_s;
    rig_publish(&rig, RIG_GOOD, SIZE);

    diagnose();
    rig_status(&rig, &now);

    assert_true(due_s > 0);
    assert_int_equal(now.next_check_s, due_s);
    assert_provoked(now.fault.code, HTTP_NOT_FOUND); /* of the check; the diagnosis has its own */
    assert_true(rig_pass(&rig, due_s + 60));
    assert_int_equal(rig_running_image(&rig), 1);
}

static void an_update_under_way_is_not_disturbed(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    do {
        assert_true(rig_step(&rig));
        rig_status(&rig, &now);
    } while (now.state != ALOFT_DOWNLOADING || now.received < SIZE / 2);

    aloft_diagnose(&rig.device);
    for (unsigned i = 0; i < 10; i++)
        assert_true(rig_step(&rig));
    aloft_diagnosis(&rig.device, &seen);

    assert_int_equal(seen.state, ALOFT_DIAGNOSIS_WAITING);
    rig_run(&rig, STEPS);
    assert_int_equal(rig_running_image(&rig), 1);
    assert_int_equal(rig_received(&rig), SIZE); /* fetched once, without a break */
}

static void a_cut_download_would_be_gone_on_with(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, SIZE);
    rig.net.wrong.only = rig.uri;
    rig.net.wrong.cut_after = 150000;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);

    diagnose();

    assert_int_equal(seen.would, ALOFT_WOULD_GO_ON);
    assert_int_equal(seen.bytes, SIZE - 2 * 65536);
    assert_string_equal(would(), "It would go on with 1.1.0: 68928 bytes are left.");
}

/* Nothing of it has come that would stay, or what has come is of another release. */
static void a_download_without_a_mark_of_this_release_would_begin_anew(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE); /* nothing is to be compared any more */
    rig_publish(&rig, RIG_GOOD, SIZE);
    for (unsigned i = 0; i < 2; i++) {
        rig.net.wrong.only = rig.uri;
        rig.net.wrong.cut_after = i == 0 ? 20000 : 150000;
        aloft_check_now(&rig.device);
        rig.progress.next = ALOFT_WORK;
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
        if (i == 1)
            rig_publish(&rig, RIG_GOOD, SIZE - 1);
        diagnose();
        assert_string_equal(would(), i == 0 ? "It would fetch 1.2.0: 200000 bytes."
                                            : "It would fetch 1.3.0: 199999 bytes.");
    }
}

static aloft_err look(void *self, struct aloft_loader_view *out, aloft_fault *why) {
    (void)self;
    (void)out;
    *why = (aloft_fault){.code = ALOFT_E_LOADER_FAILED};
    return ALOFT_E_LOADER_FAILED;
}

static void a_loader_that_cannot_be_asked_is_broken_at_the_decision(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    rig.config.loader.look = look;

    diagnose();

    must_be_broken_at(ALOFT_ROAD_DECISION, ALOFT_E_LOADER_FAILED);
    assert_int_equal(seen.fault.step, ALOFT_STEP_VERIFY);
}

static void what_runs_would_not_be_fetched_again(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

    diagnose();

    all_good_up_to(ALOFT_ROAD_STEPS);
    assert_string_equal(would(), "It would do nothing: nothing newer is there for it.");
}

static void an_offer_that_is_refused_is_broken_at_the_decision(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_offer(&rig, 0, 1, 0);
    diagnose();
    must_be_broken_at(ALOFT_ROAD_DECISION, ALOFT_E_ROLLBACK_REFUSED);

    rig_offer(&rig, 1, 9, 1);
    diagnose();
    must_be_broken_at(ALOFT_ROAD_MANIFEST, ALOFT_E_SIGNER_UNKNOWN);
}

static void a_release_that_failed_its_trial_waits_for_its_back_off(void **state) {
    (void)state;
    rig_publish(&rig, RIG_SICK, TINY);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);

    diagnose();

    must_be_broken_at(ALOFT_ROAD_DECISION, ALOFT_E_TRIAL_WAITS);
}

static void an_offer_that_waits_for_consent_is_said_to_wait(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    rig.config.ask_first = true;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

    diagnose();

    assert_int_equal(seen.would, ALOFT_WOULD_ASK);
    assert_string_equal(would(), "It would wait until somebody agrees to 1.1.0: 1500 bytes.");
}

static void an_image_on_trial_would_take_nothing_yet(void **state) {
    (void)state;
    rig_publish(&rig, RIG_UNSURE, TINY);
    do {
        assert_true(rig_step(&rig));
        rig_status(&rig, &now);
    } while (now.state != ALOFT_TESTING);

    diagnose();

    all_good_up_to(ALOFT_ROAD_DECISION);
    assert_int_equal(seen.would, ALOFT_WOULD_PROVE);
    rig.decided = true;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    assert_int_equal(rig_running_image(&rig), 1);
}

static void what_is_newer_than_an_update_would_be_fetched_and_not_compared(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_publish(&rig, RIG_GOOD, TINY);

    diagnose();

    assert_int_equal(seen.would, ALOFT_WOULD_FETCH);
    assert_string_equal(would(), "It would fetch 1.2.0: 1500 bytes.");
}

static void a_server_with_nothing_for_this_device_is_a_whole_road(void **state) {
    (void)state;
    rig.net.wrong.status = 204;

    diagnose();

    all_good_up_to(ALOFT_ROAD_MANIFEST);
    assert_int_equal(seen.fault.code, ALOFT_OK);
    assert_string_equal(aloft_mark_word(seen.mark[ALOFT_ROAD_MANIFEST]), "not reached");
    assert_string_equal(would(), "It would do nothing: nothing newer is there for it.");
}

static void a_second_request_while_one_is_under_way_is_the_same_one(void **state) {
    (void)state;
    rig_publish(&rig, RIG_GOOD, TINY);
    aloft_diagnosis(&rig.device, &seen); /* nobody asked yet */
    assert_int_equal(seen.state, ALOFT_DIAGNOSIS_NONE);
    for (unsigned i = 0; i < ALOFT_ROAD_STEPS; i++)
        assert_int_equal(seen.mark[i], ALOFT_MARK_NOT_REACHED);

    aloft_diagnose(&rig.device);
    do {
        aloft_diagnose(&rig.device);
        assert_true(rig_step(&rig));
        aloft_diagnosis(&rig.device, &seen);
    } while (seen.state != ALOFT_DIAGNOSIS_DONE);

    all_good_up_to(ALOFT_ROAD_STEPS);
    assert_int_equal(rig.net.n_requests, 1);
}

static void a_device_without_a_clock_says_that_it_did_not_look_at_dates(void **state) {
    (void)state;
    rig.clock.unix_s = 0;
    rig_publish(&rig, RIG_GOOD, TINY);

    diagnose();

    assert_string_equal(aloft_mark_word(seen.mark[ALOFT_ROAD_CLOCK]), "not looked at");
    assert_int_equal(seen.fault.code, ALOFT_OK);
}

static void a_device_that_stands_still_is_diagnosed_at_once(void **state) {
    (void)state;
    rig.may_start_badly = true;
    rig.config.base = "http://update.example";
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    diagnose();
    must_be_broken_at(ALOFT_ROAD_ADDRESS, ALOFT_E_CONFIG_BASE);

    rig.config.base = "https://update.example:4443";
    rig.config.channel = "nightly";
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    diagnose();
    must_be_broken_at(ALOFT_ROAD_SETTINGS, ALOFT_E_CONFIG_CHANNEL);
    assert_int_equal(rig.net.n_requests, 0);
}

static void no_text_overflows_its_room(void **state) {
    char room[9] = "--------";

    (void)state;
    seen = (struct aloft_diagnosis){.would = ALOFT_WOULD_FETCH, .version = "1.4.2", .bytes = 7};
    assert_string_equal(aloft_would_text(&seen, room, 5), ""); /* nothing rather than a half */
    assert_string_equal(room + 5, "---");
    assert_string_equal(would(), "It would fetch 1.4.2: 7 bytes.");
    seen.version[0] = 0;
    assert_string_equal(would(), "It would fetch what is on offer: 7 bytes.");
    seen.would = (enum aloft_would)99; /* of a newer device */
    assert_string_equal(would(), "");
    seen.would = ALOFT_WOULD_NOT_KNOWN;
    assert_string_equal(would(), "");
    assert_ptr_equal(aloft_would_text(&seen, room, 0), room);
    assert_string_equal(room + 5, "---");
    assert_string_equal(aloft_road_name(ALOFT_ROAD_STEPS), "");
    assert_string_equal(aloft_road_name(ALOFT_ROAD_DECISION), "decision");
    assert_string_equal(aloft_mark_word(9), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_trouble_is_named_at_its_step_and_what_comes_after_is_not_reached),
        TEST(an_answer_that_stops_is_broken_at_http),
        TEST(a_diagnosis_says_what_would_be_done_and_does_not_do_it),
        TEST(the_update_happens_when_it_would_have_without_the_diagnosis),
        TEST(an_update_under_way_is_not_disturbed),
        TEST(a_cut_download_would_be_gone_on_with),
        TEST(a_download_without_a_mark_of_this_release_would_begin_anew),
        TEST(a_loader_that_cannot_be_asked_is_broken_at_the_decision),
        TEST(what_runs_would_not_be_fetched_again),
        TEST(an_offer_that_is_refused_is_broken_at_the_decision),
        TEST(a_release_that_failed_its_trial_waits_for_its_back_off),
        TEST(an_offer_that_waits_for_consent_is_said_to_wait),
        TEST(an_image_on_trial_would_take_nothing_yet),
        TEST(what_is_newer_than_an_update_would_be_fetched_and_not_compared),
        TEST(a_server_with_nothing_for_this_device_is_a_whole_road),
        TEST(a_second_request_while_one_is_under_way_is_the_same_one),
        TEST(a_device_without_a_clock_says_that_it_did_not_look_at_dates),
        TEST(a_device_that_stands_still_is_diagnosed_at_once),
        TEST(no_text_overflows_its_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

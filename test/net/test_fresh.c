/* SPDX-License-Identifier: Apache-2.0 */
/* The statement of freshness on a device: what it tells, and that it tells only. Who has stolen its key can hide a
 * freeze or cry for nothing, and no more. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"
#include "test/kit/rig_trust.h"

#include "device/device.h"

#define SIZE   9000u
#define HOUR_S 3600u
#define DAY_S  86400u
#define WEEK_S (7 * DAY_S)
#define PATH   "/acme.example/lamp/a/stable/fresh.cose"
#define NOW    1795329000u

enum { KEY = 1, SPARE = 2, ONLINE = 4, STRANGER = 8 };

static uint8_t statement[160];

static const struct al_record *record(void) {
    return &((const struct al_device *)rig.device.room)->record;
}

static void say_by(unsigned signer, struct kit_statement say) {
    memcpy(say.class_id, rig.channel.class_id, sizeof say.class_id);
    sim_net_serve(
        &rig.net, PATH,
        (aloft_bytes){statement, kit_statement_sign(&say, &rig.signer[signer], statement)});
}

static void say(uint64_t sequence, uint32_t issued) {
    say_by(2, (struct kit_statement){.sequence = sequence, .issued = issued, .valid_s = WEEK_S});
}

static void pass(uint32_t seconds) {
    assert_true(rig_pass(&rig, seconds));
    rig_status(&rig, &now);
}

/* It runs release 1001, asks daily, and has a freshness key. */
static int set_up(void **state) {
    (void)state;
    rig_start(&rig, &frame_chips, SIZE);
    rig.config.fresh = &aloft_fresh_part;
    rig.config.poll_s = DAY_S;
    rig_publish(&rig, RIG_GOOD, SIZE);
    for (unsigned i = 0; i < 2; i++)
        rig_trust(&rig, i, &(struct rig_trust){.keys = KEY | SPARE, .fresh = ONLINE, .epoch = 1});
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig_run(&rig, 20000), ALOFT_DONE);
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 1);
    return 0;
}

/* What the next check says. */
static char *told(char value[80]) {
    const uint32_t requests = rig.net.n_requests;

    while (rig.net.n_requests == requests || strcmp(rig.net.path, RIG_MANIFEST) != 0)
        assert_true(rig_step(&rig));
    assert_true(sim_net_field(&rig.net, "Aloft-State", value, 80));
    return value;
}

static void a_statement_of_the_week_makes_the_news_fresh(void **state) {
    (void)state;
    assert_int_equal(now.freshness, ALOFT_FRESH_UNKNOWN);
    say(1001, NOW);
    pass(2 * DAY_S);
    assert_int_equal(now.freshness, ALOFT_FRESH);
    assert_int_equal(record()->issued, NOW);
    assert_int_equal(record()->seen, 1001);
    assert_in_range(now.statement_s, DAY_S / 2, 2 * DAY_S);
}

static void a_server_that_freezes_is_told_of_after_a_week_and_stopped_in_nothing(void **state) {
    char value[80];
    unsigned image;

    (void)state;
    rig.clock.unix_s = 0; /* no clock */
    say(1001, NOW);
    pass(6 * DAY_S);
    assert_int_equal(now.freshness, ALOFT_FRESH);
    pass(4 * DAY_S);
    assert_int_equal(now.freshness, ALOFT_FRESH_STALE);
    assert_int_equal(now.fault.code, ALOFT_OK);
    assert_string_equal(told(value), "stale");

    image = rig_publish(&rig, RIG_GOOD, SIZE + 1); /* updates are taken as ever */
    rig_trust(&rig, image, &(struct rig_trust){.keys = KEY | SPARE, .fresh = ONLINE, .epoch = 1});
    say(1002, NOW + 11 * DAY_S);
    aloft_check_now(&rig.device);
    pass(2 * DAY_S);
    assert_int_equal(rig_running_image(&rig), image);
    assert_int_equal(now.freshness, ALOFT_FRESH);
}

static void with_a_clock_an_old_statement_is_stale_at_once(void **state) {
    (void)state;
    say(1001, NOW - 9 * DAY_S);
    pass(2 * DAY_S);
    assert_int_equal(now.freshness, ALOFT_FRESH_STALE);
}

static void a_release_that_is_withheld_is_told_of_after_three_checks(void **state) {
    char value[80];

    (void)state;
    say(2000, NOW);
    pass(2 * DAY_S);
    assert_int_equal(now.freshness, ALOFT_FRESH);
    pass(3 * DAY_S);
    assert_int_equal(now.freshness, ALOFT_FRESH_WITHHELD);
    pass(2 * DAY_S);
    assert_string_equal(told(value), "withheld");
    assert_int_equal(rig_running_image(&rig), 1);
    assert_int_equal(now.floor, 1001); /* what a statement names is no floor */

    rig_offer(&rig, 1, 2000, 0);
    say(2000, NOW + 7 * DAY_S);
    aloft_check_now(&rig.device);
    pass(2 * DAY_S);
    assert_int_equal(now.freshness, ALOFT_FRESH);
}

static void the_age_outlives_a_restart_but_for_six_hours(void **state) {
    (void)state;
    rig.clock.unix_s = 0;
    say(1001, NOW);
    pass(4 * DAY_S);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_status(&rig, &now);
    assert_in_range(now.statement_s, 3 * DAY_S - 7 * HOUR_S, 4 * DAY_S);
    pass(5 * DAY_S);
    assert_int_equal(now.freshness, ALOFT_FRESH_STALE);
}

/* Not one byte of the records changes by any of these. */
static void what_is_no_statement_for_this_device_leaves_no_mark(void **state) {
    static const struct kit_statement usual = {.sequence = 1001, .issued = NOW, .valid_s = WEEK_S};
    static uint8_t before[8192], long_one[161];
    struct kit_statement other;
    const uint32_t ops = rig.power.ops;

    (void)state;
    memcpy(before, rig.log.bytes, sizeof before);
    for (unsigned i = 0; i < 10; i++) {
        other = usual;
        if (i == 0)
            sim_net_serve(&rig.net, PATH, ALOFT_BYTES(long_one));
        if (i == 1)
            sim_net_serve(&rig.net, PATH, (aloft_bytes){NULL, 0});
        if (i == 2)
            say_by(3, other); /* a stranger */
        if (i == 3)
            say_by(0, other); /* the firmware key, whose role is another */
        if (i == 4)
            other.valid_s = HOUR_S;
        if (i == 5)
            other.issued = NOW + 30 * DAY_S; /* far ahead of the device's clock */
        if (i == 6)
            other.aad = "";
        if (i == 7)
            rig.channel.class_id[3] ^= 1;
        if (i >= 4)
            say_by(2, other);
        if (i == 7)
            rig.channel.class_id[3] ^= 1;
        if (i == 8)
            statement[100] ^= 1; /* within the signature */
        if (i == 9)
            statement[5] = 0x27; /* it says EdDSA, and the key is one of P-256 */
        pass(2 * DAY_S);
        assert_int_equal(now.freshness, ALOFT_FRESH_UNKNOWN);
        assert_int_equal(rig.power.ops, ops);
    }
    assert_memory_equal(rig.log.bytes, before, sizeof before);
}

/* Old news, again and again: a mirror that lags, or one that replays. */
static void an_older_statement_changes_nothing(void **state) {
    (void)state;
    say(1001, NOW);
    pass(2 * DAY_S);
    say(9000, NOW - 1);
    pass(2 * DAY_S);
    assert_int_equal(record()->seen, 1001);
    assert_int_equal(record()->issued, NOW);
    assert_in_range(now.statement_s, 2 * DAY_S, 4 * DAY_S);
}

/* As many statements as the thief likes, each newer, naming what he likes, valid for as short as is legal. */
static void a_stolen_online_key_makes_a_device_talk_and_nothing_else(void **state) {
    const uint32_t erases = rig.log.erases, days = 20;
    unsigned image;

    (void)state;
    rig.config.poll_s = 60;
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    for (uint32_t hour = 0; hour < 24 * days; hour++) {
        say_by(2, (struct kit_statement){
                      .sequence = INT64_MAX, .issued = NOW + hour * HOUR_S, .valid_s = DAY_S});
        pass(HOUR_S);
    }
    assert_int_equal(now.freshness, ALOFT_FRESH_WITHHELD);
    assert_true(now.floor == 1001 && now.skip == 0);
    /* four statements and four ages a day, sixteen records a unit, and a few */
    assert_true(rig.log.erases - erases <= days * 8 / 16 + 4);

    image = rig_publish(&rig, RIG_GOOD, SIZE + 2); /* the cure: another key, one epoch on */
    rig_trust(&rig, image, &(struct rig_trust){.keys = KEY | SPARE, .fresh = STRANGER, .epoch = 2});
    aloft_check_now(&rig.device);
    pass(HOUR_S);
    assert_int_equal(rig_running_image(&rig), image);
    assert_int_equal(now.freshness, ALOFT_FRESH_UNKNOWN);
    assert_int_equal(record()->seen + record()->issued + record()->age_h, 0);
}

static void on_trial_nobody_asks(void **state) {
    unsigned image = rig_publish(&rig, RIG_UNSURE, SIZE + 3);

    (void)state;
    rig_trust(&rig, image, &(struct rig_trust){.keys = KEY, .fresh = ONLINE, .epoch = 1});
    say(1001, NOW);
    aloft_check_now(&rig.device);
    rig.config.poll_s = 60;
    pass(HOUR_S);
    assert_int_equal(now.state, ALOFT_TESTING);
    assert_int_equal(record()->issued, 0);
}

/* No request, no record: neither where the part is left out, nor where there is no key for it, nor where the keys stand
 * in the settings and not in a trust record. */
static void a_device_that_does_not_use_it_pays_nothing(void **state) {
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        uint32_t ops, sent;
        rig.config.fresh = i == 0 ? NULL : &aloft_fresh_part;
        rig_trust(
            &rig, 1,
            &(struct rig_trust){.keys = KEY | SPARE, .fresh = i == 0 ? ONLINE : 0, .epoch = 1});
        if (i == 2)
            rig.image[1].trust.len = 0;
        assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
        say(1001, NOW);
        pass(HOUR_S);
        ops = rig.power.ops;
        sent = rig.net.n_requests;
        pass(9 * DAY_S);
        assert_int_equal(rig.power.ops, ops);
        assert_in_range(rig.net.n_requests - sent, 7, 10); /* the checks */
        assert_int_equal(now.freshness, ALOFT_FRESH_UNKNOWN);
    }
}

static void wait_for_the_question(void) {
    const uint32_t requests = rig.net.n_requests;

    while (rig.net.n_requests == requests || strcmp(rig.net.path, PATH) != 0)
        assert_true(rig_step(&rig));
}

/* The statement itself is right; what carries it is not. Told as nothing at all: there was no statement. */
static void an_answer_that_a_statement_does_not_come_in_leaves_no_mark(void **state) {
    static const struct sim_wrong wrong[] = {
        {.status = 404},
        {.type = "text/html"},
        {.heads = "Content-Encoding: gzip\r\n"},
        {.heads = "Transfer-Encoding: chunked\r\n"},
        {.hides_length = true, .body_shift = 300}, /* more than any statement has */
        {.body_shift = -9},                        /* the rest never comes */
        {.hides_length = true},                    /* this is how some caches send it */
    };
    const uint32_t ops = rig.power.ops;

    (void)state;
    say(1001, NOW);
    for (unsigned i = 0; i < 7; i++) {
        rig.net.wrong = wrong[i];
        rig.net.wrong.only = PATH;
        rig.net.wrong.answers = rig.net.wrong.stall_after = rig.net.wrong.cut_after = SIM_NEVER;
        aloft_check_now(&rig.device);
        wait_for_the_question();
        pass(120);
        assert_int_equal(now.state, ALOFT_IDLE);
        assert_int_equal(now.fault.code, ALOFT_OK);
        assert_int_equal(now.freshness, i < 6 ? ALOFT_FRESH_UNKNOWN : ALOFT_FRESH);
        if (i < 6)
            assert_int_equal(rig.power.ops, ops);
        rig.clock.now_ms += 22 * HOUR_S * 1000;
    }
}

/* Each byte of its exchange cut: the update that came before it stands, the next check comes in time. */
static void a_statement_that_breaks_off_disturbs_nothing(void **state) {
    (void)state;
    for (uint32_t at = 0; at < 260; at += 3) {
        say(1001, NOW + at);
        aloft_check_now(&rig.device);
        wait_for_the_question();
        rig.net.wrong.cut_after = at;
        pass(7 * HOUR_S);
        rig.net.wrong.cut_after = SIM_NEVER;
        assert_int_equal(now.fault.code, ALOFT_OK);
        assert_int_equal(now.state, ALOFT_IDLE);
        assert_true(now.next_check_s <= 26 * HOUR_S);
        rig.clock.now_ms += 22 * HOUR_S * 1000;
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(a_statement_of_the_week_makes_the_news_fresh),
        T(a_server_that_freezes_is_told_of_after_a_week_and_stopped_in_nothing),
        T(with_a_clock_an_old_statement_is_stale_at_once),
        T(a_release_that_is_withheld_is_told_of_after_three_checks),
        T(the_age_outlives_a_restart_but_for_six_hours),
        T(what_is_no_statement_for_this_device_leaves_no_mark),
        T(an_older_statement_changes_nothing),
        T(a_stolen_online_key_makes_a_device_talk_and_nothing_else),
        T(on_trial_nobody_asks),
        T(a_device_that_does_not_use_it_pays_nothing),
        T(an_answer_that_a_statement_does_not_come_in_leaves_no_mark),
        T(a_statement_that_breaks_off_disturbs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that are answered wrongly, or not at all: nothing unsigned leaves a mark, the device asks at bounded
 * times, and when the trouble is over the update happens. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"

#define SIZE   200000u
#define TINY   1500u
#define STEPS  200000u
#define HOUR_S 3600u
#define DAY_S  86400u

static void begin(uint32_t size) {
    frame_begin(TINY);
    rig_publish(&rig, RIG_GOOD, size);
}

static int set_up(void **state) {
    (void)state;
    begin(SIZE);
    return 0;
}

/* Refused with this code, and the chips were not touched. */
static void must_refuse_unmarked(aloft_err code) {
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    rig_status(&rig, &now);
    assert_string_equal(aloft_err_name(now.fault.code), aloft_err_name(code));
    assert_int_equal(rig_running_image(&rig), 0);
    assert_int_equal(now.floor + now.skip + now.received, 0);
    assert_int_equal(rig.power.ops, 0);
}

static void tell_lies(const struct lie *lie, size_t n) {
    for (size_t i = 0; i < n; i++) {
        begin(TINY);
        rig.net.wrong = lie[i].wrong;
        must_refuse_unmarked(lie[i].code);
        must_heal_within(200);
        rig_end(&rig);
    }
}

static void a_check_that_is_answered_wrongly_changes_nothing(void **state) {
    static const struct lie lies[] = {
        {WRONG = ".suit", .wrong.status = 401, .code = ALOFT_E_HTTP_FORBIDDEN},
        {WRONG = ".suit", .wrong.status = 403, .code = ALOFT_E_HTTP_FORBIDDEN},
        {WRONG = ".suit", .wrong.status = 404, .code = ALOFT_E_HTTP_NOT_FOUND},
        {WRONG = ".suit", .wrong.status = 410, .code = ALOFT_E_HTTP_NOT_FOUND},
        {WRONG = ".suit", .wrong.status = 429, .code = ALOFT_E_HTTP_BUSY},
        {WRONG = ".suit", .wrong.status = 503, .code = ALOFT_E_HTTP_BUSY},
        {WRONG = ".suit", .wrong.status = 500, .code = ALOFT_E_HTTP_STATUS},
        {WRONG = ".suit", .wrong.status = 302, .code = ALOFT_E_HTTP_REDIRECT},
        {WRONG = ".suit", .wrong.status = 206, .code = ALOFT_E_HTTP_STATUS},
        {WRONG = ".suit", .wrong.status = 200, .code = ALOFT_E_MANIFEST_FORM},
        {WRONG = ".suit", .wrong.type = "text/html; charset=utf-8", .code = ALOFT_E_HTTP_HTML},
        {WRONG = ".suit", .wrong.heads = "Content-Encoding: gzip\r\n",
         .code = ALOFT_E_HTTP_ENCODED},
        {WRONG = ".suit", .wrong.heads = "Transfer-Encoding: chunked\r\n",
         .code = ALOFT_E_HTTP_ENCODED},
        {WRONG = ".suit", .wrong.body_shift = 1, .wrong.length_shift = 1,
         .code = ALOFT_E_MANIFEST_FORM},
        {WRONG = ".suit", .wrong.body_shift = -1, .wrong.length_shift = -1,
         .code = ALOFT_E_MANIFEST_FORM},
        {WRONG = ".suit", .wrong.body_shift = -1, .wrong.closes = true, .code = ALOFT_E_NET_CLOSED},
        {WRONG = ".suit", .wrong.body_shift = -1, .code = ALOFT_E_HTTP_SLOW},
        {WRONG = ".suit", .wrong.length_shift = 4096, .code = ALOFT_E_MANIFEST_LONG},
        {WRONG = ".suit", .wrong.body_shift = 4000, .wrong.hides_length = true,
         .code = ALOFT_E_MANIFEST_LONG},
        {WRONG = ".suit", .wrong.raw_head = "SSH-2.0-dropbear\r\n\r\n", .code = ALOFT_E_HTTP_FORM},
        {WRONG = ".suit", .wrong.location = "https://evil.example/acme.example/lamp/a/x.suit",
         .code = ALOFT_E_HTTP_REDIRECT},
        {WRONG = ".suit", .wrong.location = "https://update.example/manifest.suit", /* port 443 */
         .code = ALOFT_E_HTTP_REDIRECT},
        {WRONG = ".suit", .wrong.location = "http://update.example:4443/manifest.suit",
         .code = ALOFT_E_HTTP_REDIRECT},
        {WRONG = ".suit", .wrong.location = RIG_MANIFEST, .code = ALOFT_E_HTTP_REDIRECT},
        {WRONG = ".suit", .wrong.open = ALOFT_E_NET_UNREACHABLE, .code = ALOFT_E_NET_UNREACHABLE},
        {WRONG = ".suit", .wrong.open = ALOFT_E_TLS_CA, .code = ALOFT_E_TLS_CA},
        {WRONG = ".suit", .wrong.open_waits = SIM_NEVER, .code = ALOFT_E_NET_TIMEOUT},
    };

    (void)state;
    tell_lies(lies, sizeof lies / sizeof lies[0]);
}

static void a_manifest_of_one_byte_too_many_is_refused(void **state) {
    static uint8_t too_long[ALOFT_MANIFEST_MAX + 1];

    (void)state;
    sim_net_serve(&rig.net, RIG_MANIFEST, ALOFT_BYTES(too_long));
    must_refuse_unmarked(ALOFT_E_MANIFEST_LONG);
    rig.net.wrong.hides_length = true;
    assert_true(rig_pass(&rig, 60));
    must_refuse_unmarked(ALOFT_E_MANIFEST_LONG);
}

/* One byte a second: the head comes within its 30 s by luck or not at all. */
static void a_check_that_trickles_is_given_up(void **state) {
    (void)state;
    rig.net.wrong.piece = 1;
    rig.net.wrong.recv_waits = 1000;
    must_refuse_unmarked(ALOFT_E_NET_TIMEOUT);
    assert_true(rig.clock.now_ms < 400000);
    must_heal_within(200);
}

static void a_redirect_within_the_origin_is_followed_and_forgotten(void **state) {
    char token[40];

    (void)state;
    rig.config.token = "secret-token";
    sim_net_serve(&rig.net, "/moved/m.suit", rig.net.file[0].body);
    rig.net.wrong.only = "manifest.suit";
    rig.net.wrong.answers = 1;
    rig.net.wrong.location = "/moved/m.suit";
    while (strcmp(rig.net.path, "/moved/m.suit") != 0)
        assert_true(rig_step(&rig));
    assert_true(sim_net_field(&rig.net, "Authorization", token, sizeof token));
    assert_true(sim_net_field(&rig.net, "Aloft-Device", token, sizeof token));

    assert_int_equal(rig_run(&rig, STEPS),
                     ALOFT_DONE); /* the payload is beside the configured one */
    must_run(1);
}

static void a_check_elsewhere_never_gets_the_token(void **state) {
    (void)state;
    rig.config.token = "secret-token";
    rig.net.wrong.location = "https://evil.example/x";
    must_refuse_unmarked(ALOFT_E_HTTP_REDIRECT);
    assert_int_equal(rig.net.n_opens, 1);
    assert_string_equal(rig.net.host, "update.example");
}

/* What the device waits after an answer with these heads, in seconds. */
static uint32_t wait_after(uint16_t status, const char *heads, const char *only) {
    rig.net.wrong.only = only;
    rig.net.wrong.status = status;
    rig.net.wrong.heads = heads;
    aloft_check_now(&rig.device);
    rig.progress.next = ALOFT_WORK;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    rig_status(&rig, &now);
    assert_int_equal(now.fault.code, ALOFT_E_HTTP_BUSY);
    return now.next_check_s;
}

static void a_server_that_says_when_to_come_again_is_obeyed_within_bounds(void **state) {
    static const char *const only[] = {".suit", ".bin"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t first = wait_after(503, "Retry-After: 3600\r\n", only[i]), second;
        assert_in_range(first, 3598, 3960);
        second = wait_after(429, "Retry-After: 3600\r\n", only[i]);
        assert_int_not_equal(first, second); /* jitter: a fleet does not come at once */
        assert_in_range(wait_after(503, "Retry-After: 4000000000\r\n", only[i]), 86398, 95040);
        assert_in_range(wait_after(503, "Retry-After: 0\r\n", only[i]), 58, 66);
        assert_in_range(wait_after(503, "Retry-After: Fri, 31 Dec 2027 23:59:59 GMT\r\n", only[i]),
                        10, DAY_S);
    }
}

/* Each head alone makes sense; none of the answers does. */
/* RFC 9110 §15.3.5: whatever its head says, no body follows a 204; and a server that sends one gets no second
 * question over the same stream. */
static void an_answer_that_there_is_nothing_for_this_device_is_a_good_check(void **state) {
    static const uint16_t statuses[] = {204, 304};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        rig.net.wrong.status = statuses[i];
        rig.net.wrong.only = ".suit";
        aloft_check_now(&rig.device);
        rig.progress.next = ALOFT_WORK;
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
        rig_status(&rig, &now);
        assert_true(now.server_reached);
        assert_int_equal(now.fault.code, ALOFT_OK);
        assert_false(now.offer_stands);
        assert_int_equal(now.received, 0);
        assert_int_equal(rig.power.ops, 0);
        assert_in_range(now.next_check_s, 50, 70); /* the poll of the rig */
    }
    must_heal_within(200);
}

static void a_device_that_is_told_nothing_else_asks_once_a_day(void **state) {
    (void)state;
    rig.config.poll_s = 0;
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    rig.net.wrong.status = 204;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_status(&rig, &now);
    assert_in_range(now.next_check_s, DAY_S - 2, DAY_S + DAY_S / 10);
}

static void an_address_may_end_with_a_slash(void **state) {
    (void)state;
    rig.config.base = "https://update.example:4443/";
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    must_run(1);
    assert_string_equal(rig.net.path, "/v1/report"); /* and not //v1/report */
}

static void a_server_that_sends_heads_only_is_asked_less_and_less(void **state) {
    const uint32_t before = rig.net.n_requests;

    (void)state;
    rig.net.wrong.only = ".suit";
    rig.net.wrong.body_shift = -40;
    rig.net.wrong.closes = true;
    assert_true(rig_pass(&rig, DAY_S));
    assert_in_range(rig.net.n_requests - before, 20, 24 + 9); /* 15 s, doubled 8 times to an hour */
    rig_status(&rig, &now);
    assert_false(now.server_reached);
    must_heal_within(2 * HOUR_S);
}

static void the_poll_that_a_server_asks_for_is_bounded(void **state) {
    (void)state;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig.net.wrong.heads = "Cache-Control: max-age=1\r\n";
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, 5));
    rig_status(&rig, &now);
    assert_in_range(now.next_check_s, 50, 66);

    rig.net.wrong.heads = "Cache-Control: max-age=4294967295\r\n";
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, 5));
    rig_status(&rig, &now);
    assert_in_range(now.next_check_s, 604700, 665280);
}

static void another_class_or_channel_is_refused(void **state) {
    uint8_t *class_id = rig.channel.class_id, *vendor_id = rig.channel.vendor_id;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        uint8_t *id = i == 0 ? class_id : vendor_id;
        id[15] ^= 1;
        rig_offer(&rig, 1, 4000, 0);
        id[15] ^= 1;
        aloft_check_now(&rig.device);
        rig.progress.next = ALOFT_WORK;
        must_refuse_unmarked(ALOFT_E_MANIFEST_CLASS);
    }
}

static uint32_t n_tries;
static aloft_err (*real_open)(void *self, const struct aloft_peer *peer, aloft_fault *why);

static aloft_err counting_open(void *self, const struct aloft_peer *peer, aloft_fault *why) {
    n_tries++;
    return real_open(self, peer, why);
}

static void a_server_that_is_gone_for_a_week_is_asked_at_most_hourly(void **state) {
    (void)state;
    n_tries = 0;
    real_open = rig.config.net.open;
    rig.config.net.open = counting_open;
    rig.net.wrong.open = ALOFT_E_NET_UNREACHABLE;
    assert_true(rig_pass(&rig, 7 * DAY_S));
    assert_in_range(n_tries, 100, 7 * 24 + 12);
    rig_status(&rig, &now);
    assert_in_range(now.record_number, 1, 2); /* the note of it (test_note.c), once in a week */

    must_heal_within(2 * HOUR_S);
}

/* The clock of the port wraps at 2^32 ms, 49.7 days; the device does not notice. */
static void the_clock_may_wrap_at_any_time(void **state) {
    (void)state;
    rig.clock.now_ms = UINT32_MAX - 120;
    assert_true(rig_boot(&rig, ALOFT_RESET_SOFTWARE));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    must_run(1);
    rig.clock.now_ms += 0xfffffff0u; /* the longest that may pass between two steps */
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, 120));
    rig_status(&rig, &now);
    assert_true(now.next_check_s <= 66);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_that_is_answered_wrongly_changes_nothing),
        T(a_manifest_of_one_byte_too_many_is_refused),
        T(a_check_that_trickles_is_given_up),
        T(a_redirect_within_the_origin_is_followed_and_forgotten),
        T(a_check_elsewhere_never_gets_the_token),
        T(a_server_that_says_when_to_come_again_is_obeyed_within_bounds),
        T(an_answer_that_there_is_nothing_for_this_device_is_a_good_check),
        T(a_device_that_is_told_nothing_else_asks_once_a_day),
        T(an_address_may_end_with_a_slash),
        T(a_server_that_sends_heads_only_is_asked_less_and_less),
        T(the_poll_that_a_server_asks_for_is_bounded),
        T(another_class_or_channel_is_refused),
        T(a_server_that_is_gone_for_a_week_is_asked_at_most_hourly),
        T(the_clock_may_wrap_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads that are answered wrongly, cut, stalled, or too slow: nothing of them ever boots, what is fetched
 * is bounded, and when the trouble is over the update happens. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"

#define SIZE   200000u
#define TINY   1500u
#define MARK   65536u
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

static void must_fail_with(aloft_err code) {
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    rig_status(&rig, &now);
    assert_string_equal(aloft_err_name(now.fault.code), aloft_err_name(code));
    assert_int_equal(rig_running_image(&rig), 0);
    assert_int_equal(now.floor + now.skip, 0);
    assert_int_equal(rig.n_trials, 0);
}

static void a_payload_that_is_answered_wrongly_never_boots(void **state) {
    static const struct lie lies[] = {
        {WRONG = ".bin", .wrong.status = 404, .code = ALOFT_E_HTTP_NOT_FOUND},
        {WRONG = ".bin", .wrong.status = 403, .code = ALOFT_E_HTTP_FORBIDDEN},
        {WRONG = ".bin", .wrong.status = 302, .code = ALOFT_E_HTTP_REDIRECT},
        {WRONG = ".bin", .wrong.status = 304, .code = ALOFT_E_HTTP_STATUS},
        {WRONG = ".bin", .wrong.status = 416, .code = ALOFT_E_HTTP_STATUS},
        {WRONG = ".bin", .wrong.status = 200, .code = ALOFT_E_HTTP_LENGTH},
        {WRONG = ".bin", .wrong.type = "text/html", .code = ALOFT_E_HTTP_HTML},
        {WRONG = ".bin", .wrong.heads = "Content-Encoding: br\r\n", .code = ALOFT_E_HTTP_ENCODED},
        {WRONG = ".bin", .wrong.length_shift = 1, .code = ALOFT_E_HTTP_LENGTH},
        {WRONG = ".bin", .wrong.length_shift = -1, .code = ALOFT_E_HTTP_LENGTH},
        {WRONG = ".bin", .wrong.body_shift = -1, .wrong.hides_length = true,
         .code = ALOFT_E_PAYLOAD_SHORT},
        {WRONG = ".bin", .wrong.body_shift = -9, .wrong.closes = true,
         .code = ALOFT_E_PAYLOAD_SHORT},
        {WRONG = ".bin", .wrong.body_shift = -9, .code = ALOFT_E_HTTP_SLOW},
        {WRONG = ".bin", .wrong.location = "http://cdn.example/fw.bin",
         .code = ALOFT_E_HTTP_REDIRECT},
        {WRONG = ".bin", .wrong.location = "loop.bin", .code = ALOFT_E_HTTP_REDIRECT},
        {WRONG = ".bin", .wrong.location = "https://user@cdn.example/fw.bin",
         .code = ALOFT_E_HTTP_REDIRECT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        begin(TINY);
        rig.net.wrong = lies[i].wrong;
        must_fail_with(lies[i].code);
        assert_true(rig_received(&rig) <= TINY + 1);
        must_heal_within(200);
        rig_end(&rig);
    }
}

static void more_or_fewer_bytes_than_signed_have_their_own_words(void **state) {
    static uint8_t longer[SIZE + 5];

    (void)state;
    memcpy(longer, rig.image[1].at, SIZE);
    sim_net_serve(&rig.net, rig.path, ALOFT_BYTES(longer));
    rig.net.wrong.only = ".bin";
    rig.net.wrong.hides_length = true;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    rig_status(&rig, &now);
    assert_provoked(now.fault.code, PAYLOAD_LONG);
    assert_int_equal(now.fault.want, SIZE);
    assert_int_equal(rig.n_trials, 0);

    sim_net_serve(&rig.net, rig.path, (aloft_bytes){longer, SIZE - 5});
    rig.net.wrong.ignores_range = true;
    assert_true(rig_pass(&rig, 20));
    rig_status(&rig, &now);
    assert_provoked(now.fault.code, PAYLOAD_SHORT);
    sim_net_serve(&rig.net, rig.path, (aloft_bytes){longer, SIZE});
    must_heal_within(200);
}

/* The first 3 marks come, then one byte a second. */
static void a_payload_that_trickles_is_given_up_and_goes_on_later(void **state) {
    (void)state;
    while (rig_received(&rig) < 2 * MARK + 5000)
        assert_true(rig_step(&rig));
    rig.net.wrong.piece = 1;
    rig.net.wrong.recv_waits = 1000;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);

    rig_status(&rig, &now);
    assert_provoked(now.fault.code, HTTP_SLOW);
    must_heal_within(200);
    assert_true(rig_received(&rig) <= SIZE + MARK);
}

static void a_slow_handshake_is_not_a_slow_download(void **state) {
    (void)state;
    rig.net.wrong.open_waits = 55000;
    rig.net.wrong.recv_waits = 20;
    assert_int_equal(rig_run(&rig, 2 * STEPS), ALOFT_DONE);
    must_run(1);
}

/* The stream broke behind two marks and a bit; what comes next lies about the rest. */
static void a_resumed_download_is_never_joined_to_the_wrong_bytes(void **state) {
    static const struct sim_wrong lies[] = {
        {.ignores_range = true}, {.range_shift = 1},  {.range_shift = -1},
        {.size_shift = 1},       {.size_shift = -1},  {.length_shift = 1},
        {.status = 416},         {.status = 206},     {.ignores_range = true, .hides_length = true},
        {.body_shift = -100},    {.body_shift = 100},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        begin(SIZE);
        rig.net.wrong.cut_after = 2 * MARK + 9000;
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
        rig.net.wrong = lies[i];
        rig.net.wrong.only = ".bin";
        rig.net.wrong.answers = 1;
        rig.net.wrong.stall_after = rig.net.wrong.cut_after = SIM_NEVER;
        assert_true(rig_pass(&rig, 400));
        must_run(1);
        assert_true(rig_received(&rig) <= 2 * SIZE + MARK + 9000);
        rig_end(&rig);
    }
}

static void a_payload_may_come_from_elsewhere_and_learns_nothing_about_the_device(void **state) {
    static const char *const secrets[] = {"Authorization", "Aloft-Device", "Aloft-Running",
                                          "Aloft-State", "Aloft-Record"};
    char value[80];

    (void)state;
    rig.config.token = "secret-token";
    sim_net_serve(&rig.net, "/fw.bin", (aloft_bytes){rig.image[1].at, SIZE});
    rig.net.wrong.only = ".bin";
    rig.net.wrong.answers = 1;
    rig.net.wrong.location = "https://cdn.example/fw.bin";
    while (strcmp(rig.net.path, "/fw.bin") != 0) {
        assert_true(rig_step(&rig));
        if (strcmp(rig.net.path, rig.path) == 0) {
            assert_true(sim_net_field(&rig.net, "Authorization", value, sizeof value));
            assert_false(sim_net_field(&rig.net, "Aloft-Device", value, sizeof value));
        }
    }
    assert_string_equal(rig.net.host, "cdn.example");
    assert_true(rig.net.payload);
    for (unsigned i = 0; i < 5; i++)
        assert_false(sim_net_field(&rig.net, secrets[i], value, sizeof value));

    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    must_run(1);
    assert_string_equal(rig.net.host, "update.example");
}

/* Back-off alone would let more through in the first day, and an application that cannot wait passes it by. */
static void at_most_four_payloads_are_fetched_in_any_24_hours(void **state) {
    uint64_t received[5 * 24 + 1] = {0};
    unsigned n = 0;

    (void)state;
    rig.image[1].at[SIZE - 1] ^= 1; /* tampered on the server */
    for (unsigned day = 0; day < 5; day++) {
        for (unsigned hour = 0; hour < 24; hour++) {
            aloft_check_now(&rig.device);
            assert_true(rig_pass(&rig, HOUR_S));
            rig_status(&rig, &now);
            received[++n] = rig_received(&rig);
            assert_true(received[n] - received[n < 24 ? 0 : n - 24] <= 4ull * SIZE);
            if (day == 0 && hour == 20)
                assert_provoked(now.fault.code, PAYLOAD_LIMIT);
        }
    }
    assert_true(received[n] >= 8ull * SIZE); /* it goes on trying */
    assert_int_equal(rig.n_trials, 0);
    assert_true(rig.power.ops < 5 * 4 * 2 * (SIZE / 1024 + 30));

    rig.image[1].at[SIZE - 1] ^= 1;
    must_heal_within(2 * DAY_S);
}

static void a_large_release_that_failed_does_not_stop_a_small_one(void **state) {
    (void)state;
    rig.image[1].at[9] ^= 1;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    rig_publish(&rig, RIG_GOOD, SIZE / 20);

    assert_true(rig_pass(&rig, 200));

    must_run(2);
}

/* ---- every byte */

static void an_update_comes_byte_by_byte_too(void **state) {
    (void)state;
    rig.net.wrong.piece = 1;
    rig.net.wrong.recv_waits = 1;
    rig.net.wrong.open_waits = 3;
    assert_int_equal(rig_run(&rig, 4 * SIZE), ALOFT_DONE);
    must_run(1);
    assert_int_equal(rig_received(&rig), SIZE);
}

static bool was_cut_at(uint32_t n, aloft_err as) {
    begin(TINY);
    rig.net.wrong.cut_after = n;
    rig.net.wrong.cut_as = as;
    assert_true(rig_pass(&rig, 300));
    must_run(1);
    assert_true(rig_received(&rig) <= 2 * TINY);
    assert_int_equal(rig.n_trials, 1);
    rig_end(&rig);
    return rig.net.wrong.cut_after == SIM_NEVER;
}

static void an_exchange_that_is_cut_at_any_byte_is_made_good(void **state) {
    uint32_t n = 0;

    (void)state;
    while (was_cut_at(n, n % 2 == 0 ? ALOFT_E_NET_DROPPED : ALOFT_E_NET_CLOSED) && n < 3500)
        n++;
    assert_true(n > 2500); /* manifest, payload, the new image's check, its report */
}

static void an_exchange_that_stalls_at_any_byte_is_made_good(void **state) {
    (void)state;
    for (uint32_t n = 0; n < 2600; n += 61) {
        begin(TINY);
        rig.net.wrong.stall_after = n;
        (void)rig_run(&rig, STEPS);
        assert_true(rig.clock.now_ms < 400000);
        must_heal_within(400);
        assert_true(rig_received(&rig) <= 2 * TINY);
        rig_end(&rig);
    }
}

/* More came than was said: what follows a body is never read as the next answer's head. */
static void bytes_behind_an_answer_do_not_spoil_the_next_one(void **state) {
    (void)state;
    rig.net.wrong.only = "manifest.suit";
    rig.net.wrong.body_shift = 40;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    must_run(1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payload_that_is_answered_wrongly_never_boots),
        T(more_or_fewer_bytes_than_signed_have_their_own_words),
        T(a_payload_that_trickles_is_given_up_and_goes_on_later),
        T(a_slow_handshake_is_not_a_slow_download),
        cmocka_unit_test(a_resumed_download_is_never_joined_to_the_wrong_bytes),
        T(a_payload_may_come_from_elsewhere_and_learns_nothing_about_the_device),
        T(at_most_four_payloads_are_fetched_in_any_24_hours),
        T(a_large_release_that_failed_does_not_stop_a_small_one),
        T(an_update_comes_byte_by_byte_too),
        cmocka_unit_test(an_exchange_that_is_cut_at_any_byte_is_made_good),
        cmocka_unit_test(an_exchange_that_stalls_at_any_byte_is_made_good),
        T(bytes_behind_an_answer_do_not_spoil_the_next_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads that are answered wrongly, cut, stalled, or too slow: nothing of them ever boots, what is fetched
 * is bounded, and when the trouble is over the update happens. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"

#include "device/device.h"

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
        {WRONG = ".bin", .wrong.status = 206, .code = ALOFT_E_HTTP_RANGE}, /* a part of all? */
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

/* RFC 9110 §15.4: five statuses send on; 300 and 306 mean something else. */
static void each_status_that_sends_on_is_followed(void **state) {
    static const uint16_t statuses[] = {301, 302, 303, 307, 308};

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        begin(TINY);
        sim_net_serve(&rig.net, "/fw.bin", (aloft_bytes){rig.image[1].at, TINY});
        rig.net.wrong.only = rig.uri;
        rig.net.wrong.status = statuses[i];
        rig.net.wrong.location = "/fw.bin";
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
        must_run(1);
        rig_end(&rig);
    }
    for (unsigned status = 300; status <= 306; status += 6) {
        begin(TINY);
        rig.net.wrong.only = rig.uri;
        rig.net.wrong.status = (uint16_t)status;
        rig.net.wrong.location = "/fw.bin";
        must_fail_with(ALOFT_E_HTTP_STATUS);
        rig_end(&rig);
    }
}

/* A redirect without a body: the stream may stay. */
static void send_on_without_a_word(const char *location) {
    rig.net.wrong.location = location;
    rig.net.wrong.body_shift = rig.net.wrong.length_shift = -35; /* the words of sim_site */
}

/* A stream that stands is used again for the very same host and port only, and with the same CA. */
static void a_stream_is_kept_for_the_same_host_and_port_only(void **state) {
    static const char *const others[] = {
        "https://update.example:8443/fw.bin", "https://update.example.org:4443/fw.bin",
        "https://update.exampl:4443/fw.bin", "https://update.example:4443/fw.bin"};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        begin(TINY);
        sim_net_serve(&rig.net, "/fw.bin", (aloft_bytes){rig.image[1].at, TINY});
        rig.net.wrong.only = rig.uri;
        send_on_without_a_word(others[i]);
        while (strcmp(rig.net.path, "/fw.bin") != 0)
            assert_true(rig_step(&rig));
        assert_int_equal(rig.net.n_opens, i < 3 ? 2 : 1);
        assert_int_equal(rig.net.payload, i < 3);
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
        must_run(1);
        rig_end(&rig);
    }
}

/* From one mirror to another, also to one whose name is the front of the first one's. */
static void a_mirror_is_not_asked_over_the_stream_to_another_one(void **state) {
    static const char *const others[] = {"https://cdn.example/other.bin",
                                         "https://mirror.example/other.bin"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        begin(TINY);
        rig.net.wrong.only = rig.uri;
        send_on_without_a_word("https://cdn.example.org/fw.bin");
        while (strcmp(rig.net.host, "cdn.example.org") != 0)
            assert_true(rig_step(&rig));
        sim_net_serve(&rig.net, "/other.bin", (aloft_bytes){rig.image[1].at, TINY});
        rig.net.wrong.only = "/fw.bin";
        send_on_without_a_word(others[i]);
        while (strcmp(rig.net.path, "/other.bin") != 0)
            assert_true(rig_step(&rig));
        assert_string_not_equal(rig.net.host, "cdn.example.org");
        assert_int_equal(rig.net.n_opens, 3);
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
        must_run(1);
        assert_int_equal(rig_received(&rig), TINY);
        rig_end(&rig);
    }
}

/* ---- marks that no download of this release on this chip has made: the record is from another firmware */

static struct al_record *record(void) {
    return &((struct al_device *)rig.device.room)->record;
}

static void a_mark_that_does_not_fit_is_not_gone_on_from(void **state) {
    uint64_t before;
    aloft_fault why;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        begin(SIZE);
        rig.net.wrong.cut_after = 2 * MARK + 9000;
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
        assert_int_equal(record()->mark, 2 * MARK);
        if (i == 1)
            record()->pay[0] ^= 1; /* another payload of the release */
        if (i == 2)
            record()->mark -= 4096; /* whole units of another chip */
        if (i == 3)
            record()->mark = 4 * MARK; /* behind the image's end */
        assert_ok(al_log_append(&((struct al_device *)rig.device.room)->log, record(), &why));
        before = rig_received(&rig);
        assert_true(rig_boot(&rig, ALOFT_RESET_POWER));

        assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);

        must_run(1);
        assert_int_equal(rig_received(&rig), before + SIZE - (i == 0 ? 2 * MARK : 0));
        rig_end(&rig);
    }
}

/* The rest of a payload was still within the day's four; all of it from the beginning, which is what the server sends
 * instead, is not. */
static void a_download_that_would_start_over_waits_for_tomorrow_too(void **state) {
    uint64_t before;

    (void)state;
    rig.image[1].at[SIZE - 1] ^= 1; /* tampered on the server */
    for (unsigned i = 0; i < 4; i++) {
        if (i == 2)
            rig.image[1].at[SIZE - 1] ^= 1;
        if (i >= 2)
            rig.net.wrong.cut_after = i == 2 ? 190000 : 16000;
        aloft_check_now(&rig.device);
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    }
    before = rig_received(&rig);
    assert_in_range(before, 3 * SIZE + 1, 3 * SIZE + MARK);
    assert_int_equal(record()->mark, 2 * MARK);
    rig.net.wrong.only = ".bin";
    rig.net.wrong.ignores_range = true;
    aloft_check_now(&rig.device);
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);

    rig_status(&rig, &now);
    assert_provoked(now.fault.code, PAYLOAD_LIMIT);
    assert_int_equal(now.fault.want, SIZE);
    assert_in_range(now.next_check_s, 1, DAY_S / 4);
    assert_int_equal(rig_received(&rig), before);
    assert_int_equal(record()->mark, 2 * MARK); /* for a server that gives the rest */
    must_heal_within(DAY_S);
    assert_int_equal(rig_received(&rig), before + SIZE - 2 * MARK);
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

/* More came than was said, with the body or behind it: it is never read as the next answer's head, and the stream on
 * which it came is not used again. */
static void bytes_behind_an_answer_do_not_spoil_the_next_one(void **state) {
    (void)state;
    for (unsigned piece = 0; piece < 2; piece++) {
        begin(TINY);
        rig.net.wrong.only = "manifest.suit";
        rig.net.wrong.body_shift = 40;
        rig.net.wrong.piece = piece;
        while (strcmp(rig.net.path, rig.path) != 0)
            assert_true(rig_step(&rig));
        assert_int_equal(rig.net.n_opens, 2);
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
        must_run(1);
        rig_end(&rig);
    }
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
        cmocka_unit_test(each_status_that_sends_on_is_followed),
        cmocka_unit_test(a_stream_is_kept_for_the_same_host_and_port_only),
        cmocka_unit_test(a_mirror_is_not_asked_over_the_stream_to_another_one),
        cmocka_unit_test(a_mark_that_does_not_fit_is_not_gone_on_from),
        T(a_download_that_would_start_over_waits_for_tomorrow_too),
        T(at_most_four_payloads_are_fetched_in_any_24_hours),
        T(a_large_release_that_failed_does_not_stop_a_small_one),
        T(an_update_comes_byte_by_byte_too),
        cmocka_unit_test(an_exchange_that_is_cut_at_any_byte_is_made_good),
        cmocka_unit_test(an_exchange_that_stalls_at_any_byte_is_made_good),
        cmocka_unit_test(bytes_behind_an_answer_do_not_spoil_the_next_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated network does what it is told, and nothing else. */
#include "test/kit/kit.h"

#include "http/answer.h"
#include "http/range.h"
#include "http/request.h"
#include "sim/sim_net.h"

#define CALLS_MAX 10000u

static struct sim_net net;
static struct aloft_net port;
static struct al_http_answer answer;
static uint8_t body[2048];
static size_t body_len;
static aloft_fault why;
static uint8_t file[1000];

static void start(void) {
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 7 + 1);
    sim_net_start(&net);
    sim_net_serve(&net, "/a", ALOFT_BYTES(file));
    port = sim_net_port(&net);
}

static aloft_err open_stream(void) {
    const struct aloft_peer peer = {"h.example", 4443, true};
    aloft_err e = ALOFT_WAIT;

    for (unsigned i = 0; e == ALOFT_WAIT && i < CALLS_MAX; i++)
        e = port.open(port.self, &peer, &why);
    return e;
}

static aloft_err send_head(const char *method, uint64_t from, aloft_bytes report) {
    struct al_http_url url;
    uint8_t room[512];
    aloft_space head = ALOFT_SPACE(room);
    const struct al_http_ask ask = {.method = method,
                                    .url = &url,
                                    .from = from,
                                    .has_body = report.len > 0,
                                    .body_len = report.len};

    assert_ok(al_http_url_split((aloft_bytes){(const uint8_t *)"https://h.example:4443/a", 24},
                                &url, &why));
    assert_ok(al_http_request_write(&ask, &head, &why));
    memcpy(room + head.len, report.at, report.len);
    for (size_t at = 0, sent = 0; at < head.len + report.len; at += sent) {
        aloft_err e =
            port.send(port.self, (aloft_bytes){room + at, head.len + report.len - at}, &sent, &why);
        if (e != ALOFT_OK)
            return e;
    }
    return ALOFT_OK;
}

/* Head and body; a body without a length ends with the stream. */
static aloft_err read_answer(void) {
    uint8_t room[300];
    bool is_head = true;

    al_http_answer_start(&answer);
    body_len = 0;
    for (unsigned i = 0; i < CALLS_MAX; i++) {
        size_t got = 0;
        aloft_err e = port.recv(port.self, ALOFT_SPACE(room), &got, &why);
        aloft_bytes in = {room, got};
        if (e == ALOFT_WAIT)
            continue;
        if (e != ALOFT_OK)
            return e == ALOFT_E_NET_CLOSED && !is_head && !answer.has_length ? ALOFT_OK : e;
        if (is_head) {
            e = al_http_answer_read(&answer, &in, &why);
            if (e != ALOFT_OK && e != ALOFT_WAIT)
                return e;
            is_head = e == ALOFT_WAIT;
        }
        memcpy(body + body_len, in.at, in.len);
        body_len += in.len;
        if (!is_head && answer.has_length && body_len >= answer.content_length)
            return ALOFT_OK;
    }
    return ALOFT_WAIT;
}

static aloft_err get(uint64_t from) {
    const aloft_bytes nothing = {file, 0};
    aloft_err e = net.is_open ? ALOFT_OK : open_stream();

    if (e == ALOFT_OK)
        e = send_head("GET", from, nothing);
    return e == ALOFT_OK ? read_answer() : e;
}

static void a_file_and_its_rest_come_over_one_stream(void **state) {
    char value[40];

    (void)state;
    start();
    assert_ok(get(0));
    assert_int_equal(answer.status, 200);
    assert_int_equal(body_len, sizeof file);
    assert_memory_equal(body, file, sizeof file);
    assert_ok(get(990));
    assert_int_equal(answer.status, 206);
    assert_int_equal(answer.range_from, 990);
    assert_memory_equal(body, file + 990, 10);
    assert_int_equal(net.n_opens, 1);
    assert_int_equal(net.n_requests, 2);
    assert_string_equal(net.path, "/a");
    assert_string_equal(net.host, "h.example");
    assert_true(net.payload && net.port == 4443);
    assert_true(sim_net_field(&net, "Range", value, sizeof value));
    assert_string_equal(value, "bytes=990-");
    assert_false(sim_net_field(&net, "Rang", value, sizeof value));
    assert_ok(get(1000));
    assert_int_equal(answer.status, 416);
}

static void a_report_is_kept(void **state) {
    static const uint8_t report[] = {0xa1, 0, 13, 10, 13, 10, 0};

    (void)state;
    start();
    assert_ok(open_stream());
    net.wrong.piece = 1;
    assert_ok(send_head("POST", 0, ALOFT_BYTES(report)));
    assert_ok(read_answer());
    assert_int_equal(answer.status, 204);
    assert_int_equal(net.report_len, sizeof report);
    assert_memory_equal(net.report, report, sizeof report);
}

static void streams_that_do_not_open_say_why(void **state) {
    (void)state;
    start();
    net.wrong.open_waits = 5;
    assert_ok(get(0));
    sim_net_reset(&net);
    net.wrong.open = ALOFT_E_NET_REFUSED;
    assert_provoked(get(0), NET_REFUSED);
    net.wrong.open = ALOFT_E_NET_UNREACHABLE;
    assert_provoked(get(0), NET_UNREACHABLE);
    sim_net_heal(&net);
    assert_ok(get(0));
}

static void a_cut_comes_at_its_byte_and_once(void **state) {
    uint32_t whole;

    (void)state;
    start();
    assert_ok(get(0));
    whole = net.n_received;
    for (uint32_t at = 0; at < whole; at += 13) {
        start();
        net.wrong.cut_after = at;
        net.wrong.piece = 1 + at % 7;
        assert_provoked(get(0), NET_DROPPED);
        assert_int_equal(net.n_received, at);
        assert_ok(get(0));
    }
    start();
    net.wrong.cut_after = 500;
    net.wrong.cut_as = ALOFT_E_NET_CLOSED;
    assert_provoked(get(0), NET_CLOSED);
}

static void a_stall_waits_for_ever(void **state) {
    (void)state;
    start();
    net.wrong.stall_after = 500;
    assert_int_equal(get(0), ALOFT_WAIT);
    assert_int_equal(net.n_received, 500);
}

static void slow_streams_bring_the_same_bytes(void **state) {
    (void)state;
    start();
    net.wrong.piece = 1;
    net.wrong.recv_waits = 2;
    assert_ok(get(0));
    assert_memory_equal(body, file, sizeof file);
}

static void wrong_answers_are_as_wrong_as_told(void **state) {
    (void)state;
    start();
    net.wrong.ignores_range = true;
    assert_ok(get(10));
    assert_int_equal(answer.status, 200);

    start();
    net.wrong.range_shift = -3;
    net.wrong.size_shift = 5;
    assert_ok(get(10));
    assert_true(answer.range_from == 7 && answer.range_size == 1005);

    start();
    net.wrong.type = "text/html; charset=utf-8";
    net.wrong.heads = "Retry-After: 9\r\n";
    net.wrong.status = 503;
    net.wrong.answers = 1;
    assert_ok(get(0));
    assert_true(answer.status == 503 && answer.is_html && answer.retry_after_s == 9);
    assert_ok(get(0));
    assert_int_equal(answer.status, 200);

    start();
    net.wrong.location = "https://other.example/a";
    assert_ok(get(0));
    assert_true(answer.status == 302 && answer.location_len == 23);

    start();
    net.wrong.only = "/b";
    net.wrong.status = 500;
    assert_ok(get(0));
    assert_int_equal(answer.status, 200);

    start();
    net.wrong.raw_head = "SSH-2.0\r\n\r\n";
    assert_provoked(get(0), HTTP_FORM);
}

static void lengths_lie_as_told(void **state) {
    (void)state;
    start();
    net.wrong.body_shift = 5;
    net.wrong.hides_length = true;
    assert_ok(get(0));
    assert_int_equal(body_len, 1005);

    start();
    net.wrong.body_shift = -5;
    net.wrong.closes = true;
    assert_provoked(get(0), NET_CLOSED);
    assert_int_equal(body_len, 995);

    start();
    net.wrong.length_shift = -100;
    assert_ok(get(0));
    assert_int_equal(answer.content_length, 900);

    start();
    net.wrong.closes_silently = true;
    assert_ok(get(0));
    assert_provoked(get(0), NET_DROPPED);
    assert_int_equal(net.n_requests, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_and_its_rest_come_over_one_stream),
        cmocka_unit_test(a_report_is_kept),
        cmocka_unit_test(streams_that_do_not_open_say_why),
        cmocka_unit_test(a_cut_comes_at_its_byte_and_once),
        cmocka_unit_test(a_stall_waits_for_ever),
        cmocka_unit_test(slow_streams_bring_the_same_bytes),
        cmocka_unit_test(wrong_answers_are_as_wrong_as_told),
        cmocka_unit_test(lengths_lie_as_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

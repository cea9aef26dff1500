/* SPDX-License-Identifier: Apache-2.0 */
/* The TLS byte stream against a real server: what arrives, and which fault each trouble is. */
#include <test/kit/kit.h>
#include <test/kit/tls_server.h>

#include <tls_mbedtls/tls_mbedtls.h>

#define BOUND 3000 /* rounds of 10 ms: no test waits longer than 30 s */

static struct aloft_tls tls;
static struct aloft_net net;

static void trust(const char *ca, uint32_t open_ms) {
    struct aloft_tls_settings settings = {.ca = {(const uint8_t *)ca, strlen(ca) + 1},
                                          .open_ms = open_ms};
    aloft_fault why = {0};

    assert_ok(aloft_tls_start(&tls, &settings, &net, &why));
}

static aloft_err open_stream(const char *host, uint16_t port, aloft_fault *why) {
    struct aloft_peer peer = {host, port, false};
    aloft_err code = ALOFT_WAIT;

    memset(why, 0, sizeof *why);
    for (int i = 0; i < BOUND && code == ALOFT_WAIT; i++) {
        code = net.open(net.self, &peer, why);
        if (code == ALOFT_WAIT)
            aloft_tls_wait(&tls, 10);
    }
    if (code != ALOFT_OK)
        assert_int_equal(code, why->code);
    return code;
}

static aloft_err send_all(aloft_bytes from, aloft_fault *why) {
    for (int i = 0; i < BOUND && from.len > 0; i++) {
        size_t sent;
        aloft_err code = net.send(net.self, from, &sent, why);
        if (code == ALOFT_WAIT)
            aloft_tls_wait(&tls, 10);
        else if (code != ALOFT_OK)
            return code;
        from.at += sent;
        from.len -= sent;
    }
    return from.len == 0 ? ALOFT_OK : ALOFT_WAIT;
}

/* Receives until `len` bytes are there or the stream ends, at most `piece` at a time. */
static aloft_err receive(uint8_t *to, size_t len, size_t piece, size_t *got, aloft_fault *why) {
    *got = 0;
    for (int i = 0; i < BOUND * 100 && *got < len; i++) {
        size_t left = len - *got, n;
        aloft_err code =
            net.recv(net.self, (aloft_space){to + *got, left < piece ? left : piece}, &n, why);
        if (code == ALOFT_WAIT)
            aloft_tls_wait(&tls, 10);
        else if (code != ALOFT_OK)
            return code;
        *got += n;
    }
    return ALOFT_OK;
}

static void end(struct kit_tls *server) {
    net.close(net.self);
    aloft_tls_end(&tls);
    if (server != NULL)
        kit_tls_stop(server);
}

/* One open of a server with this certificate and manner; gives the code. */
static aloft_err try_server(struct kit_tls_settings settings, uint32_t open_ms, aloft_fault *why) {
    struct kit_tls server;
    aloft_err code;

    kit_tls_start(&server, &settings);
    trust(server.ca, open_ms);
    code = open_stream("localhost", server.port, why);
    end(&server);
    return code;
}

/* ---- what arrives */

static void bytes_come_back_as_they_were_sent_in_any_split(void **state) {
    struct kit_tls server;
    uint8_t text[3000], back[3000];
    aloft_fault why;
    size_t got;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO});
    trust(server.ca, 0);
    assert_ok(open_stream("localhost", server.port, &why));
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 7);

    for (size_t piece = 1; piece < 4000; piece = piece * 3 + 1) {
        memset(back, 0, sizeof back);
        for (size_t at = 0; at < sizeof text; at += piece) {
            size_t n = sizeof text - at < piece ? sizeof text - at : piece;
            assert_ok(send_all((aloft_bytes){text + at, n}, &why));
        }
        assert_ok(receive(back, sizeof back, piece, &got, &why));
        assert_int_equal(got, sizeof back);
        assert_memory_equal(text, back, sizeof text);
    }
    end(&server);
}

static void a_megabyte_arrives_whole_and_then_the_end_in_order(void **state) {
    static uint8_t to[1u << 20];
    struct kit_tls server;
    aloft_fault why;
    size_t got;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_FEED, .feed = sizeof to});
    trust(server.ca, 0);
    assert_ok(open_stream("localhost", server.port, &why));

    assert_ok(receive(to, sizeof to, 1500, &got, &why));
    assert_int_equal(got, sizeof to);
    for (size_t i = 0; i < sizeof to; i++)
        assert_int_equal(to[i], i % 251);
    assert_provoked(receive(to, 1, 1, &got, &why), NET_CLOSED);
    end(&server);
}

static void the_same_server_answers_by_name_and_by_each_kind_of_address(void **state) {
    struct kit_tls server;
    aloft_fault why;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO});
    trust(server.ca, 0);
    assert_ok(open_stream("127.0.0.1", server.port, &why));
    net.close(net.self);
    assert_ok(open_stream("localhost", server.port, &why));
    end(&server);

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO, .ipv6 = true});
    trust(server.ca, 0);
    assert_ok(open_stream("::1", server.port, &why));
    end(&server);
}

static void the_payload_ca_is_used_for_payload_peers_only(void **state) {
    struct kit_tls server, other;
    struct aloft_tls_settings settings = {0};
    struct aloft_peer peer;
    aloft_fault why = {0};
    aloft_err code;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO});
    kit_tls_start(&other, &(struct kit_tls_settings){.manner = KIT_ECHO});
    settings.ca = (aloft_bytes){(const uint8_t *)other.ca, strlen(other.ca) + 1};
    settings.payload_ca = (aloft_bytes){(const uint8_t *)server.ca, strlen(server.ca) + 1};
    assert_ok(aloft_tls_start(&tls, &settings, &net, &why));

    peer = (struct aloft_peer){"localhost", server.port, true};
    while ((code = net.open(net.self, &peer, &why)) == ALOFT_WAIT)
        aloft_tls_wait(&tls, 10); /* ends: each open has a deadline */
    assert_ok(code);
    net.close(net.self);
    assert_provoked(open_stream("localhost", server.port, &why), TLS_CA);
    assert_ok(open_stream("localhost", other.port, &why));
    net.close(net.self);
    kit_tls_stop(&other);
    end(&server);
}

/* ---- which fault */

static void a_closed_port_is_refused(void **state) {
    struct kit_tls server;
    aloft_fault why;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO});
    trust(server.ca, 0);
    assert_provoked(open_stream("localhost", kit_free_port(), &why), NET_REFUSED);
    assert_int_equal(why.origin, ALOFT_ORIGIN_LINUX);
    assert_int_equal(why.raw, 111);
    end(&server);
}

static void a_name_that_is_none_is_told_as_one(void **state) {
    struct kit_tls server;
    aloft_fault why;
    char name[ALOFT_HOST_MAX + 3];
    (void)state;

    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = 0;
    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO});
    trust(server.ca, 0);
    assert_provoked(open_stream("", 443, &why), NET_NAME);
    assert_provoked(open_stream(name, 443, &why), NET_NAME);
    assert_int_equal(why.origin, ALOFT_ORIGIN_DNS);
    end(&server);
}

static void each_wrong_certificate_has_its_own_fault(void **state) {
    aloft_fault why;
    (void)state;

    assert_provoked(try_server((struct kit_tls_settings){.cert = KIT_STRANGER}, 0, &why), TLS_CA);
    assert_provoked(try_server((struct kit_tls_settings){.cert = KIT_OTHER_NAME}, 0, &why),
                    TLS_NAME);
    assert_provoked(try_server((struct kit_tls_settings){.cert = KIT_EXPIRED}, 0, &why),
                    TLS_EXPIRED);
    assert_provoked(try_server((struct kit_tls_settings){.cert = KIT_FUTURE}, 0, &why), TLS_FUTURE);
    assert_int_equal(why.origin, ALOFT_ORIGIN_MBEDTLS);
    assert_provoked(try_server((struct kit_tls_settings){.cert = KIT_CLIENT_ONLY}, 0, &why),
                    TLS_HANDSHAKE);
}

static void a_server_without_tls_is_told_from_one_that_refuses(void **state) {
    aloft_fault why;
    (void)state;

    assert_provoked(try_server((struct kit_tls_settings){.manner = KIT_GREET}, 0, &why),
                    TLS_NOT_TLS);
    assert_provoked(try_server((struct kit_tls_settings){.manner = KIT_TLS13_ONLY}, 0, &why),
                    TLS_ALERT);
    assert_int_equal(why.origin, ALOFT_ORIGIN_TLS);
    assert_int_equal(why.raw, 70); /* protocol_version */
    assert_provoked(try_server((struct kit_tls_settings){.manner = KIT_HANG_UP}, 0, &why),
                    NET_CLOSED);
}

static void a_silent_server_ends_by_the_deadline(void **state) {
    aloft_fault why;
    (void)state;

    assert_provoked(try_server((struct kit_tls_settings){.manner = KIT_STALL}, 300, &why),
                    NET_TIMEOUT);
    assert_int_equal(why.want, 1);
}

static aloft_err feed_then(enum kit_manner manner, size_t *got, aloft_fault *why) {
    uint8_t to[2000];
    struct kit_tls server;
    aloft_err code;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = manner, .feed = 1000});
    trust(server.ca, 0);
    assert_ok(open_stream("localhost", server.port, why));
    code = receive(to, sizeof to, sizeof to, got, why);
    end(&server);
    return code;
}

static void a_cut_is_told_from_an_end_in_order(void **state) {
    aloft_fault why = {0};
    size_t got;
    (void)state;

    assert_provoked(feed_then(KIT_FEED, &got, &why), NET_CLOSED);
    assert_int_equal(got, 1000);
    assert_provoked(feed_then(KIT_FEED_FIN, &got, &why), NET_DROPPED);
    assert_int_equal(got, 1000);
    assert_provoked(feed_then(KIT_FEED_RST, &got, &why), NET_DROPPED);
    assert_int_equal(got, 1000);
}

static void a_stream_that_is_not_open_sends_and_receives_nothing(void **state) {
    struct kit_tls server;
    uint8_t byte = 0;
    aloft_fault why = {0};
    size_t n;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO});
    trust(server.ca, 0);
    assert_provoked(net.send(net.self, (aloft_bytes){&byte, 1}, &n, &why), NET_DROPPED);
    assert_provoked(net.recv(net.self, (aloft_space){&byte, 1}, &n, &why), NET_DROPPED);
    net.close(net.self);
    net.close(net.self);
    end(&server);
}

static void a_ca_that_is_none_is_refused_at_the_start(void **state) {
    struct aloft_tls_settings settings = {.ca = ALOFT_BYTES("hello")};
    aloft_fault why = {0};
    (void)state;

    assert_provoked(aloft_tls_start(&tls, &settings, &net, &why), DEVICE_CA);
    assert_int_equal(why.got, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_as_they_were_sent_in_any_split),
        cmocka_unit_test(a_megabyte_arrives_whole_and_then_the_end_in_order),
        cmocka_unit_test(the_same_server_answers_by_name_and_by_each_kind_of_address),
        cmocka_unit_test(the_payload_ca_is_used_for_payload_peers_only),
        cmocka_unit_test(a_closed_port_is_refused),
        cmocka_unit_test(a_name_that_is_none_is_told_as_one),
        cmocka_unit_test(each_wrong_certificate_has_its_own_fault),
        cmocka_unit_test(a_server_without_tls_is_told_from_one_that_refuses),
        cmocka_unit_test(a_silent_server_ends_by_the_deadline),
        cmocka_unit_test(a_cut_is_told_from_an_end_in_order),
        cmocka_unit_test(a_stream_that_is_not_open_sends_and_receives_nothing),
        cmocka_unit_test(a_ca_that_is_none_is_refused_at_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

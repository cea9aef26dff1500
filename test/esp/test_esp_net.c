/* SPDX-License-Identifier: Apache-2.0 */
/* The component's TLS stream over real sockets to a real server, with a stand-in of esp-tls
 * between: which fault each trouble is. */
#include "test/kit/kit.h"

#include <errno.h>
#include <unistd.h>

#include <idf_types.h>

#include "esp32/component/stream.h"
#include "test/esp/board.h"
#include "test/kit/tls_server.h"

#define BOUND 30000u /* rounds of 1 ms */

static struct al_esp_stream stream;
static struct aloft_net net;
static aloft_fault why;

/* The chip's clock stands unless it is moved: `pace` milliseconds go by in each round. */
static aloft_err open_stream(const char *host, uint16_t port, uint32_t pace) {
    struct aloft_peer peer = {host, port, false};
    aloft_err e = ALOFT_WAIT;

    why = (aloft_fault){0};
    for (unsigned i = 0; i < BOUND && e == ALOFT_WAIT; i++) {
        e = net.open(net.self, &peer, &why);
        if (e != ALOFT_WAIT)
            break;
        usleep(1000);
        board_tick(pace);
    }
    if (e != ALOFT_OK)
        assert_int_equal(e, why.code);
    return e;
}

static aloft_err try_server(const char *host, const struct kit_tls_settings *settings,
                            uint32_t pace) {
    struct kit_tls server;
    aloft_err e;

    kit_tls_start(&server, settings);
    net = al_esp_net(&stream, server.ca);
    e = open_stream(host, server.port, pace);
    net.close(net.self);
    kit_tls_stop(&server);
    return e;
}

static aloft_err receive(uint8_t *to, size_t len, size_t *got) {
    aloft_err e = ALOFT_OK;

    *got = 0;
    for (unsigned i = 0; i < BOUND && *got < len && (e == ALOFT_OK || e == ALOFT_WAIT); i++) {
        size_t n;
        e = net.recv(net.self, (aloft_space){to + *got, len - *got}, &n, &why);
        *got += n;
        if (e == ALOFT_WAIT)
            usleep(1000);
    }
    return e;
}

static void bytes_come_back_as_they_were_sent(void **state) {
    uint8_t text[3000], back[3000];
    struct kit_tls server;
    size_t sent = 0, got;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO});
    net = al_esp_net(&stream, server.ca);
    assert_ok(open_stream("localhost", server.port, 1));
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 7);
    assert_ok(net.send(net.self, ALOFT_BYTES(text), &sent, &why));
    assert_int_equal(sent, sizeof text);
    assert_ok(receive(back, sizeof back, &got));
    assert_memory_equal(text, back, sizeof text);
    net.close(net.self);
    net.close(net.self);
    kit_tls_stop(&server);
}

static void the_same_stream_opens_again(void **state) {
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_ok(try_server("127.0.0.1", &(struct kit_tls_settings){.manner = KIT_ECHO}, 1));
}

static void an_end_in_order_is_closed_and_a_reset_is_dropped(void **state) {
    uint8_t bytes[2000];
    struct kit_tls server;
    size_t got;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_FEED, .feed = 1000});
    net = al_esp_net(&stream, server.ca);
    assert_ok(open_stream("localhost", server.port, 1));
    assert_int_equal(receive(bytes, sizeof bytes, &got), ALOFT_E_NET_CLOSED);
    assert_int_equal(got, 1000);
    assert_int_equal(bytes[999], 999 % 251);
    net.close(net.self);
    kit_tls_stop(&server);

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_FEED_RST, .feed = 1000});
    net = al_esp_net(&stream, server.ca);
    assert_ok(open_stream("localhost", server.port, 1));
    assert_int_equal(receive(bytes, sizeof bytes, &got), ALOFT_E_NET_DROPPED);
    net.close(net.self);
    kit_tls_stop(&server);
}

static void each_wrong_certificate_is_told_as_what_it_is(void **state) {
    static const struct {
        enum kit_cert cert;
        aloft_err code;
    } rows[] = {{KIT_STRANGER, ALOFT_E_TLS_CA},
                {KIT_OTHER_NAME, ALOFT_E_TLS_NAME},
                {KIT_EXPIRED, ALOFT_E_TLS_EXPIRED},
                {KIT_FUTURE, ALOFT_E_TLS_FUTURE},
                {KIT_CLIENT_ONLY, ALOFT_E_TLS_HANDSHAKE}};

    (void)state;
    board.minds_dates = true;
    for (unsigned i = 0; i < 5; i++) {
        struct kit_tls_settings settings = {.cert = rows[i].cert};
        assert_int_equal(try_server("localhost", &settings, 1), rows[i].code);
        assert_int_equal(why.origin, ALOFT_ORIGIN_MBEDTLS);
        if (rows[i].cert != KIT_CLIENT_ONLY)
            assert_int_equal(why.raw, -0x2700);
    }
}

static void what_speaks_no_tls_is_told(void **state) {
    (void)state;
    assert_int_equal(try_server("localhost", &(struct kit_tls_settings){.manner = KIT_GREET}, 1),
                     ALOFT_E_TLS_NOT_TLS);
    assert_int_equal(
        try_server("localhost", &(struct kit_tls_settings){.manner = KIT_TLS13_ONLY}, 1),
        ALOFT_E_TLS_HANDSHAKE);
}

/* A second by the chip's clock in each round. */
static void a_silent_server_ends_by_the_deadline(void **state) {
    (void)state;
    assert_int_equal(try_server("localhost", &(struct kit_tls_settings){.manner = KIT_STALL}, 1000),
                     ALOFT_E_NET_TIMEOUT);
    assert_int_equal(why.want, 30);
}

static void a_closed_port_is_refused_and_errno_is_told_as_newlibs(void **state) {
    (void)state;
    net = al_esp_net(&stream, "no CA is looked at before the connection stands");
    assert_int_equal(open_stream("127.0.0.1", kit_free_port(), 1), ALOFT_E_NET_REFUSED);
    assert_int_equal(why.origin, ALOFT_ORIGIN_NEWLIB);
    assert_int_equal(why.raw, ECONNREFUSED);
    net.close(net.self);
}

static void a_name_that_is_none_is_told(void **state) {
    (void)state;
    net = al_esp_net(&stream, "x");
    assert_int_equal(open_stream("no such name", 443, 1), ALOFT_E_NET_NAME);
    assert_int_equal(why.origin, ALOFT_ORIGIN_DNS);
    net.close(net.self);
}

static void a_ca_that_is_none_is_told_as_the_firmwares_mistake(void **state) {
    struct kit_tls server;
    (void)state;

    kit_tls_start(&server, &(struct kit_tls_settings){.manner = KIT_ECHO});
    net = al_esp_net(&stream, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_provoked(open_stream("localhost", server.port, 1), ESP_CA);
    net.close(net.self);
    kit_tls_stop(&server);
}

static void a_stream_that_is_not_open_takes_and_gives_nothing(void **state) {
    uint8_t byte = 0;
    size_t n;
    (void)state;

    net = al_esp_net(&stream, "x");
    assert_int_equal(net.send(net.self, (aloft_bytes){&byte, 1}, &n, &why), ALOFT_E_NET_DROPPED);
    assert_int_equal(net.recv(net.self, (aloft_space){&byte, 1}, &n, &why), ALOFT_E_NET_DROPPED);
}

static void each_errno_is_told_by_its_name(void **state) {
    static const struct {
        int number;
        aloft_err code;
    } rows[] = {{EHOSTUNREACH, ALOFT_E_NET_UNREACHABLE}, {ENETUNREACH, ALOFT_E_NET_UNREACHABLE},
                {ECONNABORTED, ALOFT_E_NET_DROPPED},     {ENETDOWN, ALOFT_E_NET_DOWN},
                {ETIMEDOUT, ALOFT_E_NET_TIMEOUT},        {ENFILE, ALOFT_E_NET_LOCAL}};

    (void)state;
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(al_esp_errno_fault(&why, rows[i].number), rows[i].code);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_as_they_were_sent),
        cmocka_unit_test(the_same_stream_opens_again),
        cmocka_unit_test(an_end_in_order_is_closed_and_a_reset_is_dropped),
        cmocka_unit_test(each_wrong_certificate_is_told_as_what_it_is),
        cmocka_unit_test(what_speaks_no_tls_is_told),
        cmocka_unit_test(a_silent_server_ends_by_the_deadline),
        cmocka_unit_test(a_closed_port_is_refused_and_errno_is_told_as_newlibs),
        cmocka_unit_test(a_name_that_is_none_is_told),
        cmocka_unit_test(a_ca_that_is_none_is_told_as_the_firmwares_mistake),
        cmocka_unit_test(a_stream_that_is_not_open_takes_and_gives_nothing),
        cmocka_unit_test(each_errno_is_told_by_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of both sides, and what is concluded from which line. */
#include "test/kit/kit.h"

#include <string.h>

#include <aloft/error.h>

#include "host/watch/watch.h"

#define NOW     1000000u
#define REFUSED "E (4000) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n"

static char said[32768];

static void device(struct watch *w, uint64_t at_ms, const char *text) {
    watch_device(w, at_ms, (aloft_bytes){(const uint8_t *)text, strlen(text)});
}

/* Ends the watch; gives all that it has printed, broken lines as one. */
static const char *all_of(struct watch *w, FILE *to) {
    size_t n = 0;
    int c, before = 0;

    (void)watch_end(w);
    rewind(to);
    while ((c = fgetc(to)) != EOF && n + 1 < sizeof said) {
        c = c == '\n' ? ' ' : c;
        if (c != ' ' || before != ' ')
            said[n++] = (char)c;
        before = c;
    }
    said[n] = 0;
    fclose(to);
    return said;
}

static void what_was_waiting_is_shown_and_not_judged(void **state) {
    FILE *to = tmpfile();
    struct watch *w = watch_new(to, false, false);

    (void)state;
    watch_waiting(w, NOW, true);
    device(w, NOW, REFUSED);
    watch_waiting(w, NOW + 100, false);
    watch_time(w, NOW + 5000, VERDICT_OPEN);
    all_of(w, to);
    assert_non_null(strstr(said, "1 line above was waiting from before"));
    assert_non_null(strstr(said, "returned -0x2700"));
    assert_null(strstr(said, "device and server together"));
}

static void what_comes_later_is_judged(void **state) {
    FILE *to = tmpfile();
    struct watch *w = watch_new(to, false, false);

    (void)state;
    watch_waiting(w, NOW, true);
    watch_waiting(w, NOW + 100, false);
    device(w, NOW + 200, REFUSED);
    watch_time(w, NOW + 5000, VERDICT_OPEN);
    all_of(w, to);
    assert_null(strstr(said, "waiting from before"));
    assert_non_null(strstr(said, "a machine that is not this server"));
}

static void the_summary_quotes_the_server_and_drops_the_weaker_guess(void **state) {
    FILE *to = tmpfile();
    struct watch *w = watch_new(to, false, false);
    const struct journal_line line = {NOW, ALOFT_E_CLIENT_OTHER_CA, "10.1.2.3", "10.1.2.3: 48"};

    (void)state;
    watch_heard(w, &line); /* just before the watch began: not shown */
    device(w, NOW + 200, REFUSED);
    watch_time(w, NOW + 5000, VERDICT_OPEN);
    all_of(w, to);
    assert_null(strstr(said, "server 10.1.2.3: 48"));
    assert_non_null(strstr(said, "Device and server together: > The firmware holds another CA"));
    assert_non_null(strstr(said, "the server: 10.1.2.3: 48"));
    assert_null(strstr(said, "one of three"));
}

static void the_address_in_the_log_decides_whose_calls_count(void **state) {
    FILE *to = tmpfile();
    struct watch *w = watch_new(to, false, false);
    const struct journal_line line = {NOW, ALOFT_E_CLIENT_OTHER_CA, "10.1.2.4", "10.1.2.4: 48"};

    (void)state;
    device(w, NOW, "I (3) esp_netif_handlers: sta ip: 10.1.2.3, mask: 255.255.255.0\n");
    watch_server(w, &line);
    device(w, NOW + 200, "E (9) esp-tls: Failed to connnect to host (errno 113)\n");
    watch_time(w, NOW + 5000, VERDICT_OPEN);
    all_of(w, to);
    assert_non_null(strstr(said, "No packet from this device"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_waiting_is_shown_and_not_judged),
        cmocka_unit_test(what_comes_later_is_judged),
        cmocka_unit_test(the_summary_quotes_the_server_and_drops_the_weaker_guess),
        cmocka_unit_test(the_address_in_the_log_decides_whose_calls_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

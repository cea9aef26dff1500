/* SPDX-License-Identifier: Apache-2.0 */
/* What is private leaves a line, and what helps to find a fault stays. */
#include "test/kit/kit.h"

#include "host/report/redact.h"

static char out[REDACT_LINE_MAX + 1];

static const char *redacted(struct redact *redact, const char *line) {
    if (!redact_line(redact, (aloft_bytes){(const uint8_t *)line, strlen(line)}, out))
        return NULL;
    return out;
}

static void gives(bool is_foreign, const char *line, const char *want) {
    struct redact redact = {.is_foreign = is_foreign};

    assert_string_equal(redacted(&redact, line), want);
}

static void what_helps_to_find_a_fault_stays(void **state) {
    static const char *const lines[] = {
        "E (50859) esp-tls: Failed to connnect to host (errno 113)",
        "E (50869) HTTP_CLIENT: ESP_ERR_HTTP_CONNECT 28674 0x7002 -0x2700",
        "W (12) MBEDTLS_ERR_X509_CERT_VERIFY_FAILED at 12:03:07, 1.4.2 in slot B",
        "main/ota_util.c:47   the firmware calls   https://192.168.1.3:4443/",
        "the device is 10.0.0.7, the server 172.16.4.1, also 127.0.0.1 and [::1]:4443",
        "The signature is of key release, the password is fine.",
        "back on 1.1.0: 1.2.0 did not confirm; next try in 1 h [0x0701 while on trial]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        gives(false, lines[i], lines[i]);
}

static void addresses_of_the_world_go(void **state) {
    (void)state;
    gives(false, "from 203.0.113.7:4443, and 8.8.8.8.",
          "from <public address>:4443, and <public address>.");
    gives(false, "172.32.0.1 192.169.0.1 100.64.0.1",
          "<public address> <public address> <public address>");
    gives(false, "[2001:db8::7]:443 2001:DB8:0:0:0:0:0:9",
          "[<public address>]:443 <public address>");
    gives(false, "fe80::3ea6:2fff:fe00:1122%eth0", "<local IPv6 address>%eth0");
    gives(false, "fd00::1: no answer", "<local IPv6 address>: no answer");
    gives(false, "https://updates.acme.example:8443/x http://localhost/",
          "https://<host>:8443/x http://localhost/");
    gives(false, "annas-laptop.local:4443", "<host>.local:4443");
}

static void mac_addresses_go_in_each_form(void **state) {
    (void)state;
    gives(false, "bssid 3c:a6:2f:00:11:22", "bssid <MAC>");
    gives(true, "3C-A6-2F-00-11-22 up", "<MAC> up");
    gives(false, "device esp32-3ca62f001122", "device esp32-<12 hex digits>");
    gives(false, "lamp_3ca62f001122x", "lamp_<12 hex digits>x");
}

static void people_go(void **state) {
    (void)state;
    gives(false, "mail anna.b+x@acme.example now", "mail <e-mail> now");
    gives(false, "https://anna:ge/h:eim@acme.example:1/x", "https:<e-mail>:1/x");
    gives(false, "/home/anna/ota_demo/main.c:3", "/home/<user>/ota_demo/main.c:3");
    gives(false, "C:\\Users\\Anna\\esp", "C:\\Users\\<user>\\esp");
}

static void what_was_told_goes_in_any_letters(void **state) {
    struct redact redact = {0};

    (void)state;
    assert_true(redact_word(&redact, "MyNet 5", "<Wi-Fi>"));
    assert_true(redact_word(&redact, "eva", "<user>"));
    assert_true(redact_word(&redact, "", "<nothing>"));
    assert_string_equal(redacted(&redact, "lost mynet 5 of EVA, evaluated"),
                        "lost <Wi-Fi> of <user>, evaluated");
    /* the longest wins, and of an address all goes, not the name alone */
    assert_true(redact_word(&redact, "eva-box.local", "<server>"));
    assert_string_equal(redacted(&redact, "eva-box.local eva@x.example"), "<server> <e-mail>");
    /* colours cannot hide it, and a short word that is a part stays */
    assert_string_equal(redacted(&redact, "My\x1b[0;31mNet 5 by eva-x"), "<Wi-Fi> by <user>-x");
}

static void a_word_too_many_is_said(void **state) {
    struct redact redact = {0};

    (void)state;
    for (unsigned i = 0; i < REDACT_WORDS_MAX; i++)
        assert_true(redact_word(&redact, "x", "y"));
    assert_false(redact_word(&redact, "x", "y"));
}

static void passwords_and_names_of_networks_go_to_the_end_of_the_line(void **state) {
    (void)state;
    gives(true, "I (812) wifi:connected with FRITZ!Box 7590, aid = 3",
          "I (812) wifi:connected with <taken out>");
    gives(true, "connected to ap SSID:My Net password:hun ter", "connected to <taken out>");
    gives(true, "> wifi MyNet hunter2", "> wifi <taken out>");
    gives(true, "CONFIG_WIFI_PASSWORD=\"a b\"", "CONFIG_WIFI_PASSWORD <taken out>");
    gives(true, "got token abc", "got token <taken out>");
    gives(false, "\"apiKey\": \"a\"", "\"apiKey <taken out>");
    gives(false, "Authorization: Basic YTpi", "Authorization <taken out>");
    gives(false, "\"serialNumber\": \"STDK1\"", "\"serialNumber <taken out>");
    /* an address is not a network's name */
    gives(true, "connecting to https://192.168.1.3:4443", "connecting to https://192.168.1.3:4443");
    gives(true, "Connected to 192.168.1.3", "Connected to 192.168.1.3");
}

static void keys_tokens_and_digests_go(void **state) {
    (void)state;
    gives(false, "k=MC4CAQAwBQYDK2VwBCIEIPo4/abc+defGHI0123456789abcdefg=", "<55 letters>");
    gives(false, "ghp_0123456789AbCdEfGhIjKlMnOp", "<30 letters>");
    gives(false, "sha256 9f86d081884c7d659a2feaa0c55ad015", "sha256 <32 hex digits>");
    gives(false, "123e4567-e89b-12d3-a456-426614174000 x", "<36 letters> x");
}

static void a_pem_text_goes_whole(void **state) {
    struct redact redact = {0};

    (void)state;
    assert_string_equal(redacted(&redact, "got -----BEGIN EC PRIVATE KEY-----"), "got <PEM text>");
    assert_null(redacted(&redact, "short"));
    assert_null(redacted(&redact, "-----END EC PRIVATE KEY-----"));
    assert_string_equal(redacted(&redact, "after"), "after");
    /* in one line, and one that was cut: it hides no more than the longest key has */
    gives(false, "x -----BEGIN A-----ab-----END A-----", "x <PEM text>");
    (void)redacted(&redact, "-----BEGIN A-----");
    for (unsigned i = 0; i < 100; i++)
        assert_null(redacted(&redact, "ab"));
    assert_string_equal(redacted(&redact, "after"), "after");
}

static void any_bytes_give_a_printable_line_that_fits(void **state) {
    struct redact redact = {.is_foreign = true};
    uint8_t bytes[4096];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    assert_true(redact_line(&redact, (aloft_bytes){bytes, sizeof bytes}, out));
    assert_true(strlen(out) <= REDACT_LINE_MAX);
    for (const char *p = out; *p != 0; p++)
        assert_true(*p >= ' ' && *p <= '~');
    memset(bytes, 'g', sizeof bytes);
    assert_true(redact_line(&redact, (aloft_bytes){bytes, sizeof bytes}, out));
    assert_string_equal(out + strlen(out) - 4, "g...");
    gives(false, "ends here\r", "ends here");
    gives(false, "", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_helps_to_find_a_fault_stays),
        cmocka_unit_test(addresses_of_the_world_go),
        cmocka_unit_test(mac_addresses_go_in_each_form),
        cmocka_unit_test(people_go),
        cmocka_unit_test(what_was_told_goes_in_any_letters),
        cmocka_unit_test(a_word_too_many_is_said),
        cmocka_unit_test(passwords_and_names_of_networks_go_to_the_end_of_the_line),
        cmocka_unit_test(keys_tokens_and_digests_go),
        cmocka_unit_test(a_pem_text_goes_whole),
        cmocka_unit_test(any_bytes_give_a_printable_line_that_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

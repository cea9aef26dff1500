/* SPDX-License-Identifier: Apache-2.0 */
/* DNS messages as strangers send them, and as a responder for one name writes them. */
#include "test/kit/kit.h"

#include <stdbool.h>

#include "server/net/dns.h"

static struct dns_host lamp(void) {
    struct dns_host host = {.n_four = 1, .four = {{192, 0, 2, 7}}};

    assert_true(dns_name_from("Lab-PC.local", &host.name));
    return host;
}

/* Give all items of a message, at most 16; -1 where it is malformed. The message ends at a
 * forbidden page. */
static int read_all(const void *bytes, size_t len, struct dns_item items[16]) {
    struct dns_reader reader;
    int n = 0, got;

    if (!dns_begin(&reader, kit_guarded(0, bytes, len)))
        return -1;
    while ((got = dns_next(&reader, &items[n])) == 1)
        assert_true(++n < 16);
    return got == 0 ? n : -1;
}

static int read_hex(const char *hex, struct dns_item items[16]) {
    uint8_t bytes[512];

    return read_all(bytes, kit_hex(hex, bytes, sizeof bytes), items);
}

static void a_question_is_read_whatever_its_case(void **state) {
    (void)state;
    struct dns_item items[16];
    struct dns_host host = lamp();

    int n = read_hex("0000 0000 0001 0000 0000 0000"
                     "06 4c41422d5043 05 4c6f43616c 00 0001 8001",
                     items);

    assert_int_equal(n, 1);
    assert_true(dns_name_equal(&items[0].name, &host.name));
    assert_int_equal(items[0].type, DNS_TYPE_A);
    assert_int_equal(items[0].class, DNS_CLASS_IN | DNS_TOP_BIT);
}

static void a_pointer_back_is_followed(void **state) {
    (void)state;
    struct dns_item items[16];

    int n = read_hex("0000 8400 0000 0002 0000 0000"
                     "01 61 05 6c6f63616c 00 0001 8001 00000078 0004 c0000207"
                     "01 62 c00e 0001 8001 00000078 0004 c0000208",
                     items);

    assert_int_equal(n, 2);
    assert_memory_equal(items[1].name.at,
                        "\x01"
                        "b\x05local\0",
                        9);
    assert_int_equal(items[1].ttl_s, 120);
    assert_int_equal(items[1].data.len, 4);
}

static void pointers_that_lead_forward_or_in_circles_are_refused(void **state) {
    (void)state;
    struct dns_item items[16];
    static const char *const bad[] = {
        "0000 0000 0001 0000 0000 0000 c00c 0001 0001",       /* to itself */
        "0000 0000 0001 0000 0000 0000 c00e c00c 0001 0001",  /* forward */
        "0000 0000 0001 0000 0000 0000 01 61 c00c 0001 0001", /* to its own label */
        "0000 0000 0001 0000 0000 0000 c0ff 0001 0001",       /* out of the message */
        "0000 0000 0001 0000 0000 0000 40 61 00 0001 0001",   /* a label type that is not */
        "0000 0000 0001 0000 0000 0000 05 61",                /* cut in a label */
        "0000 0000 0001 0000 0000 0000 01 61 00 0001",        /* cut in a question */
        "0000 0000 0002 0000 0000 0000 01 61 00 0001 0001",   /* fewer than promised */
        "0000 8400 0000 0001 0000 0000 00 0001 0001 00000001 0004 010203", /* cut in its data */
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_hex(bad[i], items), -1);
}

static void a_chain_of_pointers_has_an_end(void **state) {
    (void)state;
    uint8_t message[512] = {0};
    struct dns_item items[16];
    size_t at = 12;

    /* 40 names, each one pointer to the one before; the last one is read by one question */
    message[5] = 2;
    message[at++] = 1;
    message[at++] = 'a';
    message[at++] = 0;
    at += 4;
    for (unsigned i = 0, to = 12; i < 40; i++, at += 2) {
        message[at] = 0xc0;
        message[at + 1] = (uint8_t)to;
        to = (unsigned)at;
    }
    /* the second question begins where the chain begins, so it is a short one */
    assert_int_equal(read_all(message, at, items), 2);

    /* the same with the question at the end of the chain */
    message[5] = 1;
    memmove(message + 12, message + 19, at - 19);
    message[12] = 0;
    for (unsigned i = 14; i + 1 < at - 7; i += 2) {
        message[i] = 0xc0;
        message[i + 1] = (uint8_t)(i == 14 ? 12 : i - 2);
    }
    struct dns_reader reader;
    assert_true(dns_begin(&reader, (aloft_bytes){message, at - 7}));
    reader.at = at - 9;
    assert_int_equal(dns_next(&reader, &items[0]), -1);
}

static void a_name_of_256_bytes_is_refused(void **state) {
    (void)state;
    uint8_t message[512] = {0};
    struct dns_item items[16];
    size_t at = 12;

    message[5] = 1;
    for (unsigned i = 0; i < 4; i++) { /* 4 * 64 + 1 = 257 */
        message[at] = 63;
        memset(message + at + 1, 'x', 63);
        at += 64;
    }
    at += 5;
    assert_int_equal(read_all(message, at, items), -1);

    message[12 + 3 * 64] = 61; /* 3 * 64 + 62 + 1 = 255 */
    message[12 + 3 * 64 + 62] = 0;
    assert_int_equal(read_all(message, at, items), 1);
}

static void every_cut_of_a_reply_is_refused(void **state) {
    (void)state;
    struct dns_host host = lamp();
    const struct dns_reply reply = {.type = DNS_TYPE_ANY, .ttl_s = DNS_TTL_S};
    uint8_t out[DNS_WRITE_MAX];
    struct dns_item items[16];
    size_t len = dns_write_reply(&host, &reply, out);

    for (size_t i = 0; i < len; i++)
        assert_int_equal(read_all(out, i, items), -1);
    assert_int_equal(read_all(out, len, items), 1);
}

static void a_reply_says_our_addresses_and_nothing_else(void **state) {
    (void)state;
    struct dns_host host = lamp();
    const struct dns_reply reply = {.type = DNS_TYPE_A, .ttl_s = DNS_TTL_S};
    uint8_t out[DNS_WRITE_MAX];
    struct dns_item items[16];

    host.n_six = 1;
    memcpy(host.six[0], "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    int n = read_all(out, dns_write_reply(&host, &reply, out), items);

    assert_int_equal(n, 2);
    assert_true(dns_host_has(&host, &items[0]) && dns_host_has(&host, &items[1]));
    assert_int_equal(items[0].class, DNS_CLASS_IN | DNS_TOP_BIT);
    assert_int_equal(items[0].ttl_s, 120);
    assert_int_equal(items[1].type, DNS_TYPE_AAAA);
}

static void a_type_that_we_do_not_have_is_denied(void **state) {
    (void)state;
    struct dns_host host = lamp();
    const struct dns_reply reply = {.type = DNS_TYPE_AAAA, .ttl_s = DNS_TTL_S};
    uint8_t out[DNS_WRITE_MAX];
    struct dns_item items[16];

    int n = read_all(out, dns_write_reply(&host, &reply, out), items);

    assert_int_equal(n, 2);
    assert_int_equal(items[1].section, DNS_ADDITIONAL);
    assert_int_equal(items[1].type, DNS_TYPE_NSEC);
    assert_memory_equal(items[1].data.at, "\xc0\x0c\0\x04\x40\0\0\0", 8);
}

static void a_legacy_reply_repeats_the_question(void **state) {
    (void)state;
    struct dns_host host = lamp();
    const struct dns_reply reply = {
        .id = 0x1234, .is_legacy = true, .type = DNS_TYPE_A, .ttl_s = 10};
    uint8_t out[DNS_WRITE_MAX];
    struct dns_item items[16];

    int n = read_all(out, dns_write_reply(&host, &reply, out), items);

    assert_int_equal(out[0] << 8 | out[1], 0x1234);
    assert_int_equal(n, 2);
    assert_int_equal(items[0].section, DNS_QUESTION);
    assert_int_equal(items[1].class, DNS_CLASS_IN);
    assert_int_equal(items[1].ttl_s, 10);
}

static void the_fullest_reply_fits(void **state) {
    (void)state;
    struct dns_host host = lamp();
    const struct dns_reply reply = {.is_legacy = true, .type = DNS_TYPE_ANY, .ttl_s = 10};
    uint8_t *out = malloc(DNS_WRITE_MAX); /* a sanitizer watches its end */
    char text[254];

    memset(text, 'x', sizeof text);
    text[63] = text[127] = text[191] = '.';
    text[253] = 0;
    assert_true(dns_name_from(text, &host.name));
    assert_int_equal(host.name.len, DNS_NAME_MAX);
    host.n_four = host.n_six = 8;

    assert_true(dns_write_reply(&host, &reply, out) < DNS_WRITE_MAX);
    assert_true(dns_write_probe(&host, out) < DNS_WRITE_MAX);
    free(out);
}

static void names_that_cannot_be_are_refused(void **state) {
    (void)state;
    struct dns_name name;
    char text[300];

    memset(text, 'x', sizeof text);
    text[299] = 0;
    assert_false(dns_name_from(text, &name));
    text[64] = '.';
    assert_false(dns_name_from(text, &name));
    assert_false(dns_name_from("", &name));
    assert_false(dns_name_from("a..local", &name));
    assert_true(dns_name_from("a.local.", &name));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_read_whatever_its_case),
        cmocka_unit_test(a_pointer_back_is_followed),
        cmocka_unit_test(pointers_that_lead_forward_or_in_circles_are_refused),
        cmocka_unit_test(a_chain_of_pointers_has_an_end),
        cmocka_unit_test(a_name_of_256_bytes_is_refused),
        cmocka_unit_test(every_cut_of_a_reply_is_refused),
        cmocka_unit_test(a_reply_says_our_addresses_and_nothing_else),
        cmocka_unit_test(a_type_that_we_do_not_have_is_denied),
        cmocka_unit_test(a_legacy_reply_repeats_the_question),
        cmocka_unit_test(the_fullest_reply_fits),
        cmocka_unit_test(names_that_cannot_be_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

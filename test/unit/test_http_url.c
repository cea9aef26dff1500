/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses are split, compared and resolved. */
#include "test/kit/kit.h"

#include "http/url.h"

static struct al_http_url url;
static aloft_fault why;

static aloft_err split(const char *text) {
    memset(&why, 0, sizeof why);
    return al_http_url_split(kit_guarded(0, text, strlen(text)), &url, &why);
}

#define assert_span(span, text)                                                                    \
    do {                                                                                           \
        assert_int_equal((span).len, strlen(text));                                                \
        assert_memory_equal((span).at, text, (span).len);                                          \
    } while (0)

static void addresses_are_split_into_host_port_and_path(void **state) {
    (void)state;
    assert_ok(split("https://updates.example"));
    assert_span(url.host, "updates.example");
    assert_int_equal(url.port, 443);
    assert_int_equal(url.path.len, 0);
    assert_true(al_http_url_is_base(&url));

    assert_ok(split("HTTPS://[2001:db8::7]:4443/a/b%20c?x=1"));
    assert_span(url.host, "2001:db8::7");
    assert_true(url.is_v6);
    assert_int_equal(url.port, 4443);
    assert_span(url.path, "/a/b%20c?x=1");
    assert_false(al_http_url_is_base(&url));

    assert_ok(split("https://192.168.1.3:4443/x"));
    assert_span(url.host, "192.168.1.3");
    assert_ok(split("https://my-pc.local"));
    assert_span(url.host, "my-pc.local");
    assert_ok(split("https://[::ffff:192.168.1.3]"));
    assert_span(url.host, "::ffff:192.168.1.3");
    assert_ok(split("https://my_pc.local:1/"));
    assert_int_equal(url.port, 1);
}

static void what_a_device_must_not_call_is_refused_where_it_goes_wrong(void **state) {
    static const struct {
        const char *text;
        unsigned at;
    } wrong[] = {
        {"", 0},
        {"http://a", 0},
        {"https:/a", 0},
        {"https://", 8},
        {"https:///x", 8},
        {"https://user@host", 12},
        {"https://host:0", 12},
        {"https://host:", 12},
        {"https://host:65536", 12},
        {"https://host:+1", 12},
        {"https://ho st", 10},
        {"https://h\xc3\xb6st", 9},
        {"https://[::1", 8},
        {"https://[]", 8},
        {"https://[fe80::1%25eth0]", 16},
        {"https://[::1]x", 13},
        {"https://[12]", 9},
        {"https://host/a b", 14},
        {"https://host/a#b", 14},
        {"https://host/%4", 13},
        {"https://host/%zz", 13},
        {"https://host/a\\b", 14},
        {"https://host/\r\n", 13},
        {"https://host?x", 12},
        {"https://host:123456", 12},
        {"https://a{b", 9},
        {"https://a[b", 9},
        {"https://[::g]", 11},
        {"https://host/%4", 13},
        {"https://host/%a", 13},
        {"https://host/%4z", 13},
        {"https://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]", 54},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_provoked(split(wrong[i].text), CONFIG_BASE);
        assert_int_equal(why.at, wrong[i].at);
    }
}

static void a_host_has_at_most_253_bytes(void **state) {
    char text[300] = "https://";

    (void)state;
    memset(text + 8, 'h', 254);
    assert_provoked(split(text), CONFIG_BASE);
    text[8 + 253] = 0;
    assert_ok(split(text));
}

static void an_origin_is_host_and_port_without_regard_to_case(void **state) {
    static const char *const others[] = {"https://a.example:444", "https://b.example",
                                         "https://a.example.", "https://a.exampl"};
    struct al_http_url one;

    (void)state;
    assert_ok(
        al_http_url_split((aloft_bytes){(const uint8_t *)"https://a.example/x", 19}, &one, &why));
    assert_ok(split("https://A.Example:443"));
    assert_true(al_http_url_same_origin(&one, &url));
    one.is_v6 = true; /* the same bytes mean another host between brackets */
    assert_false(al_http_url_same_origin(&one, &url));
    one.is_v6 = false;
    for (size_t i = 0; i < 4; i++) {
        assert_ok(split(others[i]));
        assert_false(al_http_url_same_origin(&one, &url));
    }
}

static const char *resolve(const char *base, const char *reference, size_t room) {
    static char text[512];
    aloft_space out = {(uint8_t *)text, room};
    struct al_http_url from;

    assert_ok(al_http_url_split((aloft_bytes){(const uint8_t *)base, strlen(base)}, &from, &why));
    if (al_http_url_resolve(&from, kit_guarded(1, reference, strlen(reference)), &out, &why) !=
        ALOFT_OK)
        return aloft_err_name(why.code);
    assert_true(out.len <= room);
    text[out.len] = 0;
    return text;
}

/* RFC 3986 §5.4.1 and §5.4.2, with https for http and without fragments and ";". */
static void the_examples_of_rfc_3986_come_out_right(void **state) {
    static const char *const examples[][2] = {
        {"g", "https://a/b/c/g"},
        {"./g", "https://a/b/c/g"},
        {"g/", "https://a/b/c/g/"},
        {"/g", "https://a/g"},
        {"//g/", "https://g/"},
        {"?y", "https://a/b/c/d;p?y"},
        {"g?y", "https://a/b/c/g?y"},
        {"#s", "https://a/b/c/d;p?q"},
        {"g#s", "https://a/b/c/g"},
        {";x", "https://a/b/c/;x"},
        {"", "https://a/b/c/d;p?q"},
        {".", "https://a/b/c/"},
        {"./", "https://a/b/c/"},
        {"..", "https://a/b/"},
        {"../", "https://a/b/"},
        {"../g", "https://a/b/g"},
        {"../..", "https://a/"},
        {"../../", "https://a/"},
        {"../../g", "https://a/g"},
        {"../../../g", "https://a/g"},
        {"../../../../g", "https://a/g"},
        {"/./g", "https://a/g"},
        {"/../g", "https://a/g"},
        {"g.", "https://a/b/c/g."},
        {".g", "https://a/b/c/.g"},
        {"..g", "https://a/b/c/..g"},
        {"./../g", "https://a/b/g"},
        {"./g/.", "https://a/b/c/g/"},
        {"g/./h", "https://a/b/c/g/h"},
        {"g/../h", "https://a/b/c/h"},
        {"g?y/../x", "https://a/b/c/g?y/../x"},
        {"https://x:1/../y#z", "https://x:1/y"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        assert_string_equal(resolve("https://a/b/c/d;p?q", examples[i][0], 511), examples[i][1]);
    assert_string_equal(resolve("https://[::1]:4443", "p/x", 511), "https://[::1]:4443/p/x");
    assert_string_equal(resolve("https://a", "?y", 511), "https://a/?y");
}

static void a_reference_that_leads_elsewhere_or_does_not_fit_is_refused(void **state) {
    static const char *const wrong[] = {"http://a/x",  "ftp:x", "https:g", "//u@h/",   "/a b",
                                        "https://h:0", "//",    "a:b",     "/\r\nX: y"};
    aloft_space out = {NULL, 0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_string_equal(resolve("https://a/b", wrong[i], 511), "HTTP_REDIRECT");
    for (size_t room = 0; room < 17; room++)
        assert_string_equal(resolve("https://a/b", "../cccccc", room), "HTTP_REDIRECT");
    for (size_t room = 0; room < 16; room++)
        assert_string_equal(resolve("https://a/b", "//h/cccccc", room), "HTTP_REDIRECT");
    assert_string_equal(resolve("https://a/b", "/cccccc", 17), "https://a/cccccc");
    assert_ok(split("https://a"));
    assert_provoked(al_http_url_resolve(&url, (aloft_bytes){NULL, 0}, &out, &why), HTTP_REDIRECT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_split_into_host_port_and_path),
        cmocka_unit_test(what_a_device_must_not_call_is_refused_where_it_goes_wrong),
        cmocka_unit_test(a_host_has_at_most_253_bytes),
        cmocka_unit_test(an_origin_is_host_and_port_without_regard_to_case),
        cmocka_unit_test(the_examples_of_rfc_3986_come_out_right),
        cmocka_unit_test(a_reference_that_leads_elsewhere_or_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

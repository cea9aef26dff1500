/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request: written by a device, read by a server. */
#include "test/kit/kit.h"

#include "http/request.h"
#include "http/server_request.h"

static struct al_http_request request;
static aloft_fault why;

static aloft_err read_text(const char *head) {
    memset(&why, 0, sizeof why);
    return al_http_request_read(kit_guarded(0, head, strlen(head)), &request, &why);
}

static aloft_err read_fields(const char *fields) {
    static char head[16384];

    snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n", fields);
    return read_text(head);
}

#define assert_span(span, text)                                                                    \
    do {                                                                                           \
        assert_int_equal((span).len, strlen(text));                                                \
        assert_memory_equal((span).at, text, (span).len);                                          \
    } while (0)

/* ---- the server reads */

static void a_request_gives_its_parts_and_leaves_the_body(void **state) {
    (void)state;
    assert_ok(read_text("POST /v1/report?x=%20/.. HTTP/1.1\r\nhost:updates.example:4443\r\n"
                        "Content-Length: 3\r\nAloft-Device: \tpump-1 \r\n\r\nabcGET"));
    assert_span(request.method, "POST");
    assert_span(request.path, "/v1/report");
    assert_span(request.query, "x=%20/..");
    assert_span(request.host, "updates.example:4443");
    assert_int_equal(request.body_len, 3);
    assert_true(request.keep);
    assert_int_equal(request.n_fields, 3);
    assert_span(al_http_field(&request, "aloft-device"), "pump-1");
    assert_null(al_http_field(&request, "aloft").at);
    assert_int_equal(request.range.kind, AL_HTTP_RANGE_NONE);
}

static void fields_that_decide_are_read(void **state) {
    (void)state;
    assert_ok(read_fields("Range: bytes=7-\r\nIf-None-Match: \"e\"\r\nIf-Range: \"f\"\r\n"
                          "Connection: x, CLOSE\r\nExpect: 100-continue"));
    assert_int_equal(request.range.kind, AL_HTTP_RANGE_FROM);
    assert_int_equal(request.range.from, 7);
    assert_span(request.if_none_match, "\"e\"");
    assert_span(request.if_range, "\"f\"");
    assert_true(request.expects_continue);
    assert_false(request.keep);
    assert_ok(read_fields("Connection: close, x"));
    assert_false(request.keep);
    assert_ok(
        read_text("GET / HTTP/1.1\r\nHost: my-pc_2.local:[\r\n\r\n")); /* its bytes, no more */
    assert_ok(read_text("POST / HTTP/1.1\r\nHost: h\r\nRange: bytes=7-\r\n\r\n"));
    assert_int_equal(request.range.kind, AL_HTTP_RANGE_NONE);
}

static void an_absolute_target_counts_for_http_and_https_only(void **state) {
    (void)state;
    assert_ok(read_text("GET https://a:1/p HTTP/1.1\r\nHost: b\r\n\r\n"));
    assert_span(request.host, "a:1");
    assert_span(request.path, "/p");
    assert_ok(read_text("GET http://a?q HTTP/1.1\r\nHost: b\r\n\r\n"));
    assert_span(request.path, "/");
    assert_span(request.query, "q");
    assert_provoked(read_text("GET ftp://a/ HTTP/1.1\r\nHost: b\r\n\r\n"), HTTP_FORM);
    assert_provoked(read_text("GET https:/// HTTP/1.1\r\nHost: b\r\n\r\n"), HTTP_FORM);
    assert_provoked(read_text("GET https:// HTTP/1.1\r\nHost: b\r\n\r\n"), HTTP_FORM);
}

static void http_1_0_and_an_empty_line_before_are_read(void **state) {
    (void)state;
    assert_ok(read_text("\r\nGET / HTTP/1.0\r\n\r\n"));
    assert_false(request.keep);
    assert_int_equal(request.head_len, 20);
    assert_provoked(read_text("\r\n\r\nGET / HTTP/1.0\r\n\r\n"), HTTP_FORM);
}

static void a_chunked_body_is_named_and_the_connection_ends(void **state) {
    (void)state;
    assert_ok(read_fields("Transfer-Encoding: chunked"));
    assert_true(request.is_chunked);
    assert_false(request.keep);
    assert_int_equal(request.body_len, 0);
}

static void what_two_readers_could_understand_in_two_ways_is_refused(void **state) {
    static const char *const wrong[] = {
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: -1",
        "Content-Length: 0x10",
        "Content-Length: 99999999999999999999",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Host: h",
        "A : b",
        " folded: x",
        "A: b\r\n folded",
        "A: b\n",
        "A: b\nB: c",
        "A: b\rB: c",
        "A: \x01",
        "A",
        ": b",
        "A: b\x7f",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_provoked(read_fields(wrong[i]), HTTP_FORM);
    assert_provoked(read_text("GET / HTTP/1.1\r\n\r\n"), HTTP_FORM);
    assert_provoked(read_text("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), HTTP_FORM);
    assert_provoked(read_text("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), HTTP_FORM);
}

static void what_is_no_request_line_is_refused_where_it_goes_wrong(void **state) {
    static const struct {
        const char *text;
        unsigned at;
    } wrong[] = {
        {" / HTTP/1.1\r\n", 0},
        {"GET  / HTTP/1.1\r\n", 4},
        {"GET / HTTP/2.0\r\n", 11},
        {"GET /\r\n", 5},
        {"GET / HTTP/1.1\n", 14},
        {"GET / HTTP/1.1 \r\n", 14},
        {"GET * HTTP/1.1\r\n", 4},
        {"CONNECT a:1 HTTP/1.1\r\n", 8},
        {"GET /a/../b HTTP/1.1\r\n", 7},
        {"GET /.. HTTP/1.1\r\n", 5},
        {"GET /./b HTTP/1.1\r\n", 5},
        {"GET /a%2e HTTP/1.1\r\n", 6},
        {"GET /a\\b HTTP/1.1\r\n", 6},
        {"GET /a#b HTTP/1.1\r\n", 6},
        {"GET /\xc3\xb6 HTTP/1.1\r\n", 5},
        {"ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\n", 21},
        {"\x16\x03\x01", 0},
        {"GET http://a@b/ HTTP/1.1\r\n", 11},
        {"GET http://a|b HTTP/1.1\r\n", 11},
        {"GET /?a\"b HTTP/1.1\r\n", 7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_provoked(read_text(wrong[i].text), HTTP_FORM);
        assert_int_equal(why.at, wrong[i].at);
    }
    assert_ok(read_text("GET /.well-known/..a/b. HTTP/1.1\r\nHost: \r\n\r\n"));
}

static void a_request_is_bounded_in_bytes_and_fields(void **state) {
    static char head[AL_HTTP_REQUEST_MAX + 10];
    static char fields[1024];
    size_t n = 0;

    (void)state;
    memset(head, 'x', sizeof head);
    memcpy(head, "GET / HTTP/1.1\r\nHost: h\r\nX: ", 28);
    memcpy(head + AL_HTTP_REQUEST_MAX - 4, "\r\n\r\n", 5);
    assert_ok(read_text(head));
    assert_int_equal(request.head_len, AL_HTTP_REQUEST_MAX);
    memcpy(head + AL_HTTP_REQUEST_MAX - 4, "x\r\n\r\n", 6);
    assert_provoked(read_text(head), HTTP_HEAD_LONG);
    head[AL_HTTP_REQUEST_MAX - 1] = 0;
    assert_int_equal(read_text(head), ALOFT_WAIT);

    for (unsigned i = 0; i < AL_HTTP_FIELDS_MAX - 1; i++) /* Host is one more */
        n += (size_t)snprintf(fields + n, sizeof fields - n, "%sA: b", i == 0 ? "" : "\r\n");
    assert_ok(read_fields(fields));
    snprintf(fields + n, sizeof fields - n, "\r\nA: b");
    assert_provoked(read_fields(fields), HTTP_HEAD_LONG);
}

/* ---- the device writes */

static struct al_http_url url;

static aloft_err write(const struct al_http_ask *ask, char *room, size_t size) {
    aloft_space out = {(uint8_t *)room, size};
    aloft_err e = al_http_request_write(ask, &out, &why);

    if (e == ALOFT_OK)
        room[out.len] = 0;
    return e;
}

static void split(const char *text) {
    assert_ok(al_http_url_split((aloft_bytes){(const uint8_t *)text, strlen(text)}, &url, &why));
}

static const struct al_http_pair pairs[] = {
    {{(const uint8_t *)"Aloft-Device", 12}, {(const uint8_t *)"pump-1", 6}},
};

static void what_a_device_writes_a_server_reads(void **state) {
    const struct al_http_ask ask = {
        .method = "GET", .url = &url, .pair = pairs, .n_pairs = 1, .from = 65536};
    char head[512];

    (void)state;
    split("https://[::1]:4443/a/b?c");
    assert_ok(write(&ask, head, sizeof head - 1));
    assert_string_equal(head, "GET /a/b?c HTTP/1.1\r\nHost: [::1]:4443\r\n"
                              "Accept-Encoding: identity\r\nAloft-Device: pump-1\r\n"
                              "Range: bytes=65536-\r\n\r\n");
    assert_ok(read_text(head));
    assert_int_equal(request.head_len, strlen(head));
    assert_int_equal(request.range.from, 65536);
}

static void a_post_says_its_length_and_an_empty_path_is_a_slash(void **state) {
    const struct al_http_ask ask = {
        .method = "POST", .url = &url, .has_body = true, .body_len = 512};
    char head[512];

    (void)state;
    split("https://updates.example:443");
    assert_ok(write(&ask, head, sizeof head - 1));
    assert_string_equal(head, "POST / HTTP/1.1\r\nHost: updates.example\r\n"
                              "Accept-Encoding: identity\r\nContent-Length: 512\r\n\r\n");
    assert_ok(read_text(head));
    assert_int_equal(request.body_len, 512);
}

static void a_head_that_does_not_fit_is_refused_at_any_size(void **state) {
    const struct al_http_ask ask = {.method = "GET", .url = &url, .pair = pairs, .n_pairs = 1};
    char head[512];
    size_t len;

    (void)state;
    split("https://h");
    assert_ok(write(&ask, head, sizeof head - 1));
    len = strlen(head);
    for (size_t size = 0; size < len; size++)
        assert_provoked(write(&ask, head, size), MISUSE);
    assert_int_equal(why.want, len - 1);
}

static void a_value_cannot_smuggle_a_field(void **state) {
    static const char *const values[] = {"a\r\nX: y", "a\nX: y", "a\rb", "a\x01"};
    struct al_http_pair pair = {{(const uint8_t *)"A", 1}, {NULL, 0}};
    const struct al_http_ask ask = {.method = "GET", .url = &url, .pair = &pair, .n_pairs = 1};
    char head[512];

    (void)state;
    split("https://h");
    for (size_t i = 0; i < 4; i++) {
        pair.value = (aloft_bytes){(const uint8_t *)values[i], strlen(values[i])};
        assert_provoked(write(&ask, head, sizeof head - 1), MISUSE);
        assert_int_equal(why.got, 1);
    }
    pair = (struct al_http_pair){{(const uint8_t *)"A:", 2}, {NULL, 0}};
    assert_provoked(write(&ask, head, sizeof head - 1), MISUSE);
    pair.name.len = 0;
    assert_provoked(write(&ask, head, sizeof head - 1), MISUSE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_gives_its_parts_and_leaves_the_body),
        cmocka_unit_test(fields_that_decide_are_read),
        cmocka_unit_test(an_absolute_target_counts_for_http_and_https_only),
        cmocka_unit_test(http_1_0_and_an_empty_line_before_are_read),
        cmocka_unit_test(a_chunked_body_is_named_and_the_connection_ends),
        cmocka_unit_test(what_two_readers_could_understand_in_two_ways_is_refused),
        cmocka_unit_test(what_is_no_request_line_is_refused_where_it_goes_wrong),
        cmocka_unit_test(a_request_is_bounded_in_bytes_and_fields),
        cmocka_unit_test(what_a_device_writes_a_server_reads),
        cmocka_unit_test(a_post_says_its_length_and_an_empty_path_is_a_slash),
        cmocka_unit_test(a_head_that_does_not_fit_is_refused_at_any_size),
        cmocka_unit_test(a_value_cannot_smuggle_a_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

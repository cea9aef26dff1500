/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an answer becomes facts, or a fault. */
#include "test/kit/kit.h"

#include "http/answer.h"

static struct al_http_answer answer;
static aloft_fault why;
static aloft_bytes rest;

static aloft_err read_text(const char *head) {
    al_http_answer_start(&answer);
    memset(&why, 0, sizeof why);
    rest = kit_guarded(0, head, strlen(head));
    return al_http_answer_read(&answer, &rest, &why);
}

static aloft_err read_fields(const char *fields) {
    static char head[16384];

    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\n%s\r\n\r\n", fields);
    return read_text(head);
}

static void a_plain_answer_gives_its_facts_and_leaves_the_body(void **state) {
    (void)state;
    assert_ok(read_text("HTTP/1.1 206 Partial Content\r\n"
                        "Content-Length: 60\r\n"
                        "content-range:bytes 40-99/100\t \r\n"
                        "X-A-Very-Long-Name-That-Means-Nothing-Here: bytes 1-2/3\r\n"
                        "Content-Type: application/octet-stream\r\n"
                        "CACHE-CONTROL: private, no-store,max-age=900\r\n"
                        "\r\nBODY"));
    assert_int_equal(answer.status, 206);
    assert_true(answer.keeps_open && answer.has_length && answer.has_range);
    assert_int_equal(answer.content_length, 60);
    assert_int_equal(answer.range_from, 40);
    assert_int_equal(answer.range_to, 99);
    assert_true(answer.has_range_size && answer.range_size == 100);
    assert_true(answer.has_max_age && answer.max_age_s == 900);
    assert_false(answer.is_html || answer.is_encoded || answer.is_chunked);
    assert_int_equal(rest.len, 4);
    assert_memory_equal(rest.at, "BODY", 4);
}

static void an_answer_without_a_reason_and_with_bare_line_feeds_is_read(void **state) {
    (void)state;
    assert_ok(read_text("HTTP/1.0 302\nLocation: http://login.portal/\nContent-Type: Text/HTML; "
                        "charset=x\n\n<html>"));
    assert_int_equal(answer.status, 302);
    assert_true(answer.is_html);
    assert_false(answer.keeps_open);
    assert_int_equal(answer.location_len, 20);
    assert_memory_equal(answer.location, "http://login.portal/", 20);
    assert_int_equal(rest.len, 6);
}

static void interim_answers_are_skipped_and_forgotten(void **state) {
    (void)state;
    assert_ok(read_text("HTTP/1.1 100 Continue\r\n\r\n"
                        "HTTP/1.1 103 Early Hints\r\nLocation: /x\r\nContent-Length: 7\r\n\r\n"
                        "HTTP/1.1 204 No Content\r\n\r\n"));
    assert_int_equal(answer.status, 204);
    assert_false(answer.has_length);
    assert_int_equal(answer.location_len, 0);
}

static void a_fifth_interim_answer_and_101_are_refused(void **state) {
    (void)state;
    assert_provoked(read_text("HTTP/1.1 100 a\r\n\r\nHTTP/1.1 100 a\r\n\r\nHTTP/1.1 100 a\r\n\r\n"
                              "HTTP/1.1 100 a\r\n\r\nHTTP/1.1 100 a\r\n\r\n"),
                    HTTP_FORM);
    assert_provoked(read_text("HTTP/1.1 101 Switching Protocols\r\n\r\n"), HTTP_FORM);
}

static void a_head_that_goes_on_waits(void **state) {
    (void)state;
    assert_int_equal(read_text(""), ALOFT_WAIT);
    assert_int_equal(read_text("HTTP/1.1 200 OK\r\nContent-Le"), ALOFT_WAIT);
    assert_int_equal(read_text("HTTP/1.1 200 OK\r\n\r"), ALOFT_WAIT);
    assert_int_equal(rest.len, 0);
}

static void what_is_not_a_head_is_refused_where_it_goes_wrong(void **state) {
    static const struct {
        const char *head;
        unsigned at;
    } wrong[] = {
        {"<html>", 0},
        {"HTTP/2 200\r\n", 5},
        {"HTTP/1.x 200 OK\r\n", 7},
        {"http/1.1 200 OK\r\n", 0},
        {"HTTP/1.1 2x0 OK\r\n", 10},
        {"HTTP/1.1 000 OK\r\n", 9},
        {"HTTP/1.1 2000 OK\r\n", 12},
        {"\r\nHTTP/1.1 200 OK\r\n", 0},
        {"HTTP/1.1 200 OK\rX", 16},
        {"HTTP/1.1 200 OK\r\nA : b\r\n", 18},
        {"HTTP/1.1 200 OK\r\n: b\r\n", 17},
        {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n", 23},
        {"HTTP/1.1 200 OK\r\nA: b\rc", 22},
        {"HTTP/1.1 200 OK\r\nA: b\x01", 21},
        {"HTTP/1.1 200 OK\r\nA\r\n", 18},
        {"HTTP/1.1 200 OK\r\n\rX", 18},
        {"HTTP/1.1 099 OK\r\n\r\n", 9},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_provoked(read_text(wrong[i].head), HTTP_FORM);
        assert_int_equal(why.at, wrong[i].at);
    }
}

static void a_zero_byte_is_refused_anywhere(void **state) {
    static const char head[] = "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n";
    uint8_t copy[sizeof head - 1];

    (void)state;
    for (size_t at = 0; at < sizeof copy; at++) {
        memcpy(copy, head, sizeof copy);
        copy[at] = 0;
        rest = kit_guarded(0, copy, sizeof copy);
        al_http_answer_start(&answer);
        assert_provoked(al_http_answer_read(&answer, &rest, &why), HTTP_FORM);
    }
}

static void two_different_lengths_are_refused_and_two_equal_ones_are_one(void **state) {
    (void)state;
    assert_provoked(read_fields("Content-Length: 5\r\nContent-Length: 6"), HTTP_FORM);
    assert_provoked(read_fields("Content-Length: 5, 6"), HTTP_FORM);
    assert_provoked(read_fields("Content-Length: +5"), HTTP_FORM);
    assert_provoked(read_fields("Content-Length:"), HTTP_FORM);
    assert_provoked(read_fields("Content-Length: 18446744073709551616"), HTTP_FORM);
    assert_ok(read_fields("Content-Length: 5\r\nContent-Length: 5"));
    assert_int_equal(answer.content_length, 5);
    assert_ok(read_fields("Content-Length: 18446744073709551614"));
    assert_true(answer.content_length == UINT64_MAX - 1);
}

static void the_forms_of_a_content_range(void **state) {
    (void)state;
    assert_ok(read_fields("Content-Range: bytes */100"));
    assert_true(!answer.has_range && answer.has_range_size && answer.range_size == 100);
    assert_ok(read_fields("Content-Range: bytes 0-9/*"));
    assert_true(answer.has_range && !answer.has_range_size && answer.range_to == 9);
    assert_ok(read_fields("Content-Range: bytes 5-4/100"));
    assert_false(answer.has_range || answer.has_range_size);
    assert_ok(read_fields("Content-Range: bytes 0-100/100"));
    assert_false(answer.has_range || answer.has_range_size);
    assert_ok(read_fields("Content-Range: lines 0-9/100"));
    assert_false(answer.has_range || answer.has_range_size);
    assert_ok(read_fields("Content-Range: bytes 0-9"));
    assert_false(answer.has_range || answer.has_range_size);
    assert_provoked(read_fields("Content-Range: bytes 0-9/10\r\nContent-Range: bytes 1-9/10"),
                    HTTP_FORM);
}

static void retry_after_counts_only_in_seconds(void **state) {
    (void)state;
    assert_ok(read_fields("Retry-After: 120"));
    assert_true(answer.has_retry_after && answer.retry_after_s == 120);
    assert_ok(read_fields("Retry-After: 99999999999999999999999"));
    assert_true(answer.has_retry_after && answer.retry_after_s == UINT32_MAX);
    assert_ok(read_fields("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT"));
    assert_true(!answer.has_retry_after && answer.retry_after_is_date);
    assert_ok(read_fields("Retry-After:"));
    assert_true(!answer.has_retry_after && !answer.retry_after_is_date);
}

/* A value that is longer than its room is cut, so it means nothing: a length must not be guessed. */
static void a_value_that_is_too_long_to_be_kept_is_not_read(void **state) {
    static const struct {
        const char *field;
        aloft_err e;
    } longs[] = {{"Content-Length: 1", ALOFT_E_HTTP_FORM},
                 {"Content-Range: bytes 0-1/2", ALOFT_OK},
                 {"Retry-After: 1", ALOFT_OK},
                 {"Cache-Control: max-age=1", ALOFT_OK}};
    char field[1200];

    (void)state;
    for (size_t i = 0; i < sizeof longs / sizeof longs[0]; i++) {
        size_t len = strlen(longs[i].field);
        memset(field, ' ', sizeof field); /* what is kept of it would read well */
        memcpy(field, longs[i].field, len);
        field[sizeof field - 2] = '1';
        field[sizeof field - 1] = 0;
        assert_int_equal(read_fields(field), longs[i].e);
        assert_false(answer.has_length || answer.has_range || answer.has_retry_after ||
                     answer.has_max_age);
    }
    assert_provoked(read_fields("Content-Length: 18446744073709551615"), HTTP_FORM);
}

static void codings_are_seen_wherever_they_stand(void **state) {
    (void)state;
    assert_ok(read_fields("Content-Encoding: identity"));
    assert_false(answer.is_encoded);
    assert_ok(read_fields("Content-Encoding: identity, gzip"));
    assert_true(answer.is_encoded);
    assert_ok(read_fields("Transfer-Encoding: chunked\r\nConnection: foo , Close"));
    assert_true(answer.is_chunked);
    assert_false(answer.keeps_open);
    assert_ok(read_fields("Cache-Control: max-age=5, max-age=7\r\nContent-Type: text/htmlx"));
    assert_int_equal(answer.max_age_s, 5);
    assert_false(answer.is_html);
    assert_ok(read_fields("Cache-Control: max-age=x\r\nContent-Type: application/xhtml+xml; q"));
    assert_false(answer.has_max_age);
    assert_true(answer.is_html);
    assert_ok(read_fields("Content-Encoding:"));
    assert_false(answer.is_encoded);
}

static void a_location_has_its_room_and_is_there_once(void **state) {
    static char field[AL_HTTP_LOCATION_MAX + 20];

    (void)state;
    memset(field, 'a', sizeof field);
    memcpy(field, "Location: ", 10);
    field[10 + AL_HTTP_LOCATION_MAX] = 0;
    assert_ok(read_fields(field));
    assert_int_equal(answer.location_len, AL_HTTP_LOCATION_MAX);
    assert_false(answer.location_is_long);

    field[10 + AL_HTTP_LOCATION_MAX] = 'a';
    field[11 + AL_HTTP_LOCATION_MAX] = 0;
    assert_ok(read_fields(field));
    assert_int_equal(answer.location_len, 0);
    assert_true(answer.location_is_long);

    assert_provoked(read_fields("Location: /a\r\nLocation: /b"), HTTP_FORM);
}

static void a_head_of_8192_bytes_is_read_and_one_more_is_refused(void **state) {
    static char head[AL_HTTP_HEAD_MAX + 2];
    static const char start[] = "HTTP/1.1 200 OK\r\nX: ";

    (void)state;
    memset(head, 'x', sizeof head);
    memcpy(head, start, sizeof start - 1);
    memcpy(head + AL_HTTP_HEAD_MAX - 4, "\r\n\r\n", 5);
    assert_ok(read_text(head));
    memcpy(head + AL_HTTP_HEAD_MAX - 4, "x\r\n\r\n", 6);
    assert_provoked(read_text(head), HTTP_HEAD_LONG);
    assert_int_equal(why.want, AL_HTTP_HEAD_MAX);
    assert_provoked(al_http_answer_read(&answer, &rest, &why), HTTP_HEAD_LONG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_answer_gives_its_facts_and_leaves_the_body),
        cmocka_unit_test(an_answer_without_a_reason_and_with_bare_line_feeds_is_read),
        cmocka_unit_test(interim_answers_are_skipped_and_forgotten),
        cmocka_unit_test(a_fifth_interim_answer_and_101_are_refused),
        cmocka_unit_test(a_head_that_goes_on_waits),
        cmocka_unit_test(what_is_not_a_head_is_refused_where_it_goes_wrong),
        cmocka_unit_test(a_zero_byte_is_refused_anywhere),
        cmocka_unit_test(two_different_lengths_are_refused_and_two_equal_ones_are_one),
        cmocka_unit_test(the_forms_of_a_content_range),
        cmocka_unit_test(retry_after_counts_only_in_seconds),
        cmocka_unit_test(a_value_that_is_too_long_to_be_kept_is_not_read),
        cmocka_unit_test(codings_are_seen_wherever_they_stand),
        cmocka_unit_test(a_location_has_its_room_and_is_there_once),
        cmocka_unit_test(a_head_of_8192_bytes_is_read_and_one_more_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

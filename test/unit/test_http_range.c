/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges: what a server sends, and what an answer means to a device that goes on where it was. */
#include "test/kit/kit.h"

#include "http/answer.h"
#include "http/range.h"

static struct al_http_part part_of(const char *value, uint64_t size) {
    struct al_http_range range = al_http_range_read(kit_guarded(0, value, strlen(value)));

    return al_http_range_pick(&range, size);
}

static void assert_part(const char *value, unsigned status, uint64_t at, uint64_t len) {
    struct al_http_part part = part_of(value, 100);

    assert_int_equal(part.status, status);
    assert_int_equal(part.at, at);
    assert_int_equal(part.len, len);
}

static void a_single_range_gives_its_part(void **state) {
    (void)state;
    assert_part("bytes=0-", 206, 0, 100);
    assert_part("bytes=40-", 206, 40, 60);
    assert_part("Bytes= 40-49 ", 206, 40, 10);
    assert_part("bytes=99-99", 206, 99, 1);
    assert_part("bytes=90-1000", 206, 90, 10);
    assert_part("bytes=90-99999999999999999999999", 206, 90, 10);
    assert_part("bytes=-1", 206, 99, 1);
    assert_part("bytes=-1000", 206, 0, 100);
}

static void a_range_behind_the_end_is_416(void **state) {
    (void)state;
    assert_part("bytes=100-", 416, 0, 0);
    assert_part("bytes=99999999999999999999999-", 416, 0, 0);
    assert_part("bytes=-0", 416, 0, 0);
    assert_int_equal(part_of("bytes=0-", 0).status, 416);
    assert_int_equal(part_of("bytes=-5", 0).status, 200);
}

static void what_is_no_single_valid_range_gives_all(void **state) {
    static const char *const ignored[] = {
        "",          "bytes",        "bytes=",   "bytes=-",   "bytes=5",    "bytes=9-5",
        "lines=0-5", "bytes=0-5,7-", "bytes=a-", "bytes=1-b", "bytes=1--2", "bytes=1 - 2",
    };

    (void)state;
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        assert_part(ignored[i], 200, 0, 100);
}

/* ---- the device */

static aloft_fault why;
static enum al_http_resume what;

/* The answer to a request for a file of 100 bytes from byte `at` on. */
static aloft_err resume(uint32_t at, const char *status_and_fields) {
    static struct al_http_answer answer;
    const struct al_http_wish wish = {at, 100};
    char head[512];
    aloft_bytes in = {(const uint8_t *)head, 0};

    in.len = (size_t)snprintf(head, sizeof head, "HTTP/1.1 %s\r\n\r\n", status_and_fields);
    al_http_answer_start(&answer);
    memset(&why, 0, sizeof why);
    assert_ok(al_http_answer_read(&answer, &in, &why));
    return al_http_resume(&answer, &wish, &what, &why);
}

static void the_part_that_was_asked_for_goes_on(void **state) {
    (void)state;
    assert_ok(resume(40, "206 x\r\nContent-Range: bytes 40-99/100\r\nContent-Length: 60"));
    assert_int_equal(what, AL_HTTP_GO_ON);
    assert_ok(resume(0, "200 x\r\nContent-Length: 100"));
    assert_int_equal(what, AL_HTTP_GO_ON);
    assert_ok(resume(0, "200 x"));
    assert_int_equal(what, AL_HTTP_GO_ON);
}

static void a_whole_file_for_a_part_starts_over_and_416_asks_again(void **state) {
    (void)state;
    assert_ok(resume(40, "200 x\r\nContent-Length: 100"));
    assert_int_equal(what, AL_HTTP_FROM_START);
    assert_ok(resume(40, "416 x\r\nContent-Range: bytes */100\r\nContent-Type: text/html"));
    assert_int_equal(what, AL_HTTP_ASK_AGAIN);
    assert_provoked(resume(0, "416 x"), HTTP_STATUS);
}

static void another_part_is_refused_with_both_bytes(void **state) {
    (void)state;
    assert_provoked(resume(40, "206 x\r\nContent-Range: bytes 30-99/100"), HTTP_RANGE);
    assert_int_equal(why.want, 40);
    assert_int_equal(why.got, 30);
    assert_provoked(resume(40, "206 x"), HTTP_RANGE);
    assert_provoked(resume(40, "206 x\r\nContent-Range: bytes 40-99/*"), HTTP_RANGE);
    assert_int_equal(why.raw, 206);
    assert_int_equal(why.origin, ALOFT_ORIGIN_HTTP);
}

static void another_size_is_refused_before_a_byte_is_used(void **state) {
    (void)state;
    assert_provoked(resume(0, "200 x\r\nContent-Length: 101"), HTTP_LENGTH);
    assert_int_equal(why.want, 100);
    assert_int_equal(why.got, 101);
    assert_provoked(resume(40, "200 x\r\nContent-Length: 60"), HTTP_LENGTH);
    assert_provoked(resume(40, "206 x\r\nContent-Range: bytes 40-100/101"), HTTP_LENGTH);
    assert_provoked(resume(40, "206 x\r\nContent-Range: bytes 40-98/100"), HTTP_LENGTH);
    assert_provoked(resume(40, "206 x\r\nContent-Range: bytes 40-99/100\r\nContent-Length: 61"),
                    HTTP_LENGTH);
    assert_provoked(resume(0, "200 x\r\nContent-Length: 5000000000"), HTTP_LENGTH);
    assert_true(why.got == UINT32_MAX);
}

static void what_is_no_payload_is_named(void **state) {
    (void)state;
    assert_provoked(resume(0, "404 x\r\nContent-Type: text/html"), HTTP_NOT_FOUND);
    assert_provoked(resume(0, "410 x"), HTTP_NOT_FOUND);
    assert_provoked(resume(0, "401 x"), HTTP_FORBIDDEN);
    assert_provoked(resume(0, "403 x"), HTTP_FORBIDDEN);
    assert_provoked(resume(0, "429 x"), HTTP_BUSY);
    assert_provoked(resume(40, "503 x"), HTTP_BUSY);
    assert_provoked(resume(0, "500 x"), HTTP_STATUS);
    assert_provoked(resume(0, "204 x"), HTTP_STATUS);
    assert_provoked(resume(0, "511 x\r\nContent-Type: text/html"), HTTP_HTML);
    assert_provoked(resume(0, "200 x\r\nContent-Type: text/html\r\nContent-Length: 100"),
                    HTTP_HTML);
    assert_provoked(resume(0, "200 x\r\nContent-Encoding: gzip"), HTTP_ENCODED);
    assert_provoked(resume(0, "200 x\r\nTransfer-Encoding: chunked"), HTTP_ENCODED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_range_gives_its_part),
        cmocka_unit_test(a_range_behind_the_end_is_416),
        cmocka_unit_test(what_is_no_single_valid_range_gives_all),
        cmocka_unit_test(the_part_that_was_asked_for_goes_on),
        cmocka_unit_test(a_whole_file_for_a_part_starts_over_and_416_asks_again),
        cmocka_unit_test(another_part_is_refused_with_both_bytes),
        cmocka_unit_test(another_size_is_refused_before_a_byte_is_used),
        cmocka_unit_test(what_is_no_payload_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

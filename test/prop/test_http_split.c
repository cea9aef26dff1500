/* SPDX-License-Identifier: Apache-2.0 */
/* However the bytes of a head come, in whatever pieces, the outcome is the same. */
#include "test/kit/kit.h"

#include "http/answer.h"
#include "http/server_request.h"

#define ROUNDS 3000u /* about 1 s with sanitizers */

static const char *const answers[] = {
    "HTTP/1.1 206 Partial Content\r\nContent-Length: 60\r\nContent-Range: bytes "
    "40-99/100\r\n\r\nxx",
    "HTTP/1.1 100 a\r\n\r\nHTTP/1.1 200 OK\r\nCache-Control: no-store, max-age=60\r\n\r\nbody",
    "HTTP/1.0 302\nLocation: https://a.example/login?x=y\nContent-Type: text/html\n\n<html>",
    "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nConnection: close\r\nTransfer-Encoding: "
    "chunked\r\n\r\n",
};

static const char *const requests[] = {
    "GET /a/b/c/stable/manifest.suit HTTP/1.1\r\nHost: h:4443\r\nRange: bytes=7-\r\n\r\nGET /",
    "POST /v1/report?q HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nConnection: close\r\n\r\nbody",
    "\r\nGET https://h/ HTTP/1.0\r\nIf-None-Match: \"x\"\r\n\r\n",
};

/* One byte replaced by one that matters in heads, or nothing at all. */
static size_t spoil(uint8_t *copy, const char *text, uint32_t *seed) {
    static const uint8_t bytes[] = {'\r', '\n', 0, ' ', ':', ',', '5', 'a', '\t', 0x7f, 0xff, '/'};
    size_t len = strlen(text);

    memcpy(copy, text, len);
    if (kit_random(seed) % 4 != 0)
        copy[kit_random(seed) % len] = bytes[kit_random(seed) % sizeof bytes];
    return len;
}

struct outcome {
    struct al_http_answer answer;
    aloft_fault why;
    aloft_err e;
    size_t used;
};

static void read_in_pieces(aloft_bytes whole, uint32_t *seed, struct outcome *o) {
    memset(o, 0, sizeof *o);
    al_http_answer_start(&o->answer);
    o->e = ALOFT_WAIT;
    while (o->e == ALOFT_WAIT && o->used < whole.len) {
        size_t rest = whole.len - o->used;
        size_t len = seed == NULL ? rest : 1 + kit_random(seed) % (rest < 9 ? rest : 9);
        aloft_bytes piece = kit_guarded(1, whole.at + o->used, len);
        o->e = al_http_answer_read(&o->answer, &piece, &o->why);
        o->used += len - piece.len;
    }
}

static void any_split_of_an_answer_gives_the_same(void **state) {
    static struct outcome whole, pieces;
    uint8_t copy[256];
    uint32_t seed = 7;

    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        aloft_bytes head = {copy, spoil(copy, answers[kit_random(&seed) % 4], &seed)};
        read_in_pieces(head, NULL, &whole);
        read_in_pieces(head, &seed, &pieces);
        assert_memory_equal(&whole, &pieces, sizeof whole);
    }
}

/* A head that is refused stays refused and one that waits is told so, until the byte that decides. */
static void a_request_that_grows_changes_its_outcome_only_once(void **state) {
    static struct al_http_request request, first;
    uint8_t copy[256];
    uint32_t seed = 11;

    (void)state;
    for (unsigned i = 0; i < ROUNDS / 10; i++) {
        size_t len = spoil(copy, requests[kit_random(&seed) % 3], &seed);
        aloft_err decided = ALOFT_WAIT;
        for (size_t n = 0; n <= len; n++) {
            aloft_fault why = {0};
            aloft_bytes bytes = kit_guarded(1, copy, n);
            aloft_err e = al_http_request_read(bytes, &request, &why);
            if (decided == ALOFT_WAIT) {
                decided = e;
                first = request;
            }
            assert_int_equal(e, decided);
            if (e == ALOFT_OK) {
                assert_int_equal(request.head_len, first.head_len);
                assert_int_equal(request.body_len, first.body_len);
                assert_int_equal(request.n_fields, first.n_fields);
                assert_int_equal(request.path.len, first.path.len);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_split_of_an_answer_gives_the_same),
        cmocka_unit_test(a_request_that_grows_changes_its_outcome_only_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an answer, in pieces whose size is the first byte, and the judgement of a resumed download. */
#include <stdlib.h>
#include <string.h>

#include "http/answer.h"
#include "http/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_so) {
    if (!is_so)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct al_http_answer whole, pieces;
    const struct al_http_wish wish = {40, 100};
    enum al_http_resume what;
    aloft_fault why = {0}, other = {0};
    aloft_err e, f = ALOFT_WAIT;
    size_t step = size > 0 && data[0] > 0 ? data[0] : 1, used = 1;
    aloft_bytes rest;

    if (size == 0)
        return 0;
    rest = (aloft_bytes){data + 1, size - 1};
    al_http_answer_start(&whole);
    e = al_http_answer_read(&whole, &rest, &why);
    al_http_answer_start(&pieces);
    while (f == ALOFT_WAIT && used < size) {
        size_t len = size - used < step ? size - used : step;
        uint8_t *copy = malloc(len); /* so that the sanitizer sees one byte too many */
        aloft_bytes piece = {copy, len};
        memcpy(copy, data + used, len);
        f = al_http_answer_read(&pieces, &piece, &other);
        used += len - piece.len;
        free(copy);
    }
    must(e == f && memcmp(&whole, &pieces, sizeof whole) == 0);
    must(e == ALOFT_WAIT || rest.len == size - used);
    if (e == ALOFT_OK && al_http_resume(&whole, &wish, &what, &why) == ALOFT_OK)
        must(whole.status == 200 || whole.status == 206 || whole.status == 416);
    return 0;
}

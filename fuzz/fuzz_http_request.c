/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request as the server reads it. */
#include <stdlib.h>
#include <string.h>

#include "http/server_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_so) {
    if (!is_so)
        abort();
}

/* What the server's calls rely on. */
static void check(const struct al_http_request *q, aloft_bytes bytes) {
    struct al_http_part part = al_http_range_pick(&q->range, 1000);

    must(q->head_len <= bytes.len && q->head_len <= AL_HTTP_REQUEST_MAX);
    must(q->path.len > 0 && q->path.at[0] == '/');
    for (size_t i = 0; i < q->path.len; i++) {
        must(q->path.at[i] > 0x20 && q->path.at[i] < 0x7f && q->path.at[i] != '%');
        must(q->path.len - i < 3 || memcmp(q->path.at + i, "/..", 3) != 0 ||
             (q->path.len - i > 3 && q->path.at[i + 3] != '/'));
    }
    must(!q->is_chunked || (q->body_len == 0 && !q->keep));
    must(part.at <= 1000 && part.len <= 1000 - part.at && (part.status != 206 || part.len > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct al_http_request whole, part;
    aloft_fault why = {0};
    aloft_bytes bytes = {data, size};
    aloft_err e = al_http_request_read(bytes, &whole, &why);

    if (e == ALOFT_OK) {
        check(&whole, bytes);
        bytes.len = whole.head_len;
        must(al_http_request_read(bytes, &part, &why) == ALOFT_OK);
        bytes.len--;
        must(al_http_request_read(bytes, &part, &why) == ALOFT_WAIT);
    }
    must(e == ALOFT_OK || e == ALOFT_WAIT || why.code == e);
    return 0;
}

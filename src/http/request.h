/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Writes the head of a request.
 *
 * Example:
 *     const struct al_http_pair pairs[] = {{ALOFT_BYTES("..."), id}};
 *     const struct al_http_ask ask = {.method = "GET", .url = &url, .pair = pairs, .n_pairs = 1};
 *     aloft_space head = input;
 *     e = al_http_request_write(&ask, &head, why);      // then head.len bytes are the request
 */
#ifndef AL_HTTP_REQUEST_H
#define AL_HTTP_REQUEST_H

#include <stdbool.h>

#include <aloft/error.h>

#include "http/url.h"

/** A field of a request. */
struct al_http_pair {
    aloft_bytes name, value;
};

struct al_http_ask {
    const char *method; /* "GET" or "POST" */
    const struct al_http_url *url;
    const struct al_http_pair *pair;
    unsigned n_pairs;
    uint64_t from; /* not 0: Range: bytes=FROM- */
    bool has_body; /* Content-Length: body_len */
    uint64_t body_len;
};

/**
 * Write "METHOD TARGET HTTP/1.1", Host, Accept-Encoding: identity (so that nobody compresses on the
 * way), the fields in their order, Range, Content-Length, and the empty line.
 *
 * Takes   out  room; out->len becomes the length of the head.
 * Fails   MISUSE  it does not fit (why->want is the room), a name is no token, or a value holds CR,
 *                 LF or another control byte (why->got is its number in `pair`, from 1). What is in
 *                 `out` then means nothing.
 */
ALOFT_MUST_USE aloft_err al_http_request_write(const struct al_http_ask *ask, aloft_space *out,
                                               aloft_fault *why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Reads the head of a request, strictly, from the buffer that it stands in. What two
 * readers could understand in two ways is refused, so that nothing slips past a proxy.
 *
 * Example:
 *     struct al_http_request request;
 *     e = al_http_request_read(buffer, &request, &why);
 *     if (e == ALOFT_WAIT)                      // receive behind what is there, and call again
 *     if (e == ALOFT_OK)                        // request.head_len bytes are used
 */
#ifndef AL_HTTP_SERVER_REQUEST_H
#define AL_HTTP_SERVER_REQUEST_H

#include <stdbool.h>

#include <aloft/error.h>

#include "http/range.h"

/** Longest head of a request, in bytes: what nginx and Apache allow a line by default. */
#define AL_HTTP_REQUEST_MAX 8192u

/** Most fields of a request: browsers send about 20. */
#define AL_HTTP_FIELDS_MAX 64u

struct al_http_field {
    aloft_bytes name, value; /* the value without white space around it */
};

/** All spans point into the buffer, and live as long as what stands in it. */
struct al_http_request {
    aloft_bytes method; /* case matters (RFC 9110 §9.1) */
    aloft_bytes path;   /* begins with "/"; no "%", no segment "." or "..", no control byte */
    aloft_bytes query;  /* behind "?", as it came; len 0: none */
    aloft_bytes host;   /* of the target if it has one, else of Host; with its port; may be empty */
    bool keep;          /* HTTP/1.1 without `Connection: close` and without Transfer-Encoding */
    bool is_chunked;    /* it has a Transfer-Encoding: answer 411 and close; body_len is 0 */
    bool expects_continue;      /* Expect: 100-continue: send 100 before the body is awaited */
    uint64_t body_len;          /* Content-Length, 0 without one */
    size_t head_len;            /* bytes up to the body */
    struct al_http_range range; /* of Range; NONE unless the method is GET */
    aloft_bytes if_range;       /* not this file's validator: behave as if range were NONE */
    aloft_bytes if_none_match;
    unsigned n_fields;
    struct al_http_field field[AL_HTTP_FIELDS_MAX];
};

/**
 * Read a head. It is read from its beginning each time, so a head that comes in n pieces costs n
 * readings of at most AL_HTTP_REQUEST_MAX bytes.
 *
 * Takes   bytes  all that came so far of this request and behind it.
 * Gives   ALOFT_WAIT  the head is not complete; so far nothing is wrong with it.
 *         ALOFT_OK    *request is filled.
 * Fails   HTTP_HEAD_LONG  more than AL_HTTP_REQUEST_MAX bytes or AL_HTTP_FIELDS_MAX fields.
 *         HTTP_FORM       why->at is the byte, why->got its value: not RFC 9112; a folded line, a
 *                         bare CR or LF, white space before a colon, a control byte; two
 *                         Content-Lengths, Content-Length with Transfer-Encoding, two Hosts or, in
 *                         HTTP/1.1, none; a target that is neither a path nor an http or https
 *                         address; "%" in the path or a dot segment: nothing that is served needs
 *                         them.
 *         More bytes never mend a failure.
 */
ALOFT_MUST_USE aloft_err al_http_request_read(aloft_bytes bytes, struct al_http_request *request,
                                              aloft_fault *why);

/** The value of the first field of this name, given in lower case; at NULL if there is none. */
aloft_bytes al_http_field(const struct al_http_request *request, const char *lower_name);

#endif

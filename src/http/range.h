/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Ranges, from both sides: what a server does with a Range, and what an answer means to
 * a device that wants to go on where it was. Pure functions. */
#ifndef AL_HTTP_RANGE_H
#define AL_HTTP_RANGE_H

#include <stdbool.h>

#include <aloft/error.h>

struct al_http_answer;

/* ---- the server's side, RFC 9110 §14 */

enum al_http_range_kind {
    AL_HTTP_RANGE_NONE, /* no Range, or one to ignore: another unit, several, not valid */
    AL_HTTP_RANGE_FROM, /* bytes=FROM- and bytes=FROM-TO (without TO: 2^64-1) */
    AL_HTTP_RANGE_LAST, /* bytes=-N, in `from` */
};

struct al_http_range {
    enum al_http_range_kind kind;
    uint64_t from, to;
};

/** Read the value of a Range field. What is not understood becomes NONE, no error (§14.2). */
struct al_http_range al_http_range_read(aloft_bytes value);

/** The part of a file that is sent. */
struct al_http_part {
    uint16_t status;  /* 200: all; 206; 416: nothing, Content-Range is bytes <star>/SIZE */
    uint64_t at, len; /* of the file; 206 is bytes AT-(AT+LEN-1)/SIZE and has len >= 1 */
};

/** Choose the part of a file of `size` bytes. Only for GET (§14.2), and not where an If-Range is
 *  not this file's validator (§13.1.5). */
struct al_http_part al_http_range_pick(const struct al_http_range *range, uint64_t size);

/* ---- the device's side */

/** What was asked for: byte `at` on, 0 without a Range, of a file whose signed size is `size`. */
struct al_http_wish {
    uint32_t at;
    uint32_t size;
};

/** What the answer means. */
enum al_http_resume {
    AL_HTTP_GO_ON,      /* its body begins at byte `at` */
    AL_HTTP_FROM_START, /* its body begins at byte 0: start over with it, never append */
    AL_HTTP_ASK_AGAIN,  /* it has no part: start over and ask for all of it */
};

/**
 * Judge the answer to a payload's GET. The validator is the signed digest, so no ETag is asked for;
 * what counts is that a part is the part that was asked for, and that no size is another than the
 * signed one.
 *
 * Fails   HTTP_RANGE   a 206 that says no range, or another one: why->want and got are first bytes.
 *                      Whoever gets it twice for the same byte asks for all of it next time.
 *         HTTP_LENGTH  a length that is not what is left of the signed size: use none of the body.
 *         HTTP_NOT_FOUND (404, 410), _FORBIDDEN (401, 403), _BUSY (429, 503), _HTML, _ENCODED,
 *         _STATUS.
 *         why->raw is the status. Redirects are the caller's, before this.
 */
ALOFT_MUST_USE aloft_err al_http_resume(const struct al_http_answer *answer,
                                        const struct al_http_wish *wish, enum al_http_resume *what,
                                        aloft_fault *why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Reads the head of an answer byte by byte, as it comes, and keeps only the facts that
 * a device asks for: no buffer holds the head.
 *
 * Example:
 *     struct al_http_answer answer;
 *     al_http_answer_start(&answer);
 *     do
 *         bytes = more();
 *     while ((e = al_http_answer_read(&answer, &bytes, &why)) == ALOFT_WAIT);
 *     // ALOFT_OK: `bytes` is what of the body came with the end of the head
 */
#ifndef AL_HTTP_ANSWER_H
#define AL_HTTP_ANSWER_H

#include <stdbool.h>

#include <aloft/error.h>

/** Longest head, interim ones included: 8 KiB is what servers and proxies commonly accept
 *  themselves, so a longer one does not come from an update server. */
#define AL_HTTP_HEAD_MAX 8192u

/** Longest Location that is kept: ALOFT_URI_MAX three times over, for the long queries of signed
 *  storage. */
#define AL_HTTP_LOCATION_MAX 400u

/** Longest other value or list element that is looked at: "bytes A-B/C" with three numbers of 20
 *  digits has 68 bytes. */
#define AL_HTTP_VALUE_MAX 80u

/** Longest field name that means something here: "transfer-encoding", 17. */
#define AL_HTTP_NAME_MAX 17u

struct al_http_answer {
    /* facts, valid after ALOFT_OK */
    uint16_t status; /* 200..999 */
    bool keeps_open; /* HTTP/1.1 without `Connection: close` */
    bool is_html;    /* Content-Type says a page for people */
    bool is_encoded; /* Content-Encoding other than identity */
    bool is_chunked; /* any Transfer-Encoding */
    bool has_length; /* Content-Length */
    uint64_t content_length;
    bool has_range; /* Content-Range: bytes FROM-TO/... with FROM <= TO */
    uint64_t range_from, range_to;
    bool has_range_size; /* Content-Range: bytes .../SIZE, also where 416 says it */
    uint64_t range_size;
    bool has_retry_after; /* Retry-After in seconds; more than 2^32-1 is 2^32-1 */
    uint32_t retry_after_s;
    bool retry_after_is_date; /* Retry-After is no number: a device may have no clock */
    bool has_max_age;         /* Cache-Control: max-age, the first one */
    uint32_t max_age_s;
    uint8_t location[AL_HTTP_LOCATION_MAX];
    uint16_t location_len; /* 0: none, or too long */
    bool location_is_long; /* it is longer than AL_HTTP_LOCATION_MAX */

    /* the reader's own */
    uint8_t state;
    uint8_t n;         /* place in the status line; length of the name */
    uint8_t n_interim; /* answers 1xx that were skipped */
    uint8_t field;     /* which field the value belongs to */
    uint16_t value_len;
    uint16_t total; /* bytes read */
    bool value_is_long;
    bool has_location, has_content_range;
    uint8_t name[AL_HTTP_NAME_MAX];
    uint8_t value[AL_HTTP_VALUE_MAX];
};

/** Begin a new answer. */
void al_http_answer_start(struct al_http_answer *answer);

/**
 * Read on. Interim answers (1xx, RFC 9110 §15.2) are skipped, at most four of them.
 *
 * Takes   in  what came; its front is advanced past what was used.
 * Gives   ALOFT_WAIT  all of `in` was used and the head goes on.
 *         ALOFT_OK    the head is complete; the rest of `in` is body. So it stays if called again.
 * Fails   HTTP_FORM       not RFC 9112: why->at is the byte, why->got its value. Also: a folded
 *                         line, a bare CR, a control byte, two different Content-Lengths, white
 *                         space before a colon, a second Location or Content-Range, 101. A line
 *                         that ends in LF alone is read (RFC 9112 §2.2 allows it, and captive
 *                         portals do it).
 *         HTTP_HEAD_LONG  more than AL_HTTP_HEAD_MAX bytes (why->want).
 *         After a failure it fails the same way until al_http_answer_start.
 * Costs   a few compares a byte; 700 bytes of state.
 */
ALOFT_MUST_USE aloft_err al_http_answer_read(struct al_http_answer *answer, aloft_bytes *in,
                                             aloft_fault *why);

#endif

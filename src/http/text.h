/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Small words that every reader and writer here shares: classes of bytes, comparing
 * without case, numbers, and a text that grows and never overflows. */
#ifndef AL_HTTP_TEXT_H
#define AL_HTTP_TEXT_H

#include <stdbool.h>

#include <aloft/bytes.h>

bool al_http_is_digit(uint8_t c);
bool al_http_is_alpha(uint8_t c);
bool al_http_is_hex(uint8_t c);

/** tchar, RFC 9110 §5.6.2: what names of fields and methods are made of. */
bool al_http_is_token(uint8_t c);

/** What a field value may hold: RFC 9110 §5.5 without control characters; HT is white space. */
bool al_http_is_text(uint8_t c);

/** What a path or a query may hold as it stands on the wire, RFC 3986 §3.3 and §3.4: pchar, "/",
 *  "?"; "%" is left to the caller. */
bool al_http_is_path(uint8_t c);

uint8_t al_http_lower(uint8_t c);

/** Compare with a text in lower case, without regard to the case of `text`. */
bool al_http_equals(aloft_bytes text, const char *lower);
bool al_http_begins(aloft_bytes text, const char *lower);

/** Whether two spans are equal but for case. */
bool al_http_same(aloft_bytes a, aloft_bytes b);

/** One or more decimal digits and nothing else; 2^64 and more become 2^64-1. False: not so. */
bool al_http_number(aloft_bytes digits, uint64_t *number);

/** Without spaces and tabs at both ends (OWS, RFC 9110 §5.6.3). */
aloft_bytes al_http_trim(aloft_bytes text);

/** Take the front of `rest` up to a byte, which is dropped; all of it if the byte is not there.
 *  Gives whether the byte was there. */
bool al_http_cut(aloft_bytes *rest, uint8_t at, aloft_bytes *front);

/** A text under way. What does not fit is left out and remembered. */
struct al_http_out {
    aloft_space room;
    size_t len;
    bool is_full;
};

void al_http_put(struct al_http_out *out, aloft_bytes bytes);
void al_http_put_text(struct al_http_out *out, const char *text);
void al_http_put_number(struct al_http_out *out, uint64_t number);

#endif

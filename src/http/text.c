/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Classes of bytes, comparing, numbers, a growing text.
 * Knows: RFC 9110's and RFC 3986's character classes.   Never knows: what a text means. */
#include "http/text.h"

#include <string.h>

bool al_http_is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}

bool al_http_is_alpha(uint8_t c) {
    return al_http_lower(c) >= 'a' && al_http_lower(c) <= 'z';
}

bool al_http_is_hex(uint8_t c) {
    return al_http_is_digit(c) || (al_http_lower(c) >= 'a' && al_http_lower(c) <= 'f');
}

uint8_t al_http_lower(uint8_t c) {
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool is_one_of(uint8_t c, const char *set) {
    for (; *set != 0; set++)
        if ((uint8_t)*set == c)
            return true;
    return false;
}

bool al_http_is_token(uint8_t c) {
    return al_http_is_digit(c) || al_http_is_alpha(c) || is_one_of(c, "!#$%&'*+-.^_`|~");
}

bool al_http_is_text(uint8_t c) {
    return c == '\t' || (c >= 0x20 && c != 0x7f);
}

bool al_http_is_path(uint8_t c) {
    return al_http_is_digit(c) || al_http_is_alpha(c) || is_one_of(c, "-._~!$&'()*+,;=:@/?");
}

bool al_http_begins(aloft_bytes text, const char *lower) {
    size_t i = 0;

    for (; lower[i] != 0; i++)
        if (i == text.len || al_http_lower(text.at[i]) != (uint8_t)lower[i])
            return false;
    return true;
}

bool al_http_equals(aloft_bytes text, const char *lower) {
    size_t len = 0;

    while (lower[len] != 0)
        len++;
    return text.len == len && al_http_begins(text, lower);
}

bool al_http_same(aloft_bytes a, aloft_bytes b) {
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (al_http_lower(a.at[i]) != al_http_lower(b.at[i]))
            return false;
    return true;
}

bool al_http_number(aloft_bytes digits, uint64_t *number) {
    uint64_t sum = 0;

    for (size_t i = 0; i < digits.len; i++) {
        uint8_t digit = (uint8_t)(digits.at[i] - '0');
        if (digit > 9)
            return false;
        sum = sum > (UINT64_MAX - digit) / 10 ? UINT64_MAX : sum * 10 + digit;
    }
    *number = sum;
    return digits.len > 0;
}

static bool is_blank(uint8_t c) {
    return c == ' ' || c == '\t';
}

aloft_bytes al_http_trim(aloft_bytes text) {
    while (text.len > 0 && is_blank(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

bool al_http_cut(aloft_bytes *rest, uint8_t at, aloft_bytes *front) {
    size_t i = 0;
    bool found;

    while (i < rest->len && rest->at[i] != at)
        i++;
    found = i < rest->len;
    *front = (aloft_bytes){rest->at, i};
    rest->at += found ? i + 1 : i;
    rest->len -= found ? i + 1 : i;
    return found;
}

void al_http_put(struct al_http_out *out, aloft_bytes bytes) {
    if (bytes.len > out->room.len - out->len) {
        out->is_full = true;
        return;
    }
    if (bytes.len > 0)
        memcpy(out->room.at + out->len, bytes.at, bytes.len);
    out->len += bytes.len;
}

void al_http_put_text(struct al_http_out *out, const char *text) {
    size_t len = 0;

    while (text[len] != 0)
        len++;
    al_http_put(out, (aloft_bytes){(const uint8_t *)text, len});
}

void al_http_put_number(struct al_http_out *out, uint64_t number) {
    uint8_t digits[20]; /* 2^64 - 1 has 20 */
    size_t n = sizeof digits;

    do {
        digits[--n] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    al_http_put(out, (aloft_bytes){digits + n, sizeof digits - n});
}

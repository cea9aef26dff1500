/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Tells the kinds of text that are taken for firmware.
 * Knows: how web pages, keys and hex files begin.   Never knows: what a file is wanted for. */
#include "host/image/kind_rules.h"

#include <ctype.h>
#include <string.h>

/* A text is judged by its first bytes: one that turns binary later is still best called a text. */
#define LOOKED_AT 4096u

/* Where the text begins behind blanks and a byte order mark. */
static size_t begin_of(aloft_bytes file) {
    size_t at = file.len >= 3 && memcmp(file.at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (at < file.len && file.at[at] != 0 && strchr(" \t\r\n", file.at[at]) != NULL)
        at++;
    return at;
}

/* Whether the word (in small letters) stands there, in any case. */
static bool opens_with(aloft_bytes file, const char *word) {
    size_t at = begin_of(file);

    for (; *word != 0; word++, at++)
        if (at == file.len || tolower(file.at[at]) != (unsigned char)*word)
            return false;
    return true;
}

bool kind_is_html(aloft_bytes file) {
    return opens_with(file, "<!doctype html") || opens_with(file, "<html") ||
           opens_with(file, "<head") || opens_with(file, "<body");
}

bool kind_is_xml(aloft_bytes file) {
    return opens_with(file, "<?xml") || opens_with(file, "<error");
}

bool kind_is_pem(aloft_bytes file) {
    return opens_with(file, "-----begin ");
}

bool kind_is_private_key(aloft_bytes file) {
    static const char words[] = "PRIVATE KEY-----";
    size_t len = file.len < LOOKED_AT ? file.len : LOOKED_AT;

    return kind_is_pem(file) && memmem(file.at, len, words, sizeof words - 1) != NULL;
}

bool kind_is_lfs_pointer(aloft_bytes file) {
    return opens_with(file, "version https://git-lfs.github.com/spec/");
}

bool kind_is_text(aloft_bytes file) {
    size_t len = file.len < LOOKED_AT ? file.len : LOOKED_AT;

    for (size_t i = 0; i < len; i++)
        if (file.at[i] < 0x20 && (file.at[i] == 0 || strchr("\t\r\n\f\x1b", file.at[i]) == NULL))
            return false;
    return true;
}

/* { or [ and then, behind blanks, what JSON allows there. */
bool kind_is_json(aloft_bytes file) {
    size_t at = begin_of(file), next = at + 1;

    if (at >= file.len || (file.at[at] != '{' && file.at[at] != '['))
        return false;
    while (next < file.len && isspace(file.at[next]))
        next++;
    return next < file.len && strchr("\"{[]}", file.at[next]) != NULL && file.at[next] != 0 &&
           kind_is_text(file);
}

static bool are_hex_digits(aloft_bytes file, size_t at, size_t n) {
    if (file.len < at || file.len - at < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isxdigit(file.at[at + i]))
            return false;
    return true;
}

/* ":LLAAAATT...CC": at least ten digits */
bool kind_is_intel_hex(aloft_bytes file) {
    size_t at = begin_of(file);

    return at < file.len && file.at[at] == ':' && are_hex_digits(file, at + 1, 10);
}

/* "S0LLAAAA...": a type digit, a length, an address of four digits at least */
bool kind_is_srecord(aloft_bytes file) {
    size_t at = begin_of(file);

    return file.len > at + 1 && file.at[at] == 'S' && isdigit(file.at[at + 1]) &&
           are_hex_digits(file, at + 2, 6);
}

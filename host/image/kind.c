/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Names kinds of files by their first bytes.
 * Knows: magic numbers.   Never knows: what a file is wanted for. */
#include "host/image/kind.h"

#include <string.h>

static bool begins(aloft_bytes file, const char *with, size_t len) {
    return file.len >= len && memcmp(file.at, with, len) == 0;
}

static bool is_empty(aloft_bytes file) {
    return file.len == 0;
}

/* What flash and failed copies leave behind. */
static bool is_blank(aloft_bytes file) {
    for (size_t i = 1; i < file.len; i++)
        if (file.at[i] != file.at[0])
            return false;
    return file.len > 0 && (file.at[0] == 0 || file.at[0] == 0xff);
}

static bool is_gzip(aloft_bytes file) {
    return begins(file, "\x1f\x8b\x08", 3); /* RFC 1952 §2.3.1: ID1, ID2, deflate */
}

static bool is_zip(aloft_bytes file) {
    return begins(file, "PK\x03\x04", 4);
}

static bool is_xz(aloft_bytes file) {
    return begins(file,
                  "\xfd"
                  "7zXZ\0",
                  6);
}

static bool is_zstd(aloft_bytes file) {
    return begins(file, "\x28\xb5\x2f\xfd", 4); /* RFC 8878 §3.1.1 */
}

static bool is_elf(aloft_bytes file) {
    return begins(file,
                  "\x7f"
                  "ELF",
                  4);
}

/* Whether the word stands, in any case, behind blanks and a byte order mark. */
static bool opens_with(aloft_bytes file, const char *word) {
    size_t at = begins(file, "\xef\xbb\xbf", 3) ? 3 : 0;

    while (at < file.len && file.at[at] != 0 && strchr(" \t\r\n", file.at[at]) != NULL)
        at++;
    for (; *word != 0; word++, at++) {
        if (at == file.len)
            return false;
        uint8_t c = file.at[at];
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c + 32);
        if (c != (uint8_t)*word)
            return false;
    }
    return true;
}

static bool is_html(aloft_bytes file) {
    return opens_with(file, "<!doctype html") || opens_with(file, "<html") ||
           opens_with(file, "<head") || opens_with(file, "<body");
}

static bool is_pem(aloft_bytes file) {
    return opens_with(file, "-----begin ");
}

static bool is_envelope(aloft_bytes file) {
    return begins(file, "\xd8\x6b", 2); /* CBOR tag 107 */
}

/* Looks at 4096 bytes at most: a text that turns binary later is still best called a text. */
static bool is_text(aloft_bytes file) {
    size_t len = file.len < 4096 ? file.len : 4096;

    for (size_t i = 0; i < len; i++)
        if (file.at[i] < 0x20 && (file.at[i] == 0 || strchr("\t\r\n\f\x1b", file.at[i]) == NULL))
            return false;
    return true;
}

static const struct image_kind kinds[] = {
    {"an empty file", ALOFT_E_IMAGE_EMPTY, is_empty},
    {"blank (all zeros or all ones)", ALOFT_E_IMAGE_EMPTY, is_blank},
    {"a gzip archive", ALOFT_E_IMAGE_PACKED, is_gzip},
    {"a zip archive", ALOFT_E_IMAGE_PACKED, is_zip},
    {"an xz archive", ALOFT_E_IMAGE_PACKED, is_xz},
    {"a zstd archive", ALOFT_E_IMAGE_PACKED, is_zstd},
    {"a web page (HTML)", ALOFT_E_IMAGE_HTML, is_html},
    {"an ELF program", ALOFT_E_IMAGE_NO_RECORD, is_elf},
    {"an update manifest", ALOFT_E_IMAGE_NO_RECORD, is_envelope},
    {"a PEM file (key or certificate)", ALOFT_E_IMAGE_NO_RECORD, is_pem},
    {"a text", ALOFT_E_IMAGE_NO_RECORD, is_text},
    {"a file of a kind that aloft does not know", ALOFT_E_IMAGE_NO_RECORD, NULL},
};

const struct image_kind *image_kind_of(aloft_bytes file) {
    const struct image_kind *kind = kinds;

    while (kind->is != NULL && !kind->is(file))
        kind++;
    return kind;
}

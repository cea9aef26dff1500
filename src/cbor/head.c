/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cbor. Reads the head of an item strictly, and checks UTF-8.
 * Knows: RFC 8949 §3, §4.2.1; RFC 3629.   Never knows: which items are expected. */
#include "cbor/head.h"

/* 24..27 announce 1, 2, 4, 8 bytes of argument; 28..30 are reserved, 31 is an indefinite length. */
static size_t argument_size(unsigned info) {
    return info < 24 ? 0 : info <= 27 ? (size_t)1 << (info - 24) : SIZE_MAX;
}

/* The shortest form only: an argument of `size` bytes must not fit into the form before. */
static bool is_shortest(uint64_t argument, size_t size) {
    return size == 0 || (size == 1 ? argument >= 24 : argument >> (4 * size) != 0);
}

/* What the argument announces must be there: each byte, each item with one byte at least. */
static bool argument_is_right(const struct al_cbor_head *head, size_t left) {
    static const uint8_t least[] = {[AL_CBOR_MAJOR_BYTES] = 1,
                                    [AL_CBOR_MAJOR_TEXT] = 1,
                                    [AL_CBOR_MAJOR_ARRAY] = 1,
                                    [AL_CBOR_MAJOR_MAP] = 2,
                                    [AL_CBOR_MAJOR_SIMPLE] = 0};

    if (head->major == AL_CBOR_MAJOR_SIMPLE) /* floats have a head of 3, 5 or 9 bytes */
        return head->size == 1 && head->argument >= AL_CBOR_FALSE && head->argument <= AL_CBOR_NULL;
    return least[head->major] == 0 || head->argument <= left / least[head->major];
}

bool al_cbor_head_read(aloft_bytes in, struct al_cbor_head *head) {
    size_t size;

    if (in.len == 0)
        return false;
    size = argument_size(in.at[0] & 0x1fu);
    if (size > in.len - 1)
        return false;
    head->major = (enum al_cbor_major)(in.at[0] >> 5);
    head->size = (uint8_t)(1 + size);
    head->argument = size == 0 ? in.at[0] & 0x1fu : 0;
    for (size_t i = 1; i <= size; i++)
        head->argument = head->argument << 8 | in.at[i];
    return is_shortest(head->argument, size) && argument_is_right(head, in.len - 1 - size);
}

/* RFC 3629 §4, first column: lead byte, then the legal range of the second byte; all further bytes are
 * 80..BF. The narrower ranges keep out overlong forms, surrogates and what is above U+10FFFF. */
static const struct {
    uint8_t first, last, size, low, high;
} leads[] = {
    {0x00, 0x7f, 1, 0x00, 0x00}, {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

/* Bytes of the character at the front, or 0. */
static size_t character(aloft_bytes text) {
    size_t i = 0, n = sizeof leads / sizeof leads[0];

    while (i < n && (text.at[0] < leads[i].first || text.at[0] > leads[i].last))
        i++;
    if (i == n || leads[i].size > text.len)
        return 0;
    if (leads[i].size > 1 && (text.at[1] < leads[i].low || text.at[1] > leads[i].high))
        return 0;
    for (size_t k = 2; k < leads[i].size; k++)
        if ((text.at[k] & 0xc0u) != 0x80u)
            return 0;
    return leads[i].size;
}

bool al_cbor_is_utf8(aloft_bytes text) {
    while (text.len > 0) {
        size_t size = character(text);
        if (size == 0)
            return false;
        text.at += size;
        text.len -= size;
    }
    return true;
}

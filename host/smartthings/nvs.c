/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Writes and reads the one page of an NVS partition that holds an identity.
 * Knows: pages, entries, checksums of NVS version 2.   Never knows: what the texts are. */
#include "nvs.h"

#include <string.h>

#define PAGE_SIZE  4096u
#define ENTRY_SIZE 32u
#define N_ENTRIES  126u
#define HEAD_SIZE  64u /* 32 of the header, 32 of the bitmap of entry states */

#define PAGE_ACTIVE   0xfffffffeu
#define VERSION_2     0xfeu /* counts down from 0xff */
#define TYPE_NUMBER   0x01u /* one byte */
#define TYPE_TEXT     0x21u
#define NO_CHUNK      0xffu
#define SPACES        0u /* the namespace that names the others */
#define OUR_SPACE     1u
#define STATE_WRITTEN 2u /* two bits an entry: 3 is empty, 0 is erased */

/* in an entry: namespace 0, type 1, span 2, chunk 3, checksum 4, key 8, data 24 */
#define AT_CRC   4u
#define AT_KEY   8u
#define AT_DATA  24u
#define KEY_SIZE 16u

/* Begun with all ones where the usual one begins with none, as the chip's ROM is asked to. */
static uint32_t crc_on(uint32_t crc, const uint8_t *bytes, size_t len) {
    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static uint32_t crc_of(const uint8_t *bytes, size_t len) {
    return crc_on(UINT32_MAX, bytes, len);
}

static uint32_t crc_of_entry(const uint8_t *entry) {
    return crc_on(crc_of(entry, AT_CRC), entry + AT_KEY, ENTRY_SIZE - AT_KEY);
}

static void put_u16(uint8_t *at, size_t number) {
    at[0] = (uint8_t)number;
    at[1] = (uint8_t)(number >> 8);
}

static void put_u32(uint8_t *at, uint32_t number) {
    put_u16(at, number & 0xffffu);
    put_u16(at + 2, number >> 16);
}

static uint32_t u32_at(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool is_name(const char *name) {
    size_t len = strlen(name);

    return len > 0 && len <= NVS_NAME_MAX;
}

/* ---- making */

static void mark_written(uint8_t *page, unsigned entry) {
    page[32 + entry / 4] &= (uint8_t) ~(1u << entry % 4 * 2);
}

/* The page is all ones before. */
static uint8_t *begin_entry(uint8_t *page, unsigned at, unsigned span, const char *key) {
    uint8_t *entry = page + HEAD_SIZE + at * ENTRY_SIZE;

    for (unsigned i = 0; i < span; i++)
        mark_written(page, at + i);
    entry[2] = (uint8_t)span;
    entry[3] = NO_CHUNK;
    memset(entry + AT_KEY, 0, KEY_SIZE); /* longer than any key */
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): the zero is there */
    memcpy(entry + AT_KEY, key, strlen(key));
    return entry;
}

static void put_space(uint8_t *page, const char *space) {
    uint8_t *entry = begin_entry(page, 0, 1, space);

    entry[0] = SPACES;
    entry[1] = TYPE_NUMBER;
    entry[AT_DATA] = OUR_SPACE;
    put_u32(entry + AT_CRC, crc_of_entry(entry));
}

/* Gives the entry behind it, or 0: it does not fit. */
static unsigned put_text(uint8_t *page, unsigned at, const struct nvs_text *text) {
    size_t size = strlen(text->text) + 1;
    size_t span = 1 + (size + ENTRY_SIZE - 1) / ENTRY_SIZE;
    uint8_t *entry;

    if (!is_name(text->key) || size > PAGE_SIZE || at + span > N_ENTRIES)
        return 0;
    entry = begin_entry(page, at, (unsigned)span, text->key);
    entry[0] = OUR_SPACE;
    entry[1] = TYPE_TEXT;
    put_u16(entry + AT_DATA, size);
    memcpy(entry + ENTRY_SIZE, text->text, size);
    put_u32(entry + AT_DATA + 4, crc_of(entry + ENTRY_SIZE, size));
    put_u32(entry + AT_CRC, crc_of_entry(entry));
    return at + (unsigned)span;
}

bool nvs_make(const char *space, const struct nvs_text *texts, unsigned n,
              uint8_t image[NVS_SIZE]) {
    unsigned at = 1;

    memset(image, 0xff, NVS_SIZE);
    if (!is_name(space))
        return false;
    put_u32(image, PAGE_ACTIVE);
    put_u32(image + 4, 0); /* the page's number */
    image[8] = VERSION_2;
    put_u32(image + 28, crc_of(image + 4, 24));
    put_space(image, space);
    for (unsigned i = 0; i < n && at != 0; i++)
        at = put_text(image, at, &texts[i]);
    return at != 0;
}

/* ---- reading */

static bool is_written(const uint8_t *page, unsigned entry) {
    return (page[32 + entry / 4] >> entry % 4 * 2 & 3u) == STATE_WRITTEN;
}

static bool is_entry(const uint8_t *entry, uint8_t space, uint8_t type, const char *key) {
    return entry[0] == space && entry[1] == type && entry[AT_KEY + KEY_SIZE - 1] == 0 &&
           strcmp((const char *)entry + AT_KEY, key) == 0;
}

/* The first whole entry of this kind in a page; NULL: none. */
static const uint8_t *find_entry(const uint8_t *page, uint8_t space, uint8_t type,
                                 const char *key) {
    unsigned at = 0;

    while (at < N_ENTRIES) {
        const uint8_t *entry = page + HEAD_SIZE + at * ENTRY_SIZE;
        unsigned span = 1;

        if (is_written(page, at) && u32_at(entry + AT_CRC) == crc_of_entry(entry)) {
            span = entry[2];
            if (span == 0 || at + span > N_ENTRIES)
                return NULL;
            if (is_entry(entry, space, type, key))
                return entry;
        }
        at += span;
    }
    return NULL;
}

static bool read_text(const uint8_t *entry, char *out, size_t out_size) {
    size_t size = (size_t)entry[AT_DATA] | (size_t)entry[AT_DATA + 1] << 8;

    if (size == 0 || size > out_size || size > (entry[2] - 1u) * ENTRY_SIZE ||
        entry[ENTRY_SIZE + size - 1] != 0 ||
        crc_of(entry + ENTRY_SIZE, size) != u32_at(entry + AT_DATA + 4))
        return false;
    memcpy(out, entry + ENTRY_SIZE, size);
    return true;
}

static bool is_page(const uint8_t *page) {
    return u32_at(page) == PAGE_ACTIVE && page[8] >= VERSION_2 &&
           u32_at(page + 28) == crc_of(page + 4, 24);
}

bool nvs_find(aloft_bytes image, const char *space, const char *key, char *out, size_t out_size) {
    for (size_t at = 0; at + PAGE_SIZE <= image.len; at += PAGE_SIZE) {
        const uint8_t *page = image.at + at, *entry;

        if (!is_page(page))
            continue;
        entry = find_entry(page, SPACES, TYPE_NUMBER, space);
        if (entry != NULL)
            entry = find_entry(page, entry[AT_DATA], TYPE_TEXT, key);
        if (entry != NULL)
            return read_text(entry, out, out_size);
    }
    return false;
}

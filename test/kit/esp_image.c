/* SPDX-License-Identifier: Apache-2.0 */
/* Makes ESP images and partition tables. */
#include "test/kit/esp_image.h"

#include "test/kit/kit.h"

#include <openssl/evp.h>

struct maker {
    aloft_space room;
    size_t at;
};

static void put(struct maker *m, const void *bytes, size_t len) {
    assert_true(m->room.len - m->at >= len);
    if (len > 0)
        memcpy(m->room.at + m->at, bytes, len);
    m->at += len;
}

static void put_u32(struct maker *m, uint32_t n) {
    uint8_t bytes[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};

    put(m, bytes, 4);
}

static void fill(struct maker *m, uint8_t byte, size_t len) {
    for (size_t i = 0; i < len; i++)
        put(m, &byte, 1);
}

static void put_text(struct maker *m, const char *text, size_t field) {
    size_t len = text == NULL ? 0 : strlen(text);

    assert_true(len <= field);
    put(m, text, len);
    fill(m, 0, field - len);
}

static void put_header(struct maker *m, const struct esp_recipe *r, unsigned n_segments) {
    uint8_t header[24] = {0xE9, (uint8_t)n_segments, 2, 0x2f, 0, 0, 8, 0x40, 0xEE};

    header[12] = (uint8_t)r->chip_id;
    header[13] = (uint8_t)(r->chip_id >> 8);
    header[17] = 99;
    header[23] = !r->no_hash;
    put(m, header, sizeof header);
}

static void put_descriptor(struct maker *m, const struct esp_recipe *r) {
    const char *idf = r->idf == NULL ? "v5.5.1" : r->idf;

    if (r->is_bootloader) {
        put(m, "\x50\0\0", 3);
        fill(m, (uint8_t)r->secure_version, 1);
        put_u32(m, 1);
        put_text(m, idf, 32);
        put_text(m, "Jan  1 2026 00:00:00", 24);
        fill(m, 0, 16);
    } else if (r->project != NULL) {
        put_u32(m, 0xABCD5432u);
        put_u32(m, r->secure_version);
        fill(m, 0, 8);
        put_text(m, r->version, 32);
        put_text(m, r->project, 32);
        put_text(m, "00:00:00", 16);
        put_text(m, "Jan  1 2026", 16);
        put_text(m, idf, 32);
        fill(m, 0xe5, 32);
        fill(m, 0, 4);
        fill(m, 16, 1);
        fill(m, 0, 75);
    }
}

static void put_segments(struct maker *m, const struct esp_recipe *r, unsigned n_segments) {
    for (unsigned i = 0; i < n_segments; i++) {
        size_t head = m->at, begin;
        put_u32(m, r->is_bootloader ? 0x3fff0030u
                   : i == 0         ? 0x3c000020u
                                    : 0x40380000u + i * 0x1000u);
        put_u32(m, 0);
        begin = m->at;
        if (i == 0)
            put_descriptor(m, r);
        if (i == 0)
            put(m, r->inside, r->inside_len);
        if (i + 1 == n_segments)
            fill(m, 0x5a, r->filler);
        while ((m->at - begin) % 4 != 0)
            fill(m, 0, 1);
        struct maker length = {m->room, head + 4};
        put_u32(&length, (uint32_t)(m->at - begin));
    }
}

static uint8_t sum_of(const struct maker *m) {
    uint8_t sum = 0xEF;
    size_t at = 24;

    for (unsigned i = 0; i < m->room.at[1]; i++) {
        const uint8_t *p = m->room.at + at;
        size_t len = p[4] | (size_t)p[5] << 8 | (size_t)p[6] << 16 | (size_t)p[7] << 24;
        for (size_t k = 0; k < len; k++)
            sum ^= p[8 + k];
        at += 8 + len;
    }
    return sum;
}

aloft_bytes esp_image_make(const struct esp_recipe *r, aloft_space room) {
    struct maker m = {room, 0};
    unsigned n_segments = r->n_segments == 0 ? 2 : r->n_segments, size;
    uint8_t sum, digest[EVP_MAX_MD_SIZE];

    put_header(&m, r, n_segments);
    put_segments(&m, r, n_segments);
    sum = sum_of(&m);
    while (m.at % 16 != 15)
        fill(&m, 0, 1);
    put(&m, &sum, 1);
    if (!r->no_hash) {
        EVP_Digest(room.at, m.at, digest, &size, EVP_sha256(), NULL);
        put(&m, digest, 32);
    }
    if (r->n_signatures > 0) {
        while (m.at % 4096 != 0)
            fill(&m, 0xff, 1);
        for (unsigned i = 0; i < 3; i++) {
            put(&m, i < r->n_signatures ? "\xe7\x02" : "\xff\xff", 2);
            fill(&m, 0xff, 1214);
        }
        fill(&m, 0xff, 4096 - 3 * 1216);
    }
    fill(&m, r->trailing_byte, r->trailing);
    return (aloft_bytes){room.at, m.at};
}

static void put_partition(struct maker *m, uint8_t type, uint8_t subtype, uint32_t at,
                          uint32_t size, const char *label) {
    put(m, "\xaa\x50", 2);
    put(m, &type, 1);
    put(m, &subtype, 1);
    put_u32(m, at);
    put_u32(m, size);
    put_text(m, label, 16);
    put_u32(m, 0);
}

aloft_bytes esp_table_make(uint32_t slot_size, aloft_space room) {
    struct maker m = {room, 0};
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size;

    put_partition(&m, 1, 2, 0x9000, 0x4000, "nvs");
    put_partition(&m, 1, 0, 0xd000, 0x2000, "otadata");
    put_partition(&m, 1, 1, 0xf000, 0x1000, "phy_init");
    put_partition(&m, 0, 0x10, 0x10000, slot_size, "ota_0");
    put_partition(&m, 0, 0x11, 0x10000 + slot_size, slot_size, "ota_1");
    EVP_Digest(room.at, m.at, digest, &size, EVP_md5(), NULL);
    put(&m, "\xeb\xeb", 2);
    fill(&m, 0xff, 14);
    put(&m, digest, 16);
    fill(&m, 0xff, 0xC00 - m.at);
    return (aloft_bytes){room.at, m.at};
}

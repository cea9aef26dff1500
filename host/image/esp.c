/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. Reads the ESP-IDF application image.
 * Knows: header, segments, checksum, digest, descriptors.   Never knows: projects, classes. */
#include "host/image/esp.h"

#include <string.h>

#include <openssl/evp.h>

#define HEADER         24u         /* esp_image_header_t */
#define SEGMENT_HEADER 8u          /* load address, length */
#define DESCRIPTOR_AT  0x20u       /* = 24 + 8: the data of segment 0 */
#define DESCRIPTOR     256u        /* esp_app_desc_t */
#define APP_MAGIC      0xABCD5432u /* ESP_APP_DESC_MAGIC_WORD */
#define BOOT_MAGIC     80u         /* esp_bootloader_desc_t.magic_byte */
#define CHECKSUM_SEED  0xEFu
#define SECTOR         4096u /* of the flash; signature blocks stand on its boundary */
#define BLOCK          1216u /* ets_secure_boot_sig_block_t */
#define V1_SIGNATURE   68u   /* version 0 (4 bytes) and 64 of ECDSA P-256 */

static uint32_t u32(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint16_t u16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

static size_t round_up(size_t n, size_t to) {
    return (n + to - 1) / to * to;
}

/* ---- chips: esp_chip_id_t */

static const struct {
    uint16_t id;
    const char *name;
} chips[] = {
    {0, "esp32"},     {2, "esp32s2"},  {5, "esp32c3"},   {9, "esp32s3"},   {12, "esp32c2"},
    {13, "esp32c6"},  {16, "esp32h2"}, {18, "esp32p4"},  {20, "esp32c61"}, {23, "esp32c5"},
    {25, "esp32h21"}, {28, "esp32h4"}, {31, "esp32e22"}, {32, "esp32s31"},
};

#define N_CHIPS (sizeof chips / sizeof chips[0])

const char *esp_chip_name(uint16_t id) {
    for (size_t i = 0; i < N_CHIPS; i++)
        if (chips[i].id == id)
            return chips[i].name;
    return "unknown";
}

int esp_chip_id(const char *name) {
    for (size_t i = 0; i < N_CHIPS; i++)
        if (strcmp(chips[i].name, name) == 0)
            return chips[i].id;
    return -1;
}

/* ---- faults */

static aloft_err bad_form(struct trouble *trouble, const char *what, size_t at, uint32_t got) {
    trouble_set(trouble, ALOFT_E_ESP_FORM);
    trouble->fault.at = (uint32_t)at;
    trouble->fault.got = got;
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_ESP_FORM;
}

static aloft_err cut(struct trouble *trouble, size_t got, size_t want) {
    trouble_set(trouble, ALOFT_E_ESP_CUT);
    trouble->fault.got = (uint32_t)got;
    trouble->fault.want = (uint32_t)want;
    return ALOFT_E_ESP_CUT;
}

bool esp_image_begins(aloft_bytes file) {
    return file.len >= HEADER && file.at[0] == 0xE9 && file.at[1] >= 1 &&
           file.at[1] <= ESP_SEGMENTS_MAX && file.at[2] <= 5 && file.at[23] <= 1;
}

/* ---- the parts, in the order of the file */

static void read_header(aloft_bytes file, struct esp_image *facts) {
    unsigned size = file.at[3] >> 4;

    facts->n_segments = file.at[1];
    facts->spi_mode = file.at[2];
    facts->flash_mb = size <= 7 ? 1u << size : 0;
    facts->chip_id = u16(file.at + 12);
    facts->chip = esp_chip_name(facts->chip_id);
    facts->min_rev = u16(file.at + 15);
    facts->max_rev = u16(file.at + 17);
    facts->has_hash = file.at[23] == 1;
}

/* Walks the segments; *end is the byte behind the last, *sum their XOR. At most 16 rounds. */
static aloft_err walk(aloft_bytes file, size_t *end, uint8_t *sum, struct trouble *trouble) {
    size_t at = HEADER;

    *sum = CHECKSUM_SEED;
    for (unsigned i = 0; i < file.at[1]; i++) {
        if (file.len - at < SEGMENT_HEADER)
            return cut(trouble, file.len, at + SEGMENT_HEADER);
        uint32_t len = u32(file.at + at + 4);
        if (len % 4 != 0 || len >= 0x1000000u)
            return bad_form(trouble, "a segment's length is not one", at + 4, len);
        at += SEGMENT_HEADER;
        if (file.len - at < len)
            return cut(trouble, file.len, at + len);
        for (size_t k = 0; k < len; k++)
            *sum ^= file.at[at + k];
        at += len;
    }
    *end = at;
    return ALOFT_OK;
}

static void copy_field(char out[ESP_TEXT_MAX], const uint8_t *from, size_t len) {
    size_t n = 0;

    while (n < len && n + 1 < ESP_TEXT_MAX && from[n] != 0)
        n++;
    aloft_printable((aloft_bytes){from, n}, out, ESP_TEXT_MAX);
}

static void read_app(const uint8_t *d, struct esp_image *facts) {
    char time[ESP_TEXT_MAX], date[ESP_TEXT_MAX];

    facts->is_app = true;
    facts->secure_version = u32(d + 4);
    copy_field(facts->version, d + 16, 32);
    copy_field(facts->project, d + 48, 32);
    copy_field(time, d + 80, 16);
    copy_field(date, d + 96, 16);
    copy_field(facts->idf, d + 112, 32);
    snprintf(facts->built, sizeof facts->built, "%.16s %.16s", date, time);
    memcpy(facts->elf_sha256, d + 144, 32);
    facts->mmu_page_log2 = d[180];
    facts->is_arduino = strcmp(facts->project, "arduino-lib-builder") == 0;
}

/* A boot loader without a descriptor (before IDF 5.2) is told by its first segment, which goes to
 * RAM: a mapped segment has the same place in a flash page (16 KB at least) as in the file,
 * esp_image_format.c. */
static bool goes_to_ram(aloft_bytes file) {
    return u32(file.at + HEADER) % 0x4000u != DESCRIPTOR_AT;
}

static void read_descriptor(aloft_bytes file, struct esp_image *facts) {
    const uint8_t *d = file.at + DESCRIPTOR_AT;

    if (facts->length >= DESCRIPTOR_AT + DESCRIPTOR && u32(d) == APP_MAGIC) {
        read_app(d, facts);
    } else if (facts->length >= DESCRIPTOR_AT + 80 && d[0] == BOOT_MAGIC && goes_to_ram(file)) {
        facts->is_bootloader = true;
        facts->secure_version = d[3];
        copy_field(facts->idf, d + 8, 32);
        copy_field(facts->built, d + 40, 24);
    } else {
        facts->is_bootloader = facts->length >= HEADER + SEGMENT_HEADER &&
                               facts->length < 0x10000u && goes_to_ram(file);
    }
}

static void read_end(aloft_bytes file, size_t end, uint8_t sum, struct esp_image *facts) {
    size_t hashed = round_up(end + 1, 16);
    unsigned size;

    facts->checksum_holds = file.at[hashed - 1] == sum;
    facts->length = hashed + (facts->has_hash ? 32 : 0);
    EVP_Digest(file.at, hashed, facts->hash, &size, EVP_sha256(), NULL);
    facts->hash_holds =
        !facts->has_hash || memcmp(file.at + hashed, facts->hash, sizeof facts->hash) == 0;
}

/* Secure boot v2: up to three blocks (magic 0xe7) in the next whole sector. v1: 68 bytes at once. */
static void read_signatures(aloft_bytes file, struct esp_image *facts) {
    size_t at = round_up(facts->length, SECTOR);

    facts->signed_length = facts->length;
    for (unsigned i = 0; i < 3 && file.len >= at + SECTOR; i++) {
        const uint8_t *block = file.at + at + i * BLOCK;
        if (block[0] != 0xE7 || (block[1] != 2 && block[1] != 3))
            break;
        facts->signature = block[1] == 2 ? ESP_SIGNED_RSA : ESP_SIGNED_ECDSA;
        facts->n_signatures++;
        facts->signed_length = at + SECTOR;
    }
    if (facts->n_signatures == 0 && file.len == facts->length + V1_SIGNATURE &&
        u32(file.at + facts->length) == 0) {
        facts->signature = ESP_SIGNED_V1;
        facts->n_signatures = 1;
        facts->signed_length = file.len;
    }
}

static bool is_padding(const uint8_t *at, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (at[i] != at[0] || (at[i] != 0 && at[i] != 0xff))
            return false;
    return true;
}

aloft_err esp_image_read(aloft_bytes file, struct esp_image *facts, struct trouble *trouble) {
    size_t end, least;
    uint8_t sum;
    aloft_err e;

    memset(facts, 0, sizeof *facts);
    if (!esp_image_begins(file))
        return bad_form(trouble, "it does not begin with 0xe9 and a header", 0,
                        file.len > 0 ? file.at[0] : 0);
    read_header(file, facts);
    e = walk(file, &end, &sum, trouble);
    if (e != ALOFT_OK)
        return e;
    least = round_up(end + 1, 16) + (facts->has_hash ? 32 : 0);
    if (file.len < least)
        return cut(trouble, file.len, least);
    read_end(file, end, sum, facts);
    read_descriptor(file, facts);
    read_signatures(file, facts);
    facts->trailing = file.len - facts->signed_length;
    facts->trailing_is_padding = is_padding(file.at + facts->signed_length, facts->trailing);
    return ALOFT_OK;
}

static aloft_err broken(struct trouble *trouble, const char *what) {
    trouble_set(trouble, ALOFT_E_ESP_BROKEN);
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_ESP_BROKEN;
}

aloft_err esp_image_check(const struct esp_image *facts, struct trouble *trouble) {
    if (!facts->checksum_holds)
        return broken(trouble, "its checksum");
    if (!facts->hash_holds)
        return broken(trouble, "its SHA-256");
    if (facts->is_bootloader)
        return trouble_set(trouble, ALOFT_E_ESP_NO_APP);
    if (facts->trailing > 0 && !facts->trailing_is_padding) {
        trouble_set(trouble, ALOFT_E_ESP_TRAILING);
        trouble->fault.got = (uint32_t)facts->trailing;
        trouble->fault.at = (uint32_t)facts->signed_length;
        return ALOFT_E_ESP_TRAILING;
    }
    return ALOFT_OK;
}

/* ---- a merged file: whole flash from 0. The boot loader stands at 0x1000 (esp32, s2), 0x2000
 * (p4, c5, h4) or 0; the table at 0x8000 unless sdkconfig moves it. */

static bool has_table(aloft_bytes file) {
    return file.len >= 0x8000u + 64 && file.at[0x8000] == 0xAA && file.at[0x8001] == 0x50;
}

static bool has_bootloader(aloft_bytes file) {
    static const size_t places[] = {0, 0x1000, 0x2000};

    for (size_t i = 0; i < 3; i++)
        if (esp_image_begins((aloft_bytes){file.at + places[i], file.len - places[i]}))
            return true;
    return false;
}

size_t esp_merged_app(aloft_bytes file) {
    if (!has_table(file) || !has_bootloader(file))
        return 0;
    /* 95 entries of 32 bytes at most, esp_flash_partitions.h */
    for (size_t at = 0x8000; at + 32 <= file.len && at < 0x8C00; at += 32) {
        const uint8_t *p = file.at + at;
        uint32_t offset = u32(p + 4);
        if (p[0] == 0xAA && p[1] == 0x50 && p[2] == 0 && offset < file.len &&
            esp_image_begins((aloft_bytes){file.at + offset, file.len - offset}))
            return offset;
    }
    return 1;
}

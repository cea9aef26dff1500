/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. The ESP-IDF application image, read in full: what it says of itself, and
 * whether its own checksum and digest hold.
 *
 * Example:
 *     struct esp_image facts;
 *     if (esp_image_read(file, &facts, trouble) == ALOFT_OK && facts.hash_holds)
 *         printf("%s %s for %s\n", facts.project, facts.version, facts.chip);
 *
 * Source: ESP-IDF esp_app_format.h, esp_image_format.c, esp_app_desc.h (v4.4 to v6.1). */
#ifndef HOST_IMAGE_ESP_H
#define HOST_IMAGE_ESP_H

#include <stdbool.h>
#include <stdint.h>

#include <aloft/bytes.h>
#include <aloft/error.h>

#include "host/trouble.h"

#define ESP_TEXT_MAX     33u /* the descriptor's fields have 32 bytes, with or without a zero */
#define ESP_SEGMENTS_MAX 16u /* esp_image_format.h, ESP_IMAGE_MAX_SEGMENTS */

/** How the image is signed for secure boot. */
enum esp_signature { ESP_UNSIGNED, ESP_SIGNED_V1, ESP_SIGNED_RSA, ESP_SIGNED_ECDSA };

struct esp_image {
    uint16_t chip_id;
    const char *chip; /* "esp32c3", or "unknown" */
    uint8_t n_segments;
    uint8_t spi_mode;
    uint32_t flash_mb;        /* 0: not said */
    uint16_t min_rev;         /* major * 100 + minor */
    uint16_t max_rev;         /* 0 or 0xffff: not set */
    size_t length;            /* header to checksum and digest, without signature */
    size_t signed_length;     /* with the signature blocks; = length when unsigned */
    size_t trailing;          /* bytes of the file behind that */
    bool trailing_is_padding; /* all 0xff or all 0 */
    bool checksum_holds;
    bool has_hash; /* else only the checksum protects it */
    bool hash_holds;
    uint8_t hash[32]; /* of the bytes before it, as computed */
    enum esp_signature signature;
    unsigned n_signatures; /* blocks, 0..3 */
    bool is_app;           /* has an application descriptor */
    bool is_bootloader;
    bool is_arduino; /* then `version` is the core's, not the sketch's */
    char project[ESP_TEXT_MAX];
    char version[ESP_TEXT_MAX];
    char idf[ESP_TEXT_MAX]; /* of a boot loader too */
    char built[40];
    uint32_t secure_version;
    uint8_t mmu_page_log2; /* 0: not said (64 KB) */
    uint8_t elf_sha256[32];
};

/** Whether the file begins like an ESP image: 0xe9, a sensible number of segments, room for a
 *  header. */
bool esp_image_begins(aloft_bytes file);

/**
 * Read an image. A wrong checksum or digest is told in the facts, not a failure.
 *
 * Fails   ESP_FORM  it does not begin like an image, or a length in it makes no sense
 *         ESP_CUT   it ends before its own length; want = the bytes that it needs at least
 * Costs   one pass over the image.
 */
ALOFT_MUST_USE aloft_err esp_image_read(aloft_bytes file, struct esp_image *facts,
                                        struct trouble *trouble);

/** Whether a device could boot it: ESP_BROKEN with what does not hold, ESP_TRAILING when something
 *  that is no padding follows it, ESP_NO_APP for a boot loader. */
ALOFT_MUST_USE aloft_err esp_image_check(const struct esp_image *facts, struct trouble *trouble);

/** The chip of an id as ESP-IDF's targets are called, or "unknown"; the id of a name, or -1. */
const char *esp_chip_name(uint16_t id);
int esp_chip_id(const char *name);

/** Where the application begins in a whole-flash file (boot loader, partition table at 0x8000,
 *  application): its offset; 0 if the file is none, 1 if it is one and holds no application. */
size_t esp_merged_app(aloft_bytes file);

/** The facts as sentences, one a line, and as a JSON object (malloc'ed by cJSON). */
void esp_image_say(const struct esp_image *facts, FILE *to);
struct cJSON *esp_image_json(const struct esp_image *facts);

#endif

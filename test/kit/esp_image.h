/* SPDX-License-Identifier: Apache-2.0 */
/* ESP images that the tests make: right in every byte unless the recipe says otherwise. */
#ifndef TEST_KIT_ESP_IMAGE_H
#define TEST_KIT_ESP_IMAGE_H

#include <stdbool.h>

#include <aloft/bytes.h>

struct esp_recipe {
    uint16_t chip_id;
    unsigned n_segments; /* 0: 2 */
    const char *project; /* NULL: no descriptor */
    const char *version; /* of the descriptor */
    const char *idf;     /* NULL: v5.5.1 */
    uint32_t secure_version;
    bool no_hash;
    bool is_bootloader; /* boot loader descriptor instead, loaded to RAM */
    const void *inside; /* bytes that are embedded (addresses, PEM, JSON) */
    size_t inside_len;
    size_t filler;         /* more bytes in the last segment; made a multiple of 4 */
    unsigned n_signatures; /* secure boot v2 blocks */
    size_t trailing;       /* bytes behind it */
    uint8_t trailing_byte;
};

/** The image in `room`; its length is given. */
aloft_bytes esp_image_make(const struct esp_recipe *recipe, aloft_space room);

/** A binary partition table with MD5: nvs, otadata, phy, ota_0 and ota_1 of this size. 0xC00
 *  bytes. */
aloft_bytes esp_table_make(uint32_t slot_size, aloft_space room);

#endif

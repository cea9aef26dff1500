/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. A partition of ESP-IDF's NVS with texts in one namespace, made and read.
 * The layout is that of "Structure of a Page" and "Structure of Entry" in ESP-IDF's guide to the NVS library.
 *
 * Example:
 *     static const struct nvs_text texts[] = {{"SerialNum", "ALFT2345"}};
 *     uint8_t image[NVS_SIZE];
 *     if (!nvs_make("stdk", texts, 1, image)) ...
 */
#ifndef HOST_SMARTTHINGS_NVS_H
#define HOST_SMARTTHINGS_NVS_H

#include <stdbool.h>

#include <aloft/bytes.h>

/** Of the partition: four pages, one of them in use. The library wants three, one of them empty. */
#define NVS_SIZE 0x4000u

#define NVS_NAME_MAX 15u /* of a namespace or a key */

struct nvs_text {
    const char *key, *text;
};

/** false: a name is empty or too long, or the texts do not fit into one page. */
ALOFT_MUST_USE bool nvs_make(const char *space, const struct nvs_text *texts, unsigned n,
                             uint8_t image[NVS_SIZE]);

/** Find a text as the library would, with every checksum on the way to it. The zero behind it counts for
 * `out_size`. false: not there, or not whole. */
ALOFT_MUST_USE bool nvs_find(aloft_bytes image, const char *space, const char *key, char *out,
                             size_t out_size);

#endif

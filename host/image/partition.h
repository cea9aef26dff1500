/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. The ESP-IDF partition table: the binary one, and partitions.csv.
 *
 * Example:
 *     struct partition_table table;
 *     if (partition_table_read(file, &table, trouble) == ALOFT_OK)
 *         printf("the smallest slot has %u bytes\n", partition_smallest_slot(&table));
 *
 * Source: ESP-IDF esp_flash_partitions.h; for the text form its partition table documentation. */
#ifndef HOST_IMAGE_PARTITION_H
#define HOST_IMAGE_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include <aloft/bytes.h>
#include <aloft/error.h>

#include "host/trouble.h"

#define PARTITIONS_MAX 95u /* 0xC00 bytes of 32, one of them the end */

struct partition {
    char label[17];
    uint8_t type, subtype;
    uint32_t at, size; /* bytes of flash */
    uint32_t flags;    /* bit 0 encrypted, bit 1 read-only */
};

struct partition_table {
    struct partition list[PARTITIONS_MAX];
    unsigned n;
    bool has_md5, md5_holds; /* of a binary table */
};

/** Read a table: binary, a whole-flash file that holds one at 0x8000, or the text of a
 *  partitions.csv.
 *  Fails PARTITIONS_FORM. */
ALOFT_MUST_USE aloft_err partition_table_read(aloft_bytes file, struct partition_table *table,
                                              struct trouble *trouble);

/** Bytes of the smallest ota_N slot; 0 if there are fewer than two of them. */
uint32_t partition_smallest_slot(const struct partition_table *table);

/** How many ota_N slots there are; whether there is an otadata partition (without it no update
 *  starts). */
unsigned partition_n_slots(const struct partition_table *table);
bool partition_has_otadata(const struct partition_table *table);

void partition_table_say(const struct partition_table *table, FILE *to);
struct cJSON *partition_table_json(const struct partition_table *table);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. Compares an image's size with a partition table's slots.
 * Knows: files, tables.   Never knows: images. */
#include "host/image/slot.h"

#include <stdlib.h>

#include "host/file.h"
#include "host/image/partition.h"

static aloft_err judge(const struct partition_table *table, size_t size, struct trouble *trouble) {
    uint32_t slot = partition_smallest_slot(table);

    if (slot == 0 || !partition_has_otadata(table))
        return trouble_set(trouble, ALOFT_E_PARTITIONS_NO_SLOTS);
    if (size <= slot)
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_PARTITIONS_SMALL);
    trouble->fault.got = (uint32_t)size;
    trouble->fault.want = slot;
    return ALOFT_E_PARTITIONS_SMALL;
}

aloft_err slot_check(const char *partitions, size_t image_size, struct trouble *trouble) {
    static struct partition_table table;
    aloft_space file;
    aloft_err e = file_read(partitions, FILE_IMAGE_MAX, &file, trouble);

    if (e != ALOFT_OK)
        return e;
    e = partition_table_read((aloft_bytes){file.at, file.len}, &table, trouble);
    free(file.at);
    if (e == ALOFT_OK)
        e = judge(&table, image_size, trouble);
    if (e != ALOFT_OK && e != ALOFT_E_PARTITIONS_SMALL)
        trouble_fact(trouble, "file", "%s", partitions);
    return e;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. Whether an image fits the slots of an ESP-IDF partition table. */
#ifndef HOST_IMAGE_SLOT_H
#define HOST_IMAGE_SLOT_H

#include <stddef.h>

#include "host/trouble.h"

/** `partitions` is partitions.csv, the binary table, or a whole-flash file. Fails FILE_READ,
 *  PARTITIONS_FORM, PARTITIONS_NO_SLOTS, PARTITIONS_SMALL. */
ALOFT_MUST_USE aloft_err slot_check(const char *partitions, size_t image_size,
                                    struct trouble *trouble);

#endif

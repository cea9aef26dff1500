/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a firmware file: whatever is found, it is legal. */
#include <stdlib.h>
#include <string.h>

#include "host/image/record.h"
#include "host/project.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct image_record record;
    struct trouble trouble;

    if (image_record_find((aloft_bytes){data, size}, &record, &trouble) != ALOFT_OK)
        return 0;
    if (record.at + ALOFT_IMAGE_SIZE > size || !image_version_is_legal(record.version) ||
        !project_class_is_legal(record.device_class) ||
        image_record_count((aloft_bytes){data, size}, 3) != 1)
        abort();
    return 0;
}

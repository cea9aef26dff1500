/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a page of ESP-IDF's NVS, behind which nothing was ever written. */
#include <stdlib.h>
#include <string.h>

#include "host/smartthings/nvs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t image[NVS_SIZE];
    char text[64];

    memset(image, 0xff, sizeof image);
    if (size > 0)
        memcpy(image, data, size < sizeof image ? size : sizeof image);
    if (nvs_find((aloft_bytes){image, sizeof image}, "stdk", "SerialNum", text, sizeof text) &&
        memchr(text, 0, sizeof text) == NULL)
        abort();
    /* and as it is: cut anywhere */
    (void)!nvs_find((aloft_bytes){data, size}, "stdk", "SerialNum", text, sizeof text);
    return 0;
}

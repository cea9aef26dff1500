/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the list of versions of an ota_demo: what is read is written, and read again the same. */
#include <stdlib.h>
#include <string.h>

#include "host/legacy/versions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct legacy_versions versions, again;
    static struct device_info info;
    char text[LEGACY_LIST_MAX + 1];
    struct trouble trouble;

    device_info_find((aloft_bytes){data, size}, &info);
    if (strlen(info.version) > DEVICE_INFO_VERSION_MAX || (info.n > 0 && info.at >= size))
        abort();
    if (legacy_versions_read((aloft_bytes){data, size}, &versions, &trouble) != ALOFT_OK ||
        legacy_versions_write(&versions, text, &trouble) != ALOFT_OK)
        return 0;
    if (legacy_versions_read((aloft_bytes){(const uint8_t *)text, strlen(text)}, &again,
                             &trouble) != ALOFT_OK ||
        again.n_older != versions.n_older || strcmp(again.latest, versions.latest) != 0)
        abort();
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an answer from the local network to the software device's question. */
#include <stdlib.h>

#include "posix/aloft_posix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct aloft_tls_address found[3];

    if (aloft_posix_mdns_read((aloft_bytes){data, size}, "lab.local", found, 3) > 3)
        abort();
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A DNS message from a stranger: whatever it is, the reader ends, within the message. */
#include <stdlib.h>
#include <string.h>

#include "server/net/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_so) {
    if (!is_so)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct dns_reader reader;
    struct dns_item item;
    unsigned n = 0;

    if (!dns_begin(&reader, (aloft_bytes){data, size}))
        return 0;
    while (dns_next(&reader, &item) == 1) {
        must(++n <= DNS_ITEMS_MAX);
        must(item.name.len >= 1 && item.name.at[item.name.len - 1] == 0);
        must(item.data.len <= size && reader.at <= size);
    }
    return 0;
}

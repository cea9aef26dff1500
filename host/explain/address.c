/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. Whether two addresses, as logs write them, belong to one network.
 * Knows: IPv4 in digits.   Never knows: routes and masks; most networks are cut behind the third number. */
#include "explain.h"

#include <arpa/inet.h>
#include <string.h>

#define NETWORK 0xffffff00u

static bool read_ipv4(const char *text, uint32_t *out) {
    struct in_addr address;

    if (inet_pton(AF_INET, text, &address) != 1)
        return false;
    *out = ntohl(address.s_addr);
    return true;
}

/* RFC 1918 */
static bool is_private(uint32_t address) {
    return address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8;
}

bool explain_is_same_network(const char *one, const char *other) {
    uint32_t a, b;

    return read_ipv4(one, &a) && read_ipv4(other, &b) && (a & NETWORK) == (b & NETWORK);
}

bool explain_is_other_network(const char *one, const char *other) {
    uint32_t a, b;

    return read_ipv4(one, &a) && read_ipv4(other, &b) && is_private(a) && is_private(b) &&
           (a & NETWORK) != (b & NETWORK);
}

bool explain_is_loopback(const char *address) {
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. How many connections each address has.
 * Knows: socket addresses.   Never knows: connections. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

/* A power of two; at most SERVER_CONNS_MAX entries hang in it, so chains are short on average, and
 * an attacker who makes one long chain owns that many addresses and still costs 10,000 steps at
 * most. */
#define BUCKETS 4096u

struct entry {
    struct entry *next;
    uint8_t key[8]; /* IPv4: 4 bytes and zeros; IPv6: the /64 */
    unsigned n;
};

struct addresses {
    struct entry *bucket[BUCKETS];
};

struct addresses *addresses_new(void) {
    return calloc(1, sizeof(struct addresses));
}

void addresses_free(struct addresses *all) {
    if (all == NULL)
        return;
    for (unsigned i = 0; i < BUCKETS; i++)
        while (all->bucket[i] != NULL) {
            struct entry *first = all->bucket[i];
            all->bucket[i] = first->next;
            free(first);
        }
    free(all);
}

static void key_of(const struct sockaddr_storage *from, uint8_t key[8]) {
    memset(key, 0, 8);
    if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)from;
        bool is_four = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr);
        memcpy(key, six->sin6_addr.s6_addr + (is_four ? 12 : 0), is_four ? 4 : 8);
    } else if (from->ss_family == AF_INET) {
        memcpy(key, &((const struct sockaddr_in *)from)->sin_addr, 4);
    }
}

/* FNV-1a, folded; its constants are the published ones of the 32-bit variant. */
static struct entry **find(struct addresses *all, const uint8_t key[8]) {
    uint32_t hash = 2166136261u;
    struct entry **at;

    for (unsigned i = 0; i < 8; i++)
        hash = (hash ^ key[i]) * 16777619u;
    at = &all->bucket[(hash ^ hash >> 16) % BUCKETS];
    while (*at != NULL && memcmp((*at)->key, key, 8) != 0)
        at = &(*at)->next;
    return at;
}

bool addresses_add(struct addresses *all, const struct sockaddr_storage *from) {
    uint8_t key[8];
    struct entry **at;

    key_of(from, key);
    at = find(all, key);
    if (*at == NULL) {
        *at = calloc(1, sizeof **at);
        if (*at == NULL)
            return false;
        memcpy((*at)->key, key, 8);
    }
    if ((*at)->n >= SERVER_ADDRESS_MAX)
        return false;
    (*at)->n++;
    return true;
}

void addresses_remove(struct addresses *all, const struct sockaddr_storage *from) {
    uint8_t key[8];
    struct entry **at, *gone;

    key_of(from, key);
    at = find(all, key);
    if (*at == NULL || --(*at)->n > 0)
        return;
    gone = *at;
    *at = gone->next;
    free(gone);
}

void address_text(const struct sockaddr_storage *from, char *out, size_t out_size) {
    const void *at = &((const struct sockaddr_in *)from)->sin_addr;
    int family = from->ss_family;

    if (family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)from)->sin6_addr;
        bool is_four = IN6_IS_ADDR_V4MAPPED(six);
        family = is_four ? AF_INET : AF_INET6;
        at = six->s6_addr + (is_four ? 12 : 0);
    }
    if (inet_ntop(family, at, out, (socklen_t)out_size) == NULL)
        snprintf(out, out_size, "?");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. Asks the local network for the address of a NAME.local, once (RFC 6762 §5.1), for
 * machines whose resolver does not. ALOFT_NO_MDNS=1 in the environment turns it off.
 * Knows: DNS messages, multicast sockets.   Never knows: who asks, and what for. */
#include "aloft_posix.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TYPE_A         1u
#define TYPE_AAAA      28u
#define CLASS_IN       1u
#define HEADER         12u  /* RFC 1035 §4.1.1 */
#define NAME_MAX_BYTES 255u /* RFC 1035 §2.3.4 */
#define PACKET_MAX     1500u
#define INTERFACES_MAX 8u
#define ROUNDS         3   /* queries, one second apart (RFC 6762 §5.2 allows no faster) */
#define ANSWERS_MAX    64u /* per round: strangers may talk too */

/* ---- reading */

static uint32_t u16_at(aloft_bytes b, size_t at) {
    return (uint32_t)b.at[at] << 8 | b.at[at + 1];
}

/* A name being read: where, and the text so far. */
struct reader {
    aloft_bytes from;
    size_t here,
        lowest; /* a pointer must go below `lowest`, so there are at most packet / 2 of them */
    char *out;  /* NAME_MAX_BYTES + 1 */
    size_t n;
};

/* Follow a pointer (RFC 1035 §4.1.4). */
static bool jump(struct reader *r) {
    if (r->here + 1 >= r->from.len)
        return false;
    r->here = u16_at(r->from, r->here) & 0x3fffu;
    if (r->here >= r->lowest)
        return false;
    r->lowest = r->here;
    return true;
}

/* Take one label; each makes the text longer, so there are at most 128. */
static bool take_label(struct reader *r) {
    size_t len = r->from.at[r->here];

    if (len > 63 || r->here + 1 + len > r->from.len || r->n + len + 1 > NAME_MAX_BYTES)
        return false;
    if (r->n > 0 && len > 0)
        r->out[r->n++] = '.';
    memcpy(r->out + r->n, r->from.at + r->here + 1, len);
    r->n += len;
    r->here += 1 + len;
    return true;
}

/* Copy the name at `*at` as text with dots; *at goes behind it. */
static bool read_name(aloft_bytes b, size_t *at, char *out) {
    struct reader r = {b, *at, *at, out, 0};
    size_t behind = 0; /* the first pointer, 0: none yet */

    for (bool is_last = false; !is_last;) {
        bool is_pointer = r.here < b.len && (b.at[r.here] & 0xc0u) == 0xc0u;
        if (r.here >= b.len)
            return false;
        if (is_pointer && behind == 0)
            behind = r.here + 2;
        is_last = b.at[r.here] == 0;
        if (is_pointer ? !jump(&r) : !take_label(&r))
            return false;
    }
    *at = behind != 0 ? behind : r.here;
    out[r.n] = 0;
    return true;
}

static bool take_address(uint32_t type, aloft_bytes data, struct aloft_tls_address *out) {
    memset(out, 0, sizeof *out);
    if (type == TYPE_A && data.len == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)&out->at;
        v4->sin_family = AF_INET;
        memcpy(&v4->sin_addr, data.at, 4);
        out->len = sizeof *v4;
        return true;
    }
    /* a link-local IPv6 address is of use only with the interface that it came by: left out */
    if (type == TYPE_AAAA && data.len == 16 &&
        !(data.at[0] == 0xfe && (data.at[1] & 0xc0) == 0x80)) {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->at;
        v6->sin6_family = AF_INET6;
        memcpy(&v6->sin6_addr, data.at, 16);
        out->len = sizeof *v6;
        return true;
    }
    return false;
}

static bool is_known(const struct aloft_tls_address *list, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        if (list[i].len == list[n].len && memcmp(&list[i].at, &list[n].at, list[n].len) == 0)
            return true;
    return false;
}

static bool skip_questions(aloft_bytes b, size_t *at) {
    char name[NAME_MAX_BYTES + 1];

    for (uint32_t n = u16_at(b, 4); n > 0; n--) {
        if (!read_name(b, at, name) || *at + 4 > b.len)
            return false;
        *at += 4;
    }
    return true;
}

/* What stands behind a name: type, class, time to live, data (RFC 1035 §4.1.3). A class that is not IN
 * gives type 0. */
static bool read_record(aloft_bytes b, size_t *at, uint32_t *type, aloft_bytes *data) {
    if (*at + 10 > b.len)
        return false;
    /* RFC 6762 §10.2: the first bit of the class is the cache-flush bit */
    *type = (u16_at(b, *at + 2) & 0x7fffu) == CLASS_IN ? u16_at(b, *at) : 0;
    data->len = u16_at(b, *at + 8);
    *at += 10;
    data->at = b.at + *at;
    if (data->len > b.len - *at)
        return false;
    *at += data->len;
    return true;
}

unsigned aloft_posix_mdns_read(aloft_bytes b, const char *host, struct aloft_tls_address *out,
                               unsigned max) {
    char name[NAME_MAX_BYTES + 1];
    size_t at = HEADER;
    unsigned found = 0;

    /* an answer without an error (RFC 6762 §18.2, §18.11) */
    if (b.len < HEADER || (b.at[2] & 0xf8u) != 0x80u || (b.at[3] & 0x0fu) != 0 ||
        !skip_questions(b, &at))
        return 0;
    for (uint32_t left = u16_at(b, 6); left > 0 && found < max; left--) {
        aloft_bytes data;
        uint32_t type;
        if (!read_name(b, &at, name) || !read_record(b, &at, &type, &data))
            return found;
        if (strcasecmp(name, host) == 0 && take_address(type, data, &out[found]) &&
            !is_known(out, found))
            found++;
    }
    return found;
}

/* ---- asking */

static size_t put_question(uint8_t *out, size_t at, const char *host, uint8_t type) {
    while (*host != 0) {
        size_t len = strcspn(host, ".");
        out[at++] = (uint8_t)len;
        memcpy(out + at, host, len);
        at += len;
        host += len + (host[len] == '.');
    }
    out[at++] = 0;
    out[at++] = 0;
    out[at++] = type;
    out[at++] = 0;
    out[at++] = CLASS_IN;
    return at;
}

/* Labels of 1 to 63 bytes, in all at most 253. */
static bool is_askable(const char *host) {
    size_t label = 0, len = strlen(host);

    for (size_t i = 0; i <= len; i++) {
        label = host[i] == '.' || host[i] == 0 ? 0 : label + 1;
        if (label > 63 || (label == 0 && (i == 0 || host[i - 1] == '.')))
            return false;
    }
    return len <= ALOFT_HOST_MAX;
}

static struct in_addr address_of(const struct sockaddr *address) {
    struct sockaddr_in v4;

    memcpy(&v4, address, sizeof v4);
    return v4.sin_addr;
}

/* One query by each IPv4 interface that is up and not loopback. */
static unsigned send_query(int socket_, const uint8_t *query, size_t len) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(5353)};
    struct ifaddrs *all, *one;
    unsigned sent = 0;

    to.sin_addr.s_addr = htonl(0xe00000fb); /* 224.0.0.251, RFC 6762 §3 */
    if (getifaddrs(&all) != 0)
        return 0;
    for (one = all; one != NULL && sent < INTERFACES_MAX; one = one->ifa_next) {
        if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET ||
            (one->ifa_flags & (IFF_UP | IFF_MULTICAST | IFF_LOOPBACK)) != (IFF_UP | IFF_MULTICAST))
            continue;
        struct in_addr by = address_of(one->ifa_addr);
        if (setsockopt(socket_, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof by) == 0 &&
            sendto(socket_, query, len, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to) ==
                (ssize_t)len)
            sent++;
    }
    freeifaddrs(all);
    return sent;
}

static unsigned listen_once(int socket_, const char *host, struct aloft_tls_address *out,
                            unsigned max) {
    uint8_t packet[PACKET_MAX];

    for (unsigned i = 0; i < ANSWERS_MAX; i++) {
        struct pollfd poller = {.fd = socket_, .events = POLLIN};
        if (poll(&poller, 1, 1000) <= 0)
            return 0;
        ssize_t n = recv(socket_, packet, sizeof packet, MSG_DONTWAIT);
        unsigned found =
            n > 0 ? aloft_posix_mdns_read((aloft_bytes){packet, (size_t)n}, host, out, max) : 0;
        if (found > 0)
            return found;
    }
    return 0;
}

unsigned aloft_posix_find_local(const char *host, struct aloft_tls_address *out, unsigned max) {
    uint8_t query[HEADER + 2 * (NAME_MAX_BYTES + 5)] = {0};
    const char *off = getenv("ALOFT_NO_MDNS");
    unsigned found = 0;
    size_t len;
    int socket_;

    if ((off != NULL && strcmp(off, "1") == 0) || !is_askable(host))
        return 0;
    socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0)
        return 0;
    query[5] = 2; /* two questions */
    len = put_question(query, HEADER, host, TYPE_A);
    len = put_question(query, len, host, TYPE_AAAA);
    for (int round = 0; round < ROUNDS && found == 0; round++)
        if (send_query(socket_, query, len) == 0)
            break;
        else
            found = listen_once(socket_, host, out, max);
    close(socket_);
    return found;
}

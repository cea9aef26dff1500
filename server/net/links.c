/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Multicast sockets and links.
 * Knows: sockets, interfaces.   Never knows: what is asked or answered. */
#include "links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* RFC 6762 §3: 224.0.0.251 and ff02::fb */
static const uint8_t group_four[4] = {224, 0, 0, 251};
static const uint8_t group_six[16] = {0xff, 2, [15] = 0xfb};

#define TTL 255 /* RFC 6762 §11 */

static void set(int fd, int level, int name, int value) {
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

/* Without SO_REUSEADDR on purpose: then binding fails while another responder has the port, and two
 * that answer for one machine would fight. */
static int open_one(int family) {
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(MDNS_PORT)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(MDNS_PORT)};
    bool is_six = family == AF_INET6;
    int problem, fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (is_six) {
        set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, TTL);
        set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, TTL);
    } else {
        set(fd, IPPROTO_IP, IP_PKTINFO, 1);
        set(fd, IPPROTO_IP, IP_MULTICAST_TTL, TTL);
        set(fd, IPPROTO_IP, IP_TTL, TTL);
    }
    if ((is_six ? bind(fd, (struct sockaddr *)&six, sizeof six)
                : bind(fd, (struct sockaddr *)&four, sizeof four)) == 0)
        return fd;
    problem = errno;
    close(fd);
    errno = problem;
    return -1;
}

bool links_open(struct links *links) {
    memset(links, 0, sizeof *links);
    links->six = -1;
    links->four = open_one(AF_INET);
    if (links->four < 0 && errno == EADDRINUSE)
        return false;
    links->six = open_one(AF_INET6);
    return links->four >= 0 || links->six >= 0;
}

void links_close(struct links *links) {
    if (links->four >= 0)
        close(links->four);
    if (links->six >= 0)
        close(links->six);
    links->four = links->six = -1;
}

static struct link *link_of(struct links *links, unsigned index) {
    for (unsigned i = 0; i < links->n; i++)
        if (links->link[i].index == index)
            return &links->link[i];
    return NULL;
}

static void add_four(struct link *link, const struct ifaddrs *one) {
    unsigned n = link->host.n_four;

    if (n == 8)
        return;
    memcpy(link->host.four[n], &((struct sockaddr_in *)(void *)one->ifa_addr)->sin_addr, 4);
    memset(link->four_mask[n], 0xff, 4);
    if (one->ifa_netmask != NULL)
        memcpy(link->four_mask[n], &((struct sockaddr_in *)(void *)one->ifa_netmask)->sin_addr, 4);
    link->host.n_four++;
}

/* Link-local addresses mean nothing without an interface, which a record cannot carry. */
static void add_six(struct link *link, const struct ifaddrs *one) {
    const struct in6_addr *at = &((struct sockaddr_in6 *)(void *)one->ifa_addr)->sin6_addr;

    if (link->host.n_six < 8 && !IN6_IS_ADDR_LINKLOCAL(at))
        memcpy(link->host.six[link->host.n_six++], at, 16);
}

static void take_address(struct links *now, const struct ifaddrs *one) {
    unsigned wanted = IFF_UP | IFF_MULTICAST;
    unsigned index = if_nametoindex(one->ifa_name);
    struct link *link;

    if (one->ifa_addr == NULL || index == 0 || (one->ifa_flags & wanted) != wanted ||
        (one->ifa_flags & IFF_LOOPBACK) != 0)
        return;
    link = link_of(now, index);
    if (link == NULL && now->n < LINKS_MAX) {
        link = &now->link[now->n++];
        link->index = index;
    }
    if (link != NULL && one->ifa_addr->sa_family == AF_INET)
        add_four(link, one);
    else if (link != NULL && one->ifa_addr->sa_family == AF_INET6)
        add_six(link, one);
}

/* Joining twice answers EADDRINUSE, which is as good. */
static void join(const struct links *links, unsigned index) {
    struct ip_mreqn four = {.imr_ifindex = (int)index};
    struct ipv6_mreq six = {.ipv6mr_interface = index};

    memcpy(&four.imr_multiaddr, group_four, 4);
    memcpy(&six.ipv6mr_multiaddr, group_six, 16);
    if (links->four >= 0)
        (void)setsockopt(links->four, IPPROTO_IP, IP_ADD_MEMBERSHIP, &four, sizeof four);
    if (links->six >= 0)
        (void)setsockopt(links->six, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &six, sizeof six);
}

bool links_refresh(struct links *links, const struct dns_name *name) {
    struct links now = {.four = links->four, .six = links->six};
    struct ifaddrs *all = NULL;
    bool has_changed;

    if (getifaddrs(&all) != 0)
        return false;
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
        take_address(&now, one);
    freeifaddrs(all);
    has_changed = now.n != links->n;
    for (unsigned i = 0; i < now.n; i++) {
        struct link *link = &now.link[i];
        const struct link *before = link_of(links, link->index);
        link->host.name = *name;
        link->answered_ms = before != NULL ? before->answered_ms : 0;
        has_changed = has_changed || before == NULL ||
                      memcmp(&before->host, &link->host, sizeof link->host) != 0;
        join(links, link->index);
    }
    *links = now;
    return has_changed;
}

static unsigned arrival_of(struct msghdr *head) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c != NULL; c = CMSG_NXTHDR(head, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            return (unsigned)info.ipi_ifindex;
        }
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            return info.ipi6_ifindex;
        }
    }
    return 0;
}

bool links_receive(struct links *links, int fd, struct links_message *message) {
    struct iovec bytes = {message->bytes, sizeof message->bytes};
    char control[256];
    struct msghdr head = {.msg_name = &message->from,
                          .msg_namelen = sizeof message->from,
                          .msg_iov = &bytes,
                          .msg_iovlen = 1,
                          .msg_control = control,
                          .msg_controllen = sizeof control};
    ssize_t got = recvmsg(fd, &head, 0);

    if (got < 0)
        return false;
    message->len = (head.msg_flags & MSG_TRUNC) != 0 ? 0 : (size_t)got;
    message->link = link_of(links, arrival_of(&head));
    /* both families keep the port at the same place, RFC 3493 §3.3 */
    message->from_port = ntohs(((struct sockaddr_in *)&message->from)->sin_port);
    return true;
}

bool links_is_neighbour(const struct links_message *m) {
    const struct dns_host *host = &m->link->host;
    const uint8_t *six = ((const struct sockaddr_in6 *)&m->from)->sin6_addr.s6_addr;
    uint8_t four[4];

    memcpy(four, &((const struct sockaddr_in *)&m->from)->sin_addr, 4);
    for (unsigned i = 0; m->from.ss_family == AF_INET && i < host->n_four; i++) {
        unsigned differs = 0;
        for (unsigned k = 0; k < 4; k++)
            differs |= (unsigned)(four[k] ^ host->four[i][k]) & m->link->four_mask[i][k];
        if (differs == 0)
            return true;
    }
    if (m->from.ss_family != AF_INET6)
        return false;
    if (six[0] == 0xfe && (six[1] & 0xc0u) == 0x80u)
        return true;
    for (unsigned i = 0; i < host->n_six; i++) /* on-link prefixes are /64, RFC 4291 §2.5.4 */
        if (memcmp(six, host->six[i], 8) == 0)
            return true;
    return false;
}

void links_send(const struct links *links, const struct link *link, aloft_bytes bytes) {
    struct ip_mreqn out = {.imr_ifindex = (int)link->index};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(MDNS_PORT)};
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = htons(MDNS_PORT), .sin6_scope_id = link->index};

    memcpy(&four.sin_addr, group_four, 4);
    memcpy(&six.sin6_addr, group_six, 16);
    if (links->four >= 0 && link->host.n_four > 0 &&
        setsockopt(links->four, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof out) == 0)
        (void)!sendto(links->four, bytes.at, bytes.len, 0, (struct sockaddr *)&four, sizeof four);
    if (links->six >= 0)
        (void)!sendto(links->six, bytes.at, bytes.len, 0, (struct sockaddr *)&six, sizeof six);
}

void links_reply(const struct links *links, const struct links_message *to, aloft_bytes bytes) {
    bool is_six = to->from.ss_family == AF_INET6;

    (void)!sendto(is_six ? links->six : links->four, bytes.at, bytes.len, 0,
                  (const struct sockaddr *)&to->from,
                  is_six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. The links of this machine that carry multicast, and sockets on port 5353. */
#ifndef SERVER_NET_LINKS_H
#define SERVER_NET_LINKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <aloft/bytes.h>

#include "dns.h"

#define LINKS_MAX 16u
#define MDNS_PORT 5353u

struct link {
    unsigned index;          /* of the kernel; 0: a free place */
    struct dns_host host;    /* our name with the addresses of this link */
    uint8_t four_mask[8][4]; /* of host.four */
    uint64_t answered_ms;    /* last multicast answer here */
};

struct links {
    struct link link[LINKS_MAX];
    unsigned n;
    int four, six; /* sockets, -1: none */
};

/** A message that came. */
struct links_message {
    uint8_t bytes[DNS_MESSAGE_MAX];
    size_t len;
    struct sockaddr_storage from;
    uint16_t from_port;
    struct link *link; /* it came in here; NULL: a link that is not ours */
};

/** Open the sockets. False: another program has the port (errno EADDRINUSE), or there is no socket.
 *  */
bool links_open(struct links *links);
void links_close(struct links *links);

/** Look at the machine's links again, join the groups; gives whether something changed. */
bool links_refresh(struct links *links, const struct dns_name *name);

/** Receive; false: nothing waits. */
bool links_receive(struct links *links, int fd, struct links_message *message);

/** Whether the sender is a neighbour on the message's link, so that a unicast answer cannot be
 *  aimed at strangers (RFC 6762 §11). */
bool links_is_neighbour(const struct links_message *message);

/** To everybody on a link, over both families; or only to one sender. What cannot be sent is lost,
 *  as any datagram may be. */
void links_send(const struct links *links, const struct link *link, aloft_bytes bytes);
void links_reply(const struct links *links, const struct links_message *to, aloft_bytes bytes);

#endif

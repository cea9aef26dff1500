/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Answers for <machine>.local, so that no address need be compiled into a device.
 * RFC 6762, for the address records of one host name. */
#ifndef SERVER_NET_MDNS_H
#define SERVER_NET_MDNS_H

struct server;
struct mdns;

/** Begin to probe and then to answer. NULL: avahi or another responder runs, or there is no such
 *  port here; a line says which. */
struct mdns *mdns_open(struct server *server);

/** Take the records back (§10.1) and be silent; while the loop still lives. NULL is allowed. */
void mdns_goodbye(struct mdns *mdns);

/** Free, after server_close has ended the loop. NULL is allowed. */
void mdns_free(struct mdns *mdns);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. What a person sees when the server begins. */
#ifndef SERVER_GREET_H
#define SERVER_GREET_H

struct server;

/** Where it listens, a QR code on a terminal, and last `ready https://<what devices call>`. */
void greet(const struct server *server);

#endif

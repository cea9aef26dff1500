/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. Keeps the statements of freshness of the site new, where keys/fresh.key is. */
#ifndef SERVER_FRESH_H
#define SERVER_FRESH_H

struct server;

/** Look now and then once an hour; server_close ends it. */
void fresh_start(struct server *server);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. The loop, its listeners and its connections. One thread runs all of it; the SQL
 * thread of store/ is met only through `store_ready`. */
#ifndef SERVER_NET_SERVER_H
#define SERVER_NET_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <openssl/ssl.h>
#include <uv.h>

#include "host/project.h"
#include "host/trouble.h"
#include "server/store/store.h"

#define SERVER_LISTENERS_MAX 8u
/* Connections in all, and of one address (one /64 in IPv6). A stalled download holds about 60 KB of
 * kernel and process together, so the first is 600 MB at its worst; devices behind one gateway
 * share an address. */
#define SERVER_CONNS_MAX        10000u
#define SERVER_ADDRESS_MAX      2500u
#define SERVER_DRAIN_MS         10000u
#define SERVER_ACCEPTS_AT_ONCE  16u  /* per event, so that accepting never starves the connected */
#define SERVER_TROUBLE_A_SECOND 10u  /* lines about misbehaving clients; the rest is counted */
#define SERVER_DESCRIPTORS_KEPT 64u  /* for the database, the site and the listeners */
#define SERVER_ACCEPT_PAUSE_MS  250u /* after EMFILE */
#define SERVER_LOOKS            64u  /* connections that are looked at to find room for one */

struct conn;
struct content;
struct call;
struct addresses;
struct mdns;
struct catalog;

/** One address that is listened on, with what it speaks and what it answers. */
struct listener {
    struct server *server;
    uv_poll_t poll;
    uv_timer_t pause; /* after EMFILE */
    int fd;
    uint16_t port;
    SSL_CTX *tls;
    const struct call *calls; /* ends with an entry without a function */
};

/** What devices said while nothing could be written down. */
struct unkept {
    unsigned n; /* words, since it was last said that all is well again */
    bool is_said;
    uint64_t quiet_until_ms; /* loop time; until then nobody is told of more */
};

struct server {
    uv_loop_t loop;
    uv_signal_t terminate, interrupt;
    uv_async_t store_ready;
    uv_timer_t drain;
    struct listener listener[SERVER_LISTENERS_MAX];
    unsigned n_listeners;

    struct conn **conn;   /* by id; NULL: free */
    uint32_t *generation; /* by id: counts its requests, so that a late answer finds nobody */
    unsigned conns_max, n_conns, next_id;
    unsigned next_look; /* of conn_make_room */
    struct addresses *addresses;
    bool draining;

    const struct project *project;
    char base_path[ALOFT_BASE_MAX + 1]; /* the path of the base address, "" or "/x/y" */
    int site;                           /* folder */
    struct content *contents;           /* open payloads, each once */
    struct store *store;
    struct catalog *catalog; /* the releases on the site */
    struct mdns *mdns;
    uv_timer_t renewal; /* of the statements of freshness */
    uint64_t rate_bps;  /* payload bytes a second of one connection; 0: no limit */

    uint64_t trouble_second; /* for SERVER_TROUBLE_A_SECOND */
    unsigned n_trouble;
    struct unkept unkept;
};

/** Make the loop, its signals and tables; raise RLIMIT_NOFILE. */
ALOFT_MUST_USE aloft_err server_open(struct server *server, struct trouble *trouble);

/** Bind and listen. `where` is ADDR:PORT, [ADDR]:PORT or :PORT. [::] takes both families, and is
 *  0.0.0.0 where the machine has no IPv6. Takes over `tls`. Fails LISTEN_FORM, LISTEN_IN_USE,
 *  LISTEN_REFUSED. */
ALOFT_MUST_USE aloft_err server_listen(struct server *server, const char *where, SSL_CTX *tls,
                                       const struct call *calls, struct trouble *trouble);

/** Run until SIGTERM or SIGINT and the draining after it. */
void server_run(struct server *server);

/** Free everything that server_open and server_listen made. */
void server_close(struct server *server);

/** Stop listening, let the connected finish, end the loop. Called by the signals; twice: at once.
 *  */
void server_drain(struct server *server);

/** A connection has gone: the loop may end, a pausing listener may go on. */
void server_conn_gone(struct server *server, unsigned id);

/** A free connection id, of a server that is not full. */
unsigned server_conn_id(struct server *server);

/** The context of a listener: TLS 1.2 and 1.3, one ticket, no session cache, these two files.
 *  Fails SERVER_CERTIFICATE, FILE_READ, and as denied_tell. */
ALOFT_MUST_USE aloft_err tls_context(const char *certificate, const char *key, SSL_CTX **out,
                                     struct trouble *trouble);

/** What went wrong with a client's TLS, as a fault: reads and clears OpenSSL's queue. */
void tls_fault(aloft_fault *why);

/* ------------------------------------------------------------------------------------ lines for
 * people */

/** One line with the time before it, flushed. Unprintable bytes become '?'. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The same about somebody who has called: the journal keeps the address beside the line. */
void say_of(const char *peer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Keep each line that is said in this journal too; NULL: no more. */
struct journal;
void say_keep_in(struct journal *journal);

/** One line about a misbehaving client, at most SERVER_TROUBLE_A_SECOND of them. */
void say_trouble(struct server *server, const char *peer, const aloft_fault *why);
/** The same with more facts than `peer`, which is to be among them. */
void say_trouble_of(struct server *server, const char *peer, const aloft_fault *why,
                    const struct aloft_fact *facts, size_t n);

/* ------------------------------------------------------------------------------- who calls, how
 * often */

struct addresses *addresses_new(void);
void addresses_free(struct addresses *all);
/** Count one more of this address; false: it has SERVER_ADDRESS_MAX already, or there is no memory.
 *  */
bool addresses_add(struct addresses *all, const struct sockaddr_storage *from);
void addresses_remove(struct addresses *all, const struct sockaddr_storage *from);
/** "192.0.2.1" or "2001:db8::1"; IPv4 within IPv6 is shown as IPv4. */
void address_text(const struct sockaddr_storage *from, char *out, size_t out_size);

#endif

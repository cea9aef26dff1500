/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. One connection: what it is doing, until when, and what is still to be sent. */
#ifndef SERVER_NET_CONN_H
#define SERVER_NET_CONN_H

#include "exchange.h"
#include "server.h"

/* A head has at most 8 KB, a report at most 512 bytes; the rest of the room is for pipelined
 * requests, which wait in the kernel when it is full. */
#define CONN_INPUT_SIZE   8192u
#define CONN_REQUESTS_MAX 100u   /* of one connection */
#define CONN_RECORD_SIZE  16384u /* RFC 8446 §5.1: the largest plaintext of a record */
#define CONN_RECORDS      2u     /* per writable event, then the others' turn */

/* Absolute deadlines: activity does not move them. */
#define CONN_HANDSHAKE_MS 10000u
#define CONN_HEAD_MS      15000u
#define CONN_BODY_MS      15000u
#define CONN_IDLE_MS      60000u /* between two requests */
#define CONN_STORE_MS     5000u  /* for the SQL thread's answer; a 503 then */
#define CONN_LINGER_MS    2000u  /* for the peer to take the last bytes */
/* A download may take this long, and longer by a second for each 512 bytes that went: a slower one
 * is not making progress that ends within a day (44 MB). */
#define CONN_DOWNLOAD_MS      120000u
#define CONN_DOWNLOAD_MIN_BPS 512u
/* When the server is full, whoever has kept it waiting longest makes room for a new client, if that
 * is longer than this: a handshake or a request over a bad radio link takes part of a second, and a
 * device that erases flash reads nothing for some seconds. */
#define CONN_PATIENCE_MS          1000u
#define CONN_DOWNLOAD_PATIENCE_MS 10000u

enum conn_phase {
    CONN_PEEK,      /* TLS or plain HTTP? */
    CONN_PLAIN,     /* plain HTTP on this port: read a little, say where it is */
    CONN_HANDSHAKE, /* TLS */
    CONN_HEAD,      /* reading a request's head, or waiting for one */
    CONN_BODY,      /* reading its body */
    CONN_STORE,     /* waiting for the SQL thread */
    CONN_WRITE,     /* sending an answer */
    CONN_LINGER,    /* all is sent; waiting for the peer's end */
};

struct conn {
    struct server *server;
    struct listener *listener;
    uv_poll_t poll;
    uv_timer_t timer;
    unsigned n_handles; /* not yet closed by the loop */
    unsigned id;
    int fd;
    SSL *ssl; /* NULL in PEEK and PLAIN */
    enum conn_phase phase;
    struct sockaddr_storage from;
    char peer[64];
    uint64_t deadline_ms, resume_ms; /* of uv_now; resume 0: not paced */
    uint64_t moved_ms;               /* the last time that it came a step further */
    unsigned n_requests;
    bool keep;      /* the connection stays after this answer */
    bool head_only; /* a HEAD: the answer has no body */

    uint8_t *in; /* CONN_INPUT_SIZE, NULL while nothing is read */
    size_t in_len;
    size_t head_len, body_len; /* of the request under way */
    struct exchange exchange;

    uint8_t *out; /* head and small body */
    size_t out_len, out_at;
    uint64_t content_left, content_sent;
    uint64_t started_ms; /* of the answer */
    size_t retry_len;    /* of the record that waits inside OpenSSL */
};

/** Take over an accepted, non-blocking socket. On failure it is closed. */
void conn_open(struct listener *listener, int fd, const struct sockaddr_storage *from);

/** Do what can be done now. Called on events and timers. */
void conn_work(struct conn *conn);

/** Close the one that has kept us waiting too long, of some that are looked at; false: none has. */
bool conn_make_room(struct server *server);

/** Close now. */
void conn_close(struct conn *conn);

/** The server ends: finish the answer under way, then close; an idle one closes at once. */
void conn_drain(struct conn *conn);

/** Move to a phase that ends at the latest in `ms`. */
void conn_enter(struct conn *conn, enum conn_phase phase, uint64_t ms);

/** Say that this client misbehaved, and close. */
void conn_blame(struct conn *conn, unsigned code);

/* What a step of a phase gives. */
enum conn_next {
    CONN_AGAIN,       /* step again at once */
    CONN_WAIT_READ,   /* when there is something to read */
    CONN_WAIT_WRITE,  /* when something can be written */
    CONN_WAIT_EITHER, /* in the next turn of the loop */
    CONN_WAIT_TIMER,  /* at resume_ms or the deadline */
    CONN_GONE,        /* the connection has been closed */
};

/* One step of each phase; conn.c has the table. */
enum conn_next conn_step_peek(struct conn *conn);
enum conn_next conn_step_plain(struct conn *conn);
enum conn_next conn_step_handshake(struct conn *conn);
enum conn_next conn_step_head(struct conn *conn);
enum conn_next conn_step_body(struct conn *conn);
enum conn_next conn_step_write(struct conn *conn);
enum conn_next conn_step_linger(struct conn *conn);

/** Read into `in`. Gives CONN_AGAIN when something came. */
enum conn_next conn_read(struct conn *conn);

/** The exchange has its answer: make the head, begin to send. */
enum conn_next conn_answer(struct conn *conn);

/** A line about the download that has ended, if there was one. */
void conn_say_download(const struct conn *conn);

/** After CONN_STORE: the SQL thread's word for this connection. */
void conn_stored(struct conn *conn, bool kept);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. The door between net and api: a request that has been read, and room for its
 * answer. A call is a function that reads the one and fills the other; it never waits and never
 * sends.
 *
 * Example:
 *     void hello_call(struct exchange *x) { answer_text(x, 200, "hello"); }
 */
#ifndef SERVER_NET_EXCHANGE_H
#define SERVER_NET_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include <aloft/bytes.h>

#include "http/server_request.h"

#define EXCHANGE_ETAG_MAX 48u

struct server;
struct content;

struct answer {
    unsigned status;
    const char *type;  /* Content-Type, static text; NULL: none */
    const char *cache; /* Cache-Control, static text; NULL: no-store */
    const char *allow; /* with 405 */
    char etag[EXCHANGE_ETAG_MAX];
    unsigned retry_after_s;  /* 0: none */
    aloft_space small;       /* a short body, malloc'ed; net frees it */
    struct content *content; /* or a file, counted; net gives it back */
    uint64_t at, len;        /* the part of the content that is sent */
    bool is_told;            /* a line says how much of it went, for it is a payload */
    bool ranged;             /* 206: at, len of content; 416: of size */
    bool waits_for_store;    /* the SQL thread decides between `status` and 503 */
};

struct exchange {
    struct server *server;
    const char *peer; /* address text */
    unsigned conn_id; /* for answers of the store */
    uint32_t generation;
    const struct al_http_request *request;
    aloft_bytes path; /* without the base's path and without a query */
    aloft_bytes body;
    struct answer answer;
};

/** A row of a listener's table. The first that matches is called. */
struct call {
    bool (*matches)(const struct exchange *x);
    void (*run)(struct exchange *x);
};

/** A short text for people; ends with a line feed. */
void answer_text(struct exchange *x, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** A copy of these bytes. Without memory the answer becomes 503. */
void answer_bytes(struct exchange *x, unsigned status, const char *type, aloft_bytes bytes);

/** Methods. A HEAD is a GET whose body is not sent. */
bool exchange_is(const struct exchange *x, const char *method);

/** A field's value by its lower-case name, len 0 if it is not there. */
aloft_bytes exchange_field(const struct exchange *x, const char *name);

/** Whether If-None-Match holds this validator (RFC 9110 §13.1.2, weak comparison). */
bool exchange_has_match(const struct exchange *x, const char *etag);

#endif

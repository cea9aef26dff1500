/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. What comes from a client: is it TLS, the handshake, a request's head and body.
 * Knows: TLS records, where requests end.   Never knows: what a request asks for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>

#include "conn.h"

#define TLS_HANDSHAKE_RECORD 0x16 /* RFC 8446 §5.1 */
#define BODY_MAX             512u /* a report; nothing else has a body */

enum conn_next conn_step_peek(struct conn *conn) {
    uint8_t first;
    ssize_t got = recv(conn->fd, &first, 1, MSG_PEEK);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return CONN_WAIT_READ;
    if (got <= 0) { /* came and went without a word: port scanners, health checks, curious phones */
        conn_close(conn);
        return CONN_GONE;
    }
    if (first >= 'A' && first <= 'Z') {
        conn_enter(conn, CONN_PLAIN, CONN_HEAD_MS);
        return CONN_AGAIN;
    }
    if (first == TLS_HANDSHAKE_RECORD)
        conn->ssl = SSL_new(conn->listener->tls);
    if (conn->ssl == NULL || SSL_set_fd(conn->ssl, conn->fd) != 1) {
        conn_blame(conn, ALOFT_E_CLIENT_NOT_TLS);
        return CONN_GONE;
    }
    SSL_set_accept_state(conn->ssl);
    conn->phase = CONN_HANDSHAKE;
    return CONN_AGAIN;
}

/* What an SSL call that did not succeed waits for; CONN_GONE: it never will (not closed yet). */
static enum conn_next wants(struct conn *conn, int result) {
    switch (SSL_get_error(conn->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return CONN_WAIT_READ;
    case SSL_ERROR_WANT_WRITE:
        return CONN_WAIT_WRITE;
    default:
        return CONN_GONE;
    }
}

enum conn_next conn_step_handshake(struct conn *conn) {
    enum conn_next next;
    aloft_fault why;
    int result;

    ERR_clear_error();
    result = SSL_accept(conn->ssl);
    if (result == 1) {
        conn_enter(conn, CONN_HEAD, CONN_HEAD_MS);
        return CONN_AGAIN;
    }
    next = wants(conn, result);
    if (next == CONN_GONE) {
        tls_fault(&why);
        say_trouble(conn->server, conn->peer, &why);
        conn_close(conn);
    }
    return next;
}

/* A client may end between requests as it likes; only an alert is worth a line: TLS 1.3 clients
 * tell what they think of a certificate after the server's handshake has ended. */
static enum conn_next ended(struct conn *conn) {
    aloft_fault why;

    tls_fault(&why);
    if (why.origin == ALOFT_ORIGIN_TLS)
        say_trouble(conn->server, conn->peer, &why);
    conn_close(conn);
    return CONN_GONE;
}

enum conn_next conn_read(struct conn *conn) {
    enum conn_next next;
    int got;

    if (conn->in == NULL)
        conn->in = malloc(CONN_INPUT_SIZE);
    if (conn->in == NULL) {
        conn_close(conn);
        return CONN_GONE;
    }
    ERR_clear_error();
    got = SSL_read(conn->ssl, conn->in + conn->in_len, (int)(CONN_INPUT_SIZE - conn->in_len));
    if (got > 0) {
        conn->in_len += (size_t)got;
        return CONN_AGAIN;
    }
    next = wants(conn, got);
    if (next == CONN_GONE)
        return ended(conn);
    if (conn->in_len == 0) { /* idle: keep no room for it */
        free(conn->in);
        conn->in = NULL;
    }
    return next;
}

static void answer_bad(struct conn *conn, unsigned status, const char *words) {
    struct exchange *x = &conn->exchange;

    *x = (struct exchange){.server = conn->server, .peer = conn->peer};
    conn->keep = false;
    conn->head_len = conn->in_len;
    conn->body_len = 0;
    answer_text(x, status, "%s", words);
}

/* The path as calls see it: without the base's own path and without a query. */
static aloft_bytes path_of(const struct conn *conn, const struct al_http_request *request) {
    aloft_bytes path = request->path;
    const char *base = conn->server->base_path;
    size_t len = strlen(base);

    if (len > 0 && path.len > len && memcmp(path.at, base, len) == 0 && path.at[len] == '/')
        path = (aloft_bytes){path.at + len, path.len - len};
    return path;
}

static void run_call(struct conn *conn, const struct al_http_request *request) {
    struct exchange *x = &conn->exchange;
    const struct call *call = conn->listener->calls;

    *x = (struct exchange){.server = conn->server,
                           .peer = conn->peer,
                           .conn_id = conn->id,
                           .generation = ++conn->server->generation[conn->id],
                           .request = request,
                           .path = path_of(conn, request),
                           .body = {conn->in + conn->head_len, conn->body_len}};
    conn->n_requests++;
    conn->keep = request->keep && !conn->server->draining && conn->n_requests < CONN_REQUESTS_MAX;
    while (call->run != NULL && !call->matches(x))
        call++;
    if (call->run != NULL)
        call->run(x);
    else
        answer_text(x, 404, "There is nothing at this address.");
}

/* The whole request is here: it is read once more, so that nothing but bytes is kept between reads.
 * */
static enum conn_next serve_request(struct conn *conn) {
    struct al_http_request request;
    aloft_fault why = {0};
    bool is_head = false;

    if (al_http_request_read((aloft_bytes){conn->in, conn->head_len}, &request, &why) != ALOFT_OK) {
        answer_bad(conn, 400, "The request is not HTTP/1.1.");
    } else {
        run_call(conn, &request);
        is_head = request.method.len == 4 && memcmp(request.method.at, "HEAD", 4) == 0;
    }
    conn->exchange.request = NULL;
    if (conn->exchange.answer.waits_for_store) {
        conn_enter(conn, CONN_STORE, CONN_STORE_MS);
        return CONN_AGAIN;
    }
    conn->head_only = is_head;
    return conn_answer(conn);
}

enum conn_next conn_step_body(struct conn *conn) {
    if (conn->in_len >= conn->head_len + conn->body_len)
        return serve_request(conn);
    return conn_read(conn);
}

/* RFC 9110 §10.1.1. 25 bytes into a send buffer that holds nothing else; one that is full anyway
 * belongs to a client that does not read. */
static enum conn_next ask_on(struct conn *conn) {
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

    if (conn->in_len >= conn->head_len + conn->body_len)
        return CONN_AGAIN;
    ERR_clear_error();
    if (SSL_write(conn->ssl, go_on, sizeof go_on - 1) == (int)sizeof go_on - 1)
        return CONN_AGAIN;
    conn_close(conn);
    return CONN_GONE;
}

static enum conn_next refuse_head(struct conn *conn, const aloft_fault *why) {
    if (why->code == ALOFT_E_HTTP_HEAD_LONG)
        answer_bad(conn, 431, "The head of the request is longer than 8 KB.");
    else
        answer_bad(conn, 400, "The request is not HTTP/1.1 as RFC 9112 has it.");
    return conn_answer(conn);
}

enum conn_next conn_step_head(struct conn *conn) {
    struct al_http_request request;
    aloft_fault why = {0};
    aloft_err e = ALOFT_WAIT;

    if (conn->in_len > 0)
        e = al_http_request_read((aloft_bytes){conn->in, conn->in_len}, &request, &why);
    if (e == ALOFT_WAIT && conn->in_len < CONN_INPUT_SIZE) {
        bool was_idle = conn->in_len == 0 && conn->n_requests > 0;
        enum conn_next next = conn_read(conn);
        if (next == CONN_AGAIN && was_idle)
            conn_enter(conn, CONN_HEAD, CONN_HEAD_MS);
        return next;
    }
    if (e == ALOFT_WAIT)
        why.code = ALOFT_E_HTTP_HEAD_LONG;
    if (e != ALOFT_OK)
        return refuse_head(conn, &why);
    conn->head_len = request.head_len;
    conn->body_len = (size_t)request.body_len;
    if (request.body_len > BODY_MAX) {
        answer_bad(conn, 413, "A request's body may have at most 512 bytes here.");
        return conn_answer(conn);
    }
    if (request.is_chunked) {
        answer_bad(conn, 411, "A body here comes with Content-Length.");
        return conn_answer(conn);
    }
    conn_enter(conn, CONN_BODY, CONN_BODY_MS);
    return request.expects_continue ? ask_on(conn) : CONN_AGAIN;
}

static void send_plain_page(struct conn *conn) {
    char page[1024], head[256];
    int page_len, head_len;

    page_len = snprintf(page, sizeof page,
                        "<!doctype html><meta name=viewport content=\"width=device-width\">"
                        "<title>aloft</title><h1>You have reached aloft</h1>"
                        "<p>The network and the firewall are fine.</p>"
                        "<p>Devices call %s, with https: what is asked for without it is not "
                        "answered.</p>\n",
                        conn->server->project->base);
    head_len = snprintf(head, sizeof head,
                        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html; charset=utf-8\r\n"
                        "Content-Length: %d\r\nConnection: close\r\n\r\n",
                        page_len);
    /* both fit into the empty send buffer of a new socket; who does not take them sees nothing */
    (void)!send(conn->fd, head, (size_t)head_len, MSG_NOSIGNAL | MSG_MORE);
    (void)!send(conn->fd, page, (size_t)page_len, MSG_NOSIGNAL);
    shutdown(conn->fd, SHUT_WR);
}

/* One read is enough: whatever it was, the answer is the same page. */
enum conn_next conn_step_plain(struct conn *conn) {
    char text[1024];
    aloft_fault why = {.code = ALOFT_E_CLIENT_PLAIN};

    (void)!recv(conn->fd, text, sizeof text, 0);
    say_trouble(conn->server, conn->peer, &why);
    send_plain_page(conn);
    conn_enter(conn, CONN_LINGER, CONN_LINGER_MS);
    return CONN_AGAIN;
}

/* Closing with bytes unread would reset the connection and take the answer away from the peer. */
enum conn_next conn_step_linger(struct conn *conn) {
    char waste[4096];
    ssize_t got = recv(conn->fd, waste, sizeof waste, 0);

    if (got > 0)
        return CONN_WAIT_READ;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return CONN_WAIT_READ;
    conn_close(conn);
    return CONN_GONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. The life of a connection: begin, phases, deadlines, end.
 * Knows: the loop, phases.   Never knows: what is asked and answered. */
#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "content.h"

/* Steps of one connection in one turn of the loop, then the others' turn: more than any request
 * takes (peek, handshake, head, body, write of head and records, and again). */
#define STEPS_A_TURN 16u

static enum conn_next step_store(struct conn *conn) {
    (void)conn;
    return CONN_WAIT_TIMER;
}

static enum conn_next step(struct conn *conn) {
    static enum conn_next (*const table[])(struct conn *) = {
        [CONN_PEEK] = conn_step_peek,           [CONN_PLAIN] = conn_step_plain,
        [CONN_HANDSHAKE] = conn_step_handshake, [CONN_HEAD] = conn_step_head,
        [CONN_BODY] = conn_step_body,           [CONN_STORE] = step_store,
        [CONN_WRITE] = conn_step_write,         [CONN_LINGER] = conn_step_linger,
    };
    return table[conn->phase](conn);
}

static void on_event(uv_poll_t *poll, int status, int events) {
    (void)status, (void)events; /* a socket in trouble says so to whoever reads or writes it */
    conn_work(poll->data);
}

static void slow_client(struct conn *conn) {
    static const uint16_t code[] = {
        [CONN_PEEK] = ALOFT_E_CLIENT_SLOW_TLS,      [CONN_PLAIN] = ALOFT_E_CLIENT_SLOW_HEAD,
        [CONN_HANDSHAKE] = ALOFT_E_CLIENT_SLOW_TLS, [CONN_HEAD] = ALOFT_E_CLIENT_SLOW_HEAD,
        [CONN_BODY] = ALOFT_E_CLIENT_SLOW_HEAD,     [CONN_STORE] = 0,
        [CONN_WRITE] = ALOFT_E_CLIENT_SLOW_READ,    [CONN_LINGER] = 0,
    };
    bool is_idle = conn->phase == CONN_HEAD && conn->in_len == 0 && conn->n_requests > 0;

    if (code[conn->phase] != 0 && !is_idle)
        conn_blame(conn, code[conn->phase]);
    else
        conn_close(conn);
}

static void on_time(uv_timer_t *timer) {
    struct conn *conn = timer->data;

    if (uv_now(&conn->server->loop) < conn->deadline_ms)
        conn_work(conn);
    else if (conn->phase == CONN_STORE)
        conn_stored(conn, false);
    else
        slow_client(conn);
}

static void arm_timer(struct conn *conn, bool paced) {
    uint64_t now = uv_now(&conn->server->loop);
    uint64_t until = paced && conn->resume_ms != 0 && conn->resume_ms < conn->deadline_ms
                         ? conn->resume_ms
                         : conn->deadline_ms;

    uv_timer_start(&conn->timer, on_time, until > now ? until - now : 0, 0);
}

void conn_work(struct conn *conn) {
    enum conn_next next = CONN_AGAIN;
    int events = 0;

    for (unsigned i = 0; i < STEPS_A_TURN && next == CONN_AGAIN; i++)
        next = step(conn);
    if (next == CONN_GONE)
        return;
    if (next == CONN_WAIT_READ)
        events = UV_READABLE;
    else if (next == CONN_WAIT_WRITE)
        events = UV_WRITABLE;
    else if (next != CONN_WAIT_TIMER)
        events = UV_READABLE | UV_WRITABLE;
    if (events != 0)
        uv_poll_start(&conn->poll, events, on_event);
    else
        uv_poll_stop(&conn->poll);
    arm_timer(conn, next == CONN_WAIT_TIMER);
}

void conn_enter(struct conn *conn, enum conn_phase phase, uint64_t ms) {
    conn->phase = phase;
    conn->moved_ms = uv_now(&conn->server->loop);
    conn->deadline_ms = conn->moved_ms + ms;
    conn->resume_ms = 0;
}

static void say_full(struct listener *listener, const char *peer) {
    aloft_fault why = {.code = ALOFT_E_SERVER_FULL,
                       .want = listener->server->conns_max,
                       .got = listener->server->n_conns};
    say_trouble(listener->server, peer, &why);
}

/* How long this one has kept us waiting beyond our patience; 0: it has not. A byte now and then is
 * no step further: only a whole handshake or request is, or bytes of an answer that went. */
static uint64_t overdue_ms(const struct conn *conn) {
    uint64_t waited = uv_now(&conn->server->loop) - conn->moved_ms;
    uint64_t patience =
        conn->phase == CONN_WRITE ? CONN_DOWNLOAD_PATIENCE_MS : (uint64_t)CONN_PATIENCE_MS;

    return conn->phase != CONN_STORE && waited > patience ? waited - patience : 0;
}

/* Looking at all of them for each newcomer would be work that an attacker can ask for; the next
 * newcomer looks at the next ones. */
bool conn_make_room(struct server *server) {
    struct conn *longest = NULL;
    unsigned looks = server->conns_max < SERVER_LOOKS ? server->conns_max : SERVER_LOOKS;

    for (unsigned i = 0; i < looks; i++) {
        struct conn *conn = server->conn[server->next_look++ % server->conns_max];
        if (conn != NULL && overdue_ms(conn) > (longest != NULL ? overdue_ms(longest) : 0))
            longest = conn;
    }
    if (longest != NULL)
        conn_close(longest);
    return longest != NULL;
}

/* NULL: there is no place. The address is asked first: whoever has too many takes nobody else's. */
static struct conn *admit(struct server *server, const struct sockaddr_storage *from) {
    struct conn *conn = NULL;

    if (!addresses_add(server->addresses, from))
        return NULL;
    if (server->n_conns < server->conns_max || conn_make_room(server))
        conn = calloc(1, sizeof *conn);
    if (conn == NULL)
        addresses_remove(server->addresses, from);
    return conn;
}

void conn_open(struct listener *listener, int fd, const struct sockaddr_storage *from) {
    struct server *server = listener->server;
    struct conn *conn = admit(server, from);

    if (conn == NULL) {
        char peer[64];
        address_text(from, peer, sizeof peer);
        say_full(listener, peer);
        close(fd);
        return;
    }
    *conn = (struct conn){.server = server, .listener = listener, .fd = fd, .from = *from};
    conn->id = server_conn_id(server);
    server->conn[conn->id] = conn;
    server->n_conns++;
    address_text(from, conn->peer, sizeof conn->peer);
    uv_poll_init(&server->loop, &conn->poll, fd);
    uv_timer_init(&server->loop, &conn->timer);
    conn->poll.data = conn->timer.data = conn;
    conn->n_handles = 2;
    conn_enter(conn, CONN_PEEK, CONN_HANDSHAKE_MS);
    conn_work(conn);
}

static void free_last(uv_handle_t *handle) {
    struct conn *conn = handle->data;

    if (--conn->n_handles == 0)
        free(conn);
}

void conn_close(struct conn *conn) {
    struct server *server = conn->server;

    conn_say_download(conn);
    uv_poll_stop(&conn->poll);
    uv_close((uv_handle_t *)&conn->poll, free_last);
    uv_close((uv_handle_t *)&conn->timer, free_last);
    SSL_free(conn->ssl);
    conn->ssl = NULL;
    close(conn->fd);
    free(conn->in);
    free(conn->out);
    free(conn->exchange.answer.small.at);
    content_release(server, conn->exchange.answer.content);
    addresses_remove(server->addresses, &conn->from);
    server->generation[conn->id]++;
    server_conn_gone(server, conn->id);
}

void conn_blame(struct conn *conn, unsigned code) {
    aloft_fault why = {.code = (uint16_t)code};

    why.want = (uint32_t)((conn->deadline_ms - conn->started_ms) / 1000);
    if (conn->phase == CONN_HANDSHAKE || conn->phase == CONN_PEEK)
        why.want = CONN_HANDSHAKE_MS / 1000;
    else if (conn->phase != CONN_WRITE)
        why.want = CONN_HEAD_MS / 1000;
    say_trouble(conn->server, conn->peer, &why);
    conn_close(conn);
}

void conn_drain(struct conn *conn) {
    bool is_idle = conn->phase == CONN_HEAD && conn->in_len == 0;

    conn->keep = false;
    if (conn->phase == CONN_LINGER)
        conn_close(conn);
    else if (is_idle) {
        (void)SSL_shutdown(conn->ssl);
        conn_close(conn);
    }
}

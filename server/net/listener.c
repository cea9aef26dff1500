/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Opens listening sockets and accepts.
 * Knows: addresses, sockets.   Never knows: what a connection does. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"

#define BACKLOG    1024
#define HOST_ROOM  80
#define LOWAT_SIZE 65536 /* bytes that the kernel takes ahead of the network, server.md point 1 */

/* ADDR:PORT, [ADDR]:PORT, :PORT. */
static bool split(const char *where, char host[HOST_ROOM], char port[8]) {
    const char *colon = strrchr(where, ':');
    size_t len;
    char *end;
    unsigned long number;

    if (colon == NULL || colon[1] < '0' || colon[1] > '9')
        return false;
    number = strtoul(colon + 1, &end, 10);
    if (*end != 0 || number > 65535)
        return false;
    snprintf(port, 8, "%lu", number);
    len = (size_t)(colon - where);
    if (len >= 2 && where[0] == '[' && where[len - 1] == ']') {
        where++;
        len -= 2;
    }
    if (len >= HOST_ROOM)
        return false;
    memcpy(host, where, len);
    host[len] = 0;
    if (len == 0 || strcmp(host, "*") == 0)
        snprintf(host, HOST_ROOM, "::");
    return true;
}

static int listen_at(const struct sockaddr *at, socklen_t at_len) {
    const int on = 1, off = 0;
    int problem, fd = socket(at->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, at, at_len) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    problem = errno;
    close(fd);
    errno = problem;
    return -1;
}

static int bind_text(const char *host, const char *port, int *resolve) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_PASSIVE};
    struct addrinfo *found = NULL;
    int fd;

    *resolve = getaddrinfo(host, port, &hints, &found);
    if (*resolve != 0)
        return -1;
    fd = listen_at(found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return fd;
}

static aloft_err refuse(const char *where, const char *port, int problem, struct trouble *trouble) {
    aloft_err code = problem == EADDRINUSE ? ALOFT_E_LISTEN_IN_USE : ALOFT_E_LISTEN_REFUSED;

    trouble_set(trouble, code);
    trouble->fault.origin = ALOFT_ORIGIN_LINUX;
    trouble->fault.raw = problem;
    trouble_fact(trouble, "address", "%s", where);
    trouble_fact(trouble, "port", "%s", port);
    trouble_fact(trouble, "reason", "%s", strerror(problem));
    return code;
}

static void set_socket(int fd) {
    const int on = 1, lowat = LOWAT_SIZE;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof lowat);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static void go_on(uv_timer_t *timer);

/* Out of descriptors: the waiting stay in the kernel's queue instead of a loop that spins. */
static void pause_accept(struct listener *listener) {
    uv_poll_stop(&listener->poll);
    uv_timer_start(&listener->pause, go_on, SERVER_ACCEPT_PAUSE_MS, 0);
}

static void accept_some(uv_poll_t *poll, int status, int events) {
    struct listener *listener = poll->data;

    (void)status, (void)events;
    for (unsigned i = 0; i < SERVER_ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_storage from = {0};
        socklen_t from_len = sizeof from;
        int fd = accept4(listener->fd, (struct sockaddr *)&from, &from_len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            aloft_fault why = {.code = ALOFT_E_SERVER_FULL,
                               .origin = ALOFT_ORIGIN_LINUX,
                               .raw = errno,
                               .want = listener->server->conns_max,
                               .got = listener->server->n_conns};
            say_trouble(listener->server, "", &why);
            if (conn_make_room(listener->server))
                continue;
            pause_accept(listener);
        }
        if (fd < 0)
            return;
        set_socket(fd);
        conn_open(listener, fd, &from);
    }
}

static void go_on(uv_timer_t *timer) {
    struct listener *listener = timer->data;

    if (!listener->server->draining)
        uv_poll_start(&listener->poll, UV_READABLE, accept_some);
}

static void begin(struct server *server, int fd, SSL_CTX *tls, const struct call *calls) {
    struct listener *listener = &server->listener[server->n_listeners++];
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_storage room;
    } own = {.room = {0}};
    socklen_t own_len = sizeof own;

    getsockname(fd, &own.any, &own_len);
    /* both families keep the port at the same place, RFC 3493 §3.3 */
    *listener = (struct listener){.server = server, .fd = fd, .tls = tls, .calls = calls};
    listener->port = ntohs(own.four.sin_port);
    uv_poll_init(&server->loop, &listener->poll, fd);
    uv_timer_init(&server->loop, &listener->pause);
    listener->poll.data = listener->pause.data = listener;
    uv_poll_start(&listener->poll, UV_READABLE, accept_some);
}

aloft_err server_listen(struct server *server, const char *where, SSL_CTX *tls,
                        const struct call *calls, struct trouble *trouble) {
    char host[HOST_ROOM] = "", port[8];
    int resolve = 0, fd = -1;

    if (!split(where, host, port)) {
        resolve = EAI_NONAME;
        snprintf(port, sizeof port, "?");
    } else {
        fd = bind_text(host, port, &resolve);
        if (fd < 0 && strcmp(host, "::") == 0 &&
            (resolve != 0 || errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL))
            fd = bind_text("0.0.0.0", port, &resolve);
    }
    if (fd >= 0 && server->n_listeners < SERVER_LISTENERS_MAX) {
        begin(server, fd, tls, calls);
        return ALOFT_OK;
    }
    int problem = fd >= 0 ? E2BIG : errno;
    if (fd >= 0)
        close(fd);
    SSL_CTX_free(tls);
    if (resolve == 0)
        return refuse(where, port, problem, trouble);
    trouble_set(trouble, ALOFT_E_LISTEN_FORM);
    trouble_fact(trouble, "address", "%s", where);
    return ALOFT_E_LISTEN_FORM;
}

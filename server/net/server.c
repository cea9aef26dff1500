/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Begins and ends the loop: signals, tables, draining.
 * Knows: libuv, process limits.   Never knows: HTTP, files. */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conn.h"

/* Each connection is one descriptor, and so is each different payload that is being sent. */
static unsigned raise_descriptors(void) {
    struct rlimit limit = {0};
    rlim_t wanted = SERVER_CONNS_MAX + SERVER_DESCRIPTORS_KEPT;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 256;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
        (void)getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted)
        return SERVER_CONNS_MAX;
    return limit.rlim_cur > 2 * SERVER_DESCRIPTORS_KEPT
               ? (unsigned)limit.rlim_cur - SERVER_DESCRIPTORS_KEPT
               : (unsigned)limit.rlim_cur / 2 + 1;
}

static void on_signal(uv_signal_t *signal, int number) {
    (void)number;
    server_drain(signal->data);
}

static void server_free(struct server *server) {
    addresses_free(server->addresses);
    free(server->conn);
    free(server->generation);
}

aloft_err server_open(struct server *server, struct trouble *trouble) {
    int problem = -ENOMEM;

    server->conns_max = raise_descriptors();
    server->conn = calloc(server->conns_max, sizeof *server->conn);
    server->generation = calloc(server->conns_max, sizeof *server->generation);
    server->addresses = addresses_new();
    if (server->conn == NULL || server->generation == NULL || server->addresses == NULL ||
        (problem = uv_loop_init(&server->loop)) != 0) {
        server_free(server);
        return trouble_file(trouble, ALOFT_E_SERVER_START, "", -problem);
    }
    uv_signal_init(&server->loop, &server->terminate);
    uv_signal_init(&server->loop, &server->interrupt);
    uv_timer_init(&server->loop, &server->drain);
    server->terminate.data = server->interrupt.data = server->drain.data = server;
    uv_signal_start(&server->terminate, on_signal, SIGTERM);
    uv_signal_start(&server->interrupt, on_signal, SIGINT);
    return ALOFT_OK;
}

void server_run(struct server *server) {
    uv_run(&server->loop, UV_RUN_DEFAULT);
}

static void close_handle(uv_handle_t *handle, void *self) {
    (void)self;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void server_close(struct server *server) {
    for (unsigned i = 0; i < server->conns_max; i++)
        if (server->conn[i] != NULL)
            conn_close(server->conn[i]);
    uv_run(&server->loop, UV_RUN_NOWAIT);
    uv_walk(&server->loop, close_handle, NULL);
    uv_run(&server->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&server->loop);
    for (unsigned i = 0; i < server->n_listeners; i++) {
        if (server->listener[i].fd >= 0)
            close(server->listener[i].fd);
        SSL_CTX_free(server->listener[i].tls);
    }
    server_free(server);
}

static void stop_listening(struct server *server) {
    for (unsigned i = 0; i < server->n_listeners; i++) {
        struct listener *listener = &server->listener[i];
        uv_poll_stop(&listener->poll);
        uv_timer_stop(&listener->pause);
        close(listener->fd);
        listener->fd = -1;
    }
}

static void end_now(uv_timer_t *timer) {
    struct server *server = timer->data;

    if (server->n_conns > 0)
        say("%u connections had not ended in time and are closed", server->n_conns);
    uv_stop(&server->loop);
}

void server_drain(struct server *server) {
    if (server->draining) {
        uv_stop(&server->loop);
        return;
    }
    server->draining = true;
    stop_listening(server);
    if (server->n_conns > 0)
        say("ending: %u connections may finish", server->n_conns);
    else
        say("ending");
    uv_timer_start(&server->drain, end_now, SERVER_DRAIN_MS, 0);
    for (unsigned i = 0; i < server->conns_max; i++)
        if (server->conn[i] != NULL)
            conn_drain(server->conn[i]);
    if (server->n_conns == 0)
        uv_stop(&server->loop);
}

void server_conn_gone(struct server *server, unsigned id) {
    server->conn[id] = NULL;
    server->n_conns--;
    if (server->draining && server->n_conns == 0)
        uv_stop(&server->loop);
}

unsigned server_conn_id(struct server *server) {
    while (server->conn[server->next_id] != NULL)
        server->next_id = (server->next_id + 1) % server->conns_max;
    return server->next_id;
}

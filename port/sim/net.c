/* SPDX-License-Identifier: Apache-2.0 */
/* Port: sim. A byte stream in memory that waits, stalls, breaks and goes in small pieces.
 * Knows: port.h.   Never knows: HTTP, flash, time. */
#include <assert.h>
#include <string.h>

#include "port/sim/site.h"

void sim_net_heal(struct sim_net *net) {
    memset(&net->wrong, 0, sizeof net->wrong);
    net->wrong.answers = SIM_NEVER;
    net->wrong.stall_after = SIM_NEVER;
    net->wrong.cut_after = SIM_NEVER;
}

void sim_net_start(struct sim_net *net) {
    memset(net, 0, sizeof *net);
    sim_net_heal(net);
}

void sim_net_serve(struct sim_net *net, const char *path, aloft_bytes body) {
    unsigned i = 0;

    assert(strlen(path) <= SIM_PATH_MAX);
    while (i < net->n_files && strcmp(net->file[i].path, path) != 0)
        i++;
    assert(i < SIM_FILES_MAX);
    strcpy(net->file[i].path, path);
    net->file[i].body = body;
    net->n_files = i < net->n_files ? net->n_files : i + 1;
}

void sim_net_reset(struct sim_net *net) {
    net->is_open = false;
    net->is_ending = false;
    net->waits = 0;
    net->request_len = 0;
    net->request[0] = 0;
    net->head_len = net->head_at = 0;
    net->body.len = 0;
    net->zeros = 0;
    net->is_doubling = false;
}

static aloft_err fail(struct sim_net *net, aloft_err code, aloft_fault *why) {
    sim_net_reset(net);
    *why = (aloft_fault){.code = (uint16_t)code};
    return code;
}

static aloft_err open_stream(void *self, const struct aloft_peer *peer, aloft_fault *why) {
    struct sim_net *net = self;

    assert(!net->is_open && strlen(peer->host) <= ALOFT_HOST_MAX);
    strcpy(net->host, peer->host);
    net->port = peer->port;
    net->payload = peer->payload;
    if (net->waits < net->wrong.open_waits) {
        net->waits++;
        return ALOFT_WAIT;
    }
    if (net->wrong.open != ALOFT_OK)
        return fail(net, net->wrong.open, why);
    sim_net_reset(net);
    net->is_open = true;
    net->n_opens++;
    return ALOFT_OK;
}

static size_t at_most(const struct sim_net *net, size_t len) {
    return net->wrong.piece > 0 && len > net->wrong.piece ? net->wrong.piece : len;
}

static size_t left(const struct sim_net *net) {
    return net->head_len - net->head_at + net->body.len + net->zeros;
}

/* A request may come while the answer before it is still under way; it is answered behind that. */
static void answer_next(struct sim_net *net) {
    size_t len = left(net) == 0 && !net->is_ending ? sim_site_whole(net) : 0;

    if (len == 0)
        return;
    sim_site_answer(net, len);
    net->request_len -= len;
    memmove(net->request, net->request + len, net->request_len);
    net->request[net->request_len] = 0;
}

static aloft_err send_some(void *self, aloft_bytes from, size_t *sent, aloft_fault *why) {
    struct sim_net *net = self;
    size_t room = SIM_REQUEST_MAX - net->request_len;
    size_t len = at_most(net, from.len < room ? from.len : room);

    assert(from.len > 0);
    if (!net->is_open)
        return fail(net, ALOFT_E_NET_DROPPED, why);
    if (net->is_ending && left(net) == 0) /* the server has closed */
        return fail(net, ALOFT_E_NET_DROPPED, why);
    if (len == 0)
        return ALOFT_WAIT;
    memcpy(net->request + net->request_len, from.at, len);
    net->request_len += len;
    net->request[net->request_len] = 0;
    net->n_sent += (uint32_t)len;
    *sent = len;
    answer_next(net);
    return ALOFT_OK;
}

static size_t lesser(size_t a, size_t b) {
    return a < b ? a : b;
}

/* From head, body and what fills it up, in this order; as much as fits comes at once. */
static size_t take(struct sim_net *net, uint8_t *to, size_t len) {
    const size_t head = lesser(len, net->head_len - net->head_at);
    const size_t body = lesser(len - head, net->body.len);
    const size_t zeros = lesser(len - head - body, net->zeros);

    memcpy(to, net->head + net->head_at, head);
    net->head_at += head;
    if (body > 0) {
        memcpy(to + head, net->body.at, body);
        net->body.at += body;
        net->body.len -= body;
    }
    memset(to + head + body, net->fill, zeros);
    net->zeros -= (uint32_t)zeros;
    return head + body + zeros;
}

static void count(struct sim_net *net, const uint8_t *bytes, uint32_t len) {
    net->n_received += len;
    net->last_byte = bytes[len - 1];
    net->is_doubling = net->wrong.double_after == len;
    net->wrong.double_after -= net->wrong.double_after > 0 ? len : 0;
    if (net->wrong.stall_after != SIM_NEVER)
        net->wrong.stall_after -= len;
    if (net->wrong.cut_after != SIM_NEVER)
        net->wrong.cut_after -= len;
}

/* How much may come now; 0: the trouble in *code is due. */
static size_t bounded(struct sim_net *net, size_t len, aloft_err *code) {
    *code = ALOFT_WAIT;
    len = at_most(net, len);
    if (net->wrong.double_after > 0 && len > net->wrong.double_after)
        len = net->wrong.double_after;
    len = len < net->wrong.stall_after ? len : net->wrong.stall_after;
    if (len < net->wrong.cut_after)
        return len;
    if (net->wrong.cut_after > 0)
        return net->wrong.cut_after;
    net->wrong.cut_after = SIM_NEVER;
    *code = net->wrong.cut_as == ALOFT_OK ? ALOFT_E_NET_DROPPED : net->wrong.cut_as;
    return 0;
}

static aloft_err receive(void *self, aloft_space to, size_t *got, aloft_fault *why) {
    struct sim_net *net = self;
    aloft_err code;
    size_t len;

    assert(to.len > 0);
    if (!net->is_open)
        return fail(net, ALOFT_E_NET_DROPPED, why);
    if (net->is_doubling) {
        net->is_doubling = false;
        to.at[0] = net->last_byte;
        *got = 1;
        return ALOFT_OK;
    }
    answer_next(net);
    if (net->waits < net->wrong.recv_waits) {
        net->waits++;
        return ALOFT_WAIT;
    }
    if (left(net) == 0)
        return net->is_ending ? fail(net, ALOFT_E_NET_CLOSED, why) : ALOFT_WAIT;
    len = bounded(net, to.len, &code);
    if (len == 0)
        return code == ALOFT_WAIT ? code : fail(net, code, why);
    net->waits = 0;
    *got = take(net, to.at, len);
    count(net, to.at, (uint32_t)*got);
    return ALOFT_OK;
}

static void close_stream(void *self) {
    sim_net_reset(self);
}

struct aloft_net sim_net_port(struct sim_net *net) {
    return (struct aloft_net){.self = net,
                              .open = open_stream,
                              .send = send_some,
                              .recv = receive,
                              .close = close_stream};
}

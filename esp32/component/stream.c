/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. The TLS byte stream of port.h: look up, connect, shake hands, send, receive.
 * Knows: sockets, esp-tls.   Never knows: HTTP, and what the bytes mean.
 *
 * The socket is connected here and handed over. esp-tls can do it by itself, but asynchronously it
 * watches the socket in its first call only, and it does not tell a refusal from a silent host. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <esp_log.h>
#include <esp_tls.h>

#define OPEN_MS    30000u /* from the name to the end of the handshake; an ESP32 needs about 2 s */
#define ADDRESSES  4u     /* of one name that are tried, in the resolver's order */
#define CONNECT_MS 10000u /* each; lwIP itself goes on for 18 s */

static struct al_esp_stream *inside(void *self) {
    return self;
}

static esp_tls_t *tls_of(const struct al_esp_stream *s) {
    return s->tls;
}

static uint32_t since(uint32_t from_ms) {
    return esp_log_timestamp() - from_ms;
}

static aloft_err timeout(aloft_fault *why, uint32_t limit_ms) {
    *why = (aloft_fault){.code = ALOFT_E_NET_TIMEOUT, .want = limit_ms / 1000};
    return ALOFT_E_NET_TIMEOUT;
}

static void leave_socket(struct al_esp_stream *s) {
    if (s->socket >= 0)
        close(s->socket);
    s->socket = -1;
}

static void shut(void *self) {
    struct al_esp_stream *s = inside(self);

    if (s->tls != NULL)
        (void)esp_tls_conn_destroy(tls_of(s)); /* closes the socket that it was given */
    s->tls = NULL;
    leave_socket(s);
    if (s->found != NULL)
        freeaddrinfo(s->found);
    s->found = s->next = NULL;
    s->stage = AL_ESP_CLOSED;
}

/* ---- look up: blocks as long as the resolver does */

static aloft_err look_up(struct al_esp_stream *s, const struct aloft_peer *peer, aloft_fault *why) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    char port[8];
    int said;

    s->since_ms = esp_log_timestamp();
    s->refusal = (aloft_fault){0};
    s->left = ADDRESSES;
    snprintf(port, sizeof port, "%u", (unsigned)peer->port);
    said = getaddrinfo(peer->host, port, &hints, &s->found);
    if (said != 0) {
        s->found = NULL;
        return al_esp_lookup_fault(why, said);
    }
    s->next = s->found;
    s->stage = AL_ESP_CONNECTING;
    return ALOFT_OK;
}

/* ---- connect */

/* An address that answers "no" says more than one that is silent, and that more than one without a
 * path. */
static unsigned weight(unsigned code) {
    return code == ALOFT_E_NET_REFUSED ? 3 : code == ALOFT_E_NET_TIMEOUT ? 2 : code != 0;
}

static void leave(struct al_esp_stream *s, const aloft_fault *fault) {
    if (weight(fault->code) > weight(s->refusal.code))
        s->refusal = *fault;
    leave_socket(s);
}

static void leave_by_errno(struct al_esp_stream *s, int number) {
    aloft_fault fault;

    (void)al_esp_errno_fault(&fault, number);
    if (fault.code == ALOFT_E_NET_TIMEOUT)
        fault.want = since(s->try_since_ms) / 1000;
    leave(s, &fault);
}

static void begin(struct al_esp_stream *s) {
    const struct addrinfo *address = s->next;

    s->next = address->ai_next;
    s->left--;
    s->try_since_ms = esp_log_timestamp();
    s->socket = socket(address->ai_family, SOCK_STREAM, 0);
    if (s->socket < 0 || fcntl(s->socket, F_SETFL, O_NONBLOCK) != 0) {
        leave_by_errno(s, errno);
        return;
    }
    if (connect(s->socket, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)
        leave_by_errno(s, errno);
}

/* Whether the socket has an answer: ALOFT_OK connected, ALOFT_WAIT; any other: it was left. */
static aloft_err see(struct al_esp_stream *s) {
    struct timeval at_once = {0};
    socklen_t len = sizeof(int);
    fd_set ready;
    int number = 0;

    FD_ZERO(&ready);
    FD_SET(s->socket, &ready);
    if (select(s->socket + 1, NULL, &ready, NULL, &at_once) <= 0) {
        aloft_fault fault;
        if (since(s->try_since_ms) < CONNECT_MS)
            return ALOFT_WAIT;
        (void)timeout(&fault, CONNECT_MS);
        leave(s, &fault);
        return ALOFT_E_NET_TIMEOUT;
    }
    if (getsockopt(s->socket, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
        number = errno;
    if (number == 0)
        return ALOFT_OK;
    leave_by_errno(s, number);
    return (aloft_err)s->refusal.code;
}

/* esp-tls goes on from a socket that is connected already. */
static aloft_err hand_over(struct al_esp_stream *s, aloft_fault *why) {
    esp_err_t e = ESP_ERR_NO_MEM;

    s->tls = esp_tls_init();
    if (s->tls != NULL)
        e = esp_tls_set_conn_sockfd(tls_of(s), s->socket);
    if (e == ESP_OK) {
        s->socket = -1; /* it is esp-tls's from here on */
        e = esp_tls_set_conn_state(tls_of(s), ESP_TLS_CONNECTING);
    }
    s->stage = AL_ESP_SHAKING;
    return e == ESP_OK ? ALOFT_OK : al_esp_fault(why, ALOFT_E_NET_LOCAL, e);
}

static aloft_err go_on_connecting(struct al_esp_stream *s, aloft_fault *why) {
    /* at most ADDRESSES rounds: each takes an address or ends */
    while (s->socket >= 0 || (s->next != NULL && s->left > 0)) {
        aloft_err e;
        if (s->socket < 0)
            begin(s);
        if (s->socket < 0)
            continue;
        e = see(s);
        if (e == ALOFT_OK)
            return hand_over(s, why);
        if (e == ALOFT_WAIT)
            return e;
    }
    *why = s->refusal;
    return (aloft_err)why->code;
}

/* ---- the four functions of struct aloft_net */

/* The name is always checked: skip_common_name stays false, and common_name NULL means the host. */
static aloft_err shake(struct al_esp_stream *s, const struct aloft_peer *peer, aloft_fault *why) {
    const esp_tls_cfg_t config = {
        .cacert_buf = (const unsigned char *)s->ca_pem,
        .cacert_bytes = (unsigned)strlen(s->ca_pem) + 1,
        .timeout_ms = (int)OPEN_MS,
    };
    int said =
        esp_tls_conn_new_async(peer->host, (int)strlen(peer->host), peer->port, &config, tls_of(s));

    if (said == 0)
        return ALOFT_WAIT;
    if (said < 0)
        return al_esp_handshake_fault(s, why);
    s->stage = AL_ESP_OPEN;
    return ALOFT_OK;
}

static aloft_err go_on(struct al_esp_stream *s, const struct aloft_peer *peer, aloft_fault *why) {
    aloft_err e = ALOFT_OK;

    if (s->stage == AL_ESP_CLOSED)
        e = look_up(s, peer, why);
    if (e == ALOFT_OK && s->stage == AL_ESP_CONNECTING)
        e = go_on_connecting(s, why);
    if (e == ALOFT_OK && s->stage == AL_ESP_SHAKING)
        e = shake(s, peer, why);
    return e;
}

static aloft_err net_open(void *self, const struct aloft_peer *peer, aloft_fault *why) {
    struct al_esp_stream *s = inside(self);
    aloft_err e = go_on(s, peer, why);

    if (e == ALOFT_WAIT && since(s->since_ms) >= OPEN_MS)
        e = timeout(why, OPEN_MS);
    if (e != ALOFT_OK && e != ALOFT_WAIT)
        shut(s);
    return e;
}

static bool is_not_yet(ssize_t said) {
    return said == ESP_TLS_ERR_SSL_WANT_READ || said == ESP_TLS_ERR_SSL_WANT_WRITE;
}

static aloft_err net_send(void *self, aloft_bytes from, size_t *sent, aloft_fault *why) {
    struct al_esp_stream *s = inside(self);
    ssize_t said;

    *sent = 0;
    if (s->stage != AL_ESP_OPEN)
        return al_esp_errno_fault(why, ENOTCONN);
    said = esp_tls_conn_write(tls_of(s), from.at, from.len);
    if (is_not_yet(said))
        return ALOFT_WAIT;
    if (said <= 0)
        return al_esp_stream_fault(why, (int)said);
    *sent = (size_t)said;
    return ALOFT_OK;
}

/* esp-tls gives 0 for an end in order, and for one without close_notify too: who reads knows how many
 * bytes there should be. */
static aloft_err net_recv(void *self, aloft_space to, size_t *got, aloft_fault *why) {
    struct al_esp_stream *s = inside(self);
    ssize_t said;

    *got = 0;
    if (s->stage != AL_ESP_OPEN)
        return al_esp_errno_fault(why, ENOTCONN);
    said = esp_tls_conn_read(tls_of(s), to.at, to.len);
    if (is_not_yet(said))
        return ALOFT_WAIT;
    if (said == 0) {
        *why = (aloft_fault){.code = ALOFT_E_NET_CLOSED};
        return ALOFT_E_NET_CLOSED;
    }
    if (said < 0)
        return al_esp_stream_fault(why, (int)said);
    *got = (size_t)said;
    return ALOFT_OK;
}

struct aloft_net al_esp_net(struct al_esp_stream *s, const char *ca_pem) {
    *s = (struct al_esp_stream){.ca_pem = ca_pem, .socket = -1};
    return (struct aloft_net){
        .self = s, .open = net_open, .send = net_send, .recv = net_recv, .close = shut};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: tls_mbedtls. The byte stream of port.h: look up, connect, shake hands, send, receive.
 * Knows: mbedTLS.   Never knows: HTTP, and what the bytes mean. */
#include "inside.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>

_Static_assert(sizeof(struct tls) <= sizeof(struct aloft_tls), "struct aloft_tls needs more room");

static struct tls *inside(void *self) {
    return self;
}

/* ---- what mbedTLS calls */

static int random_bytes(void *unused, unsigned char *out, size_t len) {
    (void)unused;
    while (len > 0) {
        ssize_t n = getrandom(out, len, 0);
        if (n < 0 && errno != EINTR)
            return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
        if (n > 0) {
            out += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

static bool is_not_yet(int number) {
    return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
}

static int socket_send(void *given, const unsigned char *from, size_t len) {
    struct tls *tls = given;
    ssize_t n = send(tls->fd, from, len, MSG_NOSIGNAL);

    if (n >= 0)
        return (int)n;
    tls->number = errno;
    return is_not_yet(errno) ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int socket_recv(void *given, unsigned char *to, size_t len) {
    struct tls *tls = given;
    ssize_t n = recv(tls->fd, to, len, 0);

    if (n >= 0)
        return (int)n;
    tls->number = errno;
    return is_not_yet(errno) ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_RECV_FAILED;
}

/* ---- the four functions of struct aloft_net */

static void shut(struct tls *tls) {
    al_tls_lookup_drop(tls);
    if (tls->stage == TLS_OPEN)
        (void)mbedtls_ssl_close_notify(&tls->ssl); /* best effort: the socket may be full or gone */
    if (tls->fd >= 0)
        close(tls->fd);
    tls->fd = -1;
    tls->stage = TLS_CLOSED;
    tls->waited = false;
}

static void net_close(void *self) {
    shut(inside(self));
}

static bool wants_more(struct tls *tls, int code) {
    tls->wants_write = code == MBEDTLS_ERR_SSL_WANT_WRITE;
    return code == MBEDTLS_ERR_SSL_WANT_WRITE || code == MBEDTLS_ERR_SSL_WANT_READ;
}

static aloft_err begin_lookup(struct tls *tls, const struct aloft_peer *peer, aloft_fault *why) {
    tls->since_ms = al_tls_now_ms();
    tls->next = 0;
    memset(&tls->refusal, 0, sizeof tls->refusal);
    tls->stage = TLS_LOOKUP;
    return al_tls_lookup_start(tls, peer->host, why);
}

static aloft_err begin_handshake(struct tls *tls, const struct aloft_peer *peer, aloft_fault *why) {
    bool other = peer->payload && tls->has_payload_ca;
    int code = mbedtls_ssl_session_reset(&tls->ssl);

    mbedtls_ssl_conf_ca_chain(&tls->config, other ? &tls->payload_ca : &tls->ca, NULL);
    if (code == 0)
        code = mbedtls_ssl_set_hostname(&tls->ssl, peer->host);
    if (code != 0)
        return al_tls_ssl_fault(tls, why, code);
    tls->stage = TLS_HANDSHAKE;
    return ALOFT_OK;
}

static aloft_err shake(struct tls *tls, aloft_fault *why) {
    int code = mbedtls_ssl_handshake(&tls->ssl);

    if (code == 0) {
        tls->stage = TLS_OPEN;
        return ALOFT_OK;
    }
    return wants_more(tls, code) ? ALOFT_WAIT : al_tls_ssl_fault(tls, why, code);
}

static aloft_err go_on(struct tls *tls, const struct aloft_peer *peer, aloft_fault *why) {
    aloft_err code = ALOFT_OK;

    if (tls->stage == TLS_CLOSED)
        code = begin_lookup(tls, peer, why);
    else if (tls->stage == TLS_LOOKUP)
        code = al_tls_lookup_step(tls, why);
    if (code == ALOFT_OK && tls->stage == TLS_LOOKUP)
        tls->stage = TLS_CONNECT;
    if (code == ALOFT_OK && tls->stage == TLS_CONNECT) {
        tls->wants_write = true;
        code = al_tls_connect_step(tls, peer->port, why);
        if (code == ALOFT_OK)
            code = begin_handshake(tls, peer, why);
    }
    if (code == ALOFT_OK && tls->stage == TLS_HANDSHAKE)
        code = shake(tls, why);
    return code;
}

static aloft_err net_open(void *self, const struct aloft_peer *peer, aloft_fault *why) {
    struct tls *tls = inside(self);
    aloft_err code = go_on(tls, peer, why);

    if (code == ALOFT_WAIT && al_tls_now_ms() - tls->since_ms >= tls->open_ms)
        code = al_tls_timeout(why, tls->open_ms);
    if (code != ALOFT_OK && code != ALOFT_WAIT)
        shut(tls);
    tls->waited = code == ALOFT_WAIT;
    return code;
}

static aloft_err not_open(aloft_fault *why) {
    return al_tls_errno_fault(why, ENOTCONN);
}

static aloft_err net_send(void *self, aloft_bytes from, size_t *sent, aloft_fault *why) {
    struct tls *tls = inside(self);
    int n;

    *sent = 0;
    if (tls->stage != TLS_OPEN)
        return not_open(why);
    n = mbedtls_ssl_write(&tls->ssl, from.at, from.len);
    tls->waited = wants_more(tls, n);
    if (tls->waited)
        return ALOFT_WAIT;
    if (n < 0)
        return al_tls_ssl_fault(tls, why, n);
    *sent = (size_t)n;
    return ALOFT_OK;
}

static aloft_err net_recv(void *self, aloft_space to, size_t *got, aloft_fault *why) {
    struct tls *tls = inside(self);
    int n;

    *got = 0;
    if (tls->stage != TLS_OPEN)
        return not_open(why);
    n = mbedtls_ssl_read(&tls->ssl, to.at, to.len);
    tls->waited = wants_more(tls, n);
    if (tls->waited)
        return ALOFT_WAIT;
    /* 0 is an end without close_notify, which anyone on the way can make: cut, not ended
     * (RFC 5246 §7.2.1) */
    if (n == 0)
        return al_tls_fault(why, ALOFT_E_NET_DROPPED, ALOFT_ORIGIN_MBEDTLS,
                            MBEDTLS_ERR_SSL_CONN_EOF);
    if (n < 0)
        return al_tls_ssl_fault(tls, why, n);
    *got = (size_t)n;
    return ALOFT_OK;
}

/* ---- start, wait, end */

static aloft_err read_ca(mbedtls_x509_crt *into, aloft_bytes from, uint32_t which,
                         aloft_fault *why) {
    int code = mbedtls_x509_crt_parse(into, from.at, from.len);

    if (code == 0)
        return ALOFT_OK;
    (void)al_tls_fault(why, ALOFT_E_DEVICE_CA, ALOFT_ORIGIN_MBEDTLS, code);
    why->got = which;
    return ALOFT_E_DEVICE_CA;
}

static aloft_err set_up(struct tls *tls, aloft_fault *why) {
    int code =
        mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_CLIENT,
                                    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);

    mbedtls_ssl_conf_authmode(&tls->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_min_version(&tls->config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_rng(&tls->config, random_bytes, NULL);
    mbedtls_ssl_conf_ca_chain(&tls->config, &tls->ca, NULL);
    if (code == 0)
        code = mbedtls_ssl_setup(&tls->ssl, &tls->config);
    if (code != 0)
        return al_tls_fault(why, ALOFT_E_NET_LOCAL, ALOFT_ORIGIN_MBEDTLS, code);
    mbedtls_ssl_set_bio(&tls->ssl, tls, socket_send, socket_recv, NULL);
    return ALOFT_OK;
}

aloft_err aloft_tls_start(struct aloft_tls *given, const struct aloft_tls_settings *settings,
                          struct aloft_net *net, aloft_fault *why) {
    struct tls *tls = inside(given);
    aloft_err code;

    memset(given, 0, sizeof *given);
    tls->fd = -1;
    tls->open_ms = settings->open_ms > 0 ? settings->open_ms : ALOFT_TLS_OPEN_MS;
    tls->find_local = settings->find_local;
    mbedtls_ssl_init(&tls->ssl);
    mbedtls_ssl_config_init(&tls->config);
    mbedtls_x509_crt_init(&tls->ca);
    mbedtls_x509_crt_init(&tls->payload_ca);
    code = read_ca(&tls->ca, settings->ca, 1, why);
    tls->has_payload_ca = settings->payload_ca.len > 0;
    if (code == ALOFT_OK && tls->has_payload_ca)
        code = read_ca(&tls->payload_ca, settings->payload_ca, 2, why);
    if (code == ALOFT_OK)
        code = set_up(tls, why);
    if (code != ALOFT_OK) {
        aloft_tls_end(given);
        return code;
    }
    *net = (struct aloft_net){given, net_open, net_send, net_recv, net_close};
    return ALOFT_OK;
}

bool aloft_tls_wait(struct aloft_tls *given, uint32_t wait_ms) {
    struct tls *tls = inside(given);
    struct pollfd poller = {.fd = tls->fd, .events = tls->wants_write ? POLLOUT : POLLIN};

    if (!tls->waited)
        return false;
    if (tls->fd < 0 && wait_ms > 10)
        wait_ms = 10; /* a lookup is under way: its thread has nothing to poll */
    (void)poll(&poller, 1, (int)wait_ms);
    return true;
}

void aloft_tls_end(struct aloft_tls *given) {
    struct tls *tls = inside(given);

    shut(tls);
    mbedtls_ssl_free(&tls->ssl);
    mbedtls_ssl_config_free(&tls->config);
    mbedtls_x509_crt_free(&tls->ca);
    mbedtls_x509_crt_free(&tls->payload_ca);
}

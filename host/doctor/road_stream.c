/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. A TLS stream with a limit on every wait. It proves nothing: road_tls.c
 * looks at the certificate before anything is sent.
 * Knows: OpenSSL, poll.   Never knows: HTTP. */
#include "host/doctor/road_room.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include "host/pki.h"

static void set_fault(aloft_fault *why, aloft_err code, enum aloft_origin origin, int raw) {
    *why = (aloft_fault){.code = (uint16_t)code, .origin = (uint8_t)origin, .raw = raw};
}

/* A record that is none comes as one of these, before the server has said hello. */
static bool is_no_tls(int reason) {
    return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
           reason == SSL_R_PACKET_LENGTH_TOO_LONG || reason == SSL_R_BAD_PACKET_LENGTH ||
           reason == SSL_R_RECORD_LENGTH_MISMATCH || reason == SSL_R_UNEXPECTED_MESSAGE ||
           reason == SSL_R_BAD_RECORD_TYPE;
}

static void fault_of(const struct road_stream *s, int kind, int number, aloft_fault *why) {
    unsigned long error = ERR_peek_error();
    int reason = ERR_GET_REASON(error);

    if (kind == SSL_ERROR_ZERO_RETURN || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING ||
        (kind == SSL_ERROR_SYSCALL && error == 0 && number == 0))
        set_fault(why, ALOFT_E_NET_CLOSED, ALOFT_ORIGIN_OPENSSL, (int)error);
    else if (kind == SSL_ERROR_SYSCALL)
        set_fault(why, ALOFT_E_NET_DROPPED, ALOFT_ORIGIN_LINUX, number);
    else if (reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256)
        set_fault(why, ALOFT_E_TLS_ALERT, ALOFT_ORIGIN_TLS, reason - SSL_AD_REASON_OFFSET);
    else if (!SSL_is_init_finished(s->ssl) && is_no_tls(reason))
        set_fault(why, ALOFT_E_TLS_NOT_TLS, ALOFT_ORIGIN_OPENSSL, (int)error);
    else
        set_fault(why, ALOFT_E_TLS_HANDSHAKE, ALOFT_ORIGIN_OPENSSL, (int)error);
    ERR_clear_error();
}

/* After a call on the stream: true: try again. */
static bool again(struct road_stream *s, int result, aloft_fault *why) {
    int number = errno, kind = SSL_get_error(s->ssl, result);
    uint64_t now_ms = road_time_ms();
    struct pollfd poller = {.fd = s->fd, .events = kind == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN};

    if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE) {
        fault_of(s, kind, number, why);
        return false;
    }
    if (now_ms < s->until_ms && poll(&poller, 1, (int)(s->until_ms - now_ms)) > 0)
        return true;
    set_fault(why, ALOFT_E_NET_TIMEOUT, ALOFT_ORIGIN_NONE, 0);
    why->want = ROAD_QUIET_MS / 1000u;
    return false;
}

static bool make_ssl(struct road *road, struct road_stream *s, int lowest, int highest) {
    s->context = SSL_CTX_new(TLS_client_method());
    if (s->context == NULL)
        return false;
    /* To see what is there, also what is old; a device's floor is TLS 1.2, set by the caller. */
    SSL_CTX_set_security_level(s->context, lowest == TLS1_2_VERSION ? 1 : 0);
    if (road->only_aes)
        (void)SSL_CTX_set_cipher_list(s->context, "AESGCM:AESCCM:AES:!aNULL");
    SSL_CTX_set_min_proto_version(s->context, lowest);
    SSL_CTX_set_max_proto_version(s->context, highest);
    /* The chain is judged by road_tls.c, which also says what is wrong with it. */
    SSL_CTX_set_verify(s->context, SSL_VERIFY_NONE, NULL);
    s->ssl = SSL_new(s->context);
    return s->ssl != NULL && SSL_set_fd(s->ssl, s->fd) == 1 &&
           (pki_is_address(road->host) || SSL_set_tlsext_host_name(s->ssl, road->host) == 1);
}

bool road_open(struct road *road, struct road_stream *s, int lowest, int highest,
               aloft_fault *why) {
    int result;

    *s = (struct road_stream){.fd = road_connect(&road->chosen)};
    if (s->fd < 0) {
        set_fault(why, errno == ETIMEDOUT ? ALOFT_E_NET_TIMEOUT : ALOFT_E_NET_DROPPED,
                  ALOFT_ORIGIN_LINUX, errno);
        return false;
    }
    s->until_ms = road_time_ms() + ROAD_QUIET_MS;
    if (!make_ssl(road, s, lowest, highest)) {
        set_fault(why, ALOFT_E_NET_LOCAL, ALOFT_ORIGIN_OPENSSL, (int)ERR_peek_error());
        return false;
    }
    do {
        errno = 0;
        result = SSL_connect(s->ssl);
    } while (result != 1 && again(s, result, why));
    return result == 1;
}

void road_close(struct road_stream *s) {
    SSL_free(s->ssl);
    SSL_CTX_free(s->context);
    if (s->fd >= 0)
        close(s->fd);
    ERR_clear_error();
}

int road_write(struct road_stream *s, const void *bytes, size_t len, aloft_fault *why) {
    int result;

    s->until_ms = road_time_ms() + ROAD_QUIET_MS;
    do {
        errno = 0;
        result = SSL_write(s->ssl, bytes, (int)len);
    } while (result <= 0 && again(s, result, why));
    return result > 0 ? result : -1;
}

int road_read(struct road_stream *s, void *room, size_t size, aloft_fault *why) {
    int result;

    s->until_ms = road_time_ms() + ROAD_QUIET_MS;
    do {
        errno = 0;
        result = SSL_read(s->ssl, room, (int)size);
    } while (result <= 0 && again(s, result, why));
    if (result > 0)
        return result;
    return why->code == ALOFT_E_NET_CLOSED ? 0 : -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: tls_mbedtls. Turns the numbers of the layers below into faults; the only place here that does.
 * Knows: errno, EAI_ and mbedTLS codes by name.   Never knows: what is done about them. */
#include "inside.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>

aloft_err al_tls_fault(aloft_fault *why, aloft_err code, enum aloft_origin origin, int raw) {
    why->code = (uint16_t)code;
    why->origin = (uint8_t)origin;
    why->raw = raw;
    why->at = 0;
    why->want = 0;
    why->got = 0;
    return code;
}

/* Whether any interface but loopback is up and has an address. */
static bool has_network(void) {
    struct ifaddrs *all, *one;
    bool found = false;

    if (getifaddrs(&all) != 0)
        return true;
    for (one = all; one != NULL && !found; one = one->ifa_next)
        found = one->ifa_addr != NULL && (one->ifa_flags & IFF_LOOPBACK) == 0 &&
                (one->ifa_flags & IFF_UP) != 0 &&
                (one->ifa_addr->sa_family == AF_INET || one->ifa_addr->sa_family == AF_INET6);
    freeifaddrs(all);
    return found;
}

static aloft_err code_of_errno(int number) {
    switch (number) {
    case ECONNREFUSED:
        return ALOFT_E_NET_REFUSED;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
        return has_network() ? ALOFT_E_NET_UNREACHABLE : ALOFT_E_NET_DOWN;
    case ENETDOWN:
        return ALOFT_E_NET_DOWN;
    case ETIMEDOUT:
        return ALOFT_E_NET_TIMEOUT;
    case ECONNRESET:
    case ECONNABORTED:
    case ENETRESET:
    case EPIPE:
    case ENOTCONN:
        return ALOFT_E_NET_DROPPED;
    default:
        return ALOFT_E_NET_LOCAL;
    }
}

aloft_err al_tls_errno_fault(aloft_fault *why, int number) {
    return al_tls_fault(why, code_of_errno(number), ALOFT_ORIGIN_LINUX, number);
}

aloft_err al_tls_lookup_fault(aloft_fault *why, int code) {
    switch (code) {
    case EAI_MEMORY:
        return al_tls_fault(why, ALOFT_E_NET_LOCAL, ALOFT_ORIGIN_DNS, code);
    case EAI_AGAIN:
    case EAI_SYSTEM:
        /* no name server answered: without any network that is the cause, and the name is not */
        return al_tls_fault(why, has_network() ? ALOFT_E_NET_NAME : ALOFT_E_NET_DOWN,
                            ALOFT_ORIGIN_DNS, code);
    default:
        return al_tls_fault(why, ALOFT_E_NET_NAME, ALOFT_ORIGIN_DNS, code);
    }
}

aloft_err al_tls_timeout(aloft_fault *why, uint32_t limit_ms) {
    aloft_err code = al_tls_fault(why, ALOFT_E_NET_TIMEOUT, ALOFT_ORIGIN_NONE, 0);

    why->want = (limit_ms + 999) / 1000;
    return code;
}

/* A stranger's certificate proves nothing, so what else is wrong with it is not told; a name is told
 * before a date, because a new certificate mends both. */
static aloft_err code_of_flags(uint32_t flags) {
    if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0)
        return ALOFT_E_TLS_CA;
    if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0)
        return ALOFT_E_TLS_NAME;
    if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0)
        return ALOFT_E_TLS_EXPIRED;
    if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0)
        return ALOFT_E_TLS_FUTURE;
    return ALOFT_E_TLS_HANDSHAKE;
}

static aloft_err certificate_fault(const struct tls *tls, aloft_fault *why, int code) {
    uint32_t flags = mbedtls_ssl_get_verify_result(&tls->ssl);

    (void)al_tls_fault(why, code_of_flags(flags), ALOFT_ORIGIN_MBEDTLS, code);
    why->got = flags;
    return (aloft_err)why->code;
}

/* A record that is none: before the server has said hello, it is no TLS server. */
static aloft_err record_fault(const struct tls *tls, aloft_fault *why, int code) {
    bool greeted = tls->ssl.state > MBEDTLS_SSL_SERVER_HELLO;

    return al_tls_fault(why, greeted ? ALOFT_E_TLS_HANDSHAKE : ALOFT_E_TLS_NOT_TLS,
                        ALOFT_ORIGIN_MBEDTLS, code);
}

aloft_err al_tls_ssl_fault(const struct tls *tls, aloft_fault *why, int code) {
    switch (code) {
    case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
        return certificate_fault(tls, why, code);
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
        /* mbedTLS 2.28 leaves the alert in its input: level, then description (RFC 5246 §7.2) */
        return al_tls_fault(why, ALOFT_E_TLS_ALERT, ALOFT_ORIGIN_TLS, tls->ssl.in_msg[1]);
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
    case MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE:
        return record_fault(tls, why, code);
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
    case MBEDTLS_ERR_SSL_CONN_EOF:
        return al_tls_fault(why, ALOFT_E_NET_CLOSED, ALOFT_ORIGIN_MBEDTLS, code);
    case MBEDTLS_ERR_NET_SEND_FAILED:
    case MBEDTLS_ERR_NET_RECV_FAILED:
        return al_tls_errno_fault(why, tls->number);
    case MBEDTLS_ERR_SSL_ALLOC_FAILED:
        return al_tls_fault(why, ALOFT_E_NET_LOCAL, ALOFT_ORIGIN_MBEDTLS, code);
    default:
        return al_tls_fault(why, ALOFT_E_TLS_HANDSHAKE, ALOFT_ORIGIN_MBEDTLS, code);
    }
}

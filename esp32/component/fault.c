/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. Turns the numbers of the layers below into faults; the only place here
 * that does.
 * Knows: errno, EAI_, esp-tls and mbedTLS codes by name.   Never knows: what is done about them. */
#include "stream.h"

#include <errno.h>
#include <netdb.h>
#include <sdkconfig.h>

#include <esp_tls.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509.h>

#ifdef CONFIG_IDF_TARGET_LINUX
#define ERRNO_OF ALOFT_ORIGIN_LINUX
#else
#define ERRNO_OF ALOFT_ORIGIN_NEWLIB
#endif

static aloft_err fault(aloft_fault *why, aloft_err code, enum aloft_origin origin, int raw) {
    *why = (aloft_fault){.code = (uint16_t)code, .origin = (uint8_t)origin, .raw = raw};
    return code;
}

/* 113 is ECONNABORTED in newlib and EHOSTUNREACH in Linux: so names, never numbers. */
static aloft_err code_of_errno(int number) {
    switch (number) {
    case ECONNREFUSED:
        return ALOFT_E_NET_REFUSED;
    case EHOSTUNREACH:
    case ENETUNREACH:
        return ALOFT_E_NET_UNREACHABLE;
    case ENETDOWN:
        return ALOFT_E_NET_DOWN;
    case ETIMEDOUT:
        return ALOFT_E_NET_TIMEOUT;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN:
        return ALOFT_E_NET_DROPPED;
    default:
        return ALOFT_E_NET_LOCAL;
    }
}

aloft_err al_esp_errno_fault(aloft_fault *why, int number) {
    return fault(why, code_of_errno(number), ERRNO_OF, number);
}

aloft_err al_esp_lookup_fault(aloft_fault *why, int said) {
    return fault(why, said == EAI_MEMORY ? ALOFT_E_NET_LOCAL : ALOFT_E_NET_NAME, ALOFT_ORIGIN_DNS,
                 said);
}

/* A stranger's certificate proves nothing, so what else is wrong with it is not told; a name is told
 * before a date, because a new certificate mends both. */
static aloft_err code_of_flags(unsigned flags) {
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

static aloft_err code_of_tls(int code, bool is_open) {
    switch (code) {
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
        return is_open ? ALOFT_E_NET_DROPPED : ALOFT_E_TLS_NOT_TLS;
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        return ALOFT_E_NET_CLOSED;
    case MBEDTLS_ERR_NET_CONN_RESET:
    case MBEDTLS_ERR_NET_SEND_FAILED:
    case MBEDTLS_ERR_NET_RECV_FAILED:
        return ALOFT_E_NET_DROPPED;
    case MBEDTLS_ERR_SSL_ALLOC_FAILED:
        return ALOFT_E_NET_LOCAL;
    default:
        return is_open ? ALOFT_E_NET_DROPPED : ALOFT_E_TLS_HANDSHAKE;
    }
}

/* esp-tls keeps mbedTLS's codes without their sign. */
static int with_sign(int code) {
    return code > 0 ? -code : code;
}

aloft_err al_esp_handshake_fault(const struct al_esp_stream *s, aloft_fault *why) {
    esp_tls_error_handle_t errors;
    int code = 0, flags = 0;
    esp_err_t e = esp_tls_get_error_handle(s->tls, &errors);

    if (e == ESP_OK)
        e = esp_tls_get_and_clear_last_error(errors, &code, &flags);
    code = with_sign(code);
    if (e == ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED || e == ESP_ERR_MBEDTLS_CERT_PARTLY_OK)
        return fault(why, ALOFT_E_ESP_CA, ALOFT_ORIGIN_MBEDTLS, code);
    if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || flags != 0) {
        (void)fault(why, code_of_flags((unsigned)flags), ALOFT_ORIGIN_MBEDTLS, code);
        why->got = (uint32_t)flags;
        return (aloft_err)why->code;
    }
    if (code != 0)
        return fault(why, code_of_tls(code, false), ALOFT_ORIGIN_MBEDTLS, code);
    return fault(why, ALOFT_E_TLS_HANDSHAKE, ALOFT_ORIGIN_ESP, e);
}

aloft_err al_esp_stream_fault(aloft_fault *why, int said) {
    return fault(why, code_of_tls(said, true), ALOFT_ORIGIN_MBEDTLS, said);
}

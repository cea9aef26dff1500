/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. TLS as a server: settings, and the meaning of a client's failure.
 * Knows: OpenSSL, two files.   Never knows: sockets, HTTP. */
#include <errno.h>
#include <string.h>

#include <openssl/err.h>

#include "host/file.h"
#include "server.h"

static const unsigned char http_1_1[] = "\x08http/1.1";

/* A client that offers only other protocols gets no answer to ALPN and may still speak HTTP/1.1. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *self) {
    unsigned char *chosen;

    (void)ssl, (void)self;
    if (SSL_select_next_proto(&chosen, out_len, http_1_1, sizeof http_1_1 - 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static void set_up(SSL_CTX *tls) {
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(tls, 1);
    SSL_CTX_set_alpn_select_cb(tls, choose_protocol, NULL);
}

/* ECDHE only: with keys of the past nobody reads what was recorded. ECDSA and RSA certificates. */
#define CIPHERS_1_2                                                                                \
    "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE-ECDSA-AES128-CCM:ECDHE-ECDSA-AES128-CCM8:!aNULL"

/* OpenSSL says "system lib" of a file that it cannot open: such a one is asked for itself first. */
static aloft_err refuse(const char *file, struct trouble *trouble) {
    unsigned long number = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(number);

    trouble_set(trouble, ALOFT_E_SERVER_CERTIFICATE);
    trouble->fault.origin = ALOFT_ORIGIN_OPENSSL;
    trouble->fault.raw = (int32_t)(uint32_t)number;
    trouble_fact(trouble, "file", "%s", file);
    if (reason != NULL)
        trouble_fact(trouble, "reason", "%s", reason);
    ERR_clear_error();
    return ALOFT_E_SERVER_CERTIFICATE;
}

/* A file that is not there is the certificate's trouble, for which there is a remedy. */
static aloft_err check_file(const char *file, struct trouble *trouble) {
    aloft_err e = file_may_read(file, trouble);

    if (e == ALOFT_E_FILE_READ && trouble->fault.raw == ENOENT)
        return trouble_file(trouble, ALOFT_E_SERVER_CERTIFICATE, file, ENOENT);
    return e;
}

static aloft_err take_files(SSL_CTX *tls, const char *certificate, const char *key,
                            struct trouble *trouble) {
    aloft_err e = check_file(certificate, trouble);

    if (e == ALOFT_OK && SSL_CTX_use_certificate_chain_file(tls, certificate) != 1)
        e = refuse(certificate, trouble);
    if (e == ALOFT_OK)
        e = check_file(key, trouble);
    if (e == ALOFT_OK && (SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1 ||
                          SSL_CTX_check_private_key(tls) != 1))
        e = refuse(key, trouble);
    return e;
}

aloft_err tls_context(const char *certificate, const char *key, SSL_CTX **out,
                      struct trouble *trouble) {
    SSL_CTX *tls;
    aloft_err e;

    ERR_clear_error();
    tls = SSL_CTX_new(TLS_server_method());
    if (tls == NULL)
        return refuse(certificate, trouble);
    set_up(tls);
    e = SSL_CTX_set_cipher_list(tls, CIPHERS_1_2) == 1 ? take_files(tls, certificate, key, trouble)
                                                       : refuse(certificate, trouble);
    if (e == ALOFT_OK)
        *out = tls;
    else
        SSL_CTX_free(tls);
    return e;
}

/* OpenSSL tells an alert that came as reason 1000 + its number. RFC 8446 §6.2: 48 unknown_ca,
 * 42 bad_certificate, 45 certificate_expired, 46 certificate_unknown. */
static aloft_err code_of_alert(int alert) {
    switch (alert) {
    case SSL_AD_UNKNOWN_CA:
        return ALOFT_E_CLIENT_OTHER_CA;
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_CERTIFICATE_UNKNOWN:
        return ALOFT_E_CLIENT_REFUSED_US;
    case SSL_AD_CERTIFICATE_EXPIRED:
        return ALOFT_E_CLIENT_EXPIRED;
    default:
        return ALOFT_E_CLIENT_ALERT;
    }
}

void tls_fault(aloft_fault *why) {
    unsigned long number = ERR_peek_error();
    int reason = ERR_GET_REASON(number);

    memset(why, 0, sizeof *why);
    if (number != 0 && ERR_GET_LIB(number) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET &&
        reason < SSL_AD_REASON_OFFSET + 256) {
        why->raw = reason - SSL_AD_REASON_OFFSET;
        why->origin = ALOFT_ORIGIN_TLS;
        why->code = (uint16_t)code_of_alert((int)why->raw);
    } else if (number == 0 || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        why->code = ALOFT_E_CLIENT_LEFT;
    } else {
        why->raw = (int32_t)(uint32_t)number;
        why->origin = ALOFT_ORIGIN_OPENSSL;
        why->code =
            reason == SSL_R_UNSUPPORTED_PROTOCOL ? ALOFT_E_CLIENT_OLD_TLS : ALOFT_E_CLIENT_TLS;
    }
    ERR_clear_error();
}

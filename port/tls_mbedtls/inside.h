/* SPDX-License-Identifier: Apache-2.0 */
/* Room: tls_mbedtls. What its files share. */
#ifndef TLS_MBEDTLS_INSIDE_H
#define TLS_MBEDTLS_INSIDE_H

#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "tls_mbedtls.h"

/* The stages of one stream, in their order. */
enum tls_stage { TLS_CLOSED, TLS_LOOKUP, TLS_CONNECT, TLS_HANDSHAKE, TLS_OPEN };

struct tls_lookup;

struct tls {
    enum tls_stage stage;
    uint32_t since_ms, open_ms; /* when this open began, and how long it may take */
    struct tls_lookup *lookup;  /* under way in TLS_LOOKUP */
    unsigned (*find_local)(const char *host, struct aloft_tls_address *out, unsigned max);

    struct aloft_tls_address address[ALOFT_TLS_ADDRESSES];
    unsigned n_addresses, next;
    uint32_t try_since_ms, try_ms; /* of the address being tried */
    aloft_fault refusal;           /* the fault that says most of those met so far */

    int fd;           /* -1: none */
    int number;       /* errno of the last send or recv that failed */
    bool waited;      /* the last call answered ALOFT_WAIT */
    bool wants_write; /* and it was for room to send */

    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_x509_crt ca, payload_ca;
    bool has_payload_ca;
};

/* fault.c: fill a fault and give its code */
aloft_err al_tls_fault(aloft_fault *why, aloft_err code, enum aloft_origin origin, int raw);
aloft_err al_tls_errno_fault(aloft_fault *why, int number);
aloft_err al_tls_lookup_fault(aloft_fault *why, int code);
aloft_err al_tls_ssl_fault(const struct tls *tls, aloft_fault *why, int code);
aloft_err al_tls_timeout(aloft_fault *why, uint32_t limit_ms);

/* lookup.c: name -> addresses, in a thread of its own because getaddrinfo blocks */
aloft_err al_tls_lookup_start(struct tls *tls, const char *host, aloft_fault *why);
aloft_err al_tls_lookup_step(struct tls *tls, aloft_fault *why);
void al_tls_lookup_drop(struct tls *tls);

/* connect.c: addresses -> a connected socket */
aloft_err al_tls_connect_step(struct tls *tls, uint16_t port, aloft_fault *why);
uint32_t al_tls_now_ms(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A real TLS server (OpenSSL) on loopback in a thread of the test, with certificates made on the spot. */
#ifndef TEST_KIT_TLS_SERVER_H
#define TEST_KIT_TLS_SERVER_H

#include <stdbool.h>
#include <stdint.h>

/** What the certificate is like; the good one holds localhost, 127.0.0.1 and ::1, each as a name. */
enum kit_cert {
    KIT_GOOD,
    KIT_STRANGER,
    KIT_OTHER_NAME,
    KIT_EXPIRED,
    KIT_FUTURE,
    KIT_CLIENT_ONLY, /* its extended key usage is a client's */
};

enum kit_manner {
    KIT_ECHO,      /* shakes hands, sends back what comes */
    KIT_FEED,      /* shakes hands, sends kit_tls_settings.feed bytes, ends in order */
    KIT_FEED_FIN,  /* the same, ends the connection without close_notify */
    KIT_FEED_RST,  /* the same, resets the connection */
    KIT_STALL,     /* accepts and says nothing */
    KIT_GREET,     /* speaks SMTP instead of TLS */
    KIT_HANG_UP,   /* accepts and closes */
    KIT_TLS13_ONLY /* has no version in common with a TLS 1.2 client */
};

struct kit_tls_settings {
    enum kit_cert cert;
    enum kit_manner manner;
    bool ipv6;
    uint32_t feed; /* bytes; byte i is i % 251 */
};

struct kit_tls {
    uint16_t port;
    char ca[4096]; /* PEM of the CA that a client trusts; for KIT_STRANGER another one */
    struct kit_tls_inside *inside;
};

/** Fails the test where it cannot start. */
void kit_tls_start(struct kit_tls *server, const struct kit_tls_settings *settings);
void kit_tls_stop(struct kit_tls *server);

/** A port of 127.0.0.1 where nothing listens. */
uint16_t kit_free_port(void);

#endif

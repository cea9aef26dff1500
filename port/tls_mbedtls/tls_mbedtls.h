/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the TLS byte stream over sockets, by mbedTLS 2.28. TLS 1.2; the certificate is always
 * checked against the CA and for the very text of the host: an IP address is compared as a name,
 * because mbedTLS before 3.5 knows only names.
 *
 * Example:
 *     static struct aloft_tls tls;
 *     struct aloft_tls_settings settings = {.ca = {pem, pem_size}};
 *     struct aloft_net net;
 *     if (aloft_tls_start(&tls, &settings, &net, &why) != ALOFT_OK) ...
 */
#ifndef ALOFT_TLS_MBEDTLS_H
#define ALOFT_TLS_MBEDTLS_H

#include <sys/socket.h>

#include <aloft/port.h>

/** Addresses of one name that are tried, in the resolver's order. */
#define ALOFT_TLS_ADDRESSES 8u

/** How long one open may take, from the name to the end of the handshake, unless told otherwise. */
#define ALOFT_TLS_OPEN_MS 30000u

/** An address to connect to; its port is filled in by whoever connects. */
struct aloft_tls_address {
    struct sockaddr_storage at;
    socklen_t len;
};

struct aloft_tls_settings {
    aloft_bytes ca; /* DER, or PEM with its terminating zero counted; read during start only */
    aloft_bytes payload_ca; /* the same, for peers marked `payload`; len 0: `ca` serves both */
    uint32_t open_ms;       /* longest open, milliseconds; 0: ALOFT_TLS_OPEN_MS */
    /** Asked for a name ending in .local that the resolver does not know, from a thread of its own;
     *  may block for 4 s. Gives how many addresses it found. NULL: nobody is asked. */
    unsigned (*find_local)(const char *host, struct aloft_tls_address *out, unsigned max);
};

/** The stream. Its room is the port's; the size is checked at build time. */
struct aloft_tls {
    uint64_t room[1024];
};

/**
 * Read the certificates and make the stream ready.
 *
 * Gives   net   filled; its `self` is `tls`, which must not move.
 * Fails   DEVICE_CA  a CA is no certificate; why->got is 2 for the payload CA, else 1.
 *         NET_LOCAL  no memory.
 * Costs   mbedTLS takes its two record buffers (2 x 17 KB) and the certificates from its own heap,
 *         once; a handshake takes and returns about 10 KB. A lookup of a name runs in a thread.
 */
ALOFT_MUST_USE aloft_err aloft_tls_start(struct aloft_tls *tls,
                                         const struct aloft_tls_settings *settings,
                                         struct aloft_net *net, aloft_fault *why);

/** Wait until the stream can go on, at most wait_ms. Only for a caller whose last call on the stream
 *  answered ALOFT_WAIT; any other returns at once with false. */
bool aloft_tls_wait(struct aloft_tls *tls, uint32_t wait_ms);

/** Close and give back what start took. */
void aloft_tls_end(struct aloft_tls *tls);

#endif

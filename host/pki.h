/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The certificates of a project: a CA of its own and the server's certificate under
 * it. Devices hold the CA; the server's certificate is renewed under it and no device has to
 * change.
 *
 * Example:
 *     struct pki_hosts hosts = {0};
 *     if (pki_hosts_add(&hosts, "updates.example", &trouble) != ALOFT_OK) ...
 *     if (pki_create("/home/me/project/pki", &hosts, time(NULL), &trouble) != ALOFT_OK) ...
 */
#ifndef HOST_PKI_H
#define HOST_PKI_H

#include <stdbool.h>
#include <stdint.h>

#include "trouble.h"

#define PKI_HOST_MAX    253 /* a DNS name, RFC 1035 §2.3.4 */
#define PKI_HOSTS_MAX   64  /* with IPv6 about 4 KiB of certificate: an ESP32 takes that */
#define PKI_SERVER_DAYS 825
#define PKI_CA_YEARS    20
#define PKI_WARN_DAYS   60 /* before the end: tell the operator */

/** Names and addresses, each once: names in lower case, IPv6 as RFC 5952 has it. Begin with
 *  zeros. */
struct pki_hosts {
    unsigned n;
    char host[PKI_HOSTS_MAX][PKI_HOST_MAX + 1];
};

/** Add a DNS name, an IPv4 or an IPv6 address (brackets are dropped). One that is there already is
 *  fine.
 *  Fails HOST_FORM, HOSTS_MANY. */
ALOFT_MUST_USE aloft_err pki_hosts_add(struct pki_hosts *hosts, const char *text,
                                       struct trouble *trouble);

/** Whether this very host, in whatever writing, is in the list. */
bool pki_hosts_have(const struct pki_hosts *hosts, const char *text);

/** Take a host out; gives whether it was there. */
bool pki_hosts_drop(struct pki_hosts *hosts, const char *text);

/** Whether this is an IP address and not a name. */
bool pki_is_address(const char *host);

/** `<machine>.local`, the machine's own name, each address that this machine has (not link-local
 *  IPv6, which needs an interface to mean anything), localhost, 127.0.0.1 and ::1. The first is
 *  `<machine>.local`. What does not fit is left out. */
void pki_hosts_of_machine(struct pki_hosts *hosts);

/** Make ca.crt, ca.key, server.crt and server.key in an existing folder. Fails FILE_EXISTS if one
 *  of them is there, CRYPTO_FAILED, FILE_WRITE. `now_s`: seconds since 1970. */
ALOFT_MUST_USE aloft_err pki_create(const char *folder, const struct pki_hosts *hosts,
                                    int64_t now_s, struct trouble *trouble);

/** What a certificate says. */
struct pki_facts {
    int64_t not_before_s, not_after_s; /* seconds since 1970 */
    char until[16];                    /* not_after_s as a date, 2029-02-25 */
    struct pki_hosts hosts;            /* of the subjectAltName, each once */
    bool is_ca;
    char subject[128], issuer[128]; /* printable */
    uint8_t sha256[32];             /* of the certificate, as browsers and openssl show it */
};

/** Read a PEM certificate. Fails FILE_READ, CERT_FORM. */
ALOFT_MUST_USE aloft_err pki_facts_of(const char *path, struct pki_facts *facts,
                                      struct trouble *trouble);

/** The facts of folder/server.crt, after checking that folder/ca.crt issued it and that server.key
 *  belongs to it. Fails as pki_facts_of, and CERT_PAIR. */
ALOFT_MUST_USE aloft_err pki_server_facts(const char *folder, struct pki_facts *facts,
                                          struct trouble *trouble);

/** Whether folder/ca.key can be read, so that pki_renew can work here. */
bool pki_can_renew(const char *folder);

/**
 * Issue folder/server.crt anew under the same CA, for the same server.key and exactly these hosts.
 *
 * Gives   old[old_size]: the name under which the old certificate is kept in the folder; empty
 *         where there was none.
 * Fails   CA_KEY_AWAY, CERT_FORM, CERT_PAIR, KEY_*, FILE_WRITE: server.crt is unchanged.
 * Power   a cut leaves the old certificate or the new one, whole.
 */
ALOFT_MUST_USE aloft_err pki_renew(const char *folder, const struct pki_hosts *hosts, int64_t now_s,
                                   char *old, size_t old_size, struct trouble *trouble);

#endif

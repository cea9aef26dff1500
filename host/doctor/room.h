/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. What its files share; only they look inside. */
#ifndef HOST_DOCTOR_ROOM_H
#define HOST_DOCTOR_ROOM_H

#include <openssl/types.h>

#include "host/doctor/doctor.h"
#include "host/doctor/scan.h"
#include "host/pki.h"

#define SERVERS_MAX 2u /* aloft's own, and the legacy one */

/* A server that devices of this project may call. */
struct server {
    char base[PKI_HOST_MAX + 32];
    struct pki_hosts hosts; /* that its certificate is good for */
    unsigned port;
    X509 *ca, *certificate; /* NULL: not there */
    EVP_PKEY *legacy_key;   /* of legacy/public_key.pem */
    bool is_legacy;
};

struct doctor {
    struct doctor_row row[DOCTOR_ROWS_MAX];
    size_t n;
    struct server server[SERVERS_MAX];
    unsigned n_servers;
    struct pki_hosts machine; /* addresses of this machine, for the case that no project is there */
    bool is_source;           /* a folder, else an image */
    bool is_ota_demo;
    char address_where[96]; /* of the first wrong address */
    char versions[2][64];   /* of the firmware; `latest` of version_info.json */
    char where_info[96], where_latest[96];
    bool lists_running; /* version_info.json's `upgrade` holds the firmware's version */
    char upgrade[2048]; /* its elements, each between two \n */
    bool saw_rollback, saw_sdkconfig, saw_table;
};

void doctor_add(struct doctor *d, enum doctor_weight weight, enum doctor_topic topic,
                const char *where, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* compare.c: each adds its rows */
void doctor_see_address(struct doctor *d, const char *where, const char *address, bool has_blank);
void doctor_see_pem(struct doctor *d, const char *where, aloft_bytes file,
                    const struct scan_hit *hit);
void doctor_see_device_info(struct doctor *d, const char *where, aloft_bytes file);
void doctor_see_table(struct doctor *d, const char *where, aloft_bytes file);
void doctor_see_version_list(struct doctor *d, const char *where, aloft_bytes file);
void doctor_compare_versions(struct doctor *d);

/* source.c: one file of a source folder */
void doctor_see_source(struct doctor *d, const char *name, aloft_bytes file);
void doctor_see_sdkconfig(struct doctor *d, const char *name, aloft_bytes file);

#endif

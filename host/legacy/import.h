/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. Takes over the files of a SmartThings ota_demo set-up: root.key root.crt
 * server.crt server.key public_key.pem go into legacy/, for the devices that know nothing else.
 *
 * Example:
 *     static struct legacy_set set;
 *     if (legacy_import_read("/home/me/ota_demo", &set, &trouble) == ALOFT_OK &&
 *         project_create(&plan, now_s, &trouble) == ALOFT_OK)
 *         e = legacy_import_write(&set, "/home/me/project", now_s, &trouble);
 *     legacy_import_free(&set); */
#ifndef HOST_LEGACY_IMPORT_H
#define HOST_LEGACY_IMPORT_H

#include <stdbool.h>

#include "host/file.h"
#include "host/pki.h"
#include "host/trouble.h"

#define LEGACY_PORT       4443 /* compiled into those devices */
#define LEGACY_ALOFT_PORT 4444 /* of aloft's own listener in such a project */
#define LEGACY_CERT_YEARS 20   /* those devices check no dates */

enum legacy_file {
    LEGACY_ROOT_KEY,
    LEGACY_ROOT_CRT,
    LEGACY_SERVER_KEY,
    LEGACY_SERVER_CRT,
    LEGACY_PUBLIC_KEY,
    LEGACY_VERSION_LIST, /* may be missing */
    LEGACY_N_FILES
};

struct legacy_set {
    aloft_space file[LEGACY_N_FILES]; /* at NULL: not there */
    struct pki_hosts
        hosts;        /* that the old server certificate names; the first is what devices call */
    bool cert_is_new; /* written: a certificate of 20 years, else the old one as it was */
};

/** Read the set-up and check that its parts belong to each other. root.pem stands in for root.crt;
 *  without public_key.pem it is made from root.key. Fails FILE_READ, LEGACY_IMPORT. */
ALOFT_MUST_USE aloft_err legacy_import_read(const char *dir, struct legacy_set *set,
                                            struct trouble *trouble);

/** Write legacy/ (and site/legacy/version_info.json) into a project. The server certificate is
 *  issued anew for 20 years by the old root, with each name as DNS and as IP; the old one is kept
 *  beside it. */
ALOFT_MUST_USE aloft_err legacy_import_write(struct legacy_set *set, const char *project_dir,
                                             int64_t now_s, struct trouble *trouble);

void legacy_import_free(struct legacy_set *set);

#endif

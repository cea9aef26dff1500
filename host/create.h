/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Makes a project: all of it or nothing.
 *
 * Example:
 *     struct project_plan plan = {.dir = "/home/me/updates", .n_classes = 1, .port = 4443};
 *     plan.device_class[0] = PROJECT_CLASS_DEFAULT;
 *     pki_hosts_of_machine(&plan.hosts);
 *     if (project_create(&plan, time(NULL), &trouble) != ALOFT_OK) ...
 */
#ifndef HOST_CREATE_H
#define HOST_CREATE_H

#include "pki.h"
#include "project.h"
#include "trouble.h"

#define PROJECT_CLASS_DEFAULT "acme.example/lamp/a"
#define PROJECT_PORT_DEFAULT  4443

struct project_plan {
    const char *dir;
    struct pki_hosts hosts;                        /* at least 1; the first is what devices call */
    const char *device_class[PROJECT_CLASSES_MAX]; /* legal ones, each once */
    unsigned n_classes;
    uint16_t port;          /* of the base address and of `serve` */
    const char *more_conf;  /* lines for the end of aloft.conf, or NULL */
    const char *more_serve; /* lines for [serve], or NULL */
};

/**
 * Make aloft.conf, pki/, keys/ (firmware, spare, fresh) and site/. The folder may exist, if none
 * of these is in it.
 *
 * Fails   PROJECT_EXISTS, HOST_FORM (the base would be too long), FILE_*, CRYPTO_FAILED: then
 *         nothing was made and nothing was changed.
 * Power   everything is made in a folder of its own and moved into place, aloft.conf last: a cut
 *         leaves no aloft.conf, so no project; what else was moved is named by PROJECT_EXISTS at
 *         the next try. Ctrl-C leaves all of it or nothing: the process ends here, after that.
 */
ALOFT_MUST_USE aloft_err project_create(const struct project_plan *plan, int64_t now_s,
                                        struct trouble *trouble);

/** https://HOST:PORT, an IPv6 address in brackets. Gives out. */
const char *project_base_of(const char *host, uint16_t port, char *out, size_t out_size);

#endif

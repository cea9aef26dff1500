/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. The door for the program: serve a project until it is told to end. */
#ifndef SERVER_SERVE_H
#define SERVER_SERVE_H

#include "host/project.h"
#include "host/trouble.h"

#define SERVE_LISTEN_MAX 8u

struct serve_options {
    const char *listen[SERVE_LISTEN_MAX]; /* ADDR:PORT; none: as aloft.conf says */
    unsigned n_listen;
    uint64_t rate_bps;         /* payload bytes a second of one connection; 0: no limit */
    bool mdns;                 /* answer for <machine>.local */
    const char *user;          /* whom to become when root starts it; NULL: the project's owner */
    const char *legacy_listen; /* for devices with the ota_demo; NULL: as aloft.conf says */
};

/**
 * Serve until SIGTERM or SIGINT and the draining after it.
 *
 * Fails   SERVER_RIGHTS, SERVER_CERTIFICATE, STORE_OPEN, LISTEN_*, FILE_*, SERVER_START: nothing was served.
 */
ALOFT_MUST_USE aloft_err serve_run(const struct project *project,
                                   const struct serve_options *options, struct trouble *trouble);

#endif

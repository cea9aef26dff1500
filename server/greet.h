/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. What a person sees when the server begins. */
#ifndef SERVER_GREET_H
#define SERVER_GREET_H

#include "host/project.h"
#include "host/trouble.h"

struct server;

/** Look at pki/server.crt: say when it ends soon. Fails SERVER_CERTIFICATE. */
ALOFT_MUST_USE aloft_err greet_certificate(const struct project *project, struct trouble *trouble);

/** Where it listens, a QR code on a terminal, and last `ready https://<what devices call>`. */
void greet(const struct server *server);

#endif

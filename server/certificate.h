/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. The server's own certificate, before it is used. */
#ifndef SERVER_CERTIFICATE_H
#define SERVER_CERTIFICATE_H

#include "host/project.h"
#include "host/trouble.h"

/**
 * Look at pki/server.crt. Where it ends within PKI_WARN_DAYS, or this machine has an address that
 * is not in it, renew it under the same root if pki/ca.key can be read; else say which command does
 * it. A certificate that was made for chosen hosts only (without this machine's own name) is never
 * given more hosts.
 *
 * Fails   FILE_READ, CERT_FORM: there is no certificate to serve with. A renewal that fails is one
 *         line, and what is there is used.
 */
ALOFT_MUST_USE aloft_err certificate_check(const struct project *project, struct trouble *trouble);

#endif

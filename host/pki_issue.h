/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The two kinds of certificate that a project has, as X.509 wants them. Inside
 * host/pki only. */
#ifndef HOST_PKI_ISSUE_H
#define HOST_PKI_ISSUE_H

#include <openssl/types.h>

#include "pki.h"

/** A CA's certificate, signed by its own key. NULL: OpenSSL failed. */
X509 *pki_issue_ca(EVP_PKEY *ca_key, int64_t now_s);

/** A server's certificate for the public half of `key`, which may be a private key. NULL:
 *  OpenSSL failed. */
X509 *pki_issue_server(X509 *ca, EVP_PKEY *ca_key, EVP_PKEY *key, const struct pki_hosts *hosts,
                       int64_t now_s);

#endif

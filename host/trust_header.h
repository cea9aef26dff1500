/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. aloft_trust.h: the trust record and the table of channels as C, and back. */
#ifndef HOST_TRUST_HEADER_H
#define HOST_TRUST_HEADER_H

#include "project.h"
#include "trust.h"

#define TRUST_HEADER_MAX 65536u /* a record of 552 bytes and 8 channels give about 6 KiB */

/** The header for a class into out[TRUST_HEADER_MAX]; gives its length. The same record and class
 *  give the same text. */
size_t trust_header_write(const struct trust_draft *draft, const struct project_class *of_class,
                          char out[TRUST_HEADER_MAX]);

/** Read the record out of a header that trust_header_write made. Fails TRUST_HEADER. */
ALOFT_MUST_USE aloft_err trust_header_read(const char *text, const char *file,
                                           struct trust_draft *draft, struct trouble *trouble);

#endif

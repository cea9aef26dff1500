/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. version_info.json: which version is the latest, and to which older ones it is
 * offered. The devices read it with an old cJSON and crash on anything that is no string. */
#ifndef HOST_LEGACY_VERSIONS_H
#define HOST_LEGACY_VERSIONS_H

#include <aloft/bytes.h>
#include <aloft/error.h>

#include "host/legacy/device_info.h"
#include "host/trouble.h"

#define LEGACY_LIST_MAX  2047u /* ota_util.c reads into 2048 bytes */
#define LEGACY_OLDER_MAX 64u   /* more do not fit 2047 bytes unless they are very short */
#define LEGACY_DAYS_MAX  49u   /* days in milliseconds wrap 32 bits from 50 on */

struct legacy_versions {
    char latest[DEVICE_INFO_VERSION_MAX + 1]; /* empty: nothing was published yet */
    char older[LEGACY_OLDER_MAX][DEVICE_INFO_VERSION_MAX + 1];
    unsigned n_older;
    unsigned polling_days; /* 1..49 */
};

/** Read one. Fails LEGACY_LIST. */
ALOFT_MUST_USE aloft_err legacy_versions_read(aloft_bytes file, struct legacy_versions *out,
                                              struct trouble *trouble);

/** Whether a version is among the older ones. */
bool legacy_is_older(const struct legacy_versions *versions, const char *version);

/** Add an older one; one that is there is fine. Fails LEGACY_LIST_LONG. */
ALOFT_MUST_USE aloft_err legacy_add_older(struct legacy_versions *versions, const char *version,
                                          struct trouble *trouble);

/** The text of version_info.json: strings only, at most 2047 bytes. Fails LEGACY_LIST_LONG. */
ALOFT_MUST_USE aloft_err legacy_versions_write(const struct legacy_versions *versions,
                                               char out[LEGACY_LIST_MAX + 1],
                                               struct trouble *trouble);

#endif

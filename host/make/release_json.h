/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The list of releases as JSON text, and back. */
#ifndef HOST_MAKE_RELEASE_JSON_H
#define HOST_MAKE_RELEASE_JSON_H

#include <cjson/cJSON.h>

#include "host/make/release.h"

/** 10,000 releases of 1.5 KiB: far more than anybody publishes, and still read in a second. */
#define RELEASE_JSON_MAX (16u << 20)

/** The whole file, malloc'ed, ending in a line end: the newest RELEASES_MAX, for no more are read. NULL: no
 *  memory. */
char *release_json_write(const char *device_class, const char *channel, const struct releases *all);

/** Fails RELEASES_FORM with the fact `what`; `all` holds what was read and is still to be freed. */
ALOFT_MUST_USE aloft_err release_json_read(const char *text, struct releases *all,
                                           struct trouble *trouble);

/** One release as an object, for --json answers too. NULL: no memory. */
cJSON *release_json_one(const struct release *one);

#endif

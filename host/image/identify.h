/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. What a firmware file is, for this project: by its image record, or, where it has
 * none, by a format whose facts aloft.conf maps to a class.
 *
 * Example:
 *     struct image_record record;
 *     if (image_identify(&project, file, &record, trouble) != ALOFT_OK) ...
 */
#ifndef HOST_IMAGE_IDENTIFY_H
#define HOST_IMAGE_IDENTIFY_H

#include "host/image/record.h"
#include "host/project.h"

/** Fails as image_record_find, which speaks for every file that no format takes either. */
ALOFT_MUST_USE aloft_err image_identify(const struct project *project, aloft_bytes file,
                                        struct image_record *record, struct trouble *trouble);

#endif

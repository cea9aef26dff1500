/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The image record in the bytes of a firmware file, whatever its container is.
 *
 * Example:
 *     struct image_record record;
 *     if (image_record_find(file, &record, trouble) == ALOFT_OK)
 *         printf("%s %s\n", record.device_class, record.version);
 */
#ifndef HOST_IMAGE_RECORD_H
#define HOST_IMAGE_RECORD_H

#include <stdbool.h>

#include <aloft/bytes.h>
#include <aloft/image.h>

#include "host/trouble.h"

/** What the record says, as terminated texts. */
struct image_record {
    size_t at;     /* offset of the record in the file */
    size_t length; /* bytes of the file that are the image; what follows is padding */
    uint32_t encodings;
    uint8_t decoder_kib;
    char device_class[ALOFT_CLASS_MAX + 1];
    char version[ALOFT_VERSION_MAX + 1];
    char build[ALOFT_BUILD_MAX + 1]; /* printable, may be empty */
};

/**
 * Find the one image record in a file and read it strictly.
 *
 * Gives   ALOFT_OK: *record is filled.
 * Fails   IMAGE_EMPTY, IMAGE_HTML, IMAGE_PACKED, IMAGE_NO_RECORD  there is none; which of them says
 *         what the file is instead. IMAGE_TWO_RECORDS. IMAGE_RECORD_FORM  there is one, and it is
 *         of another layout, or class, version or build is not allowed.
 * Costs   one pass over the file.
 */
ALOFT_MUST_USE aloft_err image_record_find(aloft_bytes file, struct image_record *record,
                                           struct trouble *trouble);

/** Say what a file is instead of an image: sets IMAGE_KIND or the like, with kind and advice. */
aloft_err image_refuse_by_kind(aloft_bytes file, struct trouble *trouble);

/** How many records there are, counting at most `stop`. */
unsigned image_record_count(aloft_bytes file, unsigned stop);

/** Whether a text is a legal version: 1 to 32 of A-Za-z0-9._+- */
bool image_version_is_legal(const char *version);

#endif

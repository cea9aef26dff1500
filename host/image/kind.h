/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. A name for what a file is when it is not what was asked for, so that a refusal says it. */
#ifndef HOST_IMAGE_KIND_H
#define HOST_IMAGE_KIND_H

#include <stdbool.h>

#include <aloft/bytes.h>
#include <aloft/error.h>

/** A kind of file. `refusal` is what `publish` says of such a file without an image record. */
struct image_kind {
    const char *name; /* with its article: "a gzip archive" */
    aloft_err refusal;
    bool (*is)(aloft_bytes file); /* NULL in the last row, which fits everything */
};

/** The first kind of the table that fits; never NULL. */
const struct image_kind *image_kind_of(aloft_bytes file);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. A name for what a file is when it is not what was asked for, so that a refusal says
 * it. */
#ifndef HOST_IMAGE_KIND_H
#define HOST_IMAGE_KIND_H

#include <stdbool.h>

#include <aloft/bytes.h>
#include <aloft/error.h>

#define IMAGE_KIND_WORDS_MAX 240u

/** A kind of file. `refusal` is what `publish` says of such a file without an image record. */
struct image_kind {
    const char *name; /* with its article: "a gzip archive" */
    aloft_err refusal;
    bool (*is)(aloft_bytes file); /* NULL in the last row, which fits everything */
    const char *advice;           /* what to do instead; NULL: the refusal's own words */
    void (*words)(aloft_bytes file, char *out,
                  size_t out_size); /* more than the name; NULL: none */
};

/** The first kind of the table that fits; never NULL. */
const struct image_kind *image_kind_of(aloft_bytes file);

/** Whether the file is a wrapping or a program file around an image (UF2, ELF of another machine,
 *  merged flash dump, ...): no device takes it as it is, whatever records stand inside. */
bool image_kind_wraps(aloft_bytes file);

/** The name, with what the file's first bytes say beside it: "an ELF program for RISC-V (2420
 *  bytes of flash contents)". `out` has IMAGE_KIND_WORDS_MAX bytes; gives out. */
const char *image_kind_words(aloft_bytes file, char *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. aloft_trust.h of a class, made from a project's keys; what stood in it before counts. */
#ifndef HOST_TRUST_IMAGE_H
#define HOST_TRUST_IMAGE_H

#include "trust_header.h"
#include "trust_plan.h"

struct trust_image {
    struct trust_wish wish; /* what the caller wants; `header` is filled here */
    struct trust_plan plan;
    char old[TRUST_HEADER_MAX]; /* what stands in the file now, empty: nothing */
    char text[TRUST_HEADER_MAX];
    size_t len; /* of text */
};

/** The time of a record that is new: SOURCE_DATE_EPOCH (reproducible-builds.org) wins over the clock.
 *  False: it is no number. */
bool trust_image_time(uint64_t *now_s);

/**
 * Make the header's text, and remember the record in keys/. The file itself is not written.
 *
 * Takes   path  where the header stands or will stand; NULL: nowhere.
 * Fails   TRUST_HEADER  somebody wrote the file by hand.  As trust_plan and trust_remember do.
 * Power   the record is remembered before it is used: one that was made and never used costs an
 *         epoch, nothing else.
 */
ALOFT_MUST_USE aloft_err trust_image_make(struct trust_image *image, const struct project *project,
                                          const struct project_class *of_class, const char *path,
                                          struct trouble *trouble);

#endif

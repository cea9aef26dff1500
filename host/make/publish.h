/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Publish: refuse what no device should get, sign, put on offer.
 *
 * Example:
 *     struct publish_order order = {.file = "lamp.bin"};
 *     static struct publish_answer answer;
 *     if (publish_run(&project, &order, &answer, &trouble) != ALOFT_OK) ...
 *     printf("%s is on offer\n", answer.release.version);
 */
#ifndef HOST_MAKE_PUBLISH_H
#define HOST_MAKE_PUBLISH_H

#include "host/make/rules.h"
#include "host/project.h"

#define PUBLISH_KEY_FILES_MAX 8u
#define PUBLISH_DEAF_MAX      8u

/** What is wanted. Texts are NULL where nothing was said. */
struct publish_order {
    const char *file;         /* the image; NULL with `again` */
    const char *again;        /* version of an earlier release */
    const char *device_class; /* only confirms, or chooses for `again` */
    const char *channel;      /* default: stable, or the class's first */
    const char *version;      /* only confirms */
    const char *notes;        /* with `again` and NULL: the notes it had */
    const char *partitions;   /* a partition table whose slots the image has to fit */
    const char *min_release;  /* older releases are not out there any more */
    const char *key_file[PUBLISH_KEY_FILES_MAX];
    unsigned n_key_files;
    struct kid_list forget;
    uint64_t use_before; /* seconds since 1970; 0: never expires */
};

/** What came of it. */
struct publish_answer {
    struct release release; /* on offer now */
    char device_class[ALOFT_CLASS_MAX];
    char channel[PROJECT_WORD_MAX + 1];
    char before[ALOFT_VERSION_MAX + 1]; /* on offer until now; empty: nothing */
    bool nothing_to_do;                 /* these bytes are on offer already: nothing was written */
    bool no_spare;                      /* as many keys as signatures needed: none may be lost */
    unsigned n_deaf;                    /* releases whose devices would refuse these signatures */
    char deaf[PUBLISH_DEAF_MAX][ALOFT_VERSION_MAX + 1]; /* the newest of them */
};

/**
 * Publish.
 *
 * Fails   FILE_*, IMAGE_*, PUBLISH_*, RELEASES_FORM, SITE_OFFER, KEY_*: what was on offer before still is.
 * Power   as site_offer: a cut leaves the old offer or the new one.
 */
ALOFT_MUST_USE aloft_err publish_run(const struct project *project,
                                     const struct publish_order *order,
                                     struct publish_answer *answer, struct trouble *trouble);

#endif

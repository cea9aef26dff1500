/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. A publish under way; only for the files of this folder. Each step is a function that reads
 * what earlier ones have filled; publish.c holds their order. */
#ifndef HOST_MAKE_JOB_H
#define HOST_MAKE_JOB_H

#include "host/image/record.h"
#include "host/keys.h"
#include "host/make/manifest.h"
#include "host/make/publish.h"
#include "host/make/site.h"

struct publish_job {
    const struct project *project;
    const struct publish_order *order;
    struct publish_answer *answer;
    struct trouble *trouble;

    const struct project_class *class_of; /* of aloft.conf */
    const char *channel;
    aloft_space image; /* malloc'ed */
    struct image_record record;
    struct site site; /* open, with its lock */
    bool site_is_open;
    const struct release *again; /* in the site */
    const struct release *last;  /* newest of the channel; NULL: none */
    uint64_t now_s;
    struct aloft_keys trusted; /* of the image; n 0: it has no trust record */
    struct keyring known;      /* of the project, here or elsewhere */
    struct signers signers;    /* at hand */
    const struct signer *chosen[ALOFT_KEYS_MAX];
    unsigned n_chosen;
    struct manifest_draft draft;
    aloft_bytes envelope; /* in the draft */
    struct release release;
};

/* job_image.c: fills image, record, class_of, channel, site, again, last */
ALOFT_MUST_USE aloft_err job_bring_image(struct publish_job *job);

/* job_release.c: fills release but trust, signers and manifest; sets nothing_to_do */
ALOFT_MUST_USE aloft_err job_check_version(struct publish_job *job);
ALOFT_MUST_USE aloft_err job_check_size(struct publish_job *job);
ALOFT_MUST_USE aloft_err job_number(struct publish_job *job);

/* job_keys.c: fills known, signers, trusted, release.trust */
ALOFT_MUST_USE aloft_err job_bring_keys(struct publish_job *job);
ALOFT_MUST_USE aloft_err job_check_trust(struct publish_job *job);
ALOFT_MUST_USE aloft_err job_check_keys(struct publish_job *job);

/* job_make.c: fills draft, envelope, signers */
ALOFT_MUST_USE aloft_err job_make(struct publish_job *job);
ALOFT_MUST_USE aloft_err job_check_self(struct publish_job *job);

#endif

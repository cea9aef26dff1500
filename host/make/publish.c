/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The order in which a publish goes: all that can refuse comes before all that writes.
 * Knows: the order of the steps.   Never knows: what a step looks at. */
#include "host/make/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/make/fresh.h"
#include "host/make/job.h"

static aloft_err offer(struct publish_job *job) {
    const struct release *before = site_on_offer(&job->site, job->channel);

    if (before != NULL)
        memcpy(job->answer->before, before->version, sizeof job->answer->before);
    return site_offer(&job->site, job->channel, &job->release,
                      (aloft_bytes){job->image.at, job->image.len}, job->envelope, job->trouble);
}

typedef aloft_err step(struct publish_job *job);

static step *const steps[] = {
    job_bring_image, job_check_version, job_check_size, job_bring_keys, job_check_trust,
    job_number,      job_check_keys,    job_make,       job_check_self, offer,
};

static aloft_err run(struct publish_job *job) {
    aloft_err e = ALOFT_OK;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        e = steps[i](job);
        if (e != ALOFT_OK || job->answer->nothing_to_do)
            break;
    }
    return e;
}

/* What the sentences speak of, where a step has not said it more exactly. */
static void add_facts(const struct publish_job *job) {
    struct trouble *t = job->trouble;

    trouble_fact(t, "file", "%s", job->order->file != NULL ? job->order->file : "The release");
    if (job->record.version[0] != 0) {
        trouble_fact(t, "class", "%s", job->record.device_class);
        trouble_fact(t, "version", "%s", job->record.version);
    }
}

/* The manifest first, the statement behind it. It is advice, so without it the publish still stands;
 * `aloft fresh` and `serve` say what is wrong with it. */
static void say_it_is_new(const struct publish_job *job) {
    const struct fresh_order order = {
        .now_s = job->now_s, .valid_s = AL_VALID_DEFAULT_S, .only_if_due = true};
    static struct fresh_answer answer;
    struct trouble ignored;

    if (fresh_has_key(job->project))
        (void)!fresh_run(job->project, &order, &answer, &ignored);
}

aloft_err publish_run(const struct project *project, const struct publish_order *order,
                      struct publish_answer *answer, struct trouble *trouble) {
    struct publish_job *job = calloc(1, sizeof *job);
    aloft_err e;

    memset(answer, 0, sizeof *answer);
    if (job == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_READ, "memory", ENOMEM);
    job->project = project;
    job->order = order;
    job->answer = answer;
    job->trouble = trouble;
    job->now_s = (uint64_t)time(NULL);
    e = run(job);
    answer->release = job->release;
    if (job->class_of != NULL)
        memcpy(answer->device_class, job->class_of->name, sizeof answer->device_class);
    if (job->channel != NULL)
        memcpy(answer->channel, job->channel, strlen(job->channel) + 1);
    if (e != ALOFT_OK)
        add_facts(job);
    if (job->site_is_open)
        site_close(&job->site);
    if (e == ALOFT_OK && !answer->nothing_to_do)
        say_it_is_new(job);
    keys_close(&job->signers);
    free(job->image.at);
    free(job);
    return e;
}

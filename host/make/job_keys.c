/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Publish, third part: the keys that the image trusts against the keys at hand.
 * Knows: trust records, the project's keys.   Never knows: manifests. */
#include "host/make/job.h"

#include <string.h>

#include "host/trust.h"

/* ---- keys at hand */

/* A key for statements of freshness lies on the server: what it signs must never be an update. */
static aloft_err wrong_role(const struct publish_job *job, const char *file) {
    trouble_set(job->trouble, ALOFT_E_USAGE);
    trouble_fact(job->trouble, "what", "%s is a key for statements of freshness, not for firmware",
                 file);
    trouble_fact(job->trouble, "verb", "publish");
    return ALOFT_E_USAGE;
}

aloft_err job_bring_keys(struct publish_job *job) {
    const struct publish_order *order = job->order;
    aloft_err e = keys_known(job->project, &job->known, job->trouble);

    if (e == ALOFT_OK)
        e = keys_signers(job->project, KEY_FIRMWARE, &job->signers, job->trouble);
    for (unsigned i = 0; e == ALOFT_OK && i < order->n_key_files; i++) {
        e = keys_open(order->key_file[i], &job->signers, job->trouble);
        if (e == ALOFT_OK && job->signers.signer[job->signers.n - 1].role == KEY_FRESH)
            e = wrong_role(job, order->key_file[i]);
    }
    return e;
}

/* ---- keys in the image */

static void fill_trust(struct publish_job *job, const struct al_trust *trust) {
    struct release_trust *out = &job->release.trust;

    out->is_there = true;
    out->threshold = job->trusted.threshold = trust->threshold;
    out->n = job->trusted.n = trust->n_firmware;
    out->n_gone = trust->n_gone;
    out->epoch = trust->epoch;
    out->lowest = trust->lowest_sequence;
    for (unsigned i = 0; i < trust->n_firmware; i++) {
        al_trust_key(trust, i, &job->trusted.key[i]);
        memcpy(out->kid[i], job->trusted.key[i].kid, ALOFT_KID_SIZE);
    }
    for (unsigned i = 0; i < trust->n_gone; i++)
        memcpy(out->gone[i], al_trust_gone(trust, i), ALOFT_KID_SIZE);
    job->answer->no_spare = out->n == out->threshold;
}

aloft_err job_check_trust(struct publish_job *job) {
    const char *file = job->order->file != NULL ? job->order->file : "The release";
    struct al_trust trust;
    aloft_err e =
        trust_find((aloft_bytes){job->image.at, job->image.len}, file, &trust, job->trouble);

    if (e == ALOFT_OK)
        fill_trust(job, &trust);
    return e == ALOFT_E_TRUST_NONE && job->class_of->keys_in_device ? ALOFT_OK : e;
}

/* ---- both together */

/* Devices of older releases that would refuse these signatures; newest first, up to the oldest that is
 * said to be out there. */
static void find_deaf(struct publish_job *job, const struct kid_list *signers) {
    const struct site_channel *channel = site_channel_of(&job->site, job->channel);
    struct publish_answer *answer = job->answer;

    for (unsigned i = channel == NULL ? 0 : channel->all.n; i > 0; i--) {
        const struct release *old = &channel->all.list[i - 1];
        if (!rules_would_take(&old->trust, signers) && answer->n_deaf < PUBLISH_DEAF_MAX)
            memcpy(answer->deaf[answer->n_deaf++], old->version, sizeof old->version);
        if (job->order->min_release != NULL && strcmp(job->order->min_release, old->version) == 0)
            return;
    }
}

static bool is_trusted(const struct release_trust *trust, const uint8_t *kid) {
    for (unsigned i = 0; i < trust->n; i++)
        if (memcmp(trust->kid[i], kid, ALOFT_KID_SIZE) == 0)
            return true;
    return false;
}

/* At most four can sign: those that the image trusts come first, then those of the release before it,
 * then all others. Within each the order of keys/ stays. */
static unsigned rank_of(const struct publish_job *job, const struct signer *s) {
    if (is_trusted(&job->release.trust, s->key.kid))
        return 0;
    return job->last != NULL && is_trusted(&job->last->trust, s->key.kid) ? 1 : 2;
}

static void choose_signers(struct publish_job *job, struct kid_list *chosen) {
    for (unsigned rank = 0; rank < 3; rank++)
        for (unsigned i = 0; i < job->signers.n && job->n_chosen < ALOFT_KEYS_MAX; i++) {
            const struct signer *s = &job->signers.signer[i];
            if (rank_of(job, s) != rank)
                continue;
            job->chosen[job->n_chosen++] = s;
            kid_list_add(chosen, s->key.kid);
        }
}

static aloft_err too_few(const struct publish_job *job, unsigned want, unsigned got) {
    trouble_set(job->trouble, ALOFT_E_PUBLISH_FEW_KEYS);
    job->trouble->fault.want = want;
    job->trouble->fault.got = got;
    return ALOFT_E_PUBLISH_FEW_KEYS;
}

/* Devices that run this image must be able to take it too (again, after a repair over the cable). */
static aloft_err check_enough(const struct publish_job *job) {
    unsigned want = job->release.trust.is_there ? job->release.trust.threshold : 1, got = 0;

    for (unsigned i = 0; i < job->n_chosen; i++)
        got += !job->release.trust.is_there ||
               is_trusted(&job->release.trust, job->chosen[i]->key.kid);
    return got >= want ? ALOFT_OK : too_few(job, want, got);
}

aloft_err job_check_keys(struct publish_job *job) {
    struct kid_list held = {.n = 0}, chosen = {.n = 0};
    const struct rules_case c = {.trust = &job->release.trust,
                                 .last = job->last,
                                 .held = &held,
                                 .forget = &job->order->forget,
                                 .sequence = job->release.sequence};
    aloft_err e;

    for (unsigned i = 0; i < job->known.n; i++)
        if (job->known.key[i].role == KEY_FIRMWARE)
            kid_list_add(&held, job->known.key[i].key.kid);
    for (unsigned i = 0; i < job->signers.n; i++)
        kid_list_add(&held, job->signers.signer[i].key.kid);
    e = rules_trust(&c, job->trouble);
    if (e != ALOFT_OK)
        return e;
    choose_signers(job, &chosen);
    find_deaf(job, &chosen);
    return check_enough(job);
}

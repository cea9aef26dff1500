/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Publish, fourth part: makes the manifest, and asks the device's own code about it before
 * anybody else can.
 * Knows: plans and envelopes.   Never knows: files. */
#include "host/make/job.h"

#include <inttypes.h>
#include <string.h>

/* The full branch alone, encoding 0: every release out there can take it. Patches come before it. */
static void plan_branches(const struct publish_job *job, struct manifest_plan *plan) {
    struct manifest_branch *full = &plan->branch[0];

    full->uri = job->release.payload;
    full->encoding = ALOFT_ENCODING_RAW;
    full->payload_size = job->release.size;
    memcpy(full->payload_sha256, job->release.digest, ALOFT_DIGEST_SIZE);
    plan->n_branches = 1;
}

static aloft_err seal(struct publish_job *job) {
    struct release *r = &job->release;
    aloft_err e = ALOFT_OK;

    for (unsigned i = 0; e == ALOFT_OK && i < job->n_chosen; i++) {
        e = manifest_sign(&job->draft, job->chosen[i], job->trouble);
        memcpy(r->signer[r->n_signers++], job->chosen[i]->key.kid, ALOFT_KID_SIZE);
    }
    if (e == ALOFT_OK)
        e = manifest_seal(&job->draft, &job->envelope, job->trouble);
    if (e == ALOFT_E_PUBLISH_LONG)
        trouble_fact(job->trouble, "notes", "%zu", strlen(r->notes));
    return e;
}

aloft_err job_make(struct publish_job *job) {
    struct release *r = &job->release;
    struct manifest_plan plan = {.sequence = r->sequence,
                                 .device_class = job->class_of->name,
                                 .channel = job->channel,
                                 .version = r->version,
                                 .notes = r->notes,
                                 .image_size = r->size,
                                 .use_before = r->use_before};
    struct aloft_hash hash;
    aloft_err e;

    memcpy(plan.image_digest, r->digest, ALOFT_DIGEST_SIZE);
    plan_branches(job, &plan);
    e = manifest_write(&plan, &job->draft, job->trouble);
    if (e == ALOFT_OK)
        e = seal(job);
    if (e != ALOFT_OK)
        return e;
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, job->envelope);
    aloft_hash_end(&hash, r->manifest);
    return ALOFT_OK;
}

/* ---- as a device sees it */

static aloft_err refused(struct publish_job *job, const aloft_fault *why) {
    char text[ALOFT_SENTENCE_MAX];

    aloft_explain(why, NULL, 0, text, sizeof text);
    trouble_set(job->trouble, ALOFT_E_PUBLISH_SELF);
    trouble_fact(job->trouble, "what", "%s", text);
    return ALOFT_E_PUBLISH_SELF;
}

/* Without a trust record the devices have their keys otherwise: the ones that signed must do. */
static void keys_of_device(const struct publish_job *job, struct aloft_keys *keys) {
    *keys = job->trusted;
    if (keys->n > 0)
        return;
    keys->threshold = 1;
    for (; keys->n < job->n_chosen; keys->n++)
        keys->key[keys->n] = job->chosen[keys->n]->key;
}

/* A device fresh from the factory with this very image, a clock, and the slot that aloft.conf names. That
 * it runs this image is left out, or the answer would always be that there is nothing to do. */
static void terms_of_device(const struct publish_job *job, struct aloft_terms *terms) {
    uint32_t slot = job->class_of->slot_size;

    memset(terms, 0, sizeof *terms);
    project_ids(job->class_of->name, job->channel, terms->vendor_id, terms->class_id);
    terms->floor = job->release.trust.lowest;
    terms->slot_size = slot == 0 ? UINT32_MAX : slot;
    terms->has_clock = true;
    terms->now_s = job->now_s;
    terms->encodings = job->record.encodings;
}

aloft_err job_check_self(struct publish_job *job) {
    struct aloft_keys keys;
    struct aloft_terms terms;
    struct aloft_manifest m;
    struct aloft_verdict verdict;
    aloft_fault why = {0};

    keys_of_device(job, &keys);
    terms_of_device(job, &terms);
    if (aloft_manifest_read(job->envelope, &keys, &m, &why) != ALOFT_OK ||
        aloft_manifest_judge(&m, &terms, &verdict, &why) != ALOFT_OK)
        return refused(job, &why);
    if (verdict.decision == ALOFT_TAKE && m.image_size == job->release.size &&
        memcmp(m.image_digest.at, job->release.digest, ALOFT_DIGEST_SIZE) == 0 &&
        m.sequence == job->release.sequence)
        return ALOFT_OK;
    why = (aloft_fault){.code = ALOFT_E_MANIFEST_CONTENT};
    return refused(job, &why);
}

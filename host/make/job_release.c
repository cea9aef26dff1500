/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Publish, second part: the image among the releases before it, and its number.
 * Knows: what was published before.   Never knows: trust records, how things are written. */
#include "host/make/job.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/file.h"
#include "host/image/slot.h"
#include "host/hex.h"

static aloft_err refuse(const struct publish_job *job, aloft_err code) {
    trouble_set(job->trouble, code);
    return code;
}

/* ---- version and bytes */

static aloft_err other_bytes(const struct publish_job *job, const struct site_channel *channel,
                             const struct release *old) {
    char digest[2 * 8 + 1];

    hex_write((aloft_bytes){old->digest, 8}, digest);
    trouble_set(job->trouble, ALOFT_E_PUBLISH_OTHER_BYTES);
    trouble_fact(job->trouble, "channel", "%s", channel->name);
    trouble_fact(job->trouble, "digest", "%s...", digest);
    return ALOFT_E_PUBLISH_OTHER_BYTES;
}

/* One version is one image: in every channel of the class. */
static aloft_err check_bytes(const struct publish_job *job) {
    for (unsigned i = 0; i < job->site.n; i++) {
        const struct site_channel *channel = &job->site.channel[i];
        const struct release *old = releases_version(&channel->all, job->record.version);
        if (old != NULL && memcmp(old->digest, job->release.digest, ALOFT_DIGEST_SIZE) != 0)
            return other_bytes(job, channel, old);
    }
    return ALOFT_OK;
}

/* The same bytes in the same channel: on offer already, or replaced by something newer since. */
static aloft_err check_repeat(const struct publish_job *job) {
    const struct site_channel *channel = site_channel_of(&job->site, job->channel);
    const struct release *now = site_on_offer(&job->site, job->channel);
    const struct release *old =
        channel == NULL ? NULL : releases_version(&channel->all, job->record.version);

    if (old == NULL || now == NULL)
        return ALOFT_OK;
    if (strcmp(now->version, job->record.version) == 0) {
        job->answer->nothing_to_do = true;
        return ALOFT_OK;
    }
    trouble_set(job->trouble, ALOFT_E_PUBLISH_NOT_NEWEST);
    trouble_fact(job->trouble, "newest", "%s", now->version);
    return ALOFT_E_PUBLISH_NOT_NEWEST;
}

static void fill_release(struct publish_job *job) {
    struct release *r = &job->release;
    struct aloft_hash hash;
    char head[2 * 8 + 1];

    memcpy(r->version, job->record.version, sizeof r->version);
    memcpy(r->build, job->record.build, sizeof r->build);
    r->encodings = job->record.encodings;
    r->decoder_kib = job->record.decoder_kib;
    r->when_s = job->now_s;
    r->use_before = job->order->use_before;
    r->size = (uint32_t)job->image.len;
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){job->image.at, job->image.len});
    aloft_hash_end(&hash, r->digest);
    hex_write((aloft_bytes){r->digest, 8}, head);
    snprintf(r->payload, sizeof r->payload, "fw/%s.bin", head);
}

static aloft_err fill_notes(struct publish_job *job) {
    const char *notes = job->order->notes;

    if (notes == NULL)
        notes = job->again != NULL ? job->again->notes : "";
    if (strlen(notes) <= RELEASE_NOTES_MAX) {
        memcpy(job->release.notes, notes, strlen(notes) + 1);
        return ALOFT_OK;
    }
    trouble_set(job->trouble, ALOFT_E_PUBLISH_LONG);
    job->trouble->fault.want = ALOFT_MANIFEST_MAX;
    job->trouble->fault.got = (uint32_t)strlen(notes);
    trouble_fact(job->trouble, "notes", "%zu", strlen(notes));
    return ALOFT_E_PUBLISH_LONG;
}

aloft_err job_check_version(struct publish_job *job) {
    const char *wanted = job->order->version;
    aloft_err e = fill_notes(job);

    if (e != ALOFT_OK)
        return e;
    fill_release(job);
    if (wanted != NULL && strcmp(wanted, job->record.version) != 0) {
        refuse(job, ALOFT_E_PUBLISH_VERSION);
        trouble_fact(job->trouble, "wanted", "%s", wanted);
        return ALOFT_E_PUBLISH_VERSION;
    }
    e = check_bytes(job);
    return e == ALOFT_OK && job->again == NULL ? check_repeat(job) : e;
}

aloft_err job_check_size(struct publish_job *job) {
    uint32_t slot = job->class_of->slot_size;

    if (job->order->use_before > 0 && job->order->use_before <= job->now_s)
        return refuse(job, ALOFT_E_PUBLISH_EXPIRED);
    if (job->order->partitions != NULL) {
        aloft_err e = slot_check(job->order->partitions, job->release.size, job->trouble);
        if (e != ALOFT_OK)
            return e;
    }
    if (slot == 0 || job->release.size <= slot)
        return ALOFT_OK;
    refuse(job, ALOFT_E_PUBLISH_BIG);
    job->trouble->fault.want = slot;
    job->trouble->fault.got = job->release.size;
    return ALOFT_E_PUBLISH_BIG;
}

/* ---- sequence */

/* A manifest on offer that release.json does not know (a list brought back from an old backup): its
 * sequence counts too, and only a signature of this project makes it believable. */
static aloft_err sequence_of_offer(const struct publish_job *job, uint64_t *sequence) {
    char path[PATH_MAX];
    struct aloft_keys ours;
    struct aloft_manifest m;
    aloft_fault why = {0};
    aloft_space bytes;
    aloft_err e = site_path(&job->site, job->channel, RELEASE_OFFER, path, job->trouble);

    *sequence = 0;
    if (e != ALOFT_OK || site_on_offer(&job->site, job->channel) != NULL || access(path, F_OK) != 0)
        return e;
    e = file_read(path, ALOFT_MANIFEST_MAX, &bytes, job->trouble);
    if (e != ALOFT_OK)
        return e;
    ours = (struct aloft_keys){.threshold = 1};
    for (; ours.n < job->signers.n && ours.n < ALOFT_KEYS_MAX; ours.n++)
        ours.key[ours.n] = job->signers.signer[ours.n].key;
    e = aloft_manifest_read((aloft_bytes){bytes.at, bytes.len}, &ours, &m, &why);
    if (e == ALOFT_OK)
        *sequence = m.sequence;
    free(bytes.at);
    if (e == ALOFT_OK)
        return e;
    refuse(job, ALOFT_E_SITE_OFFER);
    trouble_fact(job->trouble, "file", "%s", path);
    return ALOFT_E_SITE_OFFER;
}

/* manifest.md §5: seconds since 1970, and always higher than any other of the class. */
aloft_err job_number(struct publish_job *job) {
    uint64_t highest = site_highest(&job->site), offered;
    aloft_err e = sequence_of_offer(job, &offered);

    if (offered > highest)
        highest = offered;
    job->release.sequence = job->now_s > highest ? job->now_s : highest + 1;
    return e;
}

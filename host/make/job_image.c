/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Publish, first part: the image from a file or from the site, and whom it is for.
 * Knows: files, classes and channels of a project.   Never knows: keys, manifests. */
#include "host/make/job.h"

#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/image/identify.h"

/* With one record and a name that was asked for and differs, the trouble is in the request. */
static aloft_err class_differs(const struct publish_job *job, const char *wanted) {
    trouble_set(job->trouble, ALOFT_E_PUBLISH_CLASS);
    trouble_fact(job->trouble, "wanted", "%s", wanted);
    return ALOFT_E_PUBLISH_CLASS;
}

static aloft_err class_unknown(const struct publish_job *job, const char *name) {
    trouble_set(job->trouble, ALOFT_E_PUBLISH_CLASS_UNKNOWN);
    trouble_fact(job->trouble, "class", "%s", name);
    return ALOFT_E_PUBLISH_CLASS_UNKNOWN;
}

static aloft_err choose_class(struct publish_job *job, const char *name) {
    job->class_of = project_class_of(job->project, name);
    if (job->class_of != NULL)
        return ALOFT_OK;
    if (name != NULL)
        return class_unknown(job, name);
    trouble_set(job->trouble, ALOFT_E_PUBLISH_CLASS_OPEN);
    job->trouble->fault.got = job->project->n_classes;
    return ALOFT_E_PUBLISH_CLASS_OPEN;
}

static void list_channels(const struct project_class *c, char *out, size_t out_size) {
    size_t len = 0;

    out[0] = 0;
    for (unsigned i = 0; i < c->n_channels && len < out_size; i++)
        len +=
            (size_t)snprintf(out + len, out_size - len, "%s%s", i > 0 ? ", " : "", c->channel[i]);
}

/* The channel that was asked for, else stable, else the first of the class. */
static aloft_err choose_channel(struct publish_job *job) {
    const struct project_class *c = job->class_of;
    const char *wanted = job->order->channel != NULL ? job->order->channel : "stable";
    char others[PROJECT_CHANNELS_MAX * (PROJECT_WORD_MAX + 2)];

    for (unsigned i = 0; i < c->n_channels; i++)
        if (strcmp(c->channel[i], wanted) == 0)
            job->channel = c->channel[i];
    if (job->channel == NULL && job->order->channel == NULL && c->n_channels > 0)
        job->channel = c->channel[0];
    if (job->channel != NULL)
        return ALOFT_OK;
    trouble_set(job->trouble, ALOFT_E_PUBLISH_CHANNEL);
    list_channels(c, others, sizeof others);
    trouble_fact(job->trouble, "channel", "%s", wanted);
    trouble_fact(job->trouble, "wanted", "%s", others);
    trouble_fact(job->trouble, "class", "%s", c->name);
    return ALOFT_E_PUBLISH_CHANNEL;
}

static aloft_err open_site(struct publish_job *job) {
    const struct site_channel *channel;
    aloft_err e = site_open(job->project, job->class_of->name, true, &job->site, job->trouble);

    if (e != ALOFT_OK)
        return e;
    job->site_is_open = true;
    channel = site_channel_of(&job->site, job->channel);
    if (channel != NULL && channel->all.n > 0)
        job->last = &channel->all.list[channel->all.n - 1];
    return ALOFT_OK;
}

static aloft_err identify(struct publish_job *job) {
    aloft_bytes file = {job->image.at, job->image.len};
    aloft_err e = image_identify(job->project, file, &job->record, job->trouble);

    if (e == ALOFT_OK)
        job->image.len = job->record.length;
    return e;
}

static aloft_err from_file(struct publish_job *job) {
    const char *wanted = job->order->device_class;
    aloft_err e = file_read(job->order->file, FILE_IMAGE_MAX, &job->image, job->trouble);

    if (e == ALOFT_OK)
        e = identify(job);
    if (e == ALOFT_OK && wanted != NULL && strcmp(wanted, job->record.device_class) != 0)
        e = class_differs(job, wanted);
    if (e == ALOFT_OK)
        e = choose_class(job, job->record.device_class);
    if (e == ALOFT_OK)
        e = choose_channel(job);
    return e == ALOFT_OK ? open_site(job) : e;
}

static aloft_err no_such(const struct publish_job *job, const char *version) {
    trouble_set(job->trouble, ALOFT_E_PUBLISH_NO_SUCH);
    trouble_fact(job->trouble, "version", "%s", version);
    trouble_fact(job->trouble, "class", "%s", job->class_of->name);
    return ALOFT_E_PUBLISH_NO_SUCH;
}

/* The payload of encoding 0 is the image; its digest in release.json says whether it still is. */
static aloft_err read_published(struct publish_job *job, const struct site_channel *from) {
    char path[PATH_MAX];
    uint8_t digest[ALOFT_DIGEST_SIZE];
    struct aloft_hash hash;
    aloft_err e = site_path(&job->site, from->name, job->again->payload, path, job->trouble);

    if (e == ALOFT_OK)
        e = file_read(path, FILE_IMAGE_MAX, &job->image, job->trouble);
    if (e != ALOFT_OK)
        return e;
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){job->image.at, job->image.len});
    aloft_hash_end(&hash, digest);
    if (memcmp(digest, job->again->digest, sizeof digest) == 0)
        return ALOFT_OK;
    trouble_set(job->trouble, ALOFT_E_PUBLISH_PAYLOAD);
    trouble_fact(job->trouble, "file", "%s", path);
    return ALOFT_E_PUBLISH_PAYLOAD;
}

/* Where no class is named and one class alone has the version, that one is meant; else NULL. */
static aloft_err class_with(const struct publish_job *job, const char *version, const char **name) {
    const struct project *p = job->project;
    const struct site_channel *unused;
    unsigned n = 0;

    for (unsigned i = 0; i < p->n_classes; i++) {
        struct site site;
        aloft_err e = site_open(p, p->classes[i].name, false, &site, job->trouble);
        if (e != ALOFT_OK)
            return e;
        if (site_version(&site, version, &unused) != NULL && ++n == 1)
            *name = p->classes[i].name;
        site_close(&site);
    }
    if (n > 1)
        *name = NULL;
    return ALOFT_OK;
}

static aloft_err from_site(struct publish_job *job) {
    const struct site_channel *from = NULL;
    const char *name = job->order->device_class;
    aloft_err e = name == NULL ? class_with(job, job->order->again, &name) : ALOFT_OK;

    if (e == ALOFT_OK)
        e = choose_class(job, name);
    if (e == ALOFT_OK)
        e = choose_channel(job);
    if (e == ALOFT_OK)
        e = open_site(job);
    if (e != ALOFT_OK)
        return e;
    job->again = site_version(&job->site, job->order->again, &from);
    if (job->again == NULL)
        return no_such(job, job->order->again);
    e = read_published(job, from);
    return e == ALOFT_OK ? identify(job) : e;
}

aloft_err job_bring_image(struct publish_job *job) {
    const struct site_channel *unused;
    const char *oldest = job->order->min_release;
    aloft_err e = job->order->again != NULL ? from_site(job) : from_file(job);

    if (e == ALOFT_OK && oldest != NULL && site_version(&job->site, oldest, &unused) == NULL)
        e = no_such(job, oldest);
    return e;
}

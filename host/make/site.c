/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Reads and writes the folders of a site, in an order in which a reader sees no half.
 * Knows: names and order of files.   Never knows: what may be published, what a manifest says. */
#include "host/make/site.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"

#define FOLDER_MODE 0755
#define FILE_MODE   0644

/* ---- reading */

aloft_err site_path(const struct site *site, const char *channel, const char *name,
                    char out[PATH_MAX], struct trouble *trouble) {
    if (snprintf(out, PATH_MAX, "%s/%s/%s", site->folder, channel, name) >= PATH_MAX)
        return trouble_file(trouble, ALOFT_E_FILE_PATH, site->folder, ENAMETOOLONG);
    return ALOFT_OK;
}

static aloft_err add_channel(struct site *site, const char *name, struct trouble *trouble) {
    struct site_channel *more = realloc(site->channel, (site->n + 1) * sizeof *more);
    char folder[PATH_MAX];
    aloft_err e;

    if (more == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_READ, site->folder, ENOMEM);
    site->channel = more;
    memset(&more[site->n], 0, sizeof more[0]);
    snprintf(more[site->n].name, sizeof more[0].name, "%s", name);
    e = file_join(site->folder, name, folder, sizeof folder, trouble);
    if (e == ALOFT_OK)
        e = releases_read(folder, &more[site->n].all, trouble);
    if (e == ALOFT_OK)
        site->n++;
    return e;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct site_channel *)a)->name, ((const struct site_channel *)b)->name);
}

static aloft_err read_channels(struct site *site, struct trouble *trouble) {
    DIR *folder = opendir(site->folder);
    const struct dirent *entry;
    aloft_err e = ALOFT_OK;

    if (folder == NULL)
        return errno == ENOENT ? ALOFT_OK
                               : trouble_file(trouble, ALOFT_E_FILE_READ, site->folder, errno);
    while (e == ALOFT_OK && (entry = readdir(folder)) != NULL)
        if (project_channel_is_legal(entry->d_name))
            e = add_channel(site, entry->d_name, trouble);
    closedir(folder);
    if (site->n > 1)
        qsort(site->channel, site->n, sizeof site->channel[0], by_name);
    return e;
}

static aloft_err lock_site(struct site *site, struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_err e = project_path(site->project, "site.lock", path, trouble);

    return e == ALOFT_OK ? file_lock(path, SITE_WAIT_S, &site->lock, trouble) : e;
}

aloft_err site_open(const struct project *project, const char *device_class, bool to_write,
                    struct site *site, struct trouble *trouble) {
    char relative[ALOFT_CLASS_MAX + 8];
    aloft_err e;

    memset(site, 0, sizeof *site);
    site->project = project;
    site->lock = -1;
    snprintf(site->device_class, sizeof site->device_class, "%s", device_class);
    snprintf(relative, sizeof relative, "site/%s", device_class);
    e = project_path(project, relative, site->folder, trouble);
    if (e == ALOFT_OK && to_write)
        e = lock_site(site, trouble);
    if (e == ALOFT_OK)
        e = read_channels(site, trouble);
    if (e != ALOFT_OK)
        site_close(site);
    return e;
}

void site_close(struct site *site) {
    for (unsigned i = 0; i < site->n; i++)
        releases_free(&site->channel[i].all);
    free(site->channel);
    if (site->lock >= 0)
        file_unlock(site->lock);
    site->channel = NULL;
    site->n = 0;
    site->lock = -1;
}

const struct site_channel *site_channel_of(const struct site *site, const char *name) {
    for (unsigned i = 0; i < site->n; i++)
        if (strcmp(site->channel[i].name, name) == 0)
            return &site->channel[i];
    return NULL;
}

const struct release *site_on_offer(const struct site *site, const char *channel) {
    const struct site_channel *c = site_channel_of(site, channel);

    return c == NULL || c->all.on_offer >= c->all.n ? NULL : &c->all.list[c->all.on_offer];
}

const struct release *site_version(const struct site *site, const char *version,
                                   const struct site_channel **channel) {
    const struct release *newest = NULL;

    for (unsigned i = 0; i < site->n; i++) {
        const struct release *one = releases_version(&site->channel[i].all, version);
        if (one != NULL && (newest == NULL || one->sequence > newest->sequence)) {
            newest = one;
            *channel = &site->channel[i];
        }
    }
    return newest;
}

uint64_t site_highest(const struct site *site) {
    uint64_t highest = 0;

    for (unsigned i = 0; i < site->n; i++)
        if (site->channel[i].all.highest > highest)
            highest = site->channel[i].all.highest;
    return highest;
}

/* ---- writing */

/* What file_write leaves when it is killed: NAME.XXXXXX. Only names that this file writes are taken
 * away, and only under the lock, so nobody is at work on them. */
static bool is_left_over(const char *name) {
    static const char *const endings[] = {".bin", ".suit", ".cose", RELEASE_LIST};
    size_t len = strlen(name);

    if (len < 8 || name[len - 7] != '.')
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending = strlen(endings[i]);
        if (len - 7 >= ending && memcmp(name + len - 7 - ending, endings[i], ending) == 0)
            return true;
    }
    return false;
}

static void sweep(const char *path) {
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL)
        if (is_left_over(entry->d_name))
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
}

static aloft_err make_folders(const struct site *site, const char *channel,
                              struct trouble *trouble) {
    static const char *const below[] = {"fw", "releases", "."};
    char path[PATH_MAX];
    aloft_err e = ALOFT_OK;

    for (size_t i = 0; i < sizeof below / sizeof below[0] && e == ALOFT_OK; i++) {
        e = site_path(site, channel, below[i], path, trouble);
        if (e == ALOFT_OK)
            e = file_folder(path, FOLDER_MODE, trouble);
        if (e == ALOFT_OK)
            sweep(path);
    }
    return e;
}

static bool holds(const char *path, aloft_bytes bytes) {
    struct trouble unused;
    struct stat facts;
    aloft_space there;
    bool same;

    if (stat(path, &facts) != 0 || (uint64_t)facts.st_size != bytes.len ||
        file_read(path, bytes.len, &there, &unused) != ALOFT_OK)
        return false;
    same = there.len == bytes.len && memcmp(there.at, bytes.at, bytes.len) == 0;
    free(there.at);
    return same;
}

static aloft_err put(const struct site *site, const char *channel, const char *name,
                     aloft_bytes bytes, struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_err e = site_path(site, channel, name, path, trouble);

    if (e != ALOFT_OK || holds(path, bytes))
        return e;
    return file_write(path, bytes, FILE_MODE, true, trouble);
}

/* The list with the new release at its end. It is written from a copy: the site in memory changes only
 * when the release is on offer. */
static aloft_err put_list(const struct site *site, const char *channel, const struct release *one,
                          struct trouble *trouble) {
    const struct site_channel *old = site_channel_of(site, channel);
    struct releases all = {0};
    char folder[PATH_MAX];
    aloft_err e = file_join(site->folder, channel, folder, sizeof folder, trouble);

    for (unsigned i = 0; old != NULL && i < old->all.n; i++)
        releases_add(&all, &old->all.list[i]);
    releases_add(&all, one);
    if (e == ALOFT_OK)
        e = releases_write(folder, site->device_class, channel, &all, trouble);
    releases_free(&all);
    return e;
}

aloft_err site_offer(struct site *site, const char *channel, const struct release *one,
                     aloft_bytes payload, aloft_bytes manifest, struct trouble *trouble) {
    char kept[40];
    aloft_err e = make_folders(site, channel, trouble);

    snprintf(kept, sizeof kept, "releases/%" PRIu64 ".suit", one->sequence);
    if (e == ALOFT_OK)
        e = put(site, channel, one->payload, payload, trouble);
    if (e == ALOFT_OK)
        e = put(site, channel, kept, manifest, trouble);
    if (e == ALOFT_OK)
        e = put_list(site, channel, one, trouble);
    /* If power goes here: the old manifest is on offer, and what was written is not named by it. */
    if (e == ALOFT_OK)
        e = put(site, channel, RELEASE_OFFER, manifest, trouble);
    return e;
}

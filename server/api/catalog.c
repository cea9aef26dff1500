/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. Which releases there are, so that a device's digest can be compared with the
 * release's.
 * Knows: release.json of each channel, by host/make.   Never knows: devices. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api.h"
#include "host/make/release.h"
#include "host/project.h"

/* As many as aloft.conf can name; a stranger's class never gets a row, because it has no folder. */
#define CHANNELS_MAX (PROJECT_CLASSES_MAX * PROJECT_CHANNELS_MAX)

struct channel {
    char folder[ALOFT_CLASS_MAX + STORE_WORD_MAX + 2];
    struct timespec changed; /* of manifest.suit, when release.json was read */
    ino_t inode;
    struct releases all;
};

struct catalog {
    char site[PATH_MAX];
    struct channel channel[CHANNELS_MAX];
    unsigned n;
};

struct catalog *catalog_new(const char *site) {
    struct catalog *catalog = calloc(1, sizeof *catalog);

    if (catalog != NULL)
        snprintf(catalog->site, sizeof catalog->site, "%s", site);
    return catalog;
}

void catalog_free(struct catalog *catalog) {
    if (catalog == NULL)
        return;
    for (unsigned i = 0; i < catalog->n; i++)
        releases_free(&catalog->channel[i].all);
    free(catalog);
}

static struct channel *channel_of(struct catalog *catalog, const char *folder) {
    struct channel *channel;

    for (unsigned i = 0; i < catalog->n; i++)
        if (strcmp(catalog->channel[i].folder, folder) == 0)
            return &catalog->channel[i];
    if (catalog->n == CHANNELS_MAX)
        return NULL;
    channel = &catalog->channel[catalog->n++];
    snprintf(channel->folder, sizeof channel->folder, "%s", folder);
    return channel;
}

/* Read release.json again when manifest.suit is another file than before: publish renames it into
 * its place as the last thing it does. */
static const struct releases *read_channel(struct catalog *catalog, const struct store_word *word) {
    char folder[sizeof catalog->channel[0].folder], path[PATH_MAX];
    struct trouble trouble;
    struct channel *channel;
    struct stat facts;

    snprintf(folder, sizeof folder, "%s/%s", word->device_class, word->channel);
    if ((size_t)snprintf(path, sizeof path, "%s/%s/" RELEASE_OFFER, catalog->site, folder) >=
            sizeof path ||
        stat(path, &facts) != 0)
        return NULL;
    channel = channel_of(catalog, folder);
    if (channel == NULL)
        return NULL;
    if (channel->inode == facts.st_ino &&
        memcmp(&channel->changed, &facts.st_mtim, sizeof facts.st_mtim) == 0)
        return &channel->all;
    releases_free(&channel->all);
    memset(&channel->all, 0, sizeof channel->all);
    channel->inode = facts.st_ino;
    channel->changed = facts.st_mtim;
    *strrchr(path, '/') = 0;
    if (releases_read(path, &channel->all, &trouble) != ALOFT_OK) {
        memset(&channel->all, 0, sizeof channel->all);
        trouble_print(stderr, &trouble);
    }
    return &channel->all;
}

void catalog_judge(struct catalog *catalog, struct store_word *word) {
    const struct releases *all = read_channel(catalog, word);
    uint64_t offered = word->offered_sequence;

    word->offered_sequence = 0;
    word->runs_release = false;
    if (all == NULL)
        return;
    for (unsigned i = 0; i < all->n; i++)
        if (all->list[i].sequence == word->sequence &&
            memcmp(all->list[i].digest, word->digest, sizeof word->digest) == 0)
            word->runs_release = true;
    for (unsigned i = 0; i < all->n; i++)
        if (word->is_report ? all->list[i].sequence == offered : i == all->on_offer) {
            memcpy(word->offered_version, all->list[i].version, sizeof word->offered_version);
            word->offered_sequence = all->list[i].sequence;
        }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Keeps the list of releases of a channel and says which one is on offer.
 * Knows: release.json, manifest.suit as bytes.   Never knows: signatures, what may be published. */
#include "host/make/release.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aloft/crypto.h>

#include "host/file.h"
#include "host/make/release_json.h"

static bool is_missing(const char *path) {
    return access(path, F_OK) != 0 && errno == ENOENT;
}

/* The SHA-256 of the manifest on offer; false: there is none. */
static aloft_err offer_digest(const char *folder, bool *is_there, uint8_t digest[ALOFT_DIGEST_SIZE],
                              struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_space bytes;
    struct aloft_hash hash;
    aloft_err e = file_join(folder, RELEASE_OFFER, path, sizeof path, trouble);

    *is_there = false;
    if (e != ALOFT_OK || is_missing(path))
        return e;
    e = file_read(path, ALOFT_MANIFEST_MAX, &bytes, trouble);
    if (e != ALOFT_OK)
        return e;
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){bytes.at, bytes.len});
    aloft_hash_end(&hash, digest);
    free(bytes.at);
    *is_there = true;
    return ALOFT_OK;
}

/* release.json is written before manifest.suit, so a publish that was cut between the two leaves one
 * release behind the one on offer, or one alone and no offer. No device ever saw it: it is dropped, its
 * sequence is not given again. Anything else (an older manifest brought back by hand) is no cut: all stay. */
static void find_offer(struct releases *all, bool is_there, const uint8_t *digest) {
    all->on_offer = all->n;
    for (unsigned i = 0; i < all->n; i++) {
        if (all->list[i].sequence > all->highest)
            all->highest = all->list[i].sequence;
        if (is_there && memcmp(all->list[i].manifest, digest, ALOFT_DIGEST_SIZE) == 0)
            all->on_offer = i;
    }
    if (all->on_offer + 2 == all->n)
        all->n--;
    else if (!is_there && all->n == 1)
        all->n = all->on_offer = 0;
}

aloft_err releases_read(const char *folder, struct releases *all, struct trouble *trouble) {
    char path[PATH_MAX];
    uint8_t digest[ALOFT_DIGEST_SIZE] = {0};
    bool is_there;
    aloft_space text;
    aloft_err e = file_join(folder, RELEASE_LIST, path, sizeof path, trouble);

    memset(all, 0, sizeof *all);
    if (e != ALOFT_OK || is_missing(path))
        return e;
    e = offer_digest(folder, &is_there, digest, trouble);
    if (e == ALOFT_OK)
        e = file_read(path, RELEASE_JSON_MAX, &text, trouble);
    if (e != ALOFT_OK)
        return e;
    e = release_json_read((const char *)text.at, all, trouble);
    free(text.at);
    if (e != ALOFT_OK) {
        releases_free(all);
        trouble_fact(trouble, "file", "%s", path);
        return e;
    }
    find_offer(all, is_there, digest);
    return ALOFT_OK;
}

void releases_add(struct releases *all, const struct release *one) {
    struct release *more = realloc(all->list, (all->n + 1) * sizeof *more);

    if (more == NULL)
        abort(); /* 4 KiB were asked for: nothing sensible is left to do */
    more[all->n] = *one;
    all->list = more;
    all->n++;
    if (one->sequence > all->highest)
        all->highest = one->sequence;
}

aloft_err releases_write(const char *folder, const char *device_class, const char *channel,
                         const struct releases *all, struct trouble *trouble) {
    char path[PATH_MAX];
    char *text;
    aloft_err e = file_join(folder, RELEASE_LIST, path, sizeof path, trouble);

    if (e != ALOFT_OK)
        return e;
    text = release_json_write(device_class, channel, all);
    if (text == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_WRITE, path, ENOMEM);
    e = file_write(path, (aloft_bytes){(const uint8_t *)text, strlen(text)}, 0644, true, trouble);
    free(text);
    return e;
}

const struct release *releases_version(const struct releases *all, const char *version) {
    for (unsigned i = all->n; i > 0; i--)
        if (strcmp(all->list[i - 1].version, version) == 0)
            return &all->list[i - 1];
    return NULL;
}

void releases_free(struct releases *all) {
    free(all->list);
    memset(all, 0, sizeof *all);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The releases of one class and channel, as release.json in the site keeps them for people
 * and for this program. Devices do not read it. What is on offer is decided by manifest.suit alone.
 *
 * Example:
 *     struct releases all;
 *     if (releases_read("site/acme.example/lamp/a/stable", &all, trouble) != ALOFT_OK) ...
 *     for (unsigned i = 0; i < all.n; i++) puts(all.list[i].version);
 *     releases_free(&all);
 */
#ifndef HOST_MAKE_RELEASE_H
#define HOST_MAKE_RELEASE_H

#include <stdbool.h>

#include <aloft/image.h>
#include <aloft/manifest.h>

#include "host/trouble.h"

#define RELEASE_NOTES_MAX   3072u /* bytes; the manifest's limit is met first (PUBLISH_LONG) */
#define RELEASE_PAYLOAD_MAX 32u   /* "fw/<16 hex>.bin" */
#define RELEASES_MAX        10000u
#define RELEASE_TIME_MAX    253402300799u /* 9999-12-31T23:59:59Z: years of four digits */
#define RELEASE_OFFER       "manifest.suit"
#define RELEASE_LIST        "release.json"

/** Whose updates an image takes, as its trust record says. */
struct release_trust {
    bool is_there; /* false: the devices have their keys otherwise (`keys = device`) */
    uint8_t threshold, n, n_gone;
    uint32_t epoch;
    uint64_t lowest;
    uint8_t kid[ALOFT_KEYS_MAX][ALOFT_KID_SIZE];
    uint8_t gone[ALOFT_KEYS_MAX][ALOFT_KID_SIZE];
};

struct release {
    char version[ALOFT_VERSION_MAX + 1];
    char build[ALOFT_BUILD_MAX + 1];
    uint64_t sequence;
    uint64_t when_s;     /* seconds since 1970 */
    uint64_t use_before; /* 0: never expires */
    uint32_t size;
    uint8_t digest[ALOFT_DIGEST_SIZE];
    char payload[RELEASE_PAYLOAD_MAX + 1]; /* relative to the channel's folder */
    uint8_t manifest[ALOFT_DIGEST_SIZE];   /* SHA-256 of its manifest.suit, the whole file */
    uint8_t n_signers;
    uint8_t signer[ALOFT_KEYS_MAX][ALOFT_KID_SIZE];
    uint32_t encodings; /* what a device that runs it can decode */
    uint8_t decoder_kib;
    struct release_trust trust;
    char notes[RELEASE_NOTES_MAX + 1];
};

struct releases {
    struct release *list; /* oldest first */
    unsigned n;
    unsigned on_offer; /* index into list; n: none of them */
    uint64_t highest; /* highest sequence ever given here, also by a publish that was interrupted */
};

/** Read the list of a channel's folder; no release.json: an empty list. A release that was written down
 *  but never came on offer (an interrupted publish) is left out. Fails FILE_READ, RELEASES_FORM. */
ALOFT_MUST_USE aloft_err releases_read(const char *folder, struct releases *all,
                                       struct trouble *trouble);

/** Add a copy of a release at the end. */
void releases_add(struct releases *all, const struct release *one);

/** Write release.json of a folder, whole or not at all. */
ALOFT_MUST_USE aloft_err releases_write(const char *folder, const char *device_class,
                                        const char *channel, const struct releases *all,
                                        struct trouble *trouble);

/** The newest release of a version; NULL if there is none. */
const struct release *releases_version(const struct releases *all, const char *version);

void releases_free(struct releases *all);

#endif

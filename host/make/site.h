/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The site of one class: what web servers give to devices, as files.
 *
 *     site/<class>/<channel>/fw/<16 hex>.bin        payloads, named by their content
 *     site/<class>/<channel>/releases/<sequence>.suit   each manifest that was ever on offer
 *     site/<class>/<channel>/release.json           the list of releases, for people
 *     site/<class>/<channel>/manifest.suit          what is on offer
 *
 * Example:
 *     struct site site;
 *     if (site_open(project, "acme.example/lamp/a", true, &site, trouble) != ALOFT_OK) ...
 *     ... site_offer(&site, "stable", &release, image, manifest, trouble) ...
 *     site_close(&site);
 */
#ifndef HOST_MAKE_SITE_H
#define HOST_MAKE_SITE_H

#include "host/make/release.h"
#include "host/project.h"

/** How long a publish waits for another one, s. A publish of 64 MiB takes less. */
#define SITE_WAIT_S 10u

struct site_channel {
    char name[PROJECT_WORD_MAX + 1];
    struct releases all;
};

struct site {
    const struct project *project;
    char device_class[ALOFT_CLASS_MAX];
    char folder[PATH_MAX]; /* of the class */
    struct site_channel *channel;
    unsigned n;
    int lock; /* -1: not held */
};

/**
 * Read the releases of a class, in every channel that has a folder.
 *
 * Takes   to_write  true: hold the lock of the project's site until site_close.
 * Fails   FILE_LOCKED after SITE_WAIT_S, FILE_*, RELEASES_FORM; then nothing is to be closed.
 */
ALOFT_MUST_USE aloft_err site_open(const struct project *project, const char *device_class,
                                   bool to_write, struct site *site, struct trouble *trouble);
void site_close(struct site *site);

/** The channel of this name; NULL if nothing was published there. */
const struct site_channel *site_channel_of(const struct site *site, const char *name);

/** What is on offer in a channel; NULL: nothing. */
const struct release *site_on_offer(const struct site *site, const char *channel);

/** The release of this version with the highest sequence in any channel; *channel is where it is.
 *  NULL: there is none. */
const struct release *site_version(const struct site *site, const char *version,
                                   const struct site_channel **channel);

/** Highest sequence ever given to this class. */
uint64_t site_highest(const struct site *site);

/** path of a file in a channel's folder. Fails FILE_PATH. */
ALOFT_MUST_USE aloft_err site_path(const struct site *site, const char *channel, const char *name,
                                   char out[PATH_MAX], struct trouble *trouble);

/**
 * Put a release on offer: payload, manifest under its sequence, release.json, and last manifest.suit.
 *
 * Takes   site  opened to write.
 * Fails   FILE_WRITE and others; then what was on offer before still is.
 * Power   a cut leaves the old offer or the new one, and both are whole: every file is written beside,
 *         synced and renamed, and manifest.suit comes last.
 */
ALOFT_MUST_USE aloft_err site_offer(struct site *site, const char *channel,
                                    const struct release *one, aloft_bytes payload,
                                    aloft_bytes manifest, struct trouble *trouble);

#endif

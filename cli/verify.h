/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft verify`, its options (verify_options.c) and what it says (verify_say.c). */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <aloft/manifest.h>

#include "verb.h"

/** The device that is asked about. */
struct verify_wish {
    const char *file;    /* the manifest */
    const char *running; /* the image that runs, or NULL */
    const char *device_class, *channel;
    struct aloft_keys keys;
    struct aloft_terms terms;
    bool any_vendor, any_class; /* not named: the manifest's own are taken */
    bool is_json;
};

/** What came out. */
struct verify_answer {
    struct aloft_manifest manifest; /* all zero if it was not read */
    struct aloft_verdict verdict;
    aloft_fault why; /* code ALOFT_OK: accepted */
};

/** Read the command line. Gives -1 to go on, else the exit code (0 after --help). */
int verify_options(struct verify_wish *wish, int argc, char **argv, struct cli *cli);

/** Say what the device would do. Gives the exit code: 0, or 3 for a refusal. */
int verify_say(const struct verify_wish *wish, const struct verify_answer *answer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The parts of `aloft smartthings`. */
#ifndef CLI_SMARTTHINGS_H
#define CLI_SMARTTHINGS_H

#include <limits.h>

#include "host/smartthings/identity.h"
#include "host/smartthings/onboarding.h"
#include "verb.h"

#define SMARTTHINGS_FOLDER "identity" /* in the folder of the project */
#define SMARTTHINGS_APP    "aloft-smartthings"

/** What stands in the folder of an ESP-IDF project. */
struct smartthings_files {
    char folder[PATH_MAX];     /* DIR/identity */
    char onboarding[PATH_MAX]; /* onboarding_config.json; empty: none was found */
    char embedded[PATH_MAX]; /* DIR/main/device_info.json, which goes into the image; empty: none */
};

/** Where the stand-in of the app is, if it is: beside this program. */
void smartthings_app_path(char out[PATH_MAX]);

/** Where the files of a project are. Fails FILE_PATH. */
ALOFT_MUST_USE aloft_err smartthings_find(const char *dir, struct smartthings_files *out,
                                          struct trouble *trouble);

int smartthings_identity(struct cli *cli, const char *dir, bool is_json);
int smartthings_qr(struct cli *cli, const char *dir, bool is_json);

#endif

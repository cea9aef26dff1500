/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/esp32. What an ESP-IDF project needs to take updates from a project of ours: the CA, the
 * firmware keys, the address. Planned first, so that it can be shown, then written.
 *
 * Example:
 *     static struct esp32_plan plan = {.dir = "ota_demo", .project = &project};
 *     if (esp32_plan(&plan, &trouble) == ALOFT_OK) ...                 // look at plan.file[]
 *     if (esp32_write(&plan, &trouble) == ALOFT_OK) ...
 *     esp32_free(&plan);
 */
#ifndef HOST_ESP32_PLAN_H
#define HOST_ESP32_PLAN_H

#include "host/project.h"
#include "host/trouble.h"

#define ESP32_FILES_MAX 4u
#define ESP32_NOTES_MAX 8u
#define ESP32_NOTE_MAX  320u

/** One file: what stands in it, and what is to stand in it. NULL: no file. Both are malloc'ed. */
struct esp32_file {
    const char *name; /* in the folder that is shown */
    char path[PATH_MAX];
    char *before, *after;
};

struct esp32_plan {
    const char *dir; /* of the ESP-IDF project */
    const struct project *project;
    const char *class_name; /* NULL: the one in sdkconfig.defaults, or the project's only one */
    uint64_t now_s;         /* for a trust record that is new */
    bool is_removal;        /* take out what an earlier run wrote */
    bool may_overwrite;     /* lines of ours that somebody has edited are written again */

    struct project_class of_class; /* what was chosen */
    bool is_new_class;             /* it goes into aloft.conf */
    struct esp32_file file[ESP32_FILES_MAX];
    unsigned n_files;
    char note[ESP32_NOTES_MAX][ESP32_NOTE_MAX]; /* what a person has to know or do */
    unsigned n_notes;
};

/**
 * Look at the folder and plan. Only keys/trust.hex of our own project is written (trust_image.h).
 *
 * Fails   ESP32_PROJECT  the folder is no ESP-IDF project.  ESP32_EDITED  a file was not written by us,
 *         or lines of ours were edited.  ESP32_CLASS  which class is not clear.  TRUST_HEADER, FILE_*,
 *         as trust_plan.
 */
ALOFT_MUST_USE aloft_err esp32_plan(struct esp32_plan *plan, struct trouble *trouble);

/** Write what differs. Each file whole or not at all; a second run does what is left. */
ALOFT_MUST_USE aloft_err esp32_write(const struct esp32_plan *plan, struct trouble *trouble);

void esp32_free(struct esp32_plan *plan);

/** Whether a file is to change. */
bool esp32_differs(const struct esp32_file *file);

#endif

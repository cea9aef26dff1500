/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/smartthings. Fields of the SDK's two JSON files, with a sentence for each way to be wrong. */
#ifndef HOST_SMARTTHINGS_FIELDS_H
#define HOST_SMARTTHINGS_FIELDS_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "host/trouble.h"

/** A file under inspection. Free with fields_close. */
struct fields {
    const char *path;
    cJSON *root;
    const cJSON *object; /* the one object in it that counts */
    struct trouble *trouble;
};

/** What a text has to be. */
struct field_rule {
    const char *name;
    const char *placeholder; /* as the SDK's example has it; NULL: none */
    unsigned min, max;       /* bytes */
};

/** Fails FILE_READ, FILE_LONG, ST_JSON, ST_FIELD (no such object). */
ALOFT_MUST_USE aloft_err fields_open(struct fields *f, const char *path, const char *object,
                                     struct trouble *trouble);
void fields_close(struct fields *f);

/** The text of a field, or NULL with the trouble set: ST_FIELD, ST_PLACEHOLDER. Lives as long as `f`. */
const char *fields_text(const struct fields *f, const struct field_rule *rule);

/** ST_FIELD of a field, and what is wrong with it. Gives the code. */
aloft_err fields_wrong(const struct fields *f, const char *name, const char *what);

#endif

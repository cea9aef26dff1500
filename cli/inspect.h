/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The parts of the verb inspect. A kind of file is a row: how it is recognised, who
 * tells about it. A new kind is a new file and a row in inspect.c; facts about firmware formats
 * come from host/image.
 *
 * Example, a teller:
 *     inspect_say(i, "It is for %s.", record.device_class);
 *     inspect_fact(i, "class", "%s", record.device_class);
 */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include <cjson/cJSON.h>

#include "verb.h"

/** A file under inspection. */
struct inspection {
    const char *path;
    aloft_bytes file;
    const struct project *project; /* NULL: not in a project */
    cJSON *json;                   /* facts for programs; sentences are printed where it is NULL */
    struct trouble *trouble;
};

/** One row: `is` may look at everything, `tell` prints or fails with a sentence. */
struct inspect_kind {
    const char *name; /* for --json: "image", "manifest", ... */
    bool (*is)(aloft_bytes file);
    aloft_err (*tell)(struct inspection *i);
};

/** Print a sentence and a line end, for people only. Text from outside is made printable. */
void inspect_say(const struct inspection *i, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Add a text or a number for programs only. */
void inspect_fact(const struct inspection *i, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void inspect_number(const struct inspection *i, const char *name, double number);

/** The file name of a key of the project ("keys/firmware.pub"), or NULL for one it does not know. */
const char *inspect_key_file(const struct inspection *i, const uint8_t kid[ALOFT_KID_SIZE],
                             char *out, size_t out_size);

bool inspect_is_image(aloft_bytes file);
aloft_err inspect_image(struct inspection *i);
/* An ESP image without an aloft record, and an ESP partition table; inspect_esp_facts adds what an
 * image with a record is beside that. */
bool inspect_is_esp(aloft_bytes file);
aloft_err inspect_esp(struct inspection *i);
void inspect_esp_facts(struct inspection *i);
bool inspect_is_table(aloft_bytes file);
aloft_err inspect_table(struct inspection *i);
bool inspect_is_manifest(aloft_bytes file);
aloft_err inspect_manifest(struct inspection *i);
bool inspect_is_certificate(aloft_bytes file);
aloft_err inspect_certificate(struct inspection *i);
bool inspect_is_request(aloft_bytes file);
aloft_err inspect_request(struct inspection *i);
bool inspect_is_private_key(aloft_bytes file);
aloft_err inspect_private_key(struct inspection *i);
bool inspect_is_public_key(aloft_bytes file);
aloft_err inspect_public_key(struct inspection *i);

#endif

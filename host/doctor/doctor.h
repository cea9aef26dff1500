/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Looks into a source folder or a built image, without any network, and says in
 * three sentences what is wrong, what is not wrong, and what to do.
 *
 * Example:
 *     struct doctor *doctor = doctor_new();
 *     doctor_server(doctor, "/home/me/project");        // compare with this project; may be left
 *     out if (doctor_look_at_project(doctor, "ota_demo", &trouble) == ALOFT_OK)
 *         doctor_say(doctor, stdout);
 *     doctor_free(doctor);
 */
#ifndef HOST_DOCTOR_DOCTOR_H
#define HOST_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include <aloft/error.h>

#include "host/trouble.h"

#define DOCTOR_ROWS_MAX 48u

/** How much it matters. */
enum doctor_weight { DOCTOR_FINE, DOCTOR_NOTE, DOCTOR_WRONG, DOCTOR_ALARM };

/** What it is about, the most decisive first: the verdict speaks of the first that is wrong. */
enum doctor_topic {
    DOCTOR_PRIVATE_KEY,
    DOCTOR_IMAGE,
    DOCTOR_ADDRESS, /* before what is looked at only after somebody has answered */
    DOCTOR_PLACEHOLDER,
    DOCTOR_CA,
    DOCTOR_KEY,
    DOCTOR_VERSION,
    DOCTOR_SLOTS,
    DOCTOR_ROLLBACK,
    DOCTOR_IDF,
    DOCTOR_IDENTITY,
    DOCTOR_N_TOPICS
};

struct doctor_row {
    enum doctor_weight weight;
    enum doctor_topic topic;
    char where[96]; /* file and line, or a place in the image */
    char what[300];
};

struct doctor;

struct doctor *doctor_new(void);
void doctor_free(struct doctor *doctor);

/** Compare with the server of this project: its base address, certificates and keys (legacy/ too).
 *  What is not there is not compared. */
void doctor_server(struct doctor *doctor, const char *project_dir);

/** Read a source folder. Bounded: 6 levels, 4000 files, 1 MiB of each. Fails FILE_READ,
 *  DOCTOR_NO_SOURCE. */
ALOFT_MUST_USE aloft_err doctor_look_at_project(struct doctor *doctor, const char *dir,
                                                struct trouble *trouble);

/** Read a built image. Fails FILE_READ, FILE_LONG. */
ALOFT_MUST_USE aloft_err doctor_look_at_firmware(struct doctor *doctor, const char *file,
                                                 struct trouble *trouble);

size_t doctor_n_rows(const struct doctor *doctor);
const struct doctor_row *doctor_row_at(const struct doctor *doctor, size_t i);

/** The heaviest weight of all rows. */
enum doctor_weight doctor_worst(const struct doctor *doctor);

void doctor_say(const struct doctor *doctor, FILE *to);
void doctor_json(const struct doctor *doctor, FILE *to);

#endif

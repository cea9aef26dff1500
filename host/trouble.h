/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. A fault with the facts that only the host knows: file, host, version, command.
 * Example:
 *     if (fd < 0)
 *         return trouble_file(trouble, ALOFT_E_FILE_READ, path, errno);
 *     ...
 *     return trouble_print(stderr, &trouble);      // gives the exit code
 */
#ifndef HOST_TROUBLE_H
#define HOST_TROUBLE_H

#include <stdio.h>

#include <aloft/error.h>

#define TROUBLE_FACTS 12
#define TROUBLE_ROOM  2048

struct trouble {
    aloft_fault fault;
    unsigned n;
    struct aloft_fact fact[TROUBLE_FACTS]; /* text points into `room` */
    char room[TROUBLE_ROOM];
    size_t used;
};

/** Begin a new trouble with this code; earlier content is lost. Gives the code. */
aloft_err trouble_set(struct trouble *t, aloft_err code);

/** The same from a fault that somebody below filled. Gives its code. */
aloft_err trouble_from(struct trouble *t, const aloft_fault *why);

/** Add a fact; `name` must be static. Unprintable bytes become '?'. A fact too many is left out. */
void trouble_fact(struct trouble *t, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** trouble_set, the facts `file` and `reason` (strerror of `number`), and the raw number. FILE_READ and
 *  FILE_WRITE for lack of a right become what denied_tell finds (denied.h), where it finds one;
 *  FILE_WRITE for lack of room becomes FILE_FULL. Gives what it has become. */
aloft_err trouble_file(struct trouble *t, aloft_err code, const char *path, int number);

/** The sentences into `out`; always terminated. Gives out. */
const char *trouble_text(const struct trouble *t, char *out, size_t out_size);

/** Print "aloft: ..." and give the exit code for it. */
int trouble_print(FILE *to, const struct trouble *t);

/** 0 done, 1 refused (the caller's input), 2 could not (the world), 3 alarm. */
int trouble_exit(const struct trouble *t);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. What `aloft install` writes beside the program, as text. All of it is made from the
 * table of verbs and from their own help, so none of it can say something else. */
#ifndef CLI_INSTALL_H
#define CLI_INSTALL_H

#include <stdio.h>

#include "verb.h"

/** The man page, and what the two shells need to complete verbs, options and file names. */
void install_man(FILE *to);
void install_bash(FILE *to);
void install_zsh(FILE *to);

/** What a unit is for: `program -C project serve`. */
struct install_unit {
    const char *program;  /* where the program will lie */
    struct project *open; /* of which `dir` is absolute */
    const char *user;     /* who owns the project; NULL: a unit of the user's own manager */
};

/** Fails INSTALL_PATH when a path cannot stand in a unit. */
ALOFT_MUST_USE aloft_err install_unit_check(const struct install_unit *unit,
                                            struct trouble *trouble);
void install_service(FILE *to, const struct install_unit *unit);

#endif

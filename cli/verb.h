/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. A verb is a file: its options, its help, its work. main.c holds the table.
 *
 * Example:
 *     int releases_main(struct cli *cli, int argc, char **argv);   // argv[0] is the verb's name
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include <stdbool.h>

#include "host/project.h"
#include "host/trouble.h"

#define EXIT_REFUSED 1
#define EXIT_WORLD   2
#define EXIT_ALARM   3
#define EXIT_USAGE   64

#define ALOFT_PROGRAM_VERSION "0.1.0"

struct cli {
    const char *dir;        /* -C, or $ALOFT_PROJECT, or "." */
    struct trouble trouble; /* of the verb under way */
};

struct verb {
    const char *name;
    int (*run)(struct cli *cli, int argc, char **argv);
    const char *help; /* what it does, in a line */
};

/** The verbs in the order of the help; the last has no name. */
extern const struct verb cli_verbs[];

/** What `aloft VERB --help` prints, or `aloft --help` for NULL. Yours to free; NULL: no memory. */
char *cli_help_of(const char *verb);

/** Print the trouble, with how to get help where it is a matter of usage; gives the exit code. */
int cli_fail(const struct cli *cli);

/** A matter of usage: "aloft VERB: TEXT" and where the help is; gives EXIT_USAGE. */
int cli_usage(const char *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** What getopt_long has just answered '?' to: no such option, or its value is missing or too much. */
int cli_wrong_option(const char *verb, char **argv);

#define V(name, help) int name##_main(struct cli *cli, int argc, char **argv);
#include "verbs.def"
#undef V

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Finds the verb and calls it.
 * Knows: the table of verbs.   Never knows: what a verb does. */
#include "verb.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALOFT_PROGRAM_VERSION "0.1.0"

struct verb {
    const char *name;
    int (*run)(struct cli *cli, int argc, char **argv);
    const char *help;
};

static const struct verb verbs[] = {
#define V(name, help) {#name, name##_main, help},
#include "verbs.def"
#undef V
    {NULL, NULL, NULL},
};

static void print_help(FILE *to) {
    fputs("aloft: firmware updates from your own server\n\n"
          "usage: aloft [-C DIR] VERB ...      DIR is the project folder (default: this one, or\n"
          "                                    $ALOFT_PROJECT)\n\n",
          to);
    for (const struct verb *v = verbs; v->name != NULL; v++)
        fprintf(to, "  %-12s %s\n", v->name, v->help);
    fputs(
        "\n`aloft VERB --help` says more. Exit codes: 0 done, 1 refused (your input), 2 could not\n"
        "(the world), 3 alarm (signature, rollback, digest), 64 usage.\n",
        to);
}

int cli_fail(const struct cli *cli) {
    return trouble_print(stderr, &cli->trouble);
}

int cli_usage(const char *verb, const char *format, ...) {
    va_list arguments;

    fprintf(stderr, "aloft %s: ", verb);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nSee `aloft %s --help`.\n", verb);
    return EXIT_USAGE;
}

/* Quotes and dashes that a web page or a chat has made typographic come as UTF-8 E2 80 9x. */
static bool was_pasted(const char *argument) {
    for (const char *p = argument; (p = strstr(p, "\xe2\x80")) != NULL; p += 2)
        if (((unsigned char)p[2] & 0xf0u) == 0x90u)
            return true;
    return false;
}

static int run_verb(struct cli *cli, int argc, char **argv) {
    for (int i = 0; i < argc; i++)
        if (was_pasted(argv[i])) {
            fprintf(stderr,
                    "aloft: \"%s\" holds a curly quote or a long dash, as web pages make them.\n"
                    "Type plain quotes (\" or ') and two plain dashes (--) instead.\n",
                    argv[i]);
            return EXIT_USAGE;
        }
    for (const struct verb *v = verbs; v->name != NULL; v++)
        if (strcmp(v->name, argv[0]) == 0)
            return v->run(cli, argc, argv);
    fprintf(stderr, "aloft: there is no verb \"%s\". `aloft --help` lists them.\n", argv[0]);
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    static struct cli cli;
    int at = 1;

    signal(SIGPIPE, SIG_IGN);
    cli.dir = getenv("ALOFT_PROJECT") != NULL ? getenv("ALOFT_PROJECT") : ".";
    while (at < argc && argv[at][0] == '-') {
        if (strcmp(argv[at], "-C") == 0 && at + 1 < argc) {
            cli.dir = argv[at + 1];
            at += 2;
        } else if (strcmp(argv[at], "--version") == 0) {
            puts("aloft " ALOFT_PROGRAM_VERSION);
            return 0;
        } else if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            print_help(stdout);
            return 0;
        } else {
            return cli_usage("VERB", "\"%s\" is not an option here", argv[at]);
        }
    }
    if (at == argc) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    return run_verb(&cli, argc - at, argv + at);
}

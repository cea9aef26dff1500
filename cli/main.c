/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Finds the verb and calls it.
 * Knows: the table of verbs.   Never knows: what a verb does. */
#include "streams.h"
#include "verb.h"

#include <signal.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct verb cli_verbs[] = {
#define V(name, help) {#name, name##_main, help},
#include "verbs.def"
#undef V
    {NULL, NULL, NULL},
};

static void print_help(FILE *to) {
    fputs(
        "aloft: firmware updates from your own server\n\n"
        "usage: aloft [-C DIR] VERB ...      DIR is the project folder (default: $ALOFT_PROJECT,\n"
        "                                    or else the current folder)\n"
        "       aloft help VERB, aloft --version\n\n",
        to);
    for (const struct verb *v = cli_verbs; v->name != NULL; v++)
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

int cli_wrong_option(const char *verb, char **argv) {
    const char *given = argv[optind - 1];

    /* optopt is 0 for a long option that is not there, else the letter or the option's value */
    if (optopt != 0 && strncmp(given, "--", 2) != 0)
        return cli_usage(verb, "there is no option -%c, or its value is missing", optopt);
    if (optopt == 0)
        return cli_usage(verb, "there is no option \"%s\"", given);
    if (strchr(given, '=') != NULL)
        return cli_usage(verb, "\"%s\": this option takes no value", given);
    return cli_usage(verb, "%s needs a value behind it", given);
}

/* Quotes and dashes that a web page or a chat has made typographic come as UTF-8 E2 80 9x. */
static bool is_typographic(const char *text) {
    return strncmp(text, "\xe2\x80", 2) == 0 && ((unsigned char)text[2] & 0xf0u) == 0x90u;
}

/* Only where an argument or a value begins: inside a text, notes for example, they are in place.
 * One hyphen before a long dash is what is left of two. */
static bool was_pasted(const char *argument) {
    const char *value = argument[0] == '-' ? strchr(argument, '=') : NULL;

    return is_typographic(argument + (argument[0] == '-' ? 1 : 0)) ||
           (value != NULL && is_typographic(value + 1));
}

static int run_verb(struct cli *cli, int argc, char **argv);

/* `aloft help VERB` is `aloft VERB --help`. */
static int help_main(struct cli *cli, int argc, char **argv) {
    static char option[] = "--help";
    char *asked[] = {argv[argc - 1], option, NULL};

    if (argc > 1)
        return run_verb(cli, 2, asked);
    print_help(stdout);
    return 0;
}

static int run_verb(struct cli *cli, int argc, char **argv) {
    opterr = 0; /* cli_wrong_option says it in our words */
    for (int i = 0; i < argc; i++)
        if (was_pasted(argv[i])) {
            fprintf(stderr,
                    "aloft: \"%s\" holds a curly quote or a long dash, as web pages make them.\n"
                    "Type plain quotes (\" or ') and two plain dashes (--) instead.\n",
                    argv[i]);
            return EXIT_USAGE;
        }
    for (const struct verb *v = cli_verbs; v->name != NULL; v++)
        if (strcmp(v->name, argv[0]) == 0)
            return v->run(cli, argc, argv);
    if (strcmp(argv[0], "help") == 0)
        return help_main(cli, argc, argv);
    fprintf(stderr, "aloft: there is no verb \"%s\". `aloft --help` lists them.\n", argv[0]);
    return EXIT_USAGE;
}

/* A verb prints its help where all print, so standard output is for once a piece of memory. */
char *cli_help_of(const char *verb) {
    static char help[] = "--help";
    struct cli cli = {.dir = "."};
    char *text = NULL, name[32];
    size_t len;
    FILE *before = stdout, *memory = open_memstream(&text, &len);

    if (memory == NULL)
        return NULL;
    stdout = memory;
    if (verb == NULL) {
        print_help(memory);
    } else {
        snprintf(name, sizeof name, "%s", verb);
        optind = 0; /* getopt begins anew */
        (void)run_verb(&cli, 2, (char *[]){name, help, NULL});
    }
    stdout = before;
    return fclose(memory) == 0 ? text : NULL;
}

static int wrong_start(const char *argument) {
    if (strcmp(argument, "-C") == 0)
        fputs("aloft: -C needs the folder of a project behind it.\nSee `aloft --help`.\n", stderr);
    else
        fprintf(stderr, "aloft: there is no option \"%s\" before the verb.\nSee `aloft --help`.\n",
                argument);
    return EXIT_USAGE;
}

/* What a program was asked for and could not say is no success. */
static int end_with(struct cli *cli, int code) {
    if (streams_end(&cli->trouble) == ALOFT_OK)
        return code;
    return code == 0 ? cli_fail(cli) : code;
}

static int run(struct cli *cli, int argc, char **argv) {
    int at = 1;

    cli->dir = getenv("ALOFT_PROJECT") != NULL ? getenv("ALOFT_PROJECT") : ".";
    while (at < argc && argv[at][0] == '-') {
        if (strcmp(argv[at], "-C") == 0 && at + 1 < argc) {
            cli->dir = argv[at + 1];
            at += 2;
        } else if (strcmp(argv[at], "--version") == 0) {
            puts("aloft " ALOFT_PROGRAM_VERSION);
            return 0;
        } else if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            print_help(stdout);
            return 0;
        } else {
            return wrong_start(argv[at]);
        }
    }
    if (at == argc) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    return run_verb(cli, argc - at, argv + at);
}

int main(int argc, char **argv) {
    static struct cli cli;

    streams_begin();
    signal(SIGPIPE, SIG_IGN);
    return end_with(&cli, run(&cli, argc, argv));
}

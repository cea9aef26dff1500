/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft explain`: log lines and error numbers become sentences.
 * Knows: where the text comes from.   Never knows: what it means. */
#include "verb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/explain/explain.h"

static const char help[] =
    "usage: aloft explain TEXT... [--json]  a number, a name (NET_TIMEOUT), or a line of a log\n"
    "       aloft explain FILE [--json]     a whole log\n"
    "       aloft explain - [--json]        standard input: idf.py monitor | aloft explain -\n"
    "\n"
    "Says what each line or number that it knows means, then what it is, what it is not, and\n"
    "what to do next. Needs no project.\n"
    "\n"
    "  --json  the same for programs\n"
    "\n"
    "Examples: aloft explain 113      aloft explain -0x2700      aloft explain monitor.log\n";

#define ASK_MAX 4096u

/* A word with a slash and no blank is a path, whether it is there or not: log lines have blanks. */
static bool is_file(const char *word) {
    struct stat facts;

    return strcmp(word, "-") == 0 || (stat(word, &facts) == 0 && !S_ISDIR(facts.st_mode)) ||
           (strchr(word, '/') != NULL && strpbrk(word, " \t(") == NULL);
}

static aloft_err read_all(struct explain *log, const char *path, struct trouble *trouble) {
    static uint8_t room[65536];
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t n;
    int problem;

    if (file == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_READ, path, errno);
    while ((n = fread(room, 1, sizeof room, file)) > 0)
        explain_read(log, (aloft_bytes){room, n});
    problem = ferror(file) ? errno : 0;
    if (file != stdin)
        fclose(file);
    return problem == 0 ? ALOFT_OK : trouble_file(trouble, ALOFT_E_FILE_READ, path, problem);
}

static void ask(struct explain *log, int n, char **words) {
    char text[ASK_MAX];
    size_t len = 0;

    text[0] = 0;
    for (int i = 0; i < n && len + 1 < sizeof text; i++) {
        snprintf(text + len, sizeof text - len, "%s%s", i > 0 ? " " : "", words[i]);
        len = strlen(text);
    }
    explain_ask(log, text);
}

static int answer(struct cli *cli, struct explain *log, bool is_json) {
    explain_end(log);
    if (is_json)
        explain_json(log, stdout);
    else
        explain_say(log, stdout);
    if (explain_n_findings(log) > 0 || explain_story_of(log) != NULL)
        return 0;
    trouble_set(&cli->trouble, ALOFT_E_EXPLAIN_NOTHING);
    return cli_fail(cli);
}

static int run(struct cli *cli, int n, char **words, bool is_json) {
    struct explain *log = explain_new();
    int exit_code;

    if (log == NULL) {
        trouble_file(&cli->trouble, ALOFT_E_FILE_READ, "memory", ENOMEM);
        return cli_fail(cli);
    }
    if (n == 1 && is_file(words[0])) {
        if (read_all(log, words[0], &cli->trouble) != ALOFT_OK) {
            explain_free(log);
            return cli_fail(cli);
        }
    } else {
        ask(log, n, words);
    }
    exit_code = answer(cli, log, is_json);
    explain_free(log);
    return exit_code;
}

/* -0x2700 and -9984 are numbers to explain, not options: what follows '-' and begins with a digit
 * is taken as text */
static bool is_option(const char *word) {
    return word[0] == '-' && word[1] != 0 && (word[1] < '0' || word[1] > '9');
}

int explain_main(struct cli *cli, int argc, char **argv) {
    bool is_json = false;
    int at = 1;

    for (; at < argc && is_option(argv[at]); at++) {
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            fputs(help, stdout);
            return 0;
        }
        if (strcmp(argv[at], "--document") == 0) {
            explain_document(stdout);
            return 0;
        }
        if (strcmp(argv[at], "--json") == 0) {
            is_json = true;
        } else if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        } else {
            return cli_usage("explain", "there is no option \"%s\"", argv[at]);
        }
    }
    if (argc > at && strcmp(argv[argc - 1], "--json") == 0) {
        is_json = true;
        argc--;
    }
    if (at == argc)
        return cli_usage("explain",
                         "what? Give it a number, a line, a file, or - for standard input");
    return run(cli, argc - at, argv + at, is_json);
}

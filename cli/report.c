/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft report`: one text to paste into an issue or a forum.
 * Knows: options, whose words are to be hidden.   Never knows: what private things look like. */
#include "report_parts.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/file.h"
#include "host/pki.h"

/* A device that prints 80 letters a second for a day says less. */
#define LOG_MAX (8u << 20)

static const char help[] =
    "usage: aloft report [LOG | -] [OPTION]...\n\n"
    "One text to paste into an issue or a forum: versions and system, the project, a walk along a\n"
    "device's road, devices and their last faults, who knocked and could not be served, what has\n"
    "run where; and of LOG, a device's log (- is standard input), the last lines and what they\n"
    "mean. Without a project it says what was not found.\n\n"
    "Taken out: keys, tokens, passwords, Wi-Fi names that a log gives as such, e-mail addresses,\n"
    "home folders, the user's and the machines' names, MAC and public addresses. Private "
    "addresses\n"
    "such as 192.168.1.3 stay: they find the fault. A name alone in a sentence cannot be known,\n"
    "so read the text before you paste it, and name such a word with --hide.\n\n"
    "  --hide WORD      take this word out too, a Wi-Fi name for example; up to 8 times\n"
    "  --project DIR    what `aloft doctor` says about this ESP-IDF project\n"
    "  --firmware FILE  what it says about this image\n"
    "  --offline        do not walk the road: no packet is sent\n"
    "  --json           the same for programs\n";

#define HIDE_MAX 8u

struct wish {
    struct report_wish parts;
    const char *hide[HIDE_MAX], *log;
    unsigned n_hide;
    bool is_json;
};

static bool take(struct wish *wish, int option, const char *value) {
    switch (option) {
    case 'H':
        if (wish->n_hide == HIDE_MAX || value[0] == 0)
            return false;
        wish->hide[wish->n_hide++] = value;
        return true;
    case 'p':
        wish->parts.source = value;
        return true;
    case 'f':
        wish->parts.firmware = value;
        return true;
    case 'o':
        wish->parts.is_offline = true;
        return true;
    default:
        wish->is_json = true;
        return true;
    }
}

/* Gives -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct wish *wish) {
    static const struct option options[] = {{"hide", required_argument, NULL, 'H'},
                                            {"project", required_argument, NULL, 'p'},
                                            {"firmware", required_argument, NULL, 'f'},
                                            {"offline", no_argument, NULL, 'o'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == '?')
            return cli_wrong_option("report", argv);
        if (!take(wish, option, optarg))
            return cli_usage("report", "--hide takes a word, and no more than %u words", HIDE_MAX);
    }
    if (optind < argc)
        wish->log = argv[optind++];
    if (optind < argc)
        return cli_usage("report", "one log at a time");
    return -1;
}

/* ---- whose words are hidden */

static void hide(struct report *report, const char *word, const char *instead) {
    /* nobody's names: what stands in every text says nothing about anybody */
    static const char *const common[] = {"root", "localhost", "user", "/", "/root", "aloft"};

    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (word != NULL && strcmp(word, common[i]) == 0)
            return;
    (void)redact_word(report_redact(report), word, instead);
}

struct names {
    char project[PATH_MAX], home[PATH_MAX], user[64], machine[256], person[256];
    char host[ALOFT_BASE_MAX + 1];
};

static void hide_person(struct report *report, struct names *names) {
    const struct passwd *entry = getpwuid(geteuid());

    hide(report, getenv("HOME"), "~");
    if (entry != NULL) {
        snprintf(names->home, sizeof names->home, "%s", entry->pw_dir);
        snprintf(names->user, sizeof names->user, "%s", entry->pw_name);
        snprintf(names->person, sizeof names->person, "%s", entry->pw_gecos);
        names->person[strcspn(names->person, ",")] = 0;
        hide(report, names->home, "~");
        hide(report, names->person, "<user>");
        hide(report, names->user, "<user>");
    }
    hide(report, getenv("USER"), "<user>");
    hide(report, getenv("LOGNAME"), "<user>");
    hide(report, getenv("SUDO_USER"), "<user>");
}

static void hide_machines(struct report *report, struct names *names,
                          const struct project *project) {
    char *end;

    if (gethostname(names->machine, sizeof names->machine - 1) == 0) {
        names->machine[strcspn(names->machine, ".")] = 0;
        hide(report, names->machine, "<this machine>");
    }
    if (project == NULL || strncmp(project->base, "https://", 8) != 0)
        return;
    snprintf(names->host, sizeof names->host, "%s", project->base + 8);
    end = names->host + strcspn(names->host, ":/");
    *end = 0;
    if (names->host[0] != '[' && !pki_is_address(names->host))
        hide(report, names->host, "<server>");
}

static void hide_all(struct report *report, const struct wish *wish, struct names *names,
                     const struct project *project) {
    for (unsigned i = 0; i < wish->n_hide; i++)
        hide(report, wish->hide[i], "<hidden>");
    if (project != NULL && realpath(project->dir, names->project) != NULL)
        hide(report, names->project, "<project>");
    hide_machines(report, names, project);
    hide_person(report, names);
}

int report_main(struct cli *cli, int argc, char **argv) {
    static struct project project;
    static struct names names;
    struct wish wish = {.parts.dir = cli->dir};
    struct report *report;
    aloft_space log = {0};
    int code = read_options(argc, argv, &wish);

    if (code >= 0)
        return code;
    if (wish.log != NULL && file_read(wish.log, LOG_MAX, &log, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    report = report_new();
    if (report == NULL) {
        trouble_file(&cli->trouble, ALOFT_E_FILE_READ, "memory", ENOMEM);
        free(log.at);
        return cli_fail(cli);
    }
    if (project_open(cli->dir, &project, &cli->trouble) == ALOFT_OK)
        wish.parts.project = &project;
    else
        wish.parts.no_project = &cli->trouble;
    hide_all(report, &wish, &names, wish.parts.project);
    report_parts(report, &wish.parts);
    if (wish.log != NULL)
        report_part_log(report, (aloft_bytes){log.at, log.len});
    if (wish.is_json)
        report_json(report, stdout);
    else
        report_say(report, stdout);
    report_free(report);
    free(log.at);
    return 0;
}

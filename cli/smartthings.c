/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft smartthings`: the way into the Developer Workspace, and the stand-in of cloud and app.
 * Knows: where the files of an ESP-IDF project are.   Never knows: what stands in them. */
#include "smartthings.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/file.h"

static const char help[] =
    "usage: aloft smartthings identity DIR [--json]\n"
    "       aloft smartthings qr [DIR] [--json]\n"
    "       aloft smartthings app OPTIONS\n"
    "\n"
    "identity makes a serial number and an Ed25519 key for one device, in DIR/identity, and says "
    "what\n"
    "to paste into the Developer Workspace. It checks onboarding_config.json in DIR or DIR/main, "
    "and\n"
    "makes the NVS image that keeps the identity out of the firmware. Where there is an identity "
    "it\n"
    "is checked and shown again, never replaced.\n"
    "qr shows the code that the SmartThings app scans to add the device.\n"
    "app is a stand-in of the SmartThings cloud and its app, on this terminal; it is a program of "
    "its\n"
    "own, aloft-smartthings, and `aloft smartthings app --help` is its help.\n"
    "\n"
    "  DIR      the folder of an ESP-IDF project, with main/ in it; default for qr: this folder\n"
    "  --json   the same for programs\n";

/* The first of the two that is there; empty: none. */
static aloft_err find_file(const char *dir, const char *const names[2], char out[PATH_MAX],
                           struct trouble *trouble) {
    for (unsigned i = 0; i < 2; i++) {
        aloft_err e = file_join(dir, names[i], out, PATH_MAX, trouble);
        if (e != ALOFT_OK || access(out, F_OK) == 0)
            return e;
    }
    out[0] = 0;
    return ALOFT_OK;
}

aloft_err smartthings_find(const char *dir, struct smartthings_files *out,
                           struct trouble *trouble) {
    static const char *const onboarding[] = {"main/onboarding_config.json",
                                             "onboarding_config.json"};
    static const char *const embedded[] = {"main/device_info.json", "main/device_info.json"};
    aloft_err e = file_join(dir, SMARTTHINGS_FOLDER, out->folder, sizeof out->folder, trouble);

    if (e == ALOFT_OK)
        e = find_file(dir, onboarding, out->onboarding, trouble);
    if (e == ALOFT_OK)
        e = find_file(dir, embedded, out->embedded, trouble);
    return e;
}

/* It is not looked for in PATH, where another could stand. */
void smartthings_app_path(char out[PATH_MAX]) {
    ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - sizeof "/" SMARTTHINGS_APP);
    char *slash;

    out[len > 0 ? len : 0] = 0;
    slash = strrchr(out, '/');
    strcpy(slash == NULL ? out : slash + 1, SMARTTHINGS_APP);
}

static int start_app(struct cli *cli, char **argv) {
    static char name[] = SMARTTHINGS_APP;
    char path[PATH_MAX];

    smartthings_app_path(path);
    argv[0] = name;
    execv(path, argv);
    trouble_set(&cli->trouble, ALOFT_E_ST_NO_APP);
    cli->trouble.fault.raw = errno;
    trouble_fact(&cli->trouble, "file", "%s", path);
    return cli_fail(cli);
}

int smartthings_main(struct cli *cli, int argc, char **argv) {
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *what = argc > 1 ? argv[1] : "";
    bool is_json = false, is_identity = strcmp(what, "identity") == 0;
    int option;

    if (strcmp(what, "app") == 0)
        return start_app(cli, argv + 1);
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option != 'j')
            return cli_wrong_option("smartthings", argv);
        is_json = true;
    }
    optind++; /* the word */
    if (!is_identity && strcmp(what, "qr") != 0)
        return cli_usage("smartthings", "say `identity`, `qr` or `app`");
    if (argc - optind > 1 || (is_identity && argc - optind != 1))
        return cli_usage("smartthings", "`%s` takes one folder", what);
    if (is_identity)
        return smartthings_identity(cli, argv[optind], is_json);
    return smartthings_qr(cli, argc > optind ? argv[optind] : ".", is_json);
}

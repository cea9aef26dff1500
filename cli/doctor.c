/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft doctor`: looks into a source folder or an image, and says what is wrong.
 * Knows: options, exit codes.   Never knows: what is looked at. */
#include "verb.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "host/doctor/doctor.h"

static const char help[] =
    "usage: aloft doctor --project DIR [--json]      the source folder of an ESP-IDF project\n"
    "       aloft doctor --firmware FILE [--json]    a built image\n"
    "\n"
    "Says in three sentences what is wrong, what is not wrong, and what to do: the address that\n"
    "the firmware calls, with file and line; certificates, keys and versions inside; partition\n"
    "table, rollback. With `aloft -C PROJECT` they are compared with that project's server.\n"
    "Uses no network.\n"
    "\n"
    "  --json  the same for programs\n"
    "\n"
    "Exit: 0 nothing wrong, 1 something is wrong, 3 a private key is inside.\n";

struct wish {
    const char *project, *firmware;
    bool is_json;
};

/* Gives -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct wish *wish) {
    static const struct option options[] = {{"project", required_argument, NULL, 'p'},
                                            {"firmware", required_argument, NULL, 'f'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == 'p')
            wish->project = optarg;
        else if (option == 'f')
            wish->firmware = optarg;
        else if (option == 'j')
            wish->is_json = true;
        else
            return cli_wrong_option("doctor", argv);
    }
    if (optind < argc || (wish->project == NULL && wish->firmware == NULL))
        return cli_usage("doctor",
                         "this version looks only into a source folder (--project DIR) or an "
                         "image (--firmware FILE)");
    if (wish->project != NULL && wish->firmware != NULL)
        return cli_usage("doctor", "--project or --firmware, one at a time");
    return -1;
}

static int answer(const struct doctor *doctor, bool is_json) {
    enum doctor_weight worst = doctor_worst(doctor);

    if (is_json)
        doctor_json(doctor, stdout);
    else
        doctor_say(doctor, stdout);
    return worst == DOCTOR_ALARM ? EXIT_ALARM : worst == DOCTOR_WRONG ? EXIT_REFUSED : 0;
}

int doctor_main(struct cli *cli, int argc, char **argv) {
    struct wish wish = {0};
    struct doctor *doctor;
    int code = read_options(argc, argv, &wish);
    aloft_err e;

    if (code >= 0)
        return code;
    doctor = doctor_new();
    if (doctor == NULL) {
        trouble_file(&cli->trouble, ALOFT_E_FILE_READ, "memory", ENOMEM);
        return cli_fail(cli);
    }
    doctor_server(doctor, cli->dir);
    e = wish.project != NULL ? doctor_look_at_project(doctor, wish.project, &cli->trouble)
                             : doctor_look_at_firmware(doctor, wish.firmware, &cli->trouble);
    code = e == ALOFT_OK ? answer(doctor, wish.is_json) : cli_fail(cli);
    doctor_free(doctor);
    return code;
}

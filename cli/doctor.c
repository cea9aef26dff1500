/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft doctor`: looks into a source folder or an image, or walks a device's road.
 * Knows: options, exit codes.   Never knows: what is looked at. */
#include "doctor_road.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/doctor/doctor.h"

static const char help[] =
    "usage: aloft doctor [BASE] [OPTION]...          walk a device's road to an update\n"
    "       aloft doctor --project DIR [--json]      the source folder of an ESP-IDF project\n"
    "       aloft doctor --firmware FILE [--json]    a built image\n"
    "\n"
    "The road: name, route, TCP, TLS, chain, host name, dates, HTTP, clock, manifest, decision,\n"
    "payload, resumed too. Stops at the first step that is broken: what was seen, what was\n"
    "expected, what to do. BASE is what devices call; default: the one of aloft.conf.\n"
    "\n"
    "  --ca FILE        the CA that the device holds; default: pki/ca.crt of the project\n"
    "  --now UNIX_S     the device's clock; default: this machine's\n"
    "  --class V/M/R    of the device; default: the project's first\n"
    "  --channel CH     default: stable\n"
    "  --running IMAGE  what it runs; default: nothing yet, fresh from the factory\n"
    "  --json           the same for programs\n"
    "\n"
    "With --project and --firmware it uses no network, and says in three sentences what is wrong,\n"
    "what is not wrong, and what to do: the address that the firmware calls, with file and line;\n"
    "certificates, keys and versions inside; partition table, rollback. With `aloft -C PROJECT`\n"
    "they are compared with that project's server.\n"
    "\n"
    "Exit: 0 nothing wrong, 1 something in the files is wrong, 2 the road is broken, 3 alarm: a\n"
    "private key is inside, or a signature, a digest or a sequence is not right.\n";

struct wish {
    const char *project, *firmware;
    struct road_wish road;
    bool is_json, has_road_option;
};

/* What only the road asks for. False: it cannot be that. */
static bool take_road(struct road_wish *road, int option, const char *value) {
    char *end = NULL;

    switch (option) {
    case 'a':
        road->ca = value;
        return true;
    case 'n':
        road->has_now = true;
        errno = 0;
        road->now_s = strtoll(value, &end, 10);
        return errno == 0 && end != value && *end == 0 && road->now_s >= 0;
    case 'c':
        road->device_class = value;
        return project_class_is_legal(value);
    case 'C':
        road->channel = value;
        return project_channel_is_legal(value);
    case 'r':
        road->running = value;
        return true;
    default:
        return false;
    }
}

/* The files and the road are two questions. */
static int check(const struct wish *wish) {
    bool is_file = wish->project != NULL || wish->firmware != NULL;

    if (wish->project != NULL && wish->firmware != NULL)
        return cli_usage("doctor", "--project or --firmware, one at a time");
    if (is_file && (wish->road.base != NULL || wish->has_road_option))
        return cli_usage("doctor",
                         "--project and --firmware use no network: ask for the road alone");
    return -1;
}

/* Gives -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct wish *wish) {
    static const struct option options[] = {
        {"project", required_argument, NULL, 'p'}, {"firmware", required_argument, NULL, 'f'},
        {"ca", required_argument, NULL, 'a'},      {"now", required_argument, NULL, 'n'},
        {"class", required_argument, NULL, 'c'},   {"channel", required_argument, NULL, 'C'},
        {"running", required_argument, NULL, 'r'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},          {0}};
    int option, which = 0;

    while ((option = getopt_long(argc, argv, "h", options, &which)) != -1) {
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
        else if (option == '?')
            return cli_wrong_option("doctor", argv);
        else if (take_road(&wish->road, option, optarg))
            wish->has_road_option = true;
        else
            return cli_usage("doctor", "--%s cannot be \"%s\"", options[which].name, optarg);
    }
    if (optind < argc)
        wish->road.base = argv[optind++];
    if (optind < argc)
        return cli_usage("doctor", "one address at a time");
    return check(wish);
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
    if (wish.project == NULL && wish.firmware == NULL)
        return doctor_road(cli, &wish.road, wish.is_json);
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

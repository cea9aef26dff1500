/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft publish IMAGE --legacy`: its options, and what it says when it is done.
 * Knows: words.   Never knows: lists, signatures. */
#include "publish_legacy.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/legacy/publish.h"

static const char help[] =
    "usage: aloft -C PROJECT publish IMAGE --legacy [options]\n\n"
    "Puts an image on offer for devices with the SmartThings ota_demo: signed as their script\n"
    "does, with version_info.json. The version is the firmwareVersion of the device_info.json in\n"
    "the image. The project was made with `aloft init --import-ota-demo`.\n\n"
    "  --older VERSION    a version that runs out there and is not listed yet (may be given "
    "again)\n"
    "  --polling DAYS     how often devices look, 1 to 49 (default: as before, or 1)\n"
    "  --partitions FILE  partitions.csv or its binary: refuse an image that does not fit\n"
    "  --key FILE         root.key, when it is not in legacy/\n"
    "  --one-device       the image carries one device's identity, and that is meant\n";

bool is_publish_legacy(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--legacy") == 0)
            return true;
    return false;
}

/* Gives -1 to go on, else the exit code. */
static int read_option(struct legacy_order *order, int option, char **argv) {
    char *end;
    unsigned long days;

    switch (option) {
    case 'l':
        return -1;
    case '1':
        order->one_device = true;
        return -1;
    case 'k':
        order->key_file = optarg;
        return -1;
    case 'p':
        order->partitions = optarg;
        return -1;
    case 'o':
        if (order->n_older == 16)
            return cli_usage("publish", "--older may be given 16 times");
        order->older[order->n_older++] = optarg;
        return -1;
    case 'd':
        days = strtoul(optarg, &end, 10);
        order->polling_days = (unsigned)days;
        return *end == 0 && days >= 1 && days <= LEGACY_DAYS_MAX
                   ? -1
                   : cli_usage("publish", "--polling is 1 to 49 days, not \"%s\"", optarg);
    case 'h':
        fputs(help, stdout);
        return 0;
    default:
        return cli_wrong_option("publish --legacy", argv);
    }
}

static int read_options(int argc, char **argv, struct legacy_order *order) {
    static const struct option options[] = {
        {"legacy", no_argument, NULL, 'l'},      {"one-device", no_argument, NULL, '1'},
        {"key", required_argument, NULL, 'k'},   {"partitions", required_argument, NULL, 'p'},
        {"older", required_argument, NULL, 'o'}, {"polling", required_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},        {0}};
    int option, code = -1;

    optind = 1;
    while (code < 0 && (option = getopt_long(argc, argv, "h", options, NULL)) != -1)
        code = read_option(order, option, argv);
    if (code >= 0)
        return code;
    if (optind + 1 != argc)
        return cli_usage("publish", "one image, please");
    order->file = argv[optind];
    return -1;
}

static void say(const struct legacy_answer *answer) {
    const struct legacy_versions *v = &answer->versions;

    printf("%s is on offer for devices that run", v->latest);
    for (unsigned i = 0; i < v->n_older; i++)
        printf("%s %s", i > 0 ? "," : "", v->older[i]);
    printf(" (%zu bytes with the signature).\n", answer->size);
    printf("They look once in %u day%s, and 30 s after each restart: unplug one to see it now.\n",
           v->polling_days, v->polling_days > 1 ? "s" : "");
    if (answer->has_identity)
        puts(
            "This image carries the identity of one device. Every device that installs it becomes\n"
            "that device and is thrown out of the cloud; the way out is an identity in NVS\n"
            "(docs/ota_demo.md).");
}

int publish_legacy(struct cli *cli, int argc, char **argv) {
    static struct project project;
    static struct legacy_answer answer;
    struct legacy_order order = {0};
    int code = read_options(argc, argv, &order);
    aloft_err e;

    if (code >= 0)
        return code;
    e = project_open(cli->dir, &project, &cli->trouble);
    if (e == ALOFT_OK)
        e = legacy_publish(&project, &order, &answer, &cli->trouble);
    if (e == ALOFT_OK) {
        say(&answer);
        return 0;
    }
    code = cli_fail(cli);
    return e == ALOFT_E_LEGACY_PRIVATE_KEY || e == ALOFT_E_LEGACY_IDENTITY ? EXIT_ALARM : code;
}

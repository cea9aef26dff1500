/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft serve`.
 * Knows: its options.   Never knows: sockets. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/serve.h"
#include "verb.h"

static const char help[] =
    "usage: aloft serve [--listen ADDR:PORT]... [--legacy-listen ADDR:PORT] [--rate BYTES]\n"
    "                   [--no-mdns] [--user NAME]\n"
    "\n"
    "Serves the releases of the project over TLS, and keeps what devices say about themselves.\n"
    "It is ready when it has printed `ready https://...`. SIGTERM or Ctrl-C lets running\n"
    "downloads finish for 10 s and ends with 0.\n"
    "\n"
    "  --listen ADDR:PORT  where to listen, more than once if wanted; [::]:4443 is all addresses\n"
    "                      of both families, 127.0.0.1:4443 only this machine, port 0 a free one;\n"
    "                      default: `listen` of aloft.conf\n"
    "  --legacy-listen ADDR:PORT\n"
    "                      for devices with the SmartThings ota_demo, in a project made with\n"
    "                      `init --import-ota-demo`; they call port 4443\n"
    "  --rate BYTES        at most so many payload bytes a second for each connection\n"
    "  --no-mdns           do not answer for <machine>.local\n"
    "  --user NAME         whom to become when root starts it; default: the owner of the project\n"
    "\n"
    "Root's rights are given up before a client is heard. A project of root is served by root\n"
    "without them: better give it to a user of its own.\n";

static int read_rate(const char *text, uint64_t *out) {
    char *end;

    errno = 0;
    *out = strtoull(text, &end, 10);
    if (text[0] < '1' || text[0] > '9' || *end != 0 || errno != 0 || *out > UINT32_MAX)
        return cli_usage("serve", "--rate is bytes a second, 1 to 4294967295, not \"%s\"", text);
    return 0;
}

static int read_option(int option, struct serve_options *options, char **argv) {
    switch (option) {
    case 'l':
        if (options->n_listen == SERVE_LISTEN_MAX)
            return cli_usage("serve", "at most %u times --listen", SERVE_LISTEN_MAX);
        options->listen[options->n_listen++] = optarg;
        return 0;
    case 'g':
        options->legacy_listen = optarg;
        return 0;
    case 'r':
        return read_rate(optarg, &options->rate_bps);
    case 'u':
        options->user = optarg;
        return 0;
    case 'n':
        options->mdns = false;
        return 0;
    default:
        return cli_wrong_option("serve", argv);
    }
}

int serve_main(struct cli *cli, int argc, char **argv) {
    static const struct option known[] = {{"listen", required_argument, NULL, 'l'},
                                          {"legacy-listen", required_argument, NULL, 'g'},
                                          {"rate", required_argument, NULL, 'r'},
                                          {"no-mdns", no_argument, NULL, 'n'},
                                          {"user", required_argument, NULL, 'u'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    static struct project project;
    struct serve_options options = {.mdns = true};
    int option, code;

    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        code = read_option(option, &options, argv);
        if (code != 0)
            return code;
    }
    if (optind < argc)
        return cli_usage("serve", "\"%s\" is one word too many", argv[optind]);
    if (project_open(cli->dir, &project, &cli->trouble) != ALOFT_OK ||
        serve_run(&project, &options, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    return 0;
}

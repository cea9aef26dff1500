/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The verb fresh: says that nothing newer is there.
 * Knows: its options.   Never knows: keys, bytes. */
#include "verb.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "host/make/fresh.h"

static const char help[] =
    "usage: aloft fresh [--valid-for DAYS] [--yes] [--json]\n\n"
    "Makes the statement of freshness of each class and channel with something on offer: \"at "
    "this\n"
    "time nothing newer than this release exists\". A device that asks for it says when it may "
    "have\n"
    "been kept from a newer release; it never installs or refuses anything because of it. `serve`\n"
    "and `publish` do the same where keys/fresh.key is; for a site on another server run this once "
    "a\n"
    "day and copy the fresh.cose files.\n\n"
    "  --valid-for DAYS  1 to 90; default: 7\n"
    "  --yes             believe this machine's clock also where it is 30 days or more ahead of "
    "the\n"
    "                    last statement\n"
    "  --json            what was made, for programs\n";

static int read_days(const char *text, uint32_t *out_s) {
    char *end;
    unsigned long days = strtoul(text, &end, 10);

    if (text[0] < '1' || text[0] > '9' || *end != 0 || days > AL_VALID_MAX_S / 86400)
        return cli_usage("fresh", "--valid-for is a number of days, 1 to 90, not \"%s\"", text);
    *out_s = (uint32_t)days * 86400;
    return -1;
}

static int read_options(int argc, char **argv, struct fresh_order *order, bool *json) {
    static const struct option options[] = {{"valid-for", required_argument, NULL, 'v'},
                                            {"yes", no_argument, NULL, 'y'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int letter, code = -1;

    optind = 1;
    while (code < 0 && (letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (letter == 'v')
            code = read_days(optarg, &order->valid_s);
        else if (letter == 'y')
            order->trusts_clock = true;
        else if (letter == 'j')
            *json = true;
        else
            return letter == 'h' ? 0 : cli_wrong_option("fresh", argv);
    }
    if (code >= 0)
        return code;
    return optind == argc ? -1 : cli_usage("fresh", "\"%s\" is one word too many", argv[optind]);
}

static void print_json(const struct fresh_answer *answer) {
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "statements");
    char *text;

    for (unsigned i = 0; i < answer->n; i++) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "class", answer->made[i].device_class);
        cJSON_AddStringToObject(one, "channel", answer->made[i].channel);
        cJSON_AddNumberToObject(one, "sequence", (double)answer->made[i].sequence);
        cJSON_AddNumberToObject(one, "issued", answer->made[i].issued);
        cJSON_AddItemToArray(list, one);
    }
    text = cJSON_Print(o);
    puts(text == NULL ? "{}" : text);
    cJSON_free(text);
    cJSON_Delete(o);
}

static void print(const struct fresh_answer *answer, const struct fresh_order *order) {
    for (unsigned i = 0; i < answer->n; i++)
        printf("%s, channel %s: nothing newer than %" PRIu64 "; holds for %u day%s\n",
               answer->made[i].device_class, answer->made[i].channel, answer->made[i].sequence,
               order->valid_s / 86400, order->valid_s == 86400 ? "" : "s");
    if (answer->n == 0)
        puts("Nothing is on offer, so there is nothing to say. `aloft publish IMAGE` comes first.");
}

int fresh_main(struct cli *cli, int argc, char **argv) {
    static struct project project;
    static struct fresh_answer answer;
    struct fresh_order order = {.now_s = (uint64_t)time(NULL), .valid_s = AL_VALID_DEFAULT_S};
    bool json = false;
    int code = read_options(argc, argv, &order, &json);

    if (code == 0)
        fputs(help, stdout);
    if (code >= 0)
        return code;
    if (project_open(cli->dir, &project, &cli->trouble) != ALOFT_OK ||
        fresh_run(&project, &order, &answer, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    if (json)
        print_json(&answer);
    else
        print(&answer, &order);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The verb releases: what was published, and which of it is on offer.
 * Knows: tables on a terminal.   Never knows: where releases are kept. */
#include "verb.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "host/make/release_json.h"
#include "host/make/site.h"

static const char help[] =
    "usage: aloft releases [--class V/M/R] [--channel CH] [--json]\n\n"
    "Lists what was published, newest first, for every class and channel of the project.\n"
    "The release that devices get now is marked with a star. Times are UTC, 1 KB is 1000 bytes.\n\n"
    "  --class V/M/R  only this class\n"
    "  --channel CH   only this channel\n"
    "  --json         the same for programs\n";

struct wish {
    const char *device_class, *channel;
    bool json;
};

static int read_options(int argc, char **argv, struct wish *wish) {
    static const struct option options[] = {
        {"class", required_argument, NULL, 'c'},
        {"channel", required_argument, NULL, 'n'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int letter;

    optind = 1;
    while ((letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (letter == 'c')
            wish->device_class = optarg;
        else if (letter == 'n')
            wish->channel = optarg;
        else if (letter == 'j')
            wish->json = true;
        else
            return letter == 'h' ? 0 : cli_wrong_option("releases", argv);
    }
    return optind == argc ? -1 : cli_usage("releases", "\"%s\" is one word too many", argv[optind]);
}

static void print_day(uint64_t s) {
    char text[32];
    time_t when = (time_t)s;
    struct tm parts;

    if (gmtime_r(&when, &parts) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts) > 0)
        printf("  %-16s", text);
}

/* Notes go to one line of the table: what is behind the first line end is left out. */
static void print_notes(const char *notes) {
    char text[61];
    size_t len = strcspn(notes, "\r\n");

    aloft_printable((aloft_bytes){(const uint8_t *)notes, len}, text, sizeof text);
    if (text[0] != 0)
        printf("  %s%s", text, notes[len] != 0 || len >= sizeof text ? "..." : "");
    putchar('\n');
}

static void print_channel(const struct site *site, const struct site_channel *channel) {
    printf("%s, channel %s\n", site->device_class, channel->name);
    if (channel->all.n == 0)
        puts("  nothing yet");
    else
        printf("    %-20s %12s  %-16s  %9s  %s\n", "VERSION", "SEQUENCE", "PUBLISHED", "SIZE",
               "NOTES");
    for (unsigned i = channel->all.n; i > 0; i--) {
        const struct release *one = &channel->all.list[i - 1];
        printf("  %c %-20s %12" PRIu64, i - 1 == channel->all.on_offer ? '*' : ' ', one->version,
               one->sequence);
        print_day(one->when_s);
        printf("  %6" PRIu32 " KB", (one->size + 500) / 1000);
        print_notes(one->notes);
    }
}

static void add_channel(cJSON *list, const struct site *site, const struct site_channel *channel) {
    for (unsigned i = channel->all.n; i > 0; i--) {
        cJSON *o = release_json_one(&channel->all.list[i - 1]);
        cJSON_AddStringToObject(o, "class", site->device_class);
        cJSON_AddStringToObject(o, "channel", channel->name);
        cJSON_AddBoolToObject(o, "on_offer", i - 1 == channel->all.on_offer);
        cJSON_AddItemToArray(list, o);
    }
}

static aloft_err tell_class(const struct project *project, const char *device_class,
                            const struct wish *wish, cJSON *list, struct trouble *trouble) {
    struct site site;
    unsigned n = 0;
    aloft_err e = site_open(project, device_class, false, &site, trouble);

    if (e != ALOFT_OK)
        return e;
    for (unsigned i = 0; i < site.n; i++) {
        if (wish->channel != NULL && strcmp(wish->channel, site.channel[i].name) != 0)
            continue;
        n++;
        if (list != NULL)
            add_channel(list, &site, &site.channel[i]);
        else
            print_channel(&site, &site.channel[i]);
    }
    if (n == 0 && list == NULL)
        printf("%s: nothing published yet. `aloft publish IMAGE` does it.\n", device_class);
    site_close(&site);
    return ALOFT_OK;
}

static void print_json(cJSON *list) {
    cJSON *o = cJSON_CreateObject();
    char *text;

    cJSON_AddItemToObject(o, "releases", list);
    text = cJSON_Print(o);
    puts(text == NULL ? "{}" : text);
    cJSON_free(text);
    cJSON_Delete(o);
}

int releases_main(struct cli *cli, int argc, char **argv) {
    static struct project project;
    struct wish wish = {0};
    cJSON *list = NULL;
    int code = read_options(argc, argv, &wish);

    if (code == 0)
        fputs(help, stdout);
    if (code >= 0)
        return code;
    if (project_open(cli->dir, &project, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    if (wish.device_class != NULL && project_class_of(&project, wish.device_class) == NULL) {
        trouble_set(&cli->trouble, ALOFT_E_PUBLISH_CLASS_UNKNOWN);
        trouble_fact(&cli->trouble, "class", "%s", wish.device_class);
        return cli_fail(cli);
    }
    if (wish.json)
        list = cJSON_CreateArray();
    for (unsigned i = 0; i < project.n_classes; i++) {
        const char *name = project.classes[i].name;
        if (wish.device_class != NULL && strcmp(wish.device_class, name) != 0)
            continue;
        if (tell_class(&project, name, &wish, list, &cli->trouble) != ALOFT_OK) {
            cJSON_Delete(list);
            return cli_fail(cli);
        }
    }
    if (wish.json)
        print_json(list);
    return 0;
}

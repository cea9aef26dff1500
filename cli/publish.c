/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The verb publish: its options, and what it says when it is done.
 * Knows: words and a terminal.   Never knows: how a release is made. */
#include "verb.h"

#include "publish_legacy.h"
#include "waiting.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/hex.h"
#include "host/make/publish.h"
#include "host/make/release_json.h"

static const char help[] =
    "usage: aloft publish IMAGE [options]\n"
    "       aloft publish --again VERSION [options]\n\n"
    "Refuses what no device should get, signs the image with every key at hand, and puts it\n"
    "on offer: devices that check in from then on get it. Class and version stand inside the\n"
    "image.\n\n"
    "  --again VERSION    offer the bytes of an earlier release once more: to withdraw a newer\n"
    "                     one, to promote it to another channel, or to add signatures\n"
    "  --channel CH       where to offer it (default: stable)\n"
    "  --notes TEXT       what changed, for people\n"
    "  --key FILE         sign with this private key too; may be given several times\n"
    "  --class V/M/R      refuse the image unless it is for this class; with --again: which one\n"
    "  --version V        refuse the image unless it is this version\n"
    "  --partitions FILE  refuse the image unless it fits the slots of this ESP-IDF partition "
    "table\n"
    "  --legacy           for devices with the SmartThings ota_demo: `publish --legacy --help`\n"
    "  --use-before TIME  seconds since 1970 from which on no device takes it any more\n"
    "  --min-release V    no device out there runs anything older than this release\n"
    "  --forget KID       drop this key without listing it as gone\n"
    "  --json             the same for programs\n";

struct wish {
    struct publish_order order;
    bool json;
};

enum {
    CLASS = 256,
    CHANNEL,
    VERSION,
    NOTES,
    KEY,
    AGAIN,
    MIN_RELEASE,
    FORGET,
    USE_BEFORE,
    PARTITIONS,
    JSON
};

static const struct option options[] = {
    {"class", required_argument, NULL, CLASS},
    {"channel", required_argument, NULL, CHANNEL},
    {"version", required_argument, NULL, VERSION},
    {"notes", required_argument, NULL, NOTES},
    {"key", required_argument, NULL, KEY},
    {"again", required_argument, NULL, AGAIN},
    {"min-release", required_argument, NULL, MIN_RELEASE},
    {"forget", required_argument, NULL, FORGET},
    {"use-before", required_argument, NULL, USE_BEFORE},
    {"partitions", required_argument, NULL, PARTITIONS},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* Each reader gives -1 to go on, or the exit code. */
static int read_forget(struct publish_order *order, const char *text) {
    uint8_t kid[ALOFT_KID_SIZE];

    if (!hex_read(text, kid, sizeof kid))
        return cli_usage("publish",
                         "--forget wants the 16 hexadecimal digits of a key id, not "
                         "\"%s\"",
                         text);
    kid_list_add(&order->forget, kid);
    return -1;
}

static int read_time(struct publish_order *order, const char *text) {
    char *end;
    unsigned long long s;

    errno = 0;
    s = strtoull(text, &end, 10);
    /* strtoull takes a sign; a time has none. Milliseconds, a common slip, lie far behind the last year. */
    if (errno != 0 || *end != 0 || text[0] < '0' || text[0] > '9' || s > RELEASE_TIME_MAX)
        return cli_usage("publish",
                         "--use-before wants seconds since 1970 (`date -d tomorrow +%%s`), "
                         "not \"%s\"",
                         text);
    order->use_before = s;
    return -1;
}

static int read_key(struct publish_order *order, const char *file) {
    if (order->n_key_files == PUBLISH_KEY_FILES_MAX)
        return cli_usage("publish", "--key may be given %u times", PUBLISH_KEY_FILES_MAX);
    order->key_file[order->n_key_files++] = file;
    return -1;
}

static const char **text_of(struct publish_order *order, int letter) {
    switch (letter) {
    case CLASS:
        return &order->device_class;
    case CHANNEL:
        return &order->channel;
    case VERSION:
        return &order->version;
    case NOTES:
        return &order->notes;
    case AGAIN:
        return &order->again;
    case MIN_RELEASE:
        return &order->min_release;
    case PARTITIONS:
        return &order->partitions;
    default:
        return NULL;
    }
}

static int read_option(struct wish *wish, int letter, char **argv) {
    const char **text = text_of(&wish->order, letter);

    if (text != NULL) {
        *text = optarg;
        return -1;
    }
    switch (letter) {
    case KEY:
        return read_key(&wish->order, optarg);
    case FORGET:
        return read_forget(&wish->order, optarg);
    case USE_BEFORE:
        return read_time(&wish->order, optarg);
    case JSON:
        wish->json = true;
        return -1;
    case 'h':
        fputs(help, stdout);
        return 0;
    default:
        return cli_wrong_option("publish", argv);
    }
}

static int read_options(int argc, char **argv, struct wish *wish) {
    int letter, code = -1;

    optind = 1;
    while (code < 0 && (letter = getopt_long(argc, argv, "h", options, NULL)) != -1)
        code = read_option(wish, letter, argv);
    if (code >= 0)
        return code;
    if (wish->order.again != NULL)
        return optind == argc ? -1
                              : cli_usage("publish",
                                          "with --again the image comes from the site, so \"%s\" "
                                          "is one thing too many",
                                          argv[optind]);
    if (optind + 1 != argc)
        return cli_usage("publish", optind == argc ? "which image?" : "one image at a time");
    wish->order.file = argv[optind];
    return -1;
}

/* ---- what it says */

/* The middle word of the class is what people call the thing. */
static void print_model(const char *device_class) {
    const char *model = strchr(device_class, '/');

    if (model != NULL)
        printf("%.*s ", (int)strcspn(model + 1, "/"), model + 1);
}

static void print_deaf(const struct publish_answer *a) {
    if (a->n_deaf == 0)
        return;
    printf("Warning: devices that still run ");
    for (unsigned i = 0; i < a->n_deaf; i++)
        printf("%s%s", i > 0 ? ", " : "", a->deaf[i]);
    puts(" trust other keys and will not take this release.\n"
         "Sign it with a key of theirs too: `aloft publish --again VERSION --key FILE`.");
}

static void print_price_of_expiry(uint64_t use_before) {
    char text[40];
    time_t when = (time_t)use_before;
    struct tm parts;

    if (use_before == 0)
        return;
    if (gmtime_r(&when, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts) == 0)
        snprintf(text, sizeof text, "%" PRIu64, use_before);
    printf("It may be used before %s. What that costs: a device without a trusted clock never\n"
           "takes this release, and from then on no device does. Publish again before that.\n",
           text);
}

/* A stale build, most often: the sequence counts, so devices do go back. */
static void print_downgrade(const struct publish_answer *a) {
    if (a->before[0] != 0 && strverscmp(a->release.version, a->before) < 0)
        printf("Warning: %s is lower than %s, which was on offer: devices go back to it. If that "
               "was not\n"
               "meant: aloft publish --again %s\n",
               a->release.version, a->before, a->before);
}

static void print_answer(const struct publish_answer *a, struct waiting waiting) {
    const struct release *r = &a->release;

    print_model(a->device_class);
    printf("%s for %s published", r->version, a->device_class);
    if (strcmp(a->channel, "stable") != 0)
        printf(" in channel %s", a->channel);
    if (a->before[0] != 0)
        printf(" (was %s)", a->before);
    printf(", %" PRIu32 " KB, %u signature%s.\n", (r->size + 500) / 1000, r->n_signers,
           r->n_signers == 1 ? "" : "s");
    if (a->no_spare)
        printf(
            "Warning: this image trusts %u key%s and needs %u: there is no spare. If one is lost,"
            "\nno update can be signed any more. `aloft key new` makes another.\n",
            r->trust.n, r->trust.n == 1 ? "" : "s", r->trust.threshold);
    print_downgrade(a);
    print_deaf(a);
    print_price_of_expiry(r->use_before);
    if (waiting.n_known > 0)
        printf("Waiting for it: %u of %u known device%s.\n", waiting.n_waiting, waiting.n_known,
               waiting.n_known == 1 ? "" : "s");
    puts("Devices get it at their next check, while `aloft serve` runs; `aloft devices` shows "
         "them.");
}

static void print_nothing_to_do(const struct publish_answer *a) {
    print_model(a->device_class);
    printf("%s for %s is already published, nothing to do.\n", a->release.version, a->device_class);
    printf("To sign it anew or change its notes: `aloft publish --again %s`.\n",
           a->release.version);
}

static void print_json(const struct publish_answer *a, struct waiting waiting) {
    cJSON *o = release_json_one(&a->release), *deaf;
    char *text;

    cJSON_AddStringToObject(o, "class", a->device_class);
    cJSON_AddStringToObject(o, "channel", a->channel);
    cJSON_AddBoolToObject(o, "published", !a->nothing_to_do);
    if (a->before[0] != 0)
        cJSON_AddStringToObject(o, "before", a->before);
    cJSON_AddNumberToObject(o, "devices_known", waiting.n_known);
    cJSON_AddNumberToObject(o, "devices_waiting", waiting.n_waiting);
    cJSON_AddBoolToObject(o, "no_spare_key", a->no_spare);
    deaf = cJSON_AddArrayToObject(o, "refused_by");
    for (unsigned i = 0; i < a->n_deaf; i++)
        cJSON_AddItemToArray(deaf, cJSON_CreateString(a->deaf[i]));
    text = cJSON_Print(o);
    puts(text == NULL ? "{}" : text);
    cJSON_free(text);
    cJSON_Delete(o);
}

int publish_main(struct cli *cli, int argc, char **argv) {
    static struct project project;
    static struct publish_answer answer;
    static struct wish wish;
    int code;

    if (is_publish_legacy(argc, argv))
        return publish_legacy(cli, argc, argv);
    code = read_options(argc, argv, &wish);
    if (code >= 0)
        return code;
    if (project_open(cli->dir, &project, &cli->trouble) != ALOFT_OK ||
        publish_run(&project, &wish.order, &answer, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    if (wish.json)
        print_json(&answer, waiting_for(&project, &answer));
    else if (answer.nothing_to_do)
        print_nothing_to_do(&answer);
    else
        print_answer(&answer, waiting_for(&project, &answer));
    return 0;
}

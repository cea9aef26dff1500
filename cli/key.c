/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft key new` and `aloft key list`; `key image` is in key_image.c.
 * Knows: sentences about keys.   Never knows: how keys are made. */
#include "key.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "host/file.h"
#include "host/keys.h"
#include "host/pubkey.h"
#include "host/trust_plan.h"

#define DAY_S       86400
#define UNSEEN_DAYS 90 /* of a private half, before `key list` asks whether it is still there */

static const char help[] =
    "usage: aloft key new NAME [--type p256|ed25519]\n"
    "       aloft key list [--json]\n"
    "       aloft key image [--class V/M/R] [-o FILE] [--gone KEY]... [--again KEY]...\n"
    "                       [--threshold T]\n"
    "\n"
    "new makes keys/NAME.key and keys/NAME.pub: a key for firmware, or for statements of\n"
    "freshness where NAME begins with fresh. A .pub without its .key in keys/ is a key that is\n"
    "held elsewhere.\n"
    "list says what the keys are for, where their private halves are (closed: here, but not for "
    "the\n"
    "user who runs this), and whether the newest aloft_trust.h has them.\n"
    "image writes aloft_trust.h, which a firmware includes: the keys in keys/, and the channels\n"
    "of the class.\n"
    "\n"
    "  --type TYPE     default: p256; firmware that checks with mbedTLS takes only that\n"
    "  --json          the same for programs\n"
    "  --class V/M/R   for which class, where the project has more than one\n"
    "  -o FILE         write it there; it is left alone while nothing changed; default: standard\n"
    "                  output\n"
    "  --gone KEY      devices trust this key no more once they run the image (name or id)\n"
    "  --again KEY     it was listed as gone by mistake\n"
    "  --threshold T   so many different keys must sign each release; default: as before, or 1\n";

/* ---- new */

static int make_key(struct cli *cli, const char *name, enum aloft_key_type type) {
    static struct project project;
    char folder[PATH_MAX], kid[PUBKEY_KID_CHARS];
    struct aloft_key made;
    aloft_err e = project_open(cli->dir, &project, &cli->trouble);

    if (e == ALOFT_OK)
        e = project_path(&project, "keys", folder, &cli->trouble);
    if (e == ALOFT_OK)
        e = keys_make(folder, name, type, &made, &cli->trouble);
    if (e != ALOFT_OK)
        return cli_fail(cli);
    printf("A new %s key: keys/%s.key (keep it secret, back it up) and keys/%s.pub, id %s.\n",
           type == ALOFT_KEY_P256 ? "P-256" : "Ed25519", name, name,
           pubkey_kid_text(made.kid, kid));
    puts("Devices trust it when they run an image built with a new aloft_trust.h: `aloft key "
         "image`.");
    if (type == ALOFT_KEY_ED25519)
        puts("Firmware that checks with mbedTLS takes P-256 keys only and would not start "
             "updating.");
    return 0;
}

static int new_key(struct cli *cli, int argc, char **argv) {
    static const struct option options[] = {
        {"type", required_argument, NULL, 't'}, {"help", no_argument, NULL, 'h'}, {0}};
    enum aloft_key_type type = ALOFT_KEY_P256;
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == 't' && strcmp(optarg, "ed25519") == 0)
            type = ALOFT_KEY_ED25519;
        else if (option != 't')
            return cli_wrong_option("key", argv);
        else if (strcmp(optarg, "p256") != 0)
            return cli_usage("key", "--type is p256 or ed25519, and not \"%s\"", optarg);
    }
    if (argc - optind != 1)
        return cli_usage("key", "`key new` needs one name");
    return make_key(cli, argv[optind], type);
}

/* ---- list */

struct listing {
    struct project project;
    struct keyring ring;
    struct trust_draft last;
    bool has_last;
};

static bool is_in(const struct aloft_key *list, unsigned n, const struct known_key *known) {
    for (unsigned i = 0; i < n; i++)
        if (memcmp(list[i].kid, known->key.kid, ALOFT_KID_SIZE) == 0)
            return true;
    return false;
}

static const char *trust_word(const struct listing *l, const struct known_key *known) {
    if (!l->has_last)
        return "unknown";
    if (is_in(l->last.firmware, l->last.n_firmware, known) ||
        is_in(l->last.fresh, l->last.n_fresh, known))
        return "trusted";
    for (unsigned i = 0; i < l->last.n_gone; i++)
        if (memcmp(l->last.gone[i], known->key.kid, ALOFT_KID_SIZE) == 0)
            return "gone";
    return "not yet";
}

static long long days_since(const struct known_key *known) {
    return ((long long)time(NULL) - known->since_s) / DAY_S;
}

static const char *role_word(const struct known_key *known) {
    return known->role == KEY_FRESH ? "freshness" : "firmware";
}

static const char *type_word(const struct known_key *known) {
    return known->key.type == ALOFT_KEY_P256 ? "P-256" : "Ed25519";
}

static const char *place_word(const struct known_key *known) {
    return known->is_closed ? "closed" : known->is_here ? "here" : "elsewhere";
}

/* One sentence for all of them: they are closed for the same reason. */
static void print_closed(const struct listing *l) {
    char path[PATH_MAX], relative[sizeof "keys/.key" + KEYS_NAME_MAX], text[ALOFT_SENTENCE_MAX];
    struct trouble why;

    for (unsigned i = 0; i < l->ring.n; i++) {
        if (!l->ring.key[i].is_closed)
            continue;
        snprintf(relative, sizeof relative, "keys/%s.key", l->ring.key[i].name);
        if (project_path(&l->project, relative, path, &why) == ALOFT_OK &&
            file_may_read(path, &why) != ALOFT_OK)
            printf("\nA closed key is on this machine, and cannot be used: %s\n",
                   trouble_text(&why, text, sizeof text));
        return;
    }
}

static void print_advice(const struct listing *l) {
    unsigned n_firmware = 0;

    print_closed(l);
    for (unsigned i = 0; i < l->ring.n; i++) {
        const struct known_key *known = &l->ring.key[i];
        n_firmware += known->role == KEY_FIRMWARE;
        if (!known->is_here && days_since(known) > UNSEEN_DAYS)
            printf(
                "\nThe private half of %s is held elsewhere and was not seen here for %lld days: "
                "look whether it is still there.\n",
                known->name, days_since(known));
    }
    if (n_firmware < 2)
        puts("\nThere is no spare firmware key: if the only one is lost, no device can be updated\n"
             "again. Make one with `aloft key new spare`.");
    if (!l->has_last)
        puts("\nNo image has been given these keys yet: `aloft key image -o aloft_trust.h`.");
}

static int print_list(const struct listing *l) {
    char kid[PUBKEY_KID_CHARS];

    printf("%-16s %-10s %-8s %-17s %-10s %-9s %s\n", "NAME", "SIGNS", "TYPE", "ID", "PRIVATE",
           "IMAGES", "AGE");
    for (unsigned i = 0; i < l->ring.n; i++) {
        const struct known_key *known = &l->ring.key[i];
        printf("%-16s %-10s %-8s %-17s %-10s %-9s %lld days\n", known->name, role_word(known),
               type_word(known), pubkey_kid_text(known->key.kid, kid), place_word(known),
               trust_word(l, known), days_since(known));
    }
    print_advice(l);
    return 0;
}

static int print_json(const struct listing *l) {
    cJSON *all = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(all, "keys");
    char kid[PUBKEY_KID_CHARS], *text;

    for (unsigned i = 0; i < l->ring.n; i++) {
        const struct known_key *known = &l->ring.key[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", known->name);
        cJSON_AddStringToObject(one, "signs", role_word(known));
        cJSON_AddStringToObject(one, "type", type_word(known));
        cJSON_AddStringToObject(one, "kid", pubkey_kid_text(known->key.kid, kid));
        cJSON_AddBoolToObject(one, "private_half_is_here", known->is_here);
        cJSON_AddBoolToObject(one, "private_half_is_closed", known->is_closed);
        cJSON_AddStringToObject(one, "images", trust_word(l, known));
        cJSON_AddNumberToObject(one, "since_s", (double)known->since_s);
        cJSON_AddItemToArray(list, one);
    }
    if (l->has_last) {
        cJSON_AddNumberToObject(all, "epoch", l->last.epoch);
        cJSON_AddNumberToObject(all, "threshold", l->last.threshold);
    }
    text = cJSON_Print(all);
    puts(text == NULL ? "{}" : text);
    free(text);
    cJSON_Delete(all);
    return 0;
}

static int list_keys(struct cli *cli, int argc, char **argv) {
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    static struct listing l;
    bool is_json = false;
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option != 'j')
            return cli_wrong_option("key", argv);
        is_json = true;
    }
    if (argc != optind)
        return cli_usage("key", "`key list` takes no \"%s\"", argv[optind]);
    if (project_open(cli->dir, &l.project, &cli->trouble) != ALOFT_OK ||
        keys_known(&l.project, &l.ring, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    l.has_last = trust_last(&l.project, &l.last, &cli->trouble) == ALOFT_OK;
    if (!l.has_last && cli->trouble.fault.code != ALOFT_E_FILE_READ)
        return cli_fail(cli);
    return is_json ? print_json(&l) : print_list(&l);
}

int key_main(struct cli *cli, int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) {
        fputs(help, stdout);
        return 0;
    }
    if (strcmp(what, "new") == 0)
        return new_key(cli, argc - 1, argv + 1);
    if (strcmp(what, "list") == 0)
        return list_keys(cli, argc - 1, argv + 1);
    if (strcmp(what, "image") == 0)
        return key_image(cli, argc - 1, argv + 1, help);
    return cli_usage("key", "say `new`, `list` or `image`");
}

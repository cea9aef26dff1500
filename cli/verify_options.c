/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The command line of `aloft verify`: a device in options.
 * Knows: how its settings are written.   Never knows: what they lead to. */
#include "verify.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <aloft/image.h>

#include "host/hex.h"
#include "host/pubkey.h"

static const char help[] =
    "usage: aloft verify MANIFEST --key PUB [OPTION]...\n\n"
    "Says what a device with these settings would do with this manifest, by the device's own "
    "code:\n"
    "accepted, and whether it takes the full image, a patch (delta) or nothing; or refused, and "
    "by\n"
    "which rule of FORMAT.md. MANIFEST is a file, binary or hexadecimal, or - for standard "
    "input.\n\n"
    "  --key PUB          a public key that the device trusts, PEM; up to four times\n"
    "  --threshold T      how many of them must have signed; default: 1\n"
    "  --class V/M/R      what the device is; default: what the manifest is for\n"
    "  --channel CH       with --class; default: stable\n"
    "  --vendor UUID, --class-id UUID   the same as they stand in the manifest\n"
    "  --floor N          lowest sequence number that it takes; default: 0\n"
    "  --skip N           highest sequence number that it has given up on; default: 0\n"
    "  --installed SEQ:MANIFEST_DIGEST  of what runs, at least 16 hexadecimal digits; default: an\n"
    "                     image from the factory\n"
    "  --running IMAGE    the image that runs, for patches; default: not known\n"
    "  --slot-size N      bytes; default: large enough\n"
    "  --now UNIX_S, --no-clock   its time; default: it has no clock\n"
    "  --encodings LIST   that it can decode, such as 0,16; default: those of this program\n"
    "  --json             the same for programs\n\n"
    "Exit: 0 accepted, 3 refused, 1 or 2 the question could not be put, 64 usage.\n";

static bool read_number(const char *text, uint64_t most, uint64_t *number) {
    *number = 0;
    if (*text == 0)
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        unsigned digit = (unsigned)(*text - '0');
        if (*number > (most - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return *text == 0;
}

static bool read_u32(const char *text, uint32_t *number) {
    uint64_t wide;
    bool right = read_number(text, UINT32_MAX, &wide);

    if (right)
        *number = (uint32_t)wide;
    return right;
}

/* 8-4-4-4-12 hexadecimal digits (RFC 9562 §4) */
static bool read_uuid(const char *text, uint8_t uuid[16]) {
    char digits[33];
    size_t n = 0;

    for (size_t i = 0; text[i] != 0; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash != (text[i] == '-') || (!is_dash && n == 32))
            return false;
        if (!is_dash)
            digits[n++] = text[i];
    }
    digits[n] = 0;
    return n == 32 && hex_read(digits, uuid, 16);
}

static bool read_installed(const char *text, struct aloft_terms *terms) {
    const char *colon = strchr(text, ':');
    uint8_t digest[ALOFT_DIGEST_SIZE];
    char number[24];
    size_t len;

    if (colon == NULL || (size_t)(colon - text) >= sizeof number)
        return false;
    snprintf(number, sizeof number, "%.*s", (int)(colon - text), text);
    len = strlen(colon + 1) / 2;
    if (len < sizeof terms->installed_manifest || len > sizeof digest ||
        !hex_read(colon + 1, digest, len))
        return false;
    memcpy(terms->installed_manifest, digest, sizeof terms->installed_manifest);
    return read_number(number, INT64_MAX, &terms->installed_sequence);
}

static bool read_encodings(const char *text, uint32_t *encodings) {
    char list[128], *rest = list;
    uint64_t encoding;

    *encodings = 0;
    if ((size_t)snprintf(list, sizeof list, "%s", text) >= sizeof list)
        return false;
    for (char *word; (word = strsep(&rest, ",")) != NULL;) {
        if (!read_number(word, 31, &encoding))
            return false;
        *encodings |= UINT32_C(1) << encoding;
    }
    return true;
}

static bool take_fact(struct verify_wish *wish, int option, const char *value) {
    struct aloft_terms *terms = &wish->terms;

    switch (option) {
    case 'v':
        wish->any_vendor = false;
        return read_uuid(value, terms->vendor_id);
    case 'i':
        wish->any_class = false;
        return read_uuid(value, terms->class_id);
    case 'f':
        return read_number(value, INT64_MAX, &terms->floor);
    case 's':
        return read_number(value, INT64_MAX, &terms->skip);
    case 'I':
        return read_installed(value, terms);
    case 'z':
        return read_u32(value, &terms->slot_size);
    case 'n':
        terms->has_clock = true;
        return read_number(value, INT64_MAX, &terms->now_s);
    case 'e':
        return read_encodings(value, &terms->encodings);
    default:
        return false;
    }
}

static bool take_word(struct verify_wish *wish, int option, const char *value) {
    switch (option) {
    case 'c':
        wish->device_class = value;
        return project_class_is_legal(value);
    case 'C':
        wish->channel = value;
        return project_channel_is_legal(value);
    case 'r':
        wish->running = value;
        return true;
    case 'N':
        wish->terms.has_clock = false;
        return true;
    case 'j':
        wish->is_json = true;
        return true;
    case 't':
        wish->keys.threshold = (uint8_t)(value[0] - '0');
        return strlen(value) == 1 && value[0] >= '1' && value[0] <= '0' + (int)ALOFT_KEYS_MAX;
    default:
        return take_fact(wish, option, value);
    }
}

/* Gives -1, or the exit code. */
static int add_key(struct verify_wish *wish, const char *path, struct cli *cli) {
    struct aloft_keys *keys = &wish->keys;

    if (keys->n == ALOFT_KEYS_MAX)
        return cli_usage("verify", "a device trusts at most %u keys", ALOFT_KEYS_MAX);
    if (pubkey_read(path, &keys->key[keys->n], &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    for (unsigned i = 0; i < keys->n; i++)
        if (memcmp(keys->key[i].kid, keys->key[keys->n].kid, ALOFT_KID_SIZE) == 0)
            return cli_usage("verify", "%s is a key that was named before", path);
    keys->n++;
    return -1;
}

static int check(struct verify_wish *wish, int argc, char **argv) {
    if (optind + 1 != argc)
        return cli_usage("verify", optind == argc ? "name a manifest" : "one manifest at a time");
    wish->file = argv[optind];
    if (wish->keys.n == 0)
        return cli_usage("verify", "name at least one trusted key with --key");
    if (wish->keys.threshold > wish->keys.n)
        return cli_usage("verify", "--threshold %u needs as many keys; there are %u",
                         wish->keys.threshold, wish->keys.n);
    if (wish->device_class != NULL && (!wish->any_vendor || !wish->any_class))
        return cli_usage("verify",
                         "--class stands for --vendor and --class-id; use one or the other");
    if (wish->device_class == NULL && wish->channel != NULL)
        return cli_usage("verify", "--channel belongs to --class");
    if (wish->device_class != NULL) {
        project_ids(wish->device_class, wish->channel != NULL ? wish->channel : "stable",
                    wish->terms.vendor_id, wish->terms.class_id);
        wish->any_vendor = wish->any_class = false;
    }
    return -1;
}

static const struct option options[] = {{"key", required_argument, NULL, 'k'},
                                        {"threshold", required_argument, NULL, 't'},
                                        {"vendor", required_argument, NULL, 'v'},
                                        {"class-id", required_argument, NULL, 'i'},
                                        {"class", required_argument, NULL, 'c'},
                                        {"channel", required_argument, NULL, 'C'},
                                        {"floor", required_argument, NULL, 'f'},
                                        {"skip", required_argument, NULL, 's'},
                                        {"installed", required_argument, NULL, 'I'},
                                        {"slot-size", required_argument, NULL, 'z'},
                                        {"now", required_argument, NULL, 'n'},
                                        {"no-clock", no_argument, NULL, 'N'},
                                        {"running", required_argument, NULL, 'r'},
                                        {"encodings", required_argument, NULL, 'e'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"help", no_argument, NULL, 'h'},
                                        {0}};

int verify_options(struct verify_wish *wish, int argc, char **argv, struct cli *cli) {
    int option, which = 0, code = -1;

    *wish = (struct verify_wish){.any_vendor = true, .any_class = true};
    wish->keys.threshold = 1;
    wish->terms.slot_size = UINT32_MAX;
    wish->terms.encodings = ALOFT_ENCODINGS;
    while (code == -1 && (option = getopt_long(argc, argv, "h", options, &which)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == '?')
            return cli_wrong_option("verify", argv);
        if (option == 'k')
            code = add_key(wish, optarg, cli);
        else if (!take_word(wish, option, optarg))
            code = cli_usage("verify", "--%s cannot be \"%s\"", options[which].name, optarg);
    }
    return code == -1 ? check(wish, argc, argv) : code;
}

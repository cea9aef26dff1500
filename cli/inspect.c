/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The verb inspect: says what a file is.
 * Knows: the table of kinds.   Never knows: what is in a kind. */
#include "inspect.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/hex.h"
#include "host/image/kind.h"
#include "host/keys.h"

static const char help[] =
    "usage: aloft inspect FILE [--json]\n\n"
    "Says what a file is: firmware image, manifest, certificate, certificate request, key, or\n"
    "what else it looks like. In a project it also says which of its keys signed or are\n"
    "trusted. The bytes of a private key are never shown.\n\n"
    "  --json  the same for programs\n";

static const struct inspect_kind kinds[] = {
    {"manifest", inspect_is_manifest, inspect_manifest},
    {"image", inspect_is_image, inspect_image},
    {"esp image", inspect_is_esp, inspect_esp},
    {"partition table", inspect_is_table, inspect_table},
    {"certificate", inspect_is_certificate, inspect_certificate},
    {"request", inspect_is_request, inspect_request},
    {"private key", inspect_is_private_key, inspect_private_key},
    {"public key", inspect_is_public_key, inspect_public_key},
};

void inspect_say(const struct inspection *i, const char *format, ...) {
    char text[1024], clean[1024];
    va_list arguments;

    if (i->json != NULL)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    aloft_printable((aloft_bytes){(const uint8_t *)text, strlen(text)}, clean, sizeof clean);
    puts(clean);
}

void inspect_fact(const struct inspection *i, const char *name, const char *format, ...) {
    char text[1024];
    va_list arguments;

    if (i->json == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cJSON_AddStringToObject(i->json, name, text);
}

void inspect_number(const struct inspection *i, const char *name, double number) {
    if (i->json != NULL)
        cJSON_AddNumberToObject(i->json, name, number);
}

const char *inspect_key_file(const struct inspection *i, const uint8_t kid[ALOFT_KID_SIZE],
                             char *out, size_t out_size) {
    struct keyring known;
    struct trouble unused;

    if (i->project == NULL || keys_known(i->project, &known, &unused) != ALOFT_OK)
        return NULL;
    for (unsigned k = 0; k < known.n; k++)
        if (memcmp(known.key[k].key.kid, kid, ALOFT_KID_SIZE) == 0) {
            snprintf(out, out_size, "keys/%s", known.key[k].name);
            return out;
        }
    return NULL;
}

static aloft_err tell(struct inspection *i) {
    const struct image_kind *other;
    char words[IMAGE_KIND_WORDS_MAX];

    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        if (kinds[k].is(i->file)) {
            inspect_fact(i, "kind", "%s", kinds[k].name);
            return kinds[k].tell(i);
        }
    other = image_kind_of(i->file);
    inspect_fact(i, "kind", "other");
    inspect_fact(i, "looks_like", "%s", other->name);
    inspect_say(i, "%s is %s: no firmware image with a record, manifest, certificate or key.",
                i->path, image_kind_words(i->file, words));
    return ALOFT_OK;
}

static int read_options(int argc, char **argv, const char **path, bool *json) {
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    int letter;

    optind = 1;
    while ((letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (letter == 'j') {
            *json = true;
        } else if (letter == 'h') {
            fputs(help, stdout);
            return 0;
        } else {
            return cli_wrong_option("inspect", argv);
        }
    }
    if (optind + 1 != argc)
        return cli_usage("inspect", "one file at a time");
    *path = argv[optind];
    return -1;
}

int inspect_main(struct cli *cli, int argc, char **argv) {
    static struct project project;
    struct inspection i = {.trouble = &cli->trouble};
    bool wants_json = false;
    aloft_space file;
    char *text;
    aloft_err e;
    int code = read_options(argc, argv, &i.path, &wants_json);

    if (code >= 0)
        return code;
    if (project_open(cli->dir, &project, &cli->trouble) == ALOFT_OK)
        i.project = &project;
    if (file_read(i.path, FILE_IMAGE_MAX, &file, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    i.file = (aloft_bytes){file.at, file.len};
    if (wants_json)
        i.json = cJSON_CreateObject();
    inspect_fact(&i, "file", "%s", i.path);
    e = tell(&i);
    if (e == ALOFT_OK && wants_json && (text = cJSON_Print(i.json)) != NULL) {
        puts(text);
        cJSON_free(text);
    }
    cJSON_Delete(i.json);
    free(file.at);
    return e == ALOFT_OK ? 0 : cli_fail(cli);
}

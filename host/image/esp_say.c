/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. The facts of an ESP image as sentences and as JSON.
 * Knows: words.   Never knows: bytes. */
#include "host/image/esp.h"

#include <string.h>

#include <cjson/cJSON.h>

static const char *const modes[] = {"QIO", "QOUT", "DIO", "DOUT", "fast read", "slow read"};

static void hex(const uint8_t *from, size_t len, char *out) {
    for (size_t i = 0; i < len; i++)
        snprintf(out + 2 * i, 3, "%02x", from[i]);
}

static void say_who(const struct esp_image *f, FILE *to) {
    if (f->is_bootloader)
        fprintf(to, "A boot loader for %s%s%s; it is not updated over the air.\n", f->chip,
                f->idf[0] != 0 ? ", made by ESP-IDF " : "", f->idf);
    else if (!f->is_app)
        fprintf(to,
                "An application for %s without a descriptor (Rust programs have none): it does not "
                "say its\n"
                "project or version.\n",
                f->chip);
    else
        fprintf(to, "An application for %s: project %s, version %s, built %s with ESP-IDF %s.\n",
                f->chip, f->project, f->version, f->built, f->idf);
    if (f->is_arduino)
        fputs("It was built by Arduino: project and version are those of the Arduino core, not of "
              "the\n"
              "sketch.\n",
              to);
}

static void say_revisions(const struct esp_image *f, FILE *to) {
    fprintf(to, "It runs on chip revisions from %u.%u", f->min_rev / 100u, f->min_rev % 100u);
    if (f->max_rev != 0 && f->max_rev != 0xffff)
        fprintf(to, " to %u.%u", f->max_rev / 100u, f->max_rev % 100u);
    fprintf(to, "; flash %u MB, %s.", f->flash_mb, modes[f->spi_mode]);
    if (f->secure_version > 0)
        fprintf(to, " Secure version %u: the chip refuses lower ones for ever.", f->secure_version);
    fputc('\n', to);
}

static void say_whole(const struct esp_image *f, FILE *to) {
    char digest[65];

    hex(f->hash, sizeof f->hash, digest);
    fprintf(to, "%u segments, %zu bytes; the checksum %s; the SHA-256 %s.\n", f->n_segments,
            f->length, f->checksum_holds ? "is right" : "IS WRONG",
            !f->has_hash    ? "is not there"
            : f->hash_holds ? "is right"
                            : "IS WRONG");
    fprintf(to, "SHA-256 %s\n", digest);
}

static void say_end(const struct esp_image *f, FILE *to) {
    static const char *const kinds[] = {"", "secure boot 1", "secure boot 2, RSA-3072",
                                        "secure boot 2, ECDSA"};

    if (f->n_signatures > 0)
        fprintf(to, "Signed for %s: %u block%s.\n", kinds[f->signature], f->n_signatures,
                f->n_signatures > 1 ? "s" : "");
    if (f->trailing > 0 && f->trailing_is_padding)
        fprintf(to, "%zu bytes of padding follow; publish cuts them off.\n", f->trailing);
    else if (f->trailing > 0)
        fprintf(to, "%zu bytes that are no part of it follow: publish refuses that.\n",
                f->trailing);
}

void esp_image_say(const struct esp_image *f, FILE *to) {
    say_who(f, to);
    say_revisions(f, to);
    say_whole(f, to);
    say_end(f, to);
}

struct cJSON *esp_image_json(const struct esp_image *f) {
    cJSON *o = cJSON_CreateObject();
    char digest[65];

    hex(f->hash, sizeof f->hash, digest);
    cJSON_AddStringToObject(o, "format", f->is_bootloader ? "ESP boot loader" : "ESP image");
    cJSON_AddStringToObject(o, "chip", f->chip);
    cJSON_AddNumberToObject(o, "chip_id", f->chip_id);
    cJSON_AddNumberToObject(o, "segments", f->n_segments);
    cJSON_AddNumberToObject(o, "min_revision", f->min_rev);
    cJSON_AddNumberToObject(o, "max_revision", f->max_rev);
    cJSON_AddNumberToObject(o, "flash_mb", f->flash_mb);
    cJSON_AddStringToObject(o, "flash_mode", modes[f->spi_mode]);
    cJSON_AddNumberToObject(o, "length", (double)f->length);
    cJSON_AddNumberToObject(o, "trailing", (double)f->trailing);
    cJSON_AddBoolToObject(o, "checksum_holds", f->checksum_holds);
    cJSON_AddBoolToObject(o, "has_sha256", f->has_hash);
    cJSON_AddBoolToObject(o, "sha256_holds", f->hash_holds);
    cJSON_AddStringToObject(o, "sha256", digest);
    cJSON_AddNumberToObject(o, "signatures", f->n_signatures);
    cJSON_AddBoolToObject(o, "has_descriptor", f->is_app);
    cJSON_AddBoolToObject(o, "is_arduino", f->is_arduino);
    if (f->is_app) {
        cJSON_AddStringToObject(o, "project", f->project);
        cJSON_AddStringToObject(o, "version", f->version);
        cJSON_AddStringToObject(o, "built", f->built);
        cJSON_AddNumberToObject(o, "mmu_page_log2", f->mmu_page_log2);
    }
    cJSON_AddStringToObject(o, "idf", f->idf);
    cJSON_AddNumberToObject(o, "secure_version", f->secure_version);
    return o;
}

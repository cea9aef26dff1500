/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Looks into a built image.
 * Knows: the image reader, the scanner.   Never knows: source folders. */
#include "host/doctor/room.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/image/esp.h"
#include "host/image/kind.h"
#include "host/image/partition.h"
#include "host/image/record.h"
#include "host/legacy/device_info.h"
#include "host/legacy/sign.h"

static void see_esp(struct doctor *d, aloft_bytes file) {
    static struct esp_image facts;
    struct trouble trouble;
    char text[ALOFT_SENTENCE_MAX];

    if (esp_image_read(file, &facts, &trouble) != ALOFT_OK) {
        doctor_add(d, DOCTOR_WRONG, DOCTOR_IMAGE, "image", "%s",
                   trouble_text(&trouble, text, sizeof text));
        return;
    }
    if (facts.trailing == LEGACY_TRAILER && legacy_is_signed(file)) {
        doctor_add(d, DOCTOR_FINE, DOCTOR_IMAGE, "image",
                   "signed for ota_demo (its last 268 bytes)");
        facts.trailing = 0;
    }
    if (esp_image_check(&facts, &trouble) != ALOFT_OK)
        doctor_add(d, DOCTOR_WRONG, DOCTOR_IMAGE, "image", "%s",
                   trouble_text(&trouble, text, sizeof text));
    else if (facts.is_app)
        doctor_add(
            d, DOCTOR_FINE, DOCTOR_IMAGE, "image",
            "%s, project %s, version %s of the descriptor%s, ESP-IDF %s, %zu bytes, checksum "
            "and digest right",
            facts.chip, facts.project, facts.version,
            facts.is_arduino ? " (the Arduino core's)" : "", facts.idf, facts.length);
    else
        doctor_add(d, DOCTOR_FINE, DOCTOR_IMAGE, "image",
                   "%s, without a descriptor, %zu bytes, checksum and digest right", facts.chip,
                   facts.length);
}

static void see_image(struct doctor *d, aloft_bytes file) {
    struct image_record record;
    struct trouble trouble;
    char words[IMAGE_KIND_WORDS_MAX];
    const struct image_kind *kind = image_kind_of(file);

    if (esp_image_begins(file) && kind->refusal != ALOFT_E_IMAGE_KIND)
        see_esp(d, file);
    else if (image_record_count(file, 1) == 0)
        doctor_add(d, DOCTOR_WRONG, DOCTOR_IMAGE, "image", "this is %s, not an application image",
                   image_kind_words(file, words));
    if (image_record_count(file, 1) > 0 && image_record_find(file, &record, &trouble) == ALOFT_OK)
        doctor_add(d, DOCTOR_FINE, DOCTOR_IMAGE, "image record", "%s %s", record.device_class,
                   record.version);
}

/* A program for this machine with our record. It carries a whole TLS library with its test keys and
 * test certificates, which it never uses; what it calls and trusts comes from `aloft device`. */
static bool is_software_device(aloft_bytes file) {
    return image_record_count(file, 1) > 0 && file.len > 4 &&
           memcmp(file.at,
                  "\x7f"
                  "ELF",
                  4) == 0 &&
           image_kind_of(file)->refusal != ALOFT_E_IMAGE_KIND;
}

/* The same certificate may stand in an image twice; links in texts are told apart from update
 * addresses. */
static void see_inside(struct doctor *d, aloft_bytes file) {
    struct scan_hit hit;
    char where[40];
    unsigned n_others = 0;

    if (is_software_device(file)) {
        doctor_add(d, DOCTOR_NOTE, DOCTOR_IMAGE, "image",
                   "a program for `aloft device`, which tells it the address and the CA");
        return;
    }
    d->is_ota_demo = memmem(file.at, file.len, "signed_ota_demo.bin", 19) != NULL;
    for (size_t from = 0; scan_next(file, from, &hit); from = hit.at + hit.len) {
        snprintf(where, sizeof where, "byte 0x%zx", hit.at);
        if (hit.what != SCAN_ADDRESS)
            doctor_see_pem(d, where, file, &hit);
        else if (address_is_for_updates(hit.address))
            doctor_see_address(d, where, hit.address, false);
        else if (n_others++ < 8)
            doctor_add(d, DOCTOR_NOTE, DOCTOR_IMAGE, where, "another address: %s", hit.address);
    }
    doctor_see_device_info(d, "device_info.json", file);
}

/* ---- what the build has left beside the image: its table, its settings */

#define BUILD_FILE_MAX (1u << 20) /* sdkconfig.h has about 60 KB, a table 3 KB */

static bool read_beside(const char *path, const char *name, aloft_space *out) {
    const char *slash = strrchr(path, '/');
    char beside[PATH_MAX];
    struct trouble unused;

    out->at = NULL;
    return slash != NULL &&
           (size_t)snprintf(beside, sizeof beside, "%.*s/%s", (int)(slash - path), path, name) <
               sizeof beside &&
           file_read(beside, BUILD_FILE_MAX, out, &unused) == ALOFT_OK;
}

static void see_slot(struct doctor *d, const char *path, size_t length) {
    static struct partition_table table;
    struct trouble unused;
    aloft_space text;
    uint32_t slot = 0;

    if (read_beside(path, "partition_table/partition-table.bin", &text) &&
        partition_table_read((aloft_bytes){text.at, text.len}, &table, &unused) == ALOFT_OK) {
        slot = partition_smallest_slot(&table);
        if (slot == 0 || !partition_has_otadata(&table))
            doctor_add(d, DOCTOR_WRONG, DOCTOR_SLOTS, "partition table",
                       "no two ota slots or no otadata: a device with it cannot update over the "
                       "air");
        else
            doctor_add(d, length <= slot ? DOCTOR_FINE : DOCTOR_WRONG, DOCTOR_SLOTS,
                       "partition table", "%s: %zu of %u KiB of a slot",
                       length <= slot ? "it fits" : "it does not fit", (length + 1023) / 1024,
                       slot / 1024);
    }
    free(text.at);
}

static void see_rollback(struct doctor *d, const char *path) {
    static const char on[] = "#define CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE 1\n";
    aloft_space text;

    if (read_beside(path, "config/sdkconfig.h", &text)) {
        if (strstr((const char *)text.at, on) != NULL)
            doctor_add(d, DOCTOR_FINE, DOCTOR_ROLLBACK, "sdkconfig", "rollback is on");
        else
            doctor_add(d, DOCTOR_NOTE, DOCTOR_ROLLBACK, "sdkconfig",
                       "rollback is off (CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE): a bad image "
                       "stays");
    }
    free(text.at);
}

static void see_build(struct doctor *d, const char *path, aloft_bytes file) {
    if (!esp_image_begins(file))
        return;
    see_slot(d, path, file.len);
    see_rollback(d, path);
    for (size_t i = 0; i < d->n; i++)
        if (d->row[i].topic == DOCTOR_PRIVATE_KEY)
            return;
    doctor_add(d, DOCTOR_FINE, DOCTOR_PRIVATE_KEY, "image", "no private key inside");
}

aloft_err doctor_look_at_firmware(struct doctor *d, const char *path, struct trouble *trouble) {
    aloft_space file;
    aloft_err e = file_read(path, FILE_IMAGE_MAX, &file, trouble);

    if (e != ALOFT_OK)
        return e;
    see_image(d, (aloft_bytes){file.at, file.len});
    see_inside(d, (aloft_bytes){file.at, file.len});
    see_build(d, path, (aloft_bytes){file.at, file.len});
    free(file.at);
    return ALOFT_OK;
}

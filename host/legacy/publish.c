/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. Publish for old devices: refuse what would harm them, sign, put on offer.
 * Knows: the order of the checks, the two files.   Never knows: how a list or a trailer is made. */
#include "host/legacy/publish.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "host/doctor/scan.h"
#include "host/file.h"
#include "host/image/esp.h"
#include "host/image/kind.h"
#include "host/image/slot.h"
#include "host/legacy/sign.h"

#define SMALL_FILE_MAX 65536u

struct job {
    const struct project *project;
    const struct legacy_order *order;
    struct legacy_answer *answer;
    struct trouble *trouble;
    aloft_space image, signed_image; /* malloc'ed */
    struct esp_image facts;
    struct device_info info;
    char list[LEGACY_LIST_MAX + 1];
};

static aloft_err refuse(struct job *j, aloft_err code) {
    trouble_set(j->trouble, code);
    trouble_fact(j->trouble, "file", "%s", j->order->file);
    trouble_fact(j->trouble, "version", "%s", j->info.version);
    return code;
}

/* ---- the image */

static aloft_err check_kind(struct job *j, aloft_bytes file) {
    const struct image_kind *kind = image_kind_of(file);
    char words[IMAGE_KIND_WORDS_MAX];

    if (esp_image_begins(file) && kind->refusal != ALOFT_E_IMAGE_KIND)
        return ALOFT_OK;
    trouble_set(j->trouble, ALOFT_E_IMAGE_KIND);
    trouble_fact(j->trouble, "file", "%s", j->order->file);
    trouble_fact(j->trouble, "kind", "%s", image_kind_words(file, words));
    if (kind->advice != NULL)
        trouble_fact(j->trouble, "advice", "%s", kind->advice);
    return ALOFT_E_IMAGE_KIND;
}

static aloft_err check_image(struct job *j) {
    aloft_bytes file = {j->image.at, j->image.len};
    aloft_err e = legacy_is_signed(file) ? refuse(j, ALOFT_E_LEGACY_SIGNED) : check_kind(j, file);

    if (e != ALOFT_OK)
        return e;
    e = esp_image_read(file, &j->facts, j->trouble);
    if (e == ALOFT_OK)
        e = esp_image_check(&j->facts, j->trouble);
    if (e != ALOFT_OK)
        trouble_fact(j->trouble, "file", "%s", j->order->file);
    else
        j->image.len = j->facts.signed_length;
    return e;
}

/* The trailer is not written to the slot, so only the firmware has to fit. */
static aloft_err check_slot(struct job *j) {
    return j->order->partitions == NULL
               ? ALOFT_OK
               : slot_check(j->order->partitions, j->image.len, j->trouble);
}

static bool holds_private_key(aloft_bytes file) {
    struct scan_hit hit;

    for (size_t from = 0; scan_next(file, from, &hit); from = hit.at + hit.len)
        if (hit.what == SCAN_PRIVATE_KEY)
            return true;
    return false;
}

static aloft_err check_inside(struct job *j) {
    aloft_bytes file = {j->image.at, j->image.len};

    device_info_find(file, &j->info);
    j->answer->has_identity = j->info.has_identity;
    if (j->info.n != 1 || j->info.version[0] == 0 || !j->info.version_is_whole)
        return refuse(j, ALOFT_E_LEGACY_NO_VERSION);
    if (j->info.is_placeholder)
        return refuse(j, ALOFT_E_LEGACY_PLACEHOLDER);
    if (holds_private_key(file))
        return refuse(j, ALOFT_E_LEGACY_PRIVATE_KEY);
    return j->info.has_identity && !j->order->one_device ? refuse(j, ALOFT_E_LEGACY_IDENTITY)
                                                         : ALOFT_OK;
}

/* ---- the list */

static aloft_err path_in_site(struct job *j, const char *name, char out[PATH_MAX]) {
    char relative[64];

    snprintf(relative, sizeof relative, "site/" LEGACY_FOLDER "%s%s", name[0] != 0 ? "/" : "",
             name);
    return project_path(j->project, relative, out, j->trouble);
}

/* No list yet is an empty one. */
static aloft_err read_list(struct job *j) {
    struct legacy_versions *v = &j->answer->versions;
    struct trouble unused;
    char path[PATH_MAX];
    aloft_space text;
    aloft_err e = path_in_site(j, LEGACY_LIST_FILE, path);

    v->polling_days = 1;
    if (e != ALOFT_OK || file_read(path, SMALL_FILE_MAX, &text, &unused) != ALOFT_OK)
        return e;
    e = legacy_versions_read((aloft_bytes){text.at, text.len}, v, j->trouble);
    if (e != ALOFT_OK)
        trouble_fact(j->trouble, "file", "%s", path);
    free(text.at);
    return e;
}

static aloft_err make_list(struct job *j) {
    struct legacy_versions *v = &j->answer->versions;
    aloft_err e = read_list(j);

    for (unsigned i = 0; e == ALOFT_OK && i < j->order->n_older; i++)
        e = legacy_add_older(v, j->order->older[i], j->trouble);
    if (e == ALOFT_OK &&
        (legacy_is_older(v, j->info.version) || strcmp(v->latest, j->info.version) == 0))
        return refuse(j, ALOFT_E_LEGACY_OFFERED);
    if (e == ALOFT_OK && v->latest[0] != 0)
        e = legacy_add_older(v, v->latest, j->trouble);
    if (e != ALOFT_OK)
        return e;
    if (v->n_older == 0)
        return refuse(j, ALOFT_E_LEGACY_NO_OLDER);
    snprintf(v->latest, sizeof v->latest, "%s", j->info.version);
    if (j->order->polling_days > 0)
        v->polling_days = j->order->polling_days;
    return legacy_versions_write(v, j->list, j->trouble);
}

/* ---- signing and offering */

static aloft_err check_pair(struct job *j, const char *key_path) {
    char path[PATH_MAX];
    aloft_space pem;
    aloft_err e = project_path(j->project, "legacy/public_key.pem", path, j->trouble);

    if (e == ALOFT_OK)
        e = file_read(path, SMALL_FILE_MAX, &pem, j->trouble);
    if (e != ALOFT_OK)
        return e;
    if (!legacy_signature_fits((aloft_bytes){j->signed_image.at, j->signed_image.len},
                               (aloft_bytes){pem.at, pem.len})) {
        e = refuse(j, ALOFT_E_LEGACY_PAIR);
        trouble_fact(j->trouble, "key", "%s", key_path);
    }
    free(pem.at);
    return e;
}

static aloft_err sign(struct job *j) {
    char path[PATH_MAX];
    aloft_space key;
    aloft_err e = ALOFT_OK;

    if (j->order->key_file != NULL)
        snprintf(path, sizeof path, "%s", j->order->key_file);
    else
        e = project_path(j->project, "legacy/root.key", path, j->trouble);
    if (e == ALOFT_OK)
        e = file_read(path, SMALL_FILE_MAX, &key, j->trouble);
    if (e != ALOFT_OK)
        return e;
    e = legacy_sign((aloft_bytes){j->image.at, j->image.len}, (aloft_bytes){key.at, key.len},
                    &j->signed_image, j->trouble);
    OPENSSL_cleanse(key.at, key.len);
    free(key.at);
    if (e != ALOFT_OK)
        trouble_fact(j->trouble, "file", "%s", e == ALOFT_E_LEGACY_KEY ? path : j->order->file);
    return e == ALOFT_OK ? check_pair(j, path) : e;
}

/* If power goes between the two, devices are still told of the old version and get the new
 * firmware, which is signed and right. */
static aloft_err offer(struct job *j) {
    char path[PATH_MAX];
    aloft_err e = path_in_site(j, "", path);

    if (e == ALOFT_OK)
        e = file_folder(path, 0755, j->trouble);
    if (e == ALOFT_OK)
        e = path_in_site(j, LEGACY_FIRMWARE, path);
    if (e == ALOFT_OK)
        e = file_write(path, (aloft_bytes){j->signed_image.at, j->signed_image.len}, 0644, true,
                       j->trouble);
    if (e == ALOFT_OK)
        e = path_in_site(j, LEGACY_LIST_FILE, path);
    if (e == ALOFT_OK)
        e = file_write(path, (aloft_bytes){(uint8_t *)j->list, strlen(j->list)}, 0644, true,
                       j->trouble);
    return e;
}

aloft_err legacy_publish(const struct project *project, const struct legacy_order *order,
                         struct legacy_answer *answer, struct trouble *trouble) {
    static aloft_err (*const steps[])(struct job *) = {check_image, check_slot, check_inside,
                                                       make_list,   sign,       offer};
    static struct job job;
    aloft_err e;

    memset(&job, 0, sizeof job);
    memset(answer, 0, sizeof *answer);
    job.project = project;
    job.order = order;
    job.answer = answer;
    job.trouble = trouble;
    e = file_read(order->file, FILE_IMAGE_MAX, &job.image, trouble);
    for (size_t i = 0; e == ALOFT_OK && i < sizeof steps / sizeof steps[0]; i++)
        e = steps[i](&job);
    answer->size = job.signed_image.len;
    free(job.image.at);
    free(job.signed_image.at);
    return e;
}

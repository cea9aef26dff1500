/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. What the device is and trusts: from the project, and from an image.
 * Knows: files of a project.   Never knows: networks. */
#include "host/doctor/road_room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include <aloft/image.h>

#include "host/file.h"
#include "host/image/identify.h"
#include "host/trust_plan.h"

static aloft_err settle_base(struct road *road, struct trouble *trouble) {
    const char *base = road->wish.base != NULL ? road->wish.base : road->project.base;
    size_t len = strlen(base);
    aloft_fault why = {.code = ALOFT_E_CONFIG_BASE};

    if (len <= ALOFT_BASE_MAX) {
        memcpy(road->base, base, len + 1);
        if (al_http_url_split((aloft_bytes){(const uint8_t *)road->base, len}, &road->url, &why) ==
                ALOFT_OK &&
            al_http_url_is_base(&road->url)) {
            snprintf(road->host, sizeof road->host, "%.*s", (int)road->url.host.len,
                     (const char *)road->url.host.at);
            return ALOFT_OK;
        }
    }
    why.code = ALOFT_E_CONFIG_BASE;
    (void)!trouble_from(trouble, &why);
    trouble_fact(trouble, "base", "%s", base);
    return ALOFT_E_CONFIG_BASE;
}

static aloft_err settle_ca(struct road *road, struct trouble *trouble) {
    char path[PATH_MAX];
    FILE *file;
    aloft_err e = ALOFT_OK;

    if (road->wish.ca != NULL)
        snprintf(path, sizeof path, "%s", road->wish.ca);
    else
        e = project_path(&road->project, "pki/ca.crt", path, trouble);
    if (e != ALOFT_OK)
        return e;
    file = fopen(path, "r");
    if (file == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_READ, path, errno);
    road->ca = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    road->store = X509_STORE_new();
    if (road->ca == NULL || road->store == NULL || X509_STORE_load_file(road->store, path) != 1)
        e = trouble_file(trouble, ALOFT_E_DEVICE_CA, path, 0);
    ERR_clear_error();
    return e;
}

/* The firmware keys of a record, and the lowest sequence that it takes. */
static void trust(struct road *road, const struct trust_draft *draft) {
    road->keys.n = (uint8_t)draft->n_firmware;
    road->keys.threshold = (uint8_t)draft->threshold;
    memcpy(road->keys.key, draft->firmware, sizeof road->keys.key);
    road->n_fresh = draft->n_fresh;
    memcpy(road->fresh, draft->fresh, sizeof road->fresh);
    road->terms.floor = draft->lowest_sequence;
}

static void hash_image(struct road *road, aloft_bytes image) {
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, image);
    aloft_hash_end(&hash, road->terms.running_digest);
    road->terms.running_size = (uint32_t)image.len;
    road->terms.has_running = true;
}

static aloft_err settle_running(struct road *road, struct trouble *trouble) {
    struct image_record record;
    struct trust_draft draft;
    struct al_trust found;
    struct trouble unused;
    aloft_space image;
    aloft_bytes bytes;
    aloft_err e;

    if (road->wish.running == NULL)
        return ALOFT_OK;
    e = file_read(road->wish.running, FILE_IMAGE_MAX, &image, trouble);
    if (e != ALOFT_OK)
        return e;
    bytes = (aloft_bytes){image.at, image.len};
    e = road->has_project ? image_identify(&road->project, bytes, &record, trouble)
                          : image_record_find(bytes, &record, trouble);
    if (e != ALOFT_OK)
        trouble_fact(trouble, "file", "%s", road->wish.running);
    if (e == ALOFT_OK) {
        hash_image(road, bytes);
        road->terms.encodings = record.encodings;
        snprintf(road->device_class, sizeof road->device_class, "%s", record.device_class);
        snprintf(road->version, sizeof road->version, "%s", record.version);
        if (trust_find(bytes, road->wish.running, &found, &unused) == ALOFT_OK) {
            trust_draft_of(&found, &draft);
            trust(road, &draft);
        }
    }
    free(image.at);
    return e;
}

/* What the next image trusts stands in the last record; before the first, all keys count. */
static void settle_keys(struct road *road, const struct keyring *ring) {
    struct trust_draft draft;
    struct trouble unused;

    if (road->keys.n == 0 && trust_last(&road->project, &draft, &unused) == ALOFT_OK)
        trust(road, &draft);
    for (unsigned i = 0; road->keys.threshold == 0 && i < ring->n; i++)
        if (ring->key[i].role == KEY_FIRMWARE && road->keys.n < ALOFT_KEYS_MAX)
            road->keys.key[road->keys.n++] = ring->key[i].key;
        else if (ring->key[i].role == KEY_FRESH && road->n_fresh < AL_TRUST_FRESH_MAX)
            road->fresh[road->n_fresh++] = ring->key[i].key;
    if (road->keys.threshold == 0)
        road->keys.threshold = 1;
    for (unsigned i = 0; i < road->keys.n; i++)
        for (unsigned k = 0; k < ring->n; k++)
            if (memcmp(ring->key[k].key.kid, road->keys.key[i].kid, ALOFT_KID_SIZE) == 0)
                memcpy(road->key_name[i], ring->key[k].name, sizeof road->key_name[i]);
}

static void settle_class(struct road *road) {
    const struct project_class *known;

    if (road->wish.device_class != NULL)
        snprintf(road->device_class, sizeof road->device_class, "%s", road->wish.device_class);
    else if (road->device_class[0] == 0 && road->has_project)
        snprintf(road->device_class, sizeof road->device_class, "%s",
                 road->project.classes[0].name);
    snprintf(road->channel, sizeof road->channel, "%s",
             road->wish.channel != NULL ? road->wish.channel : "stable");
    project_ids(road->device_class, road->channel, road->terms.vendor_id, road->terms.class_id);
    known = road->has_project ? project_class_of(&road->project, road->device_class) : NULL;
    road->terms.slot_size = known != NULL && known->slot_size > 0 ? known->slot_size : UINT32_MAX;
}

/* Without a project the address, the CA and the class have to be named; an image names its class itself. */
static aloft_err do_without(const struct road *road, aloft_err e, struct trouble *trouble) {
    bool no_ca = road->wish.ca == NULL;
    bool no_class = road->wish.device_class == NULL && road->wish.running == NULL;

    if (road->wish.base != NULL && !no_ca && !no_class)
        return ALOFT_OK;
    if (road->wish.base == NULL || e != ALOFT_E_NO_PROJECT)
        return e;
    trouble_set(trouble, ALOFT_E_DOCTOR_NEEDS);
    trouble_fact(trouble, "folder", "%s", road->wish.dir);
    trouble_fact(trouble, "base", "%s", road->wish.base);
    trouble_fact(trouble, "what", "%s%s%s", no_ca ? "--ca FILE (the CA that devices hold)" : "",
                 no_ca && no_class ? " and " : "", no_class ? "--class V/M/R" : "");
    return ALOFT_E_DOCTOR_NEEDS;
}

aloft_err road_settle(struct road *road, struct trouble *trouble) {
    static struct keyring ring;
    struct trouble unused;
    aloft_err e = project_open(road->wish.dir, &road->project, trouble);

    road->has_project = e == ALOFT_OK;
    if (e != ALOFT_OK && (e = do_without(road, e, trouble)) != ALOFT_OK)
        return e;
    road->terms.encodings = ALOFT_ENCODINGS;
    road->terms.has_clock = true;
    road->terms.now_s = (uint64_t)(road->wish.has_now ? road->wish.now_s : (int64_t)time(NULL));
    e = settle_base(road, trouble);
    if (e == ALOFT_OK)
        e = settle_ca(road, trouble);
    if (e == ALOFT_OK)
        e = settle_running(road, trouble);
    if (e != ALOFT_OK)
        return e;
    ring.n = 0;
    if (road->has_project && keys_known(&road->project, &ring, &unused) == ALOFT_OK)
        settle_keys(road, &ring);
    settle_class(road);
    return ALOFT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. A project: the folder with aloft.conf, keys, certificates and the site. */
#ifndef HOST_PROJECT_H
#define HOST_PROJECT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <aloft/aloft.h>

#include "trouble.h"

#define PROJECT_CLASSES_MAX  16
#define PROJECT_CHANNELS_MAX 8
#define PROJECT_WORD_MAX     32 /* a channel's name */

/** A class of devices, one section [class VENDOR/MODEL/REVISION] of aloft.conf. */
struct project_class {
    char name[ALOFT_CLASS_MAX];
    char channel[PROJECT_CHANNELS_MAX][PROJECT_WORD_MAX + 1]; /* `channels`, default: stable */
    unsigned n_channels;
    uint32_t slot_size;  /* `slot-size` in bytes; 0: not known, so not checked */
    bool keys_in_device; /* `keys = device`: images carry no trust record */
    char esp_project
        [33]; /* `esp-project`, `esp-chip`: an ESP-IDF image without a record is this class */
    char esp_chip[16];
};

struct project {
    char dir[PATH_MAX];
    char base[ALOFT_BASE_MAX + 1]; /* [project] base: what devices call */
    char listen[80];               /* [serve] listen, default [::]:4443 */
    char legacy_listen[80];        /* [serve] legacy-listen, empty: none */
    struct project_class classes[PROJECT_CLASSES_MAX];
    unsigned n_classes; /* at least 1 */
};

/** Read aloft.conf of a folder. Fails NO_PROJECT, CONF_FORM. */
ALOFT_MUST_USE aloft_err project_open(const char *dir, struct project *project,
                                      struct trouble *trouble);

/** Whether a host, as an address or a base has it, is this machine and no other can call it. */
bool project_is_own_host(const char *host);

/** Whether the server listens to this machine only, and devices are to call another host: then none
 *  comes through, unless something forwards. */
bool project_is_inside(const struct project *project);

/** dir/relative into out[PATH_MAX]. */
ALOFT_MUST_USE aloft_err project_path(const struct project *project, const char *relative,
                                      char out[PATH_MAX], struct trouble *trouble);

/** The class of this name, or the only one for NULL; NULL if there is none, or several to
 *  choose from. */
const struct project_class *project_class_of(const struct project *project, const char *name);

/** The identifiers that manifests of a class and channel carry: vendor = UUIDv5(DNS, vendor
 *  domain), class = UUIDv5(vendor, "model/revision") for `stable`, "model/revision/channel" for
 *  others. */
void project_ids(const char *device_class, const char *channel, uint8_t vendor_id[16],
                 uint8_t class_id[16]);

/** Whether a text is a legal vendor/model/revision: the vendor is a DNS domain, the others
 *  A-Za-z0-9._- ; at most 63 bytes. Whether a word can be a channel: a-z0-9-, at most 32. */
bool project_class_is_legal(const char *device_class);
bool project_channel_is_legal(const char *channel);

#endif

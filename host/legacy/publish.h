/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. Publish for devices with the SmartThings ota_demo:
 * site/legacy/signed_ota_demo.bin and site/legacy/version_info.json, which the legacy listener of
 * `serve` gives them.
 *
 * Example:
 *     struct legacy_order order = {.file = "build/ota_demo.bin"};
 *     static struct legacy_answer answer;
 *     if (legacy_publish(&project, &order, &answer, &trouble) != ALOFT_OK) ... */
#ifndef HOST_LEGACY_PUBLISH_H
#define HOST_LEGACY_PUBLISH_H

#include <stdbool.h>

#include "host/legacy/versions.h"
#include "host/project.h"
#include "host/trouble.h"

#define LEGACY_FOLDER    "legacy" /* below site/ */
#define LEGACY_FIRMWARE  "signed_ota_demo.bin"
#define LEGACY_LIST_FILE "version_info.json"

struct legacy_order {
    const char *file;       /* the image as the build made it */
    const char *key_file;   /* NULL: legacy/root.key */
    const char *partitions; /* NULL: the slot's size is not known */
    const char *older[16];  /* versions that run out there and are not listed yet */
    unsigned n_older;
    unsigned polling_days; /* 0: as it was, or 1 */
    bool one_device;       /* the image carries one device's identity, and that is meant */
};

struct legacy_answer {
    struct legacy_versions versions; /* on offer now */
    size_t size;                     /* of signed_ota_demo.bin */
    bool has_identity;
};

/**
 * Publish. The version is the firmwareVersion of the embedded device_info.json, never the
 * descriptor's.
 *
 * Fails   ESP_*, IMAGE_KIND, PARTITIONS_*  as for every image
 *         LEGACY_NO_VERSION, _PLACEHOLDER, _OFFERED, _IDENTITY, _PRIVATE_KEY, _NO_OLDER, _LIST,
 *         _LIST_LONG, _SIGNED, _KEY, _PAIR: what was on offer before still is.
 * Power   the firmware is replaced first, the list that announces it last; each whole or not at
 * all.
 */
ALOFT_MUST_USE aloft_err legacy_publish(const struct project *project,
                                        const struct legacy_order *order,
                                        struct legacy_answer *answer, struct trouble *trouble);

#endif

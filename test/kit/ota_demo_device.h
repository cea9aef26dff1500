/* SPDX-License-Identifier: Apache-2.0 */
/* A device with the SmartThings ota_demo, step by step as that program goes: what it makes of
 * version_info.json, of a download, of a signature. It knows nothing of aloft; it checks with
 * mbedTLS, as the device does. */
#ifndef TEST_KIT_OTA_DEMO_DEVICE_H
#define TEST_KIT_OTA_DEMO_DEVICE_H

#include <stdbool.h>

#include <aloft/bytes.h>

enum ota_demo_word {
    OTA_DEMO_NOTHING, /* no update for the version that runs */
    OTA_DEMO_OFFER,
    OTA_DEMO_NO_LIST, /* "Cannot find new version" */
    OTA_DEMO_CRASH,   /* a number where it expects a string: it restarts, and meets it again */
    OTA_DEMO_UPDATED,
    OTA_DEMO_REFUSED, /* the line that it prints is in `line` */
};

struct ota_demo_device {
    char running[64]; /* firmwareVersion of the image that runs */
    char latest[64];  /* of the last list */
    int polling_days; /* of the last list */
    const char *public_pem;
    char line[120];
};

/** The list, as it came. */
enum ota_demo_word ota_demo_check(struct ota_demo_device *device, aloft_bytes list);

/** A download: `content_length` as the answer's head had it, -1 without one. After
 *  OTA_DEMO_UPDATED `running` is the
 * version inside the new image. */
enum ota_demo_word ota_demo_install(struct ota_demo_device *device, long content_length,
                                    aloft_bytes body);

#endif

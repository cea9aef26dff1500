/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/smartthings. Who a device is for the SmartThings cloud: a serial number and an Ed25519
 * key. Kept in a folder of its own, outside the firmware, because an image with an identity makes
 * every device the same one.
 *
 * Example:
 *     struct identity who;
 *     if (identity_make(&who, &trouble) == ALOFT_OK &&
 *         identity_write(folder, &who, &trouble) == ALOFT_OK)
 *         printf("%s %s\n", who.serial, who.public_key);
 *     identity_forget(&who);
 */
#ifndef HOST_SMARTTHINGS_IDENTITY_H
#define HOST_SMARTTHINGS_IDENTITY_H

#include <limits.h>

#include "host/trouble.h"

#define IDENTITY_SERIAL_MIN 8u /* the SDK's tools/keygen/README.md */
#define IDENTITY_SERIAL_MAX 30u
#define IDENTITY_KEY_CHARS  44u /* 32 bytes in base64 */

#define IDENTITY_FILE  "device_info.json" /* in the form that the SDK's own tools read */
#define IDENTITY_IMAGE "stnv.bin"         /* for the partition of that name */

struct identity {
    char serial[IDENTITY_SERIAL_MAX + 1];
    char public_key[IDENTITY_KEY_CHARS + 1];
    char private_key[IDENTITY_KEY_CHARS + 1]; /* never shown */
};

/** A new key and a new serial number. Fails CRYPTO_FAILED. */
ALOFT_MUST_USE aloft_err identity_make(struct identity *out, struct trouble *trouble);

/** Read device_info.json of a folder. Fails FILE_READ, FILE_LONG, ST_JSON, ST_FIELD, ST_PLACEHOLDER,
 *  ST_KEYS. */
ALOFT_MUST_USE aloft_err identity_read(const char *folder, struct identity *out,
                                       struct trouble *trouble);

/**
 * Write device_info.json and stnv.bin, mode 0600, into a folder of mode 0700 that git ignores.
 *
 * Fails   FILE_EXISTS: nothing is ever overwritten. FILE_WRITE.
 * Power   device_info.json comes first and is whole or not there; what is missing behind it is made by
 *         identity_complete.
 */
ALOFT_MUST_USE aloft_err identity_write(const char *folder, const struct identity *who,
                                        struct trouble *trouble);

/** Make stnv.bin where it is missing; where it is there, it must hold this identity: ST_IMAGE. */
ALOFT_MUST_USE aloft_err identity_complete(const char *folder, const struct identity *who,
                                           struct trouble *trouble);

/** The private key leaves memory. */
void identity_forget(struct identity *who);

#endif

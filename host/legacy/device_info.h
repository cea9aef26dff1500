/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. The device_info.json that the SmartThings SDK compiles into a firmware: its
 * firmwareVersion is the only version that an ota_demo device compares. */
#ifndef HOST_LEGACY_DEVICE_INFO_H
#define HOST_LEGACY_DEVICE_INFO_H

#include <stdbool.h>

#include <aloft/bytes.h>

/** Longest version that fits version_info.json beside others, 2047 bytes in all. */
#define DEVICE_INFO_VERSION_MAX 63u

struct device_info {
    unsigned n;                                /* objects with deviceInfo in the file; 0: none */
    size_t at;                                 /* of the first */
    char version[DEVICE_INFO_VERSION_MAX + 1]; /* printable; empty: none, or not a text */
    bool version_is_whole;                     /* no byte was changed or cut to make it so */
    bool is_placeholder;                       /* as shipped: firmwareVersion_here */
    bool has_identity; /* privateKey or serialNumber with a value of its own */
    bool has_private_key;
};

/** Find it in a file of any kind (firmware or JSON). Linear; parses at most 16 KB per place. */
void device_info_find(aloft_bytes file, struct device_info *out);

#endif

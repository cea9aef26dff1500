/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the two constants that every firmware image carries. The image record says what the image
 * is; the trust record says whose updates it takes. Tools find them by their magic, exactly one of
 * each in an image; the device reads them by their symbols. Layouts: FORMAT.md.
 *
 * Example, in one .c file of the firmware:
 *     #include <aloft/image.h>
 *     #include "aloft_trust.h"           // written by `aloft key image`
 *     ALOFT_IMAGE("acme.example/lamp/a", "1.0.0", "first light");
 */
#ifndef ALOFT_IMAGE_H
#define ALOFT_IMAGE_H

#include <stdint.h>

#define ALOFT_IMAGE_MAGIC_SIZE 16u
#define ALOFT_IMAGE_SIZE       152u
#define ALOFT_CLASS_MAX        64u /* vendor/model/revision */
#define ALOFT_VERSION_MAX      32u
#define ALOFT_BUILD_MAX        32u

/** Encodings that this library decodes, bit e for encoding e (FORMAT.md), and the largest state that
 * a decoder of it needs, in KiB. */
#define ALOFT_ENCODINGS   0x00000001u
#define ALOFT_DECODER_KIB 0u

/** The image record. Texts end at the first zero or at the end of their field. */
struct aloft_image {
    uint8_t magic[ALOFT_IMAGE_MAGIC_SIZE];
    uint8_t layout;      /* 1 */
    uint8_t decoder_kib; /* ALOFT_DECODER_KIB */
    uint8_t zero[2];
    uint8_t encodings[4]; /* little endian */
    char device_class[ALOFT_CLASS_MAX];
    char version[ALOFT_VERSION_MAX]; /* A-Za-z0-9._+- */
    char build[ALOFT_BUILD_MAX];     /* printable ASCII, for people */
};

/* The magic stands in this macro only, so that no other bytes of a program hold it. */
#define ALOFT_IMAGE_MAGIC                                                                          \
    { 'A', 'L', 'O', 'F', 'T', 0x0d, 0x0a, 0x1a, 0xd6, 0x1b, 'i', 'm', 'a', 'g', 'e', 0x01 }

#if defined(__GNUC__)
#define ALOFT_IN_IMAGE __attribute__((used, aligned(4)))
#else
#define ALOFT_IN_IMAGE
#endif

/** Define the image record, once in a firmware. The three are string literals. */
#define ALOFT_IMAGE(device_class_, version_, build_)                                               \
    ALOFT_IN_IMAGE const struct aloft_image aloft_image = {                                        \
        ALOFT_IMAGE_MAGIC,                                                                         \
        1,                                                                                         \
        ALOFT_DECODER_KIB,                                                                         \
        {0, 0},                                                                                    \
        {(uint8_t)(ALOFT_ENCODINGS & 0xff), (uint8_t)(ALOFT_ENCODINGS >> 8 & 0xff),                \
         (uint8_t)(ALOFT_ENCODINGS >> 16 & 0xff), (uint8_t)(ALOFT_ENCODINGS >> 24)},               \
        device_class_,                                                                             \
        version_,                                                                                  \
        build_}

extern const struct aloft_image aloft_image;

/** A channel that this firmware may be set to, with the identifiers that its manifests carry
 * (UUIDs of version 5, RFC 9562 §5.5; FORMAT.md says of what). */
struct aloft_channel {
    const char *name;
    uint8_t vendor_id[16];
    uint8_t class_id[16];
};

/* aloft_trust.h defines, by the macro ALOFT_TRUST:
 *     const uint8_t aloft_trust[]              the trust record (keys-and-freshness; FORMAT.md)
 *     const struct aloft_channel aloft_channels[], and how many                               */
#define ALOFT_TRUST(record_, channels_)                                                            \
    ALOFT_IN_IMAGE const uint8_t aloft_trust[] = record_;                                          \
    const uint32_t aloft_trust_size = sizeof aloft_trust;                                          \
    const struct aloft_channel aloft_channels[] = channels_;                                       \
    const uint32_t aloft_n_channels = sizeof aloft_channels / sizeof aloft_channels[0]

/* A macro argument may not contain commas on their own; a list goes in ALOFT_LIST(...). */
#define ALOFT_LIST(...)                                                                            \
    { __VA_ARGS__ }

extern const uint8_t aloft_trust[];
extern const uint32_t aloft_trust_size;
extern const struct aloft_channel aloft_channels[];
extern const uint32_t aloft_n_channels;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of the manifest profile in test/vectors/suit-profile, and the device that they are for. */
#ifndef TEST_KIT_VECTORS_H
#define TEST_KIT_VECTORS_H

#include <aloft/manifest.h>

/** The two keys that signed: P-256 of draft-ietf-suit-manifest Appendix B, Ed25519 of RFC 8032 §7.1
 * test 1. */
extern const struct aloft_key kit_vector_p256, kit_vector_ed25519;

/** Trust both with threshold 2; with an adapter that has no Ed25519, P-256 alone with threshold 1. */
struct aloft_keys kit_vector_keys(void);

/** floor 41, installed (41, 0101..), slot 1 MiB, now 1795329000, running payload_old.bin, encodings 0, 16 */
struct aloft_terms kit_vector_terms(void);

/** One line of neg/INDEX.tsv: name, rule, setting. */
struct kit_vector {
    char name[64];
    unsigned rule;
    char setting[80]; /* "-" or command line options of `aloft verify` */
};

/** The lines; gives how many. Fails the test if there are more than `max`. */
size_t kit_vector_index(struct kit_vector *out, size_t max);

/** The bytes of test/vectors/suit-profile/FOLDER/NAME.hex (without FOLDER for NULL), before a forbidden
 * page. Valid until the next call. */
aloft_bytes kit_vector_bytes(const char *folder, const char *name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes around any manifest, rightly signed, for tests of what stands behind the signature. */
#ifndef TEST_KIT_ENVELOPE_H
#define TEST_KIT_ENVELOPE_H

#include <openssl/types.h>

#include <aloft/manifest.h>

/** A new Ed25519 key: signing is fast, and the signature is 64 bytes as it comes. */
struct kit_pen {
    EVP_PKEY *private_key;
    struct aloft_key key;
};

void kit_pen_make(struct kit_pen *pen);
void kit_pen_free(struct kit_pen *pen);

/** Trust these pens. */
struct aloft_keys kit_pen_keys(const struct kit_pen *pens, unsigned n, unsigned threshold);

/** The envelope of this manifest and text (len 0: none), signed by n pens, before a forbidden page. Valid
 * until the next call. */
aloft_bytes kit_envelope(aloft_bytes manifest, aloft_bytes text, const struct kit_pen *pens,
                         unsigned n);

/** The same with any bytes for the blocks of signatures; the digest is right. */
aloft_bytes kit_envelope_of(aloft_bytes manifest, aloft_bytes text, const aloft_bytes *block,
                            unsigned n);

#endif

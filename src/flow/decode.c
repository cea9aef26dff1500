/* SPDX-License-Identifier: Apache-2.0 */
/* Room: flow. Turns payload bytes into image bytes. Encoding 0, raw, is the only one built in: the manifest's
 * others are refused before anything is fetched (R36).
 * Knows: encodings.   Never knows: network, flash. */
#include "flow.h"

#include <string.h>

#include <aloft/image.h>
#include <aloft/manifest.h>

/* fetch.c takes a mark for both, payload bytes and image bytes, and one digest for the other. */
_Static_assert(ALOFT_ENCODINGS == 1u << ALOFT_ENCODING_RAW, "another encoding needs a decoder");

void al_decode_move(aloft_bytes *in, aloft_space *out) {
    size_t n = in->len < out->len ? in->len : out->len;

    memcpy(out->at, in->at, n);
    in->at += n;
    in->len -= n;
    out->at += n;
    out->len -= n;
}

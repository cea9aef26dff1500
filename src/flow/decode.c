/* SPDX-License-Identifier: Apache-2.0 */
/* Room: flow. Turns payload bytes into image bytes. Encoding 0, raw, is the only one built in; another
 * one is a row here and a bit of ALOFT_ENCODINGS.
 * Knows: encodings.   Never knows: network, flash. */
#include "flow.h"

#include <string.h>

#include <aloft/manifest.h>

aloft_err al_decode_start(struct al_decode *decode, uint32_t encoding, aloft_fault *why) {
    decode->encoding = encoding;
    if (encoding == ALOFT_ENCODING_RAW)
        return ALOFT_OK;
    *why = (aloft_fault){.code = ALOFT_E_MANIFEST_ENCODING, .want = 36, .got = encoding};
    return ALOFT_E_MANIFEST_ENCODING;
}

void al_decode_move(struct al_decode *decode, aloft_bytes *in, aloft_space *out) {
    size_t n = in->len < out->len ? in->len : out->len;

    (void)decode;
    if (n == 0)
        return;
    memcpy(out->at, in->at, n);
    in->at += n;
    in->len -= n;
    out->at += n;
    out->len -= n;
}

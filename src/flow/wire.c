/* SPDX-License-Identifier: Apache-2.0 */
/* Room: flow. Counts the payload's bytes as they come from the wire. Of a raw payload the digest is that
 * of the image, so it is hashed once, when it is read back; other encodings hash here.
 * Knows: the signed size.   Never knows: what the bytes mean, or where they go. */
#include "flow.h"

void al_wire_start(struct al_wire *wire, uint32_t size, uint32_t at) {
    wire->size = size;
    wire->at = at;
}

aloft_err al_wire_see(struct al_wire *wire, aloft_bytes bytes, aloft_fault *why) {
    if (bytes.len > wire->size - wire->at) {
        *why = (aloft_fault){.code = ALOFT_E_PAYLOAD_LONG, .at = wire->size, .want = wire->size};
        return ALOFT_E_PAYLOAD_LONG;
    }
    wire->at += (uint32_t)bytes.len;
    return ALOFT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cbor. One item and everything in it, checked for its form. */
#ifndef AL_CBOR_WALK_H
#define AL_CBOR_WALK_H

#include "cbor/cbor.h"

/** Whether deterministic CBOR begins here. *len: the bytes of the item, or where it stops being one. */
ALOFT_MUST_USE bool al_cbor_walk_item(aloft_bytes in, size_t *len);

#endif

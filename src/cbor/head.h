/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cbor. What begins each item: three bits of major type, five of argument (RFC 8949 §3). */
#ifndef AL_CBOR_HEAD_H
#define AL_CBOR_HEAD_H

#include <stdbool.h>

#include <aloft/bytes.h>

enum al_cbor_major {
    AL_CBOR_MAJOR_UINT,
    AL_CBOR_MAJOR_NINT,
    AL_CBOR_MAJOR_BYTES,
    AL_CBOR_MAJOR_TEXT,
    AL_CBOR_MAJOR_ARRAY,
    AL_CBOR_MAJOR_MAP,
    AL_CBOR_MAJOR_TAG,
    AL_CBOR_MAJOR_SIMPLE,
};

/* The simple values that are let through (§3.3). Others and floats are refused. */
enum { AL_CBOR_FALSE = 20, AL_CBOR_TRUE = 21, AL_CBOR_NULL = 22 };

struct al_cbor_head {
    enum al_cbor_major major;
    uint8_t size;      /* bytes of the head itself, 1 to 9 */
    uint64_t argument; /* number, length, count or tag */
};

/** Read the head at the front of `in`. False: the input ends within the head or within the string that
 *  it announces, announces more items than bytes are left, has a longer form than needed (§4.2.1), an
 *  indefinite length, a float, or a simple value but false, true and null. */
ALOFT_MUST_USE bool al_cbor_head_read(aloft_bytes in, struct al_cbor_head *head);

/** Whether these bytes are UTF-8 (RFC 3629: no overlong form, no surrogate, at most U+10FFFF). */
ALOFT_MUST_USE bool al_cbor_is_utf8(aloft_bytes text);

#endif

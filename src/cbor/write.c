/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cbor. Writes items with shortest heads.
 * Knows: RFC 8949 §3 and §4.2.1.   Never knows: what the numbers mean. */
#include "cbor/write.h"

#include <string.h>

#include "cbor/head.h"

void al_cbor_out_start(struct al_cbor_out *out, aloft_space room) {
    *out = (struct al_cbor_out){.room = room};
}

static void put(struct al_cbor_out *out, aloft_bytes bytes) {
    if (out->is_full || bytes.len > out->room.len - out->len) {
        out->is_full = true;
        return;
    }
    if (bytes.len > 0)
        memcpy(out->room.at + out->len, bytes.at, bytes.len);
    out->len += bytes.len;
}

/* The argument stands in the head's low five bits, or in the 1, 2, 4 or 8 bytes behind it (§3). */
static void put_head(struct al_cbor_out *out, enum al_cbor_major major, uint64_t argument) {
    uint8_t head[9];
    size_t size = argument < 24            ? 0
                  : argument <= UINT8_MAX  ? 1
                  : argument <= UINT16_MAX ? 2
                  : argument <= UINT32_MAX ? 4
                                           : 8;
    static const uint8_t info[] = {0, 24, 25, 0, 26, 0, 0, 0, 27};

    head[0] = (uint8_t)((unsigned)major << 5 | (size == 0 ? (unsigned)argument : info[size]));
    for (size_t i = size; i > 0; i--, argument >>= 8)
        head[i] = (uint8_t)argument;
    put(out, (aloft_bytes){head, 1 + size});
}

void al_cbor_put_uint(struct al_cbor_out *out, uint64_t number) {
    put_head(out, AL_CBOR_MAJOR_UINT, number);
}

/* A negative number n stands as -1 - n (§3.1), which for two's complement is its complement. */
void al_cbor_put_int(struct al_cbor_out *out, int64_t number) {
    if (number >= 0)
        put_head(out, AL_CBOR_MAJOR_UINT, (uint64_t)number);
    else
        put_head(out, AL_CBOR_MAJOR_NINT, ~(uint64_t)number);
}

void al_cbor_put_bytes_head(struct al_cbor_out *out, uint64_t len) {
    put_head(out, AL_CBOR_MAJOR_BYTES, len);
}

void al_cbor_put_bytes(struct al_cbor_out *out, aloft_bytes bytes) {
    put_head(out, AL_CBOR_MAJOR_BYTES, bytes.len);
    put(out, bytes);
}

void al_cbor_put_text(struct al_cbor_out *out, aloft_bytes text) {
    put_head(out, AL_CBOR_MAJOR_TEXT, text.len);
    put(out, text);
}

void al_cbor_put_array(struct al_cbor_out *out, uint64_t n) {
    put_head(out, AL_CBOR_MAJOR_ARRAY, n);
}

void al_cbor_put_map(struct al_cbor_out *out, uint64_t n) {
    put_head(out, AL_CBOR_MAJOR_MAP, n);
}

void al_cbor_put_tag(struct al_cbor_out *out, uint64_t number) {
    put_head(out, AL_CBOR_MAJOR_TAG, number);
}

void al_cbor_put_null(struct al_cbor_out *out) {
    put_head(out, AL_CBOR_MAJOR_SIMPLE, AL_CBOR_NULL);
}

bool al_cbor_out_is_whole(const struct al_cbor_out *out) {
    return !out->is_full;
}

aloft_bytes al_cbor_out_bytes(const struct al_cbor_out *out) {
    return (aloft_bytes){out->room.at, out->is_full ? 0 : out->len};
}

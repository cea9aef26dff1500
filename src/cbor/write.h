/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cbor. A small writer: shortest heads, definite lengths (RFC 8949 §4.2.1). The order of map keys
 * is the caller's.
 *
 * Example:
 *     struct al_cbor_out out;
 *     al_cbor_out_start(&out, ALOFT_SPACE(room));
 *     al_cbor_put_map(&out, 1);
 *     al_cbor_put_uint(&out, 1);
 *     al_cbor_put_text(&out, version);
 *     if (!al_cbor_out_is_whole(&out)) ...        // asked once, at the end
 */
#ifndef AL_CBOR_WRITE_H
#define AL_CBOR_WRITE_H

#include <stdbool.h>

#include <aloft/bytes.h>

struct al_cbor_out {
    aloft_space room;
    size_t len;
    bool is_full; /* something did not fit; nothing is written after that */
};

void al_cbor_out_start(struct al_cbor_out *out, aloft_space room);

void al_cbor_put_uint(struct al_cbor_out *out, uint64_t number);
void al_cbor_put_int(struct al_cbor_out *out, int64_t number);
void al_cbor_put_bytes(struct al_cbor_out *out, aloft_bytes bytes);
/** UTF-8, which the caller vouches for. */
void al_cbor_put_text(struct al_cbor_out *out, aloft_bytes text);
/** The head alone; `n` items, or pairs, follow. */
void al_cbor_put_array(struct al_cbor_out *out, uint64_t n);
void al_cbor_put_map(struct al_cbor_out *out, uint64_t n);
/** The head of a byte string of `len` bytes alone: what a digest over "the string with its head" needs. */
void al_cbor_put_bytes_head(struct al_cbor_out *out, uint64_t len);
void al_cbor_put_tag(struct al_cbor_out *out, uint64_t number);
void al_cbor_put_null(struct al_cbor_out *out);

/** Whether all that was put did fit. */
bool al_cbor_out_is_whole(const struct al_cbor_out *out);

/** What was written, a view of the room; len 0 if not all of it did fit. */
aloft_bytes al_cbor_out_bytes(const struct al_cbor_out *out);

#endif

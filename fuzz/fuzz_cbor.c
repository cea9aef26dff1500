/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as CBOR: what the walk accepts is read to its end by the pull reader, and each of its heads is the one
 * that the writer writes. */
#include <stdlib.h>
#include <string.h>

#include "cbor/cbor.h"
#include "cbor/head.h"
#include "cbor/write.h"

enum { FORM = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_head(struct al_cbor_out *out, const struct al_cbor_head *head) {
    switch (head->major) {
    case AL_CBOR_MAJOR_UINT:
        al_cbor_put_uint(out, head->argument);
        break;
    case AL_CBOR_MAJOR_NINT:
        if (head->argument <= INT64_MAX)
            al_cbor_put_int(out, -1 - (int64_t)head->argument);
        break;
    case AL_CBOR_MAJOR_BYTES:
        al_cbor_put_bytes_head(out, head->argument);
        break;
    case AL_CBOR_MAJOR_ARRAY:
        al_cbor_put_array(out, head->argument);
        break;
    case AL_CBOR_MAJOR_MAP:
        al_cbor_put_map(out, head->argument);
        break;
    case AL_CBOR_MAJOR_TAG:
        al_cbor_put_tag(out, head->argument);
        break;
    case AL_CBOR_MAJOR_TEXT: /* the writer puts head and text together */
    case AL_CBOR_MAJOR_SIMPLE:
        break;
    }
}

static void compare_head(const struct al_cbor *r, struct al_cbor_head *head) {
    uint8_t room[9];
    struct al_cbor_out out;
    aloft_bytes rest = {r->in.at + r->at, r->end - r->at};

    if (!al_cbor_head_read(rest, head))
        abort();
    al_cbor_out_start(&out, ALOFT_SPACE(room));
    put_head(&out, head);
    if (out.len > 0 && (out.len != head->size || memcmp(room, rest.at, out.len) != 0))
        abort();
}

/* The walk accepted at most AL_CBOR_DEPTH levels, so recursion is bounded. */
static void pass(struct al_cbor *r, unsigned depth) {
    struct al_cbor_head head;
    size_t n = 0;

    if (depth > AL_CBOR_DEPTH)
        abort();
    compare_head(r, &head);
    switch (al_cbor_kind(r)) {
    case AL_CBOR_IS_ARRAY:
        n = al_cbor_array(r);
        break;
    case AL_CBOR_IS_MAP:
        n = 2 * al_cbor_map(r);
        break;
    case AL_CBOR_IS_TAG:
        al_cbor_tag(r, head.argument);
        n = 1;
        break;
    case AL_CBOR_IS_UINT:
        if (al_cbor_uint(r) != head.argument)
            abort();
        break;
    case AL_CBOR_IS_TEXT:
        if (al_cbor_text(r).len != head.argument)
            abort();
        break;
    case AL_CBOR_IS_NINT:
    case AL_CBOR_IS_BYTES:
    case AL_CBOR_IS_SIMPLE:
        if (al_cbor_item(r).len == 0)
            abort();
        break;
    case AL_CBOR_IS_NOTHING:
        abort(); /* the walk said that an item is here */
    }
    while (n-- > 0)
        pass(r, depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct al_cbor r;

    al_cbor_start(&r, (aloft_bytes){data, size}, FORM);
    al_cbor_walk(&r);
    if (r.failed != 0) {
        if (r.failed != FORM || r.failed_at > size)
            abort();
        return 0;
    }
    pass(&r, 0);
    al_cbor_end(&r);
    if (r.failed != 0)
        abort();
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cbor. Walks over one item and everything in it, without recursion.
 * Knows: RFC 8949 §4.2.1.   Never knows: which items are expected. */
#include "cbor/walk.h"

#include <string.h>

#include "cbor/head.h"

/* An array, map or tag that is open. `left` counts items, in a map two for each pair: even means that a
 * key comes next. */
struct level {
    uint64_t left;
    size_t item_at;         /* where the item under way begins */
    size_t key_at, key_len; /* the last key of a map; len 0: none yet */
    bool is_map;
};

struct walk {
    aloft_bytes in;
    size_t at;
    unsigned depth;
    struct level open[AL_CBOR_DEPTH];
};

static bool opens(const struct al_cbor_head *head) {
    return head->major == AL_CBOR_MAJOR_ARRAY || head->major == AL_CBOR_MAJOR_MAP ||
           head->major == AL_CBOR_MAJOR_TAG;
}

static bool push(struct walk *w, const struct al_cbor_head *head) {
    bool is_map = head->major == AL_CBOR_MAJOR_MAP;

    if (w->depth == AL_CBOR_DEPTH)
        return false;
    /* the count is at most the number of bytes left, so doubling cannot overflow */
    w->open[w->depth++] = (struct level){
        .left = head->major == AL_CBOR_MAJOR_TAG ? 1 : head->argument * (is_map ? 2 : 1),
        .item_at = w->at,
        .is_map = is_map,
    };
    return true;
}

/* Ascending by encoded bytes, so never the same twice (§4.2.1). No key is a beginning of another: an item
 * says in itself where it ends. */
static bool key_ascends(const struct walk *w, const struct level *level) {
    size_t len = w->at - level->item_at;
    size_t shorter = len < level->key_len ? len : level->key_len;

    return level->key_len == 0 ||
           memcmp(w->in.at + level->key_at, w->in.at + level->item_at, shorter) < 0;
}

/* An item has ended. So do the levels of which it was the last. */
static bool close_levels(struct walk *w) {
    while (w->depth > 0) {
        struct level *level = &w->open[w->depth - 1];
        if (level->left > 0) {
            if (level->is_map && level->left % 2 == 0) {
                if (!key_ascends(w, level))
                    return false;
                level->key_at = level->item_at;
                level->key_len = w->at - level->item_at;
            }
            level->left--;
            level->item_at = w->at;
        }
        if (level->left > 0)
            return true;
        w->depth--;
    }
    return true;
}

/* One head, and the string behind it. */
static bool step(struct walk *w) {
    struct al_cbor_head head;
    aloft_bytes rest = {w->in.at + w->at, w->in.len - w->at};

    if (!al_cbor_head_read(rest, &head))
        return false;
    w->at += head.size;
    if (opens(&head)) {
        if (!push(w, &head))
            return false;
        return w->open[w->depth - 1].left > 0 || close_levels(w);
    }
    if (head.major == AL_CBOR_MAJOR_BYTES || head.major == AL_CBOR_MAJOR_TEXT) {
        aloft_bytes text = {w->in.at + w->at, (size_t)head.argument};
        if (head.major == AL_CBOR_MAJOR_TEXT && !al_cbor_is_utf8(text))
            return false;
        w->at += text.len;
    }
    return close_levels(w);
}

bool al_cbor_walk_item(aloft_bytes in, size_t *len) {
    struct walk w = {.in = in};
    bool is_right;

    /* Each step passes at least one byte, so there are at most in.len of them. */
    do
        is_right = step(&w);
    while (is_right && w.depth > 0);
    *len = w.at;
    return is_right;
}

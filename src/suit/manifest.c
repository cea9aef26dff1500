/* SPDX-License-Identifier: Apache-2.0 */
/* Room: suit. The manifest's own map: its keys, common, version and the digest of the text.
 * Knows: what stands under each key.   Never knows: signatures; they were right before this is read. */
#include "suit/suit.h"

#include <string.h>

enum {
    KEY_VERSION = 1,
    KEY_SEQUENCE = 2,
    KEY_COMMON = 3,
    KEY_SET_VERSION = 6,
    KEY_VALIDATE = 7,
    KEY_INVOKE = 9,
    KEY_INSTALL = 20,
    KEY_TEXT = 23,
};
enum { COMMON_COMPONENTS = 2, COMMON_SHARED = 4 };
enum { MANIFEST_VERSION = 1 };

/** The parts of a manifest, read after the whole map was seen. */
struct parts {
    aloft_bytes common, set_version, validate, invoke, install;
    aloft_bytes text_digest; /* len 0: none */
};

/* ---- the map: 1,2,3,6,7,20 and maybe 9,23, ascending; `left` counts the pairs */

static void key(struct al_cbor *r, size_t *left, unsigned number) {
    r->rule = AL_R14;
    if (*left == 0)
        al_cbor_fail(r);
    else
        (*left)--;
    al_cbor_expect(r, number);
}

static bool comes(const struct al_cbor *r, size_t left, unsigned number) {
    return left > 0 && al_cbor_next_is(r, number);
}

static uint64_t read_sequence_number(struct al_cbor *r) {
    uint64_t sequence;

    r->rule = AL_R16;
    sequence = al_cbor_uint(r);
    if (sequence > INT64_MAX)
        al_cbor_fail(r);
    return sequence;
}

static aloft_bytes part(struct al_cbor *r, size_t *left, unsigned number) {
    key(r, left, number);
    return al_cbor_bytes(r);
}

static void read_map(struct al_suit *s, struct parts *p) {
    struct al_cbor *r = &s->r;
    size_t left;

    r->rule = AL_R14;
    al_cbor_enter_again(r, s->manifest);
    left = al_cbor_map(r);
    key(r, &left, KEY_VERSION);
    r->rule = AL_R15;
    al_cbor_expect(r, MANIFEST_VERSION);
    key(r, &left, KEY_SEQUENCE);
    s->m->sequence = read_sequence_number(r);
    p->common = part(r, &left, KEY_COMMON);
    p->set_version = part(r, &left, KEY_SET_VERSION);
    p->validate = part(r, &left, KEY_VALIDATE);
    s->m->has_invoke = comes(r, left, KEY_INVOKE);
    if (s->m->has_invoke)
        p->invoke = part(r, &left, KEY_INVOKE);
    p->install = part(r, &left, KEY_INSTALL);
    if (comes(r, left, KEY_TEXT)) {
        key(r, &left, KEY_TEXT);
        r->rule = AL_R23;
        p->text_digest = al_suit_digest(r);
    }
    r->rule = AL_R14;
    al_cbor_end(r); /* a key that is left over */
}

/* ---- text: a proxy may cut it out of the envelope; what is there must be what was signed */

static void check_text(struct al_suit *s, const struct parts *p) {
    if (s->r.failed == 0 && s->text_string.len > 0 &&
        !al_suit_digest_is(p->text_digest, s->text_string))
        al_cbor_fail_at(&s->r, AL_R23, (size_t)(s->text_string.at - s->r.in.at));
}

/* ---- common: {2: components, 4: << shared >>} */

/* [['app']], or with patches [['app'], ['app', 'cur']] */
static void read_components(struct al_suit *s) {
    static const uint8_t one[] = {0x81, 0x81, 0x43, 'a', 'p', 'p'};
    static const uint8_t two[] = {0x82, 0x81, 0x43, 'a',  'p', 'p', 0x82, 0x43,
                                  'a',  'p',  'p',  0x43, 'c', 'u', 'r'};
    aloft_bytes item;

    s->r.rule = AL_R19;
    s->components_at = s->r.at;
    item = al_cbor_item(&s->r);
    if (item.len == sizeof one && memcmp(item.at, one, sizeof one) == 0)
        s->n_components = 1;
    else if (item.len == sizeof two && memcmp(item.at, two, sizeof two) == 0)
        s->n_components = 2;
    else
        al_cbor_fail(&s->r);
}

static void read_common(struct al_suit *s, aloft_bytes inside) {
    struct al_cbor *r = &s->r;
    aloft_bytes shared;

    r->rule = AL_R18;
    al_cbor_enter_again(r, inside);
    if (al_cbor_map(r) != 2)
        al_cbor_fail(r);
    al_cbor_expect(r, COMMON_COMPONENTS);
    read_components(s);
    r->rule = AL_R18;
    al_cbor_expect(r, COMMON_SHARED);
    r->rule = AL_R20;
    shared = al_cbor_bytes(r);
    al_cbor_end(r);
    al_suit_shared_read(s, shared);
}

/* ---- set-version: 1 to 3 numbers, then maybe -1 (rc), -2 (beta) or -3 (alpha) and one more number */

enum { NUMBERS_MAX = 3, ALPHA = -3, RELEASE_CANDIDATE = -1 };

static void read_number(struct al_cbor *r, struct aloft_manifest *m, int64_t low, int64_t high) {
    int64_t number = al_cbor_int(r);

    if (number < low || number > high)
        al_cbor_fail(r);
    else
        m->version[m->n_version++] = (int32_t)number; /* at most 3 + 1 + 1 */
}

static void read_set_version(struct al_suit *s, aloft_bytes inside) {
    struct al_cbor *r = &s->r;
    struct aloft_manifest *m = s->m;
    size_t left;

    r->rule = AL_R22;
    al_cbor_enter_again(r, inside);
    left = al_cbor_array(r);
    for (; left > 0 && m->n_version < NUMBERS_MAX && al_cbor_kind(r) == AL_CBOR_IS_UINT; left--)
        read_number(r, m, 0, INT32_MAX);
    if (m->n_version == 0)
        al_cbor_fail(r);
    if (left > 0)
        read_number(r, m, ALPHA, RELEASE_CANDIDATE);
    if (left > 1)
        read_number(r, m, 0, INT32_MAX);
    al_cbor_end(r);
}

/* The second component is there for patches, and only for them. */
static void check_components(struct al_suit *s) {
    if (s->r.failed == 0 && (s->n_components == 2) != (s->m->n_branches > 1))
        al_cbor_fail_at(&s->r, AL_R19, s->components_at);
}

void al_suit_manifest_read(struct al_suit *s) {
    struct parts p = {0};

    read_map(s, &p);
    check_text(s, &p);
    read_common(s, p.common);
    read_set_version(s, p.set_version);
    al_suit_short_read(s, p.validate, AL_SUIT_IF_IMAGE);
    if (s->m->has_invoke)
        al_suit_short_read(s, p.invoke, AL_SUIT_INVOKE);
    al_suit_install_read(s, p.install);
    check_components(s);
}

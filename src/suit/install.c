/* SPDX-License-Identifier: Apache-2.0 */
/* Room: suit. The install sequence: until when, and the ways to come to the image.
 * Knows: its two forms, with and without patches.   Never knows: which way a device takes. */
#include "suit/suit.h"

/* Fetch arguments */
enum { ARG_ENCODING = 1, ARG_SIZE = 2, ARG_SHA256 = 3, ARG_BASE = 4 };
/* 1..15 are compressed, 16..31 patches of the image that runs */
enum { ENCODING_PATCH = 16, ENCODING_MAX = 31 };

static bool is_patch(const struct aloft_branch *branch) {
    return branch->from_digest.len > 0;
}

/* << {1: encoding, 2: payload size, 3: payload sha256, 4: base component, for patches only} >> */
static void read_arguments(struct al_cbor *r, struct aloft_branch *branch) {
    size_t outside;
    uint64_t encoding;

    r->rule = AL_R32;
    outside = al_cbor_enter(r);
    if (al_cbor_map(r) != (is_patch(branch) ? 4 : 3))
        al_cbor_fail(r);
    al_cbor_expect(r, ARG_ENCODING);
    encoding = al_cbor_uint(r);
    if (encoding > ENCODING_MAX || (encoding >= ENCODING_PATCH) != is_patch(branch))
        al_cbor_fail(r);
    branch->encoding = (uint32_t)encoding;
    al_cbor_expect(r, ARG_SIZE);
    branch->payload_size = al_suit_size(r);
    al_cbor_expect(r, ARG_SHA256);
    branch->payload_sha256 = al_suit_bytes(r, ALOFT_DIGEST_SIZE);
    if (is_patch(branch)) {
        al_cbor_expect(r, ARG_BASE);
        al_cbor_expect(r, AL_SUIT_APP_CURRENT);
    }
    al_cbor_leave(r, outside);
}

/* 20,{21: uri, 25: arguments}, 21,policy, 3,policy: what every branch ends with. All branches set the same
 * keys, so nothing of one leaks into another. */
static void read_fetch(struct al_suit_sequence *q, struct aloft_branch *branch) {
    struct al_cbor *r = q->r;

    al_suit_command(q, AL_SUIT_OVERRIDE);
    r->rule = AL_R28;
    if (al_cbor_map(r) != 2)
        al_cbor_fail(r);
    al_cbor_expect(r, AL_SUIT_P_URI);
    r->rule = AL_R31;
    branch->uri = al_cbor_text(r);
    if (!al_suit_uri_is_legal(branch->uri))
        al_cbor_fail(r);
    r->rule = AL_R28;
    al_cbor_expect(r, AL_SUIT_P_ARGUMENTS);
    read_arguments(r, branch);
    al_suit_policy(q, AL_SUIT_FETCH);
    al_suit_policy(q, AL_SUIT_IF_IMAGE);
    al_suit_finish(q);
}

/* 20,{3: << digest >>, 14: size}, 3,policy: is this the image that runs? */
static void read_precursor(struct al_suit_sequence *q, struct aloft_branch *branch) {
    struct al_cbor *r = q->r;

    al_suit_command(q, AL_SUIT_OVERRIDE);
    r->rule = AL_R28;
    if (al_cbor_map(r) != 2)
        al_cbor_fail(r);
    al_cbor_expect(r, AL_SUIT_P_DIGEST);
    branch->from_digest = al_suit_wrapped_digest(r);
    al_cbor_expect(r, AL_SUIT_P_SIZE);
    branch->from_size = al_suit_size(r);
    al_suit_policy(q, AL_SUIT_IF_IMAGE);
}

/* patch: [12,1, <precursor>, 12,0, <fetch>]    full: [12,0, <fetch>], and only the last one */
static void read_branch(struct al_suit *s, bool is_last) {
    struct al_cbor *r = &s->r;
    struct al_suit_sequence q = {.r = r, .rule = AL_R24, .is_branch = true};
    struct aloft_branch *branch = &s->m->branch[s->m->n_branches];
    size_t outside;

    r->rule = AL_R25;
    outside = al_cbor_enter(r);
    if (al_suit_begin(&q, s->n_components) != (is_last ? AL_SUIT_APP : AL_SUIT_APP_CURRENT))
        al_cbor_fail(r);
    if (!is_last) {
        read_precursor(&q, branch);
        al_suit_component(&q, AL_SUIT_APP);
    }
    read_fetch(&q, branch);
    al_cbor_leave(r, outside);
    s->m->n_branches += r->failed == 0;
}

/* Each branch is a byte string, none is nil; seen before one is read, since the last one has another form. */
static void check_branches(struct al_cbor *r, size_t n) {
    struct al_cbor ahead = *r;

    for (size_t i = 0; i < n && ahead.failed == 0; i++)
        (void)al_cbor_bytes(&ahead);
    if (ahead.failed != 0)
        al_cbor_fail_at(r, AL_R25, ahead.failed_at);
}

static void read_try_each(struct al_suit *s, struct al_suit_sequence *q) {
    struct al_cbor *r = &s->r;
    size_t n;

    al_suit_command(q, AL_SUIT_TRY_EACH);
    r->rule = AL_R25;
    n = al_cbor_array(r);
    if (n < 2 || n > ALOFT_BRANCHES_MAX)
        al_cbor_fail(r);
    check_branches(r, n);
    for (size_t i = 0; i < n && r->failed == 0; i++)
        read_branch(s, i == n - 1);
    al_suit_finish(q);
}

/* Whether 20,{4: time} comes, and not 20,{21: uri, ...}. A copy of the cursor looks ahead. */
static bool use_before_comes(const struct al_cbor *r) {
    struct al_cbor ahead = *r;

    al_cbor_expect(&ahead, AL_SUIT_OVERRIDE);
    (void)al_cbor_map(&ahead);
    return al_cbor_next_is(&ahead, AL_SUIT_P_BEFORE);
}

/* 20,{4: time}, 4,policy */
static void read_use_before(struct al_suit *s, struct al_suit_sequence *q) {
    struct al_cbor *r = &s->r;

    al_suit_command(q, AL_SUIT_OVERRIDE);
    r->rule = AL_R28;
    if (al_cbor_map(r) != 1)
        al_cbor_fail(r);
    al_cbor_expect(r, AL_SUIT_P_BEFORE);
    s->m->use_before = al_cbor_uint(r);
    s->m->expires = true;
    al_suit_policy(q, AL_SUIT_IF_BEFORE);
}

/* [12,0, (20,{4: t}, 4,policy)?, <fetch> or 15,[branches]] */
void al_suit_install_read(struct al_suit *s, aloft_bytes inside) {
    struct al_cbor *r = &s->r;
    struct al_suit_sequence q = {.r = r, .rule = AL_R24};

    r->rule = AL_R24;
    al_cbor_enter_again(r, inside);
    if (al_suit_begin(&q, s->n_components) != AL_SUIT_APP)
        al_cbor_fail(r);
    if (use_before_comes(r))
        read_use_before(s, &q);
    if (q.left > 0 && al_cbor_next_is(r, AL_SUIT_TRY_EACH)) {
        read_try_each(s, &q);
        return;
    }
    read_fetch(&q, &s->m->branch[0]);
    s->m->n_branches = 1;
}

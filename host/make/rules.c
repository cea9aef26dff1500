/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Refuses an image that this project could not update again, or whose keys go backwards.
 * Knows: trust records as facts.   Never knows: files, private keys. */
#include "host/make/rules.h"

#include <inttypes.h>
#include <string.h>

#include "host/hex.h"

bool kid_list_has(const struct kid_list *list, const uint8_t kid[ALOFT_KID_SIZE]) {
    for (unsigned i = 0; i < list->n; i++)
        if (memcmp(list->kid[i], kid, ALOFT_KID_SIZE) == 0)
            return true;
    return false;
}

void kid_list_add(struct kid_list *list, const uint8_t kid[ALOFT_KID_SIZE]) {
    if (list->n < RULES_KIDS_MAX && !kid_list_has(list, kid))
        memcpy(list->kid[list->n++], kid, ALOFT_KID_SIZE);
}

static bool is_among(const uint8_t (*kid)[ALOFT_KID_SIZE], unsigned n,
                     const uint8_t wanted[ALOFT_KID_SIZE]) {
    for (unsigned i = 0; i < n; i++)
        if (memcmp(kid[i], wanted, ALOFT_KID_SIZE) == 0)
            return true;
    return false;
}

static bool is_subset(const uint8_t (*a)[ALOFT_KID_SIZE], unsigned n_a,
                      const uint8_t (*b)[ALOFT_KID_SIZE], unsigned n_b) {
    for (unsigned i = 0; i < n_a; i++)
        if (!is_among(b, n_b, a[i]))
            return false;
    return true;
}

static unsigned n_known(const struct release_trust *trust, const struct kid_list *keys) {
    unsigned n = 0;

    for (unsigned i = 0; i < trust->n; i++)
        n += kid_list_has(keys, trust->kid[i]);
    return n;
}

bool rules_would_take(const struct release_trust *trust, const struct kid_list *signers) {
    return !trust->is_there || n_known(trust, signers) >= trust->threshold;
}

static aloft_err refuse(struct trouble *trouble, aloft_err code, uint32_t want, uint32_t got) {
    trouble_set(trouble, code);
    trouble->fault.want = want;
    trouble->fault.got = got;
    return code;
}

/* (a) At least t keys whose private half this project can reach. */
static aloft_err can_be_updated(const struct rules_case *c, struct trouble *trouble) {
    unsigned held = n_known(c->trust, c->held);

    return held >= c->trust->threshold
               ? ALOFT_OK
               : refuse(trouble, ALOFT_E_PUBLISH_KEYS_AWAY, c->trust->threshold, held);
}

static bool says_the_same(const struct release_trust *a, const struct release_trust *b) {
    return a->threshold == b->threshold && a->n == b->n && a->n_gone == b->n_gone &&
           is_subset(a->kid, a->n, b->kid, b->n) &&
           is_subset(a->gone, a->n_gone, b->gone, b->n_gone);
}

/* (b) The epoch counts every change of keys, threshold and gone keys. */
static aloft_err epoch_goes_on(const struct rules_case *c, struct trouble *trouble) {
    const struct release_trust *old = &c->last->trust, *now = c->trust;
    aloft_err e = ALOFT_OK;

    if (now->epoch < old->epoch)
        e = refuse(trouble, ALOFT_E_PUBLISH_EPOCH_LOWER, old->epoch, now->epoch);
    else if (now->epoch == old->epoch && !says_the_same(now, old))
        e = refuse(trouble, ALOFT_E_PUBLISH_EPOCH_SAME, old->epoch + 1, now->epoch);
    if (e != ALOFT_OK)
        trouble_fact(trouble, "newest", "%s", c->last->version);
    return e;
}

/* (c) A key that is dropped without being listed as gone stays good for images that come back. */
static aloft_err no_key_is_dropped(const struct rules_case *c, struct trouble *trouble) {
    const struct release_trust *old = &c->last->trust, *now = c->trust;
    char kid[2 * ALOFT_KID_SIZE + 1];

    for (unsigned i = 0; i < old->n; i++) {
        if (is_among(now->kid, now->n, old->kid[i]) ||
            is_among(now->gone, now->n_gone, old->kid[i]) || kid_list_has(c->forget, old->kid[i]))
            continue;
        trouble_set(trouble, ALOFT_E_PUBLISH_KEY_DROPPED);
        hex_write((aloft_bytes){old->kid[i], ALOFT_KID_SIZE}, kid);
        trouble_fact(trouble, "kid", "%s", kid);
        trouble_fact(trouble, "newest", "%s", c->last->version);
        return ALOFT_E_PUBLISH_KEY_DROPPED;
    }
    return ALOFT_OK;
}

/* (d) The floor of a device is never below the lowest sequence of the image that it runs (R16). */
static aloft_err takes_its_own(const struct rules_case *c, struct trouble *trouble) {
    if (c->trust->lowest <= c->sequence)
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_PUBLISH_LOWEST);
    trouble_fact(trouble, "lowest", "%" PRIu64, c->trust->lowest);
    trouble_fact(trouble, "sequence", "%" PRIu64, c->sequence);
    return ALOFT_E_PUBLISH_LOWEST;
}

aloft_err rules_trust(const struct rules_case *c, struct trouble *trouble) {
    aloft_err e;

    if (!c->trust->is_there)
        return ALOFT_OK;
    e = can_be_updated(c, trouble);
    if (e == ALOFT_OK && c->last != NULL && c->last->trust.is_there) {
        e = epoch_goes_on(c, trouble);
        if (e == ALOFT_OK)
            e = no_key_is_dropped(c, trouble);
    }
    return e == ALOFT_OK ? takes_its_own(c, trouble) : e;
}

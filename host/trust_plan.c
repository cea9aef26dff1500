/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Decides which keys the next image trusts.
 * Knows: keys/, the last record.   Never knows: C headers, images. */
#include "trust_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "hex.h"
#include "pubkey.h"

#define LAST_FILE     "keys/trust.hex"
#define LAST_FILE_MAX 4096u

/* ---- the last record */

aloft_err trust_last(const struct project *project, struct trust_draft *draft,
                     struct trouble *trouble) {
    char path[PATH_MAX];
    uint8_t record[AL_TRUST_MAX_SIZE];
    struct al_trust trust;
    aloft_space text = {NULL, 0};
    size_t digits;
    aloft_err e = project_path(project, LAST_FILE, path, trouble);

    if (e == ALOFT_OK)
        e = file_read(path, LAST_FILE_MAX, &text, trouble);
    if (e != ALOFT_OK)
        return e;
    digits = strcspn((const char *)text.at, "\r\n");
    text.at[digits] = 0;
    if (digits / 2 > sizeof record || !hex_read((const char *)text.at, record, digits / 2))
        digits = 0;
    free(text.at);
    e = trust_read((aloft_bytes){record, digits / 2}, path, &trust, trouble);
    if (e == ALOFT_OK)
        trust_draft_of(&trust, draft);
    return e;
}

aloft_err trust_remember(const struct project *project, const struct trust_draft *draft,
                         struct trouble *trouble) {
    char path[PATH_MAX], text[2 * AL_TRUST_MAX_SIZE + 2];
    uint8_t record[AL_TRUST_MAX_SIZE];
    size_t len = trust_write(draft, record);
    aloft_err e = project_path(project, LAST_FILE, path, trouble);

    if (e != ALOFT_OK)
        return e;
    hex_write((aloft_bytes){record, len}, text);
    memcpy(text + 2 * len, "\n", 2);
    return file_write(path, (aloft_bytes){(const uint8_t *)text, 2 * len + 1}, 0644, true, trouble);
}

/* Where header and memory differ the higher epoch is later: somebody else made it. */
static aloft_err find_last(const struct project *project, const struct trust_wish *wish,
                           struct trust_plan *plan, struct trouble *trouble) {
    aloft_err e = trust_last(project, &plan->last, trouble);

    if (e == ALOFT_E_FILE_READ && trouble->fault.raw == ENOENT)
        plan->had_one = false;
    else if (e != ALOFT_OK)
        return e;
    else
        plan->had_one = true;
    if (wish->header != NULL && (!plan->had_one || wish->header->epoch > plan->last.epoch)) {
        plan->last = *wish->header;
        plan->had_one = true;
        plan->must_remember = true;
    }
    return ALOFT_OK;
}

/* ---- keys that are gone */

static aloft_err find_kid(const struct keyring *ring, const char *word, uint8_t kid[ALOFT_KID_SIZE],
                          struct trouble *trouble) {
    for (unsigned i = 0; i < ring->n; i++)
        if (strcmp(ring->key[i].name, word) == 0) {
            memcpy(kid, ring->key[i].key.kid, ALOFT_KID_SIZE);
            return ALOFT_OK;
        }
    if (hex_read(word, kid, ALOFT_KID_SIZE))
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_KEY_GONE);
    trouble_fact(trouble, "what", "%s", word);
    return ALOFT_E_KEY_GONE;
}

static unsigned find_gone(const struct trust_draft *d, const uint8_t *kid) {
    unsigned i = 0;

    while (i < d->n_gone && memcmp(d->gone[i], kid, ALOFT_KID_SIZE) != 0)
        i++;
    return i;
}

static aloft_err too_many(unsigned got, unsigned want, const char *what, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_KEYS_MANY);
    trouble->fault.got = got;
    trouble->fault.want = want;
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_KEYS_MANY;
}

static aloft_err add_gone(struct trust_draft *d, const uint8_t *kid, struct trouble *trouble) {
    if (find_gone(d, kid) < d->n_gone)
        return ALOFT_OK;
    if (d->n_gone == AL_TRUST_GONE_MAX)
        return too_many(d->n_gone + 1, AL_TRUST_GONE_MAX, "keys that are gone", trouble);
    memcpy(d->gone[d->n_gone++], kid, ALOFT_KID_SIZE);
    return ALOFT_OK;
}

static void drop_gone(struct trust_draft *d, const uint8_t *kid) {
    unsigned i = find_gone(d, kid);

    if (i == d->n_gone)
        return;
    d->n_gone--;
    memmove(d->gone[i], d->gone[i + 1], (d->n_gone - i) * sizeof d->gone[0]);
}

static aloft_err plan_gone(const struct trust_wish *wish, const struct keyring *ring,
                           struct trust_plan *plan, struct trouble *trouble) {
    struct trust_draft *d = &plan->draft;
    uint8_t kid[ALOFT_KID_SIZE];
    aloft_err e = ALOFT_OK;

    if (plan->had_one) {
        memcpy(d->gone, plan->last.gone, sizeof d->gone);
        d->n_gone = plan->last.n_gone;
    }
    for (unsigned i = 0; e == ALOFT_OK && i < wish->n_again; i++)
        if ((e = find_kid(ring, wish->again[i], kid, trouble)) == ALOFT_OK)
            drop_gone(d, kid);
    for (unsigned i = 0; e == ALOFT_OK && i < wish->n_gone; i++)
        if ((e = find_kid(ring, wish->gone[i], kid, trouble)) == ALOFT_OK)
            e = add_gone(d, kid, trouble);
    return e;
}

/* ---- keys that are trusted */

static bool is_listed(const struct aloft_key *list, unsigned n, const struct aloft_key *key) {
    for (unsigned i = 0; i < n; i++)
        if (memcmp(list[i].kid, key->kid, ALOFT_KID_SIZE) == 0)
            return true;
    return false;
}

static aloft_err add_key(struct aloft_key *list, unsigned *n, unsigned max,
                         const struct known_key *known, struct trouble *trouble) {
    if (is_listed(list, *n, &known->key))
        return ALOFT_OK;
    if (*n == max)
        return too_many(max + 1, max, known->role == KEY_FRESH ? "freshness keys" : "firmware keys",
                        trouble);
    list[(*n)++] = known->key;
    return ALOFT_OK;
}

static aloft_err plan_keys(const struct keyring *ring, struct trust_draft *d,
                           struct trouble *trouble) {
    aloft_err e = ALOFT_OK;

    for (unsigned i = 0; e == ALOFT_OK && i < ring->n; i++) {
        const struct known_key *known = &ring->key[i];
        if (find_gone(d, known->key.kid) < d->n_gone)
            continue;
        if (known->role == KEY_FRESH)
            e = add_key(d->fresh, &d->n_fresh, AL_TRUST_FRESH_MAX, known, trouble);
        else
            e = add_key(d->firmware, &d->n_firmware, ALOFT_KEYS_MAX, known, trouble);
    }
    return e;
}

static aloft_err plan_threshold(const struct trust_wish *wish, struct trust_plan *plan,
                                struct trouble *trouble) {
    struct trust_draft *d = &plan->draft;

    d->threshold = wish->threshold != 0 ? wish->threshold
                   : plan->had_one      ? plan->last.threshold
                                        : 1;
    if (d->n_firmware >= d->threshold)
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_KEYS_FEW);
    trouble->fault.want = d->threshold;
    trouble->fault.got = d->n_firmware;
    return ALOFT_E_KEYS_FEW;
}

aloft_err trust_plan(const struct project *project, const struct trust_wish *wish,
                     struct trust_plan *plan, struct trouble *trouble) {
    struct keyring ring;
    aloft_err e;

    memset(plan, 0, sizeof *plan);
    e = find_last(project, wish, plan, trouble);
    if (e == ALOFT_OK)
        e = keys_known(project, &ring, trouble);
    if (e == ALOFT_OK)
        e = plan_gone(wish, &ring, plan, trouble);
    if (e == ALOFT_OK)
        e = plan_keys(&ring, &plan->draft, trouble);
    if (e == ALOFT_OK)
        e = plan_threshold(wish, plan, trouble);
    if (e != ALOFT_OK)
        return e;
    plan->is_new = !plan->had_one || !trust_is_same(&plan->draft, &plan->last);
    plan->draft.epoch = plan->had_one ? plan->last.epoch + 1 : 1;
    plan->draft.lowest_sequence = wish->now_s;
    plan->must_remember = plan->must_remember || plan->is_new;
    if (!plan->is_new)
        plan->draft = plan->last;
    return ALOFT_OK;
}

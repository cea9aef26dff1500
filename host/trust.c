/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Writes trust records and finds them in images.
 * Knows: the record's layout (FORMAT.md).   Never knows: projects, headers in C. */
#include "trust.h"

#include <string.h>

#include <openssl/evp.h>

#include "pubkey.h"

#define MAGIC     "ALOFTKEY"
#define KEY_SIZE  80u
#define TAIL_SIZE 8u

/* ---- writing: each field at its place, the rest zero */

static void put_little(uint8_t *to, uint64_t number, size_t n) {
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(number >> 8 * i);
}

static uint8_t *put_key(uint8_t *to, const struct aloft_key *key, uint8_t role) {
    memcpy(to, key->kid, ALOFT_KID_SIZE);
    to[8] = key->type;
    to[9] = role;
    memcpy(to + 16, key->key, ALOFT_KEY_SIZE);
    return to + KEY_SIZE;
}

static void digest_of(const uint8_t *at, size_t len, uint8_t out[ALOFT_DIGEST_SIZE]) {
    if (EVP_Digest(at, len, out, NULL, EVP_sha256(), NULL) != 1)
        memset(out, 0, ALOFT_DIGEST_SIZE); /* then nobody takes the record */
}

size_t trust_write(const struct trust_draft *draft, uint8_t out[AL_TRUST_MAX_SIZE]) {
    uint8_t digest[ALOFT_DIGEST_SIZE];
    uint8_t *to = out + AL_TRUST_HEAD_SIZE;

    memset(out, 0, AL_TRUST_MAX_SIZE);
    memcpy(out, MAGIC, 8); /* NOLINT(bugprone-not-null-terminated-result): no string */
    out[8] = 1;
    out[9] = (uint8_t)draft->threshold;
    out[10] = (uint8_t)draft->n_firmware;
    out[11] = (uint8_t)draft->n_fresh;
    out[12] = (uint8_t)draft->n_gone;
    put_little(out + 16, draft->lowest_sequence, 8);
    put_little(out + 24, draft->epoch, 4);
    for (unsigned i = 0; i < draft->n_firmware; i++)
        to = put_key(to, &draft->firmware[i], 1);
    for (unsigned i = 0; i < draft->n_fresh; i++)
        to = put_key(to, &draft->fresh[i], 2);
    memcpy(to, draft->gone, (size_t)draft->n_gone * ALOFT_KID_SIZE);
    to += (size_t)draft->n_gone * ALOFT_KID_SIZE;
    digest_of(out, (size_t)(to - out), digest);
    memcpy(to, digest, TAIL_SIZE);
    return (size_t)(to - out) + TAIL_SIZE;
}

void trust_draft_of(const struct al_trust *trust, struct trust_draft *draft) {
    memset(draft, 0, sizeof *draft);
    draft->threshold = trust->threshold;
    draft->n_firmware = trust->n_firmware;
    draft->n_fresh = trust->n_fresh;
    draft->n_gone = trust->n_gone;
    draft->lowest_sequence = trust->lowest_sequence;
    draft->epoch = trust->epoch;
    for (unsigned i = 0; i < draft->n_firmware; i++)
        al_trust_key(trust, i, &draft->firmware[i]);
    for (unsigned i = 0; i < draft->n_fresh; i++)
        al_trust_key(trust, draft->n_firmware + i, &draft->fresh[i]);
    for (unsigned i = 0; i < draft->n_gone; i++)
        memcpy(draft->gone[i], al_trust_gone(trust, i), ALOFT_KID_SIZE);
}

/* ---- comparing: a kid names its key, and kids are different within a list */

static bool all_in(const struct aloft_key *some, unsigned n, const struct aloft_key *others) {
    unsigned found = 0;

    for (unsigned i = 0; i < n; i++)
        for (unsigned j = 0; j < n; j++)
            found += memcmp(some[i].kid, others[j].kid, ALOFT_KID_SIZE) == 0;
    return found == n;
}

static bool all_gone_in(const struct trust_draft *a, const struct trust_draft *b) {
    unsigned found = 0;

    for (unsigned i = 0; i < a->n_gone; i++)
        for (unsigned j = 0; j < b->n_gone; j++)
            found += memcmp(a->gone[i], b->gone[j], ALOFT_KID_SIZE) == 0;
    return found == a->n_gone && a->n_gone == b->n_gone;
}

bool trust_is_same(const struct trust_draft *a, const struct trust_draft *b) {
    return a->threshold == b->threshold && a->n_firmware == b->n_firmware &&
           a->n_fresh == b->n_fresh && all_in(a->firmware, a->n_firmware, b->firmware) &&
           all_in(a->fresh, a->n_fresh, b->fresh) && all_gone_in(a, b);
}

/* ---- reading */

static aloft_err damaged(const char *file, uint32_t at, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_TRUST_FORM);
    trouble->fault.at = at;
    trouble_fact(trouble, "file", "%s", file);
    return ALOFT_E_TRUST_FORM;
}

aloft_err trust_read(aloft_bytes record, const char *file, struct al_trust *trust,
                     struct trouble *trouble) {
    aloft_fault why = {0};
    struct aloft_key key;
    uint8_t kid[ALOFT_KID_SIZE];

    if (al_trust_read(record, trust, &why) != ALOFT_OK)
        return damaged(file, why.at, trouble);
    for (unsigned i = 0; i < (unsigned)trust->n_firmware + trust->n_fresh; i++) {
        al_trust_key(trust, i, &key);
        memcpy(kid, key.kid, sizeof kid);
        pubkey_name(&key);
        if (memcmp(kid, key.kid, sizeof kid) != 0)
            return damaged(file, AL_TRUST_HEAD_SIZE + KEY_SIZE * i, trouble);
    }
    return ALOFT_OK;
}

/* ---- finding: a candidate has the magic, a legal head and the right hash */

static bool is_record(aloft_bytes at, aloft_bytes *record) {
    uint8_t digest[ALOFT_DIGEST_SIZE];
    size_t size = al_trust_size(at);

    if (size == 0 || size > at.len)
        return false;
    digest_of(at.at, size - TAIL_SIZE, digest);
    *record = (aloft_bytes){at.at, size};
    return memcmp(digest, at.at + size - TAIL_SIZE, TAIL_SIZE) == 0;
}

/* Gives false when there is no further record. */
static bool find_from(aloft_bytes image, size_t from, aloft_bytes *record) {
    while (from < image.len) {
        const uint8_t *hit = memmem(image.at + from, image.len - from, MAGIC, 8);
        if (hit == NULL)
            return false;
        from = (size_t)(hit - image.at);
        if (is_record((aloft_bytes){hit, image.len - from}, record))
            return true;
        from++;
    }
    return false;
}

aloft_err trust_find(aloft_bytes image, const char *file, struct al_trust *trust,
                     struct trouble *trouble) {
    aloft_bytes record, second;
    size_t at;

    if (!find_from(image, 0, &record)) {
        trouble_set(trouble, ALOFT_E_TRUST_NONE);
        trouble_fact(trouble, "file", "%s", file);
        return ALOFT_E_TRUST_NONE;
    }
    at = (size_t)(record.at - image.at);
    if (find_from(image, at + record.len, &second)) {
        trouble_set(trouble, ALOFT_E_TRUST_TWO);
        trouble->fault.at = (uint32_t)at;
        trouble->fault.got = (uint32_t)(second.at - image.at);
        trouble_fact(trouble, "file", "%s", file);
        return ALOFT_E_TRUST_TWO;
    }
    return trust_read(record, file, trust, trouble);
}

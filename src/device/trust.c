/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Reads the trust record of an image and says which of its keys count.
 * Knows: the record's layout.   Never knows: signatures, manifests, where the record lies. */
#include "device/trust.h"

#include <string.h>

#define KEY_SIZE  80u
#define GONE_SIZE ALOFT_KID_SIZE
#define TAIL_SIZE 8u

/* FORMAT.md, trust record: where things stand in the head and in a key. */
enum {
    LAYOUT = 8,
    THRESHOLD = 9,
    N_FIRMWARE = 10,
    N_FRESH = 11,
    N_GONE = 12,
    ZERO = 13,
    LOWEST = 16
};
enum { EPOCH = 24, ZERO_TOO = 28 };
enum { KEY_TYPE = 8, KEY_ROLE = 9, KEY_ZERO = 10, KEY_BYTES = 16 };
enum { ROLE_FIRMWARE = 1, ROLE_FRESH = 2 };

#define ED25519_SIZE 32u

static const uint8_t magic[8] = {'A', 'L', 'O', 'F', 'T', 'K', 'E', 'Y'};

static uint64_t little(const uint8_t *at, size_t n) {
    uint64_t number = 0;

    while (n-- > 0)
        number = number << 8 | at[n];
    return number;
}

static bool all_zero(const uint8_t *at, size_t n) {
    uint8_t any = 0;

    while (n-- > 0)
        any |= at[n];
    return any == 0;
}

static aloft_err damaged(aloft_fault *why, size_t at) {
    *why =
        (aloft_fault){.code = ALOFT_E_CONFIG_TRUST, .step = ALOFT_STEP_START, .at = (uint32_t)at};
    return ALOFT_E_CONFIG_TRUST;
}

size_t al_trust_size(aloft_bytes head) {
    const uint8_t *b = head.at;

    if (head.len < AL_TRUST_HEAD_SIZE || memcmp(b, magic, sizeof magic) != 0 || b[LAYOUT] != 1)
        return 0;
    if (b[THRESHOLD] < 1 || b[N_FIRMWARE] < b[THRESHOLD] || b[N_FIRMWARE] > ALOFT_KEYS_MAX)
        return 0;
    if (b[N_FRESH] > AL_TRUST_FRESH_MAX || b[N_GONE] > AL_TRUST_GONE_MAX)
        return 0;
    return AL_TRUST_HEAD_SIZE + KEY_SIZE * (b[N_FIRMWARE] + b[N_FRESH]) + GONE_SIZE * b[N_GONE] +
           TAIL_SIZE;
}

static const uint8_t *key_at(const struct al_trust *trust, unsigned i) {
    return trust->record.at + AL_TRUST_HEAD_SIZE + KEY_SIZE * i;
}

const uint8_t *al_trust_gone(const struct al_trust *trust, unsigned i) {
    return key_at(trust, (unsigned)trust->n_firmware + trust->n_fresh) + GONE_SIZE * i;
}

void al_trust_key(const struct al_trust *trust, unsigned i, struct aloft_key *out) {
    const uint8_t *key = key_at(trust, i);

    memcpy(out->kid, key, ALOFT_KID_SIZE);
    out->type = key[KEY_TYPE];
    memcpy(out->key, key + KEY_BYTES, ALOFT_KEY_SIZE);
}

static bool key_is_right(const uint8_t *key, unsigned role) {
    if (key[KEY_TYPE] != ALOFT_KEY_P256 && key[KEY_TYPE] != ALOFT_KEY_ED25519)
        return false;
    if (key[KEY_TYPE] == ALOFT_KEY_ED25519 &&
        !all_zero(key + KEY_BYTES + ED25519_SIZE, ALOFT_KEY_SIZE - ED25519_SIZE))
        return false;
    return key[KEY_ROLE] == role && all_zero(key + KEY_ZERO, KEY_BYTES - KEY_ZERO);
}

/* A kid stands once among keys and gone kids together: two keys of one kid would let one signer
 * count twice, and a key cannot be trusted and gone. At most 10 kids, so 45 comparisons. */
static const uint8_t *kid_at(const struct al_trust *trust, unsigned i) {
    unsigned n_keys = (unsigned)trust->n_firmware + trust->n_fresh;

    return i < n_keys ? key_at(trust, i) : al_trust_gone(trust, i - n_keys);
}

static bool kid_is_new(const struct al_trust *trust, unsigned i) {
    for (unsigned j = 0; j < i; j++)
        if (memcmp(kid_at(trust, i), kid_at(trust, j), ALOFT_KID_SIZE) == 0)
            return false;
    return true;
}

static aloft_err check_kids(const struct al_trust *trust, aloft_fault *why) {
    unsigned n_keys = (unsigned)trust->n_firmware + trust->n_fresh;

    for (unsigned i = 0; i < n_keys + trust->n_gone; i++) {
        const uint8_t *kid = kid_at(trust, i);
        unsigned role = i < trust->n_firmware ? ROLE_FIRMWARE : ROLE_FRESH;
        if (!kid_is_new(trust, i) || (i < n_keys && !key_is_right(kid, role)))
            return damaged(why, (size_t)(kid - trust->record.at));
    }
    return ALOFT_OK;
}

static bool tail_is_right(aloft_bytes record) {
    struct aloft_hash hash;
    uint8_t digest[ALOFT_DIGEST_SIZE];

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){record.at, record.len - TAIL_SIZE});
    aloft_hash_end(&hash, digest);
    return memcmp(digest, record.at + record.len - TAIL_SIZE, TAIL_SIZE) == 0;
}

aloft_err al_trust_read(aloft_bytes record, struct al_trust *out, aloft_fault *why) {
    const uint8_t *b = record.at;
    size_t size = al_trust_size(record);

    if (size == 0 || size != record.len)
        return damaged(why, 0);
    if (!tail_is_right(record))
        return damaged(why, size - TAIL_SIZE);
    if (!all_zero(b + ZERO, LOWEST - ZERO) ||
        !all_zero(b + ZERO_TOO, AL_TRUST_HEAD_SIZE - ZERO_TOO))
        return damaged(why, ZERO);
    *out = (struct al_trust){
        .record = record,
        .lowest_sequence = little(b + LOWEST, 8),
        .epoch = (uint32_t)little(b + EPOCH, 4),
        .threshold = b[THRESHOLD],
        .n_firmware = b[N_FIRMWARE],
        .n_fresh = b[N_FRESH],
        .n_gone = b[N_GONE],
    };
    if (out->lowest_sequence >> 63 != 0) /* R16: sequences are below 2^63 */
        return damaged(why, LOWEST);
    return check_kids(out, why);
}

static bool is_gone(const uint8_t *kid, const uint8_t gone[AL_TRUST_GONE_MAX][4]) {
    for (unsigned i = 0; i < AL_TRUST_GONE_MAX; i++)
        if (!all_zero(gone[i], 4) && memcmp(kid, gone[i], 4) == 0)
            return true;
    return false;
}

void al_trust_in_force(const struct al_trust *trust, const uint8_t gone[AL_TRUST_GONE_MAX][4],
                       struct aloft_keys *out) {
    out->threshold = trust->threshold;
    out->n = 0;
    for (unsigned i = 0; i < trust->n_firmware; i++)
        if (!is_gone(key_at(trust, i), gone))
            al_trust_key(trust, i, &out->key[out->n++]);
}

void al_trust_without_gone(const struct aloft_keys *keys, const uint8_t gone[AL_TRUST_GONE_MAX][4],
                           struct aloft_keys *out) {
    out->threshold = keys->threshold;
    out->n = 0;
    for (unsigned i = 0; i < keys->n; i++)
        if (!is_gone(keys->key[i].kid, gone))
            out->key[out->n++] = keys->key[i];
}

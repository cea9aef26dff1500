/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The transitions of the record, T1 to T11, as DESIGN.md's table has them.
 * Knows: what each field means.   Never knows: flash, cells, why somebody decides so. */
#include "device/transition.h"

#include <string.h>

#include <aloft/crypto.h>

#define HOUR_S 3600u

static uint64_t max(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* Counters stop at the top: a count that wraps would begin a fourth trial. */
static uint8_t one_more(uint8_t count) {
    return count < UINT8_MAX ? (uint8_t)(count + 1) : count;
}

static bool is_new(const struct al_record *record, const struct al_candidate *candidate) {
    return memcmp(record->cand, candidate->manifest, AL_HEAD_SIZE) != 0;
}

static bool has_failed_or_was_cut(const struct al_record *record) {
    return record->fails > 0 || record->cold > 0;
}

void al_record_anew(struct al_record *record, unsigned running) {
    *record = (struct al_record){.n = record->n, .home = running == 1};
}

bool al_record_may_begin(const struct al_record *record, const struct al_candidate *candidate) {
    if (record->phase == AL_TRIAL)
        return false;
    /* T8 is for good also where `skip` does not say so: for the release of the floor (R17). */
    if (!is_new(record, candidate) && record->fails >= AL_FAILS_MAX)
        return false;
    if (!is_new(record, candidate) || !has_failed_or_was_cut(record))
        return true;
    /* Else two old manifests, replayed in turn, would clear each other's fails for ever (I5). */
    return candidate->image.sequence > record->slot[al_record_other(record)].sequence;
}

void al_record_begin(struct al_record *record, const struct al_candidate *candidate) {
    struct al_record_slot *other = &record->slot[al_record_other(record)];

    if (is_new(record, candidate)) {
        /* What failed is not tried again by way of another release in between (I5). */
        if (has_failed_or_was_cut(record))
            record->skip = max(record->skip, other->sequence);
        record->fails = 0;
        record->cold = 0;
        record->flags &= (uint8_t) ~(AL_FLAG_PATCH_FAILED | AL_FLAG_CUT);
    }
    record->phase = AL_FILL;
    *other = candidate->image;
    memcpy(record->cand, candidate->manifest, AL_HEAD_SIZE);
    memcpy(record->pay, candidate->payload, AL_HEAD_SIZE);
    record->mark = 0;
    record->attempt++;
}

void al_record_mark(struct al_record *record, uint32_t mark) {
    record->mark = mark;
}

void al_record_switch(struct al_record *record) {
    record->phase = AL_TRIAL;
    record->boots = 0;
}

void al_record_try(struct al_record *record, enum aloft_reset reset) {
    bool started_before = record->boots > 0 || record->cold > 0;

    if (reset == ALOFT_RESET_POWER && started_before && record->cold < AL_COLD_MAX)
        record->cold++;
    else
        record->boots = one_more(record->boots);
}

static bool knows_gone(const struct al_record *record, const uint8_t *head) {
    for (unsigned i = 0; i < AL_GONE_MAX; i++)
        if (memcmp(record->gone[i], head, sizeof record->gone[i]) == 0)
            return true;
    return false;
}

/* The image itself never trusts what it calls gone. The list is for an older image that comes back
 * by a fallback: it may trust what went last, so where there is no room the oldest gives way. */
static void join_gone(struct al_record *record, const uint8_t *head) {
    static const uint8_t unused[sizeof record->gone[0]];
    unsigned i = 0;

    if (knows_gone(record, head))
        return;
    while (i < AL_GONE_MAX && memcmp(record->gone[i], unused, sizeof unused) != 0)
        i++;
    if (i == AL_GONE_MAX) {
        i = AL_GONE_MAX - 1;
        memmove(record->gone[0], record->gone[1], i * sizeof record->gone[0]);
    }
    memcpy(record->gone[i], head, sizeof record->gone[i]);
}

void al_record_confirm(struct al_record *record, uint16_t epoch, aloft_bytes gone) {
    record->home = (uint8_t)al_record_other(record);
    record->phase = AL_IDLE;
    record->floor = max(record->floor, record->slot[record->home].sequence);
    memcpy(record->man, record->cand, AL_HEAD_SIZE);
    record->fails = 0;
    record->cold = 0;
    record->flags &= (uint8_t)~AL_FLAG_FALLBACK;
    for (size_t at = 0; at + ALOFT_KID_SIZE <= gone.len; at += ALOFT_KID_SIZE)
        join_gone(record, gone.at + at);
    if (epoch > record->epoch) {
        record->seen = 0;
        record->issued = 0;
        record->age_h = 0;
    }
    record->epoch = epoch;
}

void al_record_fail(struct al_record *record, aloft_err cause) {
    record->phase = AL_KEPT;
    record->fails = one_more(record->fails);
    record->cause = (uint16_t)cause;
}

void al_record_cold(struct al_record *record) {
    if (record->cold >= AL_COLD_MAX) {
        al_record_fail(record, ALOFT_E_TRIAL_POWER);
        return;
    }
    record->cold++;
    record->phase = AL_KEPT;
    record->cause = ALOFT_E_TRIAL_POWER;
}

aloft_err al_record_cause(enum aloft_reset reset) {
    switch (reset) {
    case ALOFT_RESET_POWER:
        return ALOFT_E_TRIAL_POWER;
    case ALOFT_RESET_WATCHDOG:
        return ALOFT_E_TRIAL_HUNG;
    case ALOFT_RESET_CRASH:
        return ALOFT_E_TRIAL_CRASHED;
    case ALOFT_RESET_ENDED:
        return ALOFT_E_TRIAL_ENDED;
    case ALOFT_RESET_SOFTWARE:
    default: /* It restarted on purpose, three times, and never said whether it is well. */
        return ALOFT_E_TRIAL_SILENT;
    }
}

void al_record_again(struct al_record *record) {
    record->phase = AL_TRIAL;
    record->boots = 0;
}

void al_record_skip(struct al_record *record) {
    record->phase = AL_IDLE;
    record->skip = max(record->skip, record->slot[al_record_other(record)].sequence);
}

void al_record_adopt(struct al_record *record, const struct al_record_slot *image,
                     const uint8_t manifest[AL_HEAD_SIZE]) {
    record->slot[record->home] = *image;
    memcpy(record->man, manifest, AL_HEAD_SIZE);
    record->floor = max(record->floor, image->sequence);
    /* A candidate above it goes on, and keeps its failed trials: an old manifest must not clear them (I3). */
    if (record->slot[al_record_other(record)].sequence > image->sequence)
        return;
    record->phase = AL_IDLE;
    record->fails = 0;
    record->cold = 0;
    record->flags = 0;
}

void al_record_rehome(struct al_record *record, unsigned running) {
    record->home = running == 1;
    record->phase = AL_IDLE; /* what was under way was in the slot that is home now */
    record->mark = 0;
    record->flags |= AL_FLAG_FALLBACK;
    record->cause = ALOFT_E_BOOT_FALLBACK;
}

void al_record_flashed(struct al_record *record, unsigned running) {
    record->home = running == 1;
    record->phase = AL_IDLE;
    record->mark = 0;
    memset(&record->slot[record->home], 0, sizeof record->slot[0]);
    memset(record->man, 0, sizeof record->man);
    record->cause = ALOFT_E_FLASHED;
}

bool al_record_is_note(aloft_err code) {
    return ((unsigned)code >> 8) == 0x02u; /* errors.def: network and TLS */
}

void al_record_note(struct al_record *record, aloft_err code) {
    record->cause = (uint16_t)code;
}

void al_record_fresh(struct al_record *record, uint64_t sequence, uint32_t issued) {
    record->seen = max(record->seen, sequence);
    record->issued = issued;
    record->age_h = 0;
}

void al_record_age(struct al_record *record, uint64_t hours) {
    const uint16_t room = UINT16_MAX - record->age_h;

    record->age_h += hours > room ? room : (uint16_t)hours;
}

uint32_t al_record_back_off_s(const struct al_record *record) {
    if (record->phase != AL_KEPT || record->cause == ALOFT_E_TRIAL_POWER)
        return 0;
    return record->fails <= 1 ? HOUR_S : 6 * HOUR_S;
}

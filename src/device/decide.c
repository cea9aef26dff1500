/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Checks the manifest and chooses what to do with it.
 * Knows: records, terms, verdicts.   Never knows: network, how bytes are written. */
#include "device/device.h"

#include <string.h>

#include "device/words.h"

static aloft_fault fault_of(aloft_err code, uint32_t want, uint32_t got) {
    return (aloft_fault){
        .code = (uint16_t)code, .step = ALOFT_STEP_VERIFY, .want = want, .got = got};
}

/* A manifest that is refused is asked for again at the next poll: it may have been replaced by then. */
static enum al_state refuse(struct al_device *d, aloft_fault why) {
    if (why.step == ALOFT_STEP_NONE)
        why.step = ALOFT_STEP_VERIFY;
    d->report_due = d->report_due || d->status.fault.code != why.code;
    d->status.fault = why;
    d->status.offer_stands = why.code == ALOFT_E_TRIAL_WAITS; /* later, by itself */
    d->is_wanted = false;
    return al_device_rest(d, ALOFT_FAILED);
}

static uint64_t higher(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

static void fill_terms(const struct al_device *d, struct aloft_terms *terms) {
    const struct aloft_clock *clock = &d->config->clock;
    const struct al_record_slot *home = &d->record.slot[d->record.home];

    memset(terms, 0, sizeof *terms);
    memcpy(terms->vendor_id, d->channel->vendor_id, sizeof terms->vendor_id);
    memcpy(terms->class_id, d->channel->class_id, sizeof terms->class_id);
    terms->floor = higher(d->record.floor, d->has_trust ? d->trust.lowest_sequence : 0);
    terms->skip = d->record.skip;
    terms->slot_size = d->config->slot[al_record_other(&d->record)].size;
    terms->now_s = clock->unix_s(clock->self);
    terms->has_clock = terms->now_s != 0;
    terms->encodings = ALOFT_ENCODINGS;
    terms->without_patches = (d->record.flags & AL_FLAG_PATCH_FAILED) != 0;
    if (d->running != d->record.home)
        return; /* a factory image runs: what the record knows of `home` is not what runs */
    terms->installed_sequence = home->sequence;
    memcpy(terms->installed_manifest, d->record.man, sizeof terms->installed_manifest);
    terms->has_running = home->image_size != 0;
    memcpy(terms->running_digest, home->image_digest, sizeof terms->running_digest);
    terms->running_size = home->image_size;
}

static void note_offer(struct al_device *d) {
    const struct aloft_manifest *m = &d->manifest;

    d->offer.sequence = m->sequence;
    d->offer.image_size = m->image_size;
    memcpy(d->offer.image_digest, m->image_digest.at, sizeof d->offer.image_digest);
}

bool al_device_is_candidate(const struct al_device *d) {
    return memcmp(d->record.cand, d->manifest.digest, sizeof d->record.cand) == 0;
}

/* T9 */
enum al_state al_device_adopt(struct al_device *d) {
    struct al_record next = d->record;
    aloft_fault why = {0};

    d->status.offer_stands = d->is_wanted = false;
    al_record_adopt(&next, &d->offer, d->manifest.digest);
    if (!al_device_commit(d, &next, &why))
        return refuse(d, why);
    al_device_all_is_well(d);
    d->report_due = true;
    return al_device_rest(d, ALOFT_DONE);
}

/* Consent is in the record once the download has begun (T1): a cut does not ask anybody again. */
static bool is_agreed(const struct al_device *d) {
    return !d->config->ask_first || d->is_wanted ||
           (d->record.phase == AL_FILL && al_device_is_candidate(d));
}

/* Where the other slot belongs to this very release, a failed trial waits for its back-off and a download
 * goes on; anything else begins anew. */
aloft_err al_device_may_take(const struct al_device *d, aloft_fault *why) {
    struct al_candidate candidate;

    if (d->record.phase == AL_KEPT && al_device_is_candidate(d) && !d->is_kept_damaged)
        *why = fault_of(ALOFT_E_TRIAL_WAITS, al_trial_wait_s(d), d->record.cause);
    else if (!is_agreed(d))
        return ALOFT_WAIT;
    else {
        al_device_candidate(d, &candidate);
        if (al_record_may_begin(&d->record, &candidate))
            return al_foreign_allows(d, why) ? ALOFT_OK : (aloft_err)why->code;
        *why = fault_of(ALOFT_E_ROLLBACK_REFUSED, 16, 0);
    }
    return (aloft_err)why->code;
}

enum al_state al_device_take(struct al_device *d) {
    aloft_fault why = {0};
    aloft_err e = al_device_may_take(d, &why);

    d->status.offer_stands = true;
    if (e == ALOFT_OK)
        return AL_FETCH;
    if (e != ALOFT_WAIT)
        return refuse(d, why);
    al_device_all_is_well(d);
    return al_device_rest(d, ALOFT_DONE);
}

aloft_err al_device_read_offer(struct al_device *d, aloft_fault *why) {
    const aloft_bytes envelope = {d->config->manifest.at, d->manifest_len};

    if (d->keys.n >= d->keys.threshold) /* which is 1 or more: config.c, trust.c */
        return aloft_manifest_read(envelope, &d->keys, &d->manifest, why);
    *why = fault_of(ALOFT_E_NO_KEYS, d->keys.threshold, d->keys.n);
    return ALOFT_E_NO_KEYS;
}

aloft_err al_device_judge_offer(struct al_device *d, aloft_fault *why) {
    struct aloft_terms terms;
    aloft_err e;

    fill_terms(d, &terms);
    e = aloft_manifest_judge(&d->manifest, &terms, &d->verdict, why);
    if (e == ALOFT_OK)
        note_offer(d);
    if (e != ALOFT_E_MANIFEST_CLASS)
        d->met_sequence = d->manifest.sequence;
    d->must_compare = !terms.has_running && d->running <= 1;
    return e;
}

enum al_state al_step_decide(struct al_device *d) {
    aloft_fault why = {0};

    if (al_device_in_trial(d)) /* the answer showed that the server is there; its words wait */
        return al_device_rest(d, ALOFT_SLEEP);
    if (al_device_read_offer(d, &why) != ALOFT_OK || al_device_judge_offer(d, &why) != ALOFT_OK)
        return refuse(d, why);
    d->status.offered_sequence = d->manifest.sequence;
    al_words_version(&d->manifest, d->status.offered_version);
    if (d->verdict.decision == ALOFT_ADOPT)
        return al_device_adopt(d);
    if (d->verdict.decision == ALOFT_TAKE)
        return d->must_compare ? AL_COMPARE : al_device_take(d);
    d->status.offer_stands = d->is_wanted = false;
    al_device_all_is_well(d);
    return al_device_rest(d, ALOFT_DONE);
}

/* An image that was flashed at the factory has no digest in the record: is it the one on offer? */
enum al_state al_step_compare(struct al_device *d) {
    const struct aloft_flash *home = &d->config->slot[d->record.home];
    aloft_fault why = {0};
    aloft_err e;

    if (!d->has_begun)
        al_slot_check_start(&d->check, home, &d->offer);
    d->has_begun = true;
    e = al_slot_check_step(&d->check, d->config->page, &why);
    if (e == ALOFT_WAIT)
        return AL_COMPARE;
    return e == ALOFT_OK ? al_device_adopt(d) : al_device_take(d);
}

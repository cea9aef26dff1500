/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The new image proves itself, or goes: health, deadlines, back-off, another trial.
 * Knows: the record and the application's word.   Never knows: network, manifests. */
#include "device/device.h"

#include <string.h>

#define TRIAL_MAX_MS 604800000u /* 7 days: an image that cannot tell whether it is well */
#define SILENCE_S    300u
#define DAMAGED_MS   3600000u /* a kept image that reads back wrong is looked at again */

static uint64_t silence_ms(const struct al_device *d) {
    return 1000u * (uint64_t)(d->config->trial_s == 0 ? SILENCE_S : d->config->trial_s);
}

/* T6 by the application: one record, then the boot stage starts home. A foreign loader is told first: one
 * without rollback would start this image again. Where it cannot be told, home cannot start, and this image
 * is all there is. */
static enum al_state end_trial(struct al_device *d, aloft_err cause) {
    const struct aloft_loader *loader = &d->config->loader;
    aloft_fault *why = &d->status.fault;
    struct al_record next = d->record;
    aloft_fault ignored;

    *why = (aloft_fault){.code = (uint16_t)cause};
    if (loader->go_back != NULL)
        (void)loader->go_back(loader->self, next.home, &ignored);
    al_record_fail(&next, cause);
    /* If power goes here: still on trial; the boot stage counts the start and the image says it again. */
    (void)!al_device_commit(d, &next, why); /* else the boot stage's own count ends the trial */
    why->step = ALOFT_STEP_TRIAL;
    return AL_RESTART;
}

/* A loader that refuses the image has tried it: that trial is over (T6), else this device would wait for a
 * restart that does not come. */
bool al_trial_tell_loader(struct al_device *d, aloft_fault *why) {
    const struct aloft_loader *loader = &d->config->loader;
    struct al_record next = d->record;
    aloft_fault ignored;

    if (loader->try_slot == NULL ||
        loader->try_slot(loader->self, al_record_other(&d->record), why) == ALOFT_OK)
        return true;
    al_record_fail(&next, (aloft_err)why->code);
    /* If power goes here: TRIAL at home; the next start makes it T6 too. */
    if (!al_device_commit(d, &next, &ignored))
        d->record = next; /* the chip still says TRIAL, which the next start ends as this does */
    return false;
}

uint32_t al_trial_wait_s(const struct al_device *d) {
    uint32_t wait_s = al_record_back_off_s(&d->record);
    uint64_t waited_s =
        d->time_ms / 1000; /* awake, since this start: a device has no other clock */

    return waited_s < wait_s ? wait_s - (uint32_t)waited_s : 0;
}

/* What this image calls gone; the entries stand one behind the other in its trust record. */
static aloft_bytes gone_kids(const struct al_device *d) {
    if (!d->has_trust || d->trust.n_gone == 0)
        return (aloft_bytes){NULL, 0};
    return (aloft_bytes){al_trust_gone(&d->trust, 0), (size_t)d->trust.n_gone * ALOFT_KID_SIZE};
}

static aloft_err record_confirm(struct al_device *d, aloft_fault *why) {
    struct al_record next = d->record;

    al_record_confirm(&next, d->has_trust ? (uint16_t)d->trust.epoch : 0, gone_kids(d));
    /* If power goes here: still on trial; this image boots again and confirms again. */
    if (!al_device_commit(d, &next, why))
        return (aloft_err)why->code;
    (void)al_keys_refresh(d);
    d->report_due = true;
    d->resting = ALOFT_SLEEP;
    return ALOFT_OK;
}

/* T5: the loader first where it is not ours, then the record, which is the commit. */
static aloft_err confirm(struct al_device *d, aloft_fault *why) {
    const struct aloft_loader *loader = &d->config->loader;
    aloft_err e = loader->confirm == NULL ? ALOFT_OK : loader->confirm(loader->self, why);

    /* If power goes here: the loader calls this image valid, and the next start makes the record say so. */
    return e == ALOFT_OK ? record_confirm(d, why) : e;
}

/* Whether the slot that runs holds the image on trial; read as a whole, for it is asked once in a life. */
static aloft_err compare_running(const struct al_device *d, bool *is_candidate, aloft_fault *why) {
    const struct al_record_slot *image = &d->record.slot[d->running];
    uint8_t digest[ALOFT_DIGEST_SIZE];
    aloft_err e = al_slot_digest(&d->config->slot[d->running], image->image_size, d->config->page,
                                 digest, why);

    *is_candidate = e == ALOFT_OK && memcmp(digest, image->image_digest, sizeof digest) == 0;
    return e;
}

static aloft_err flashed(struct al_device *d, aloft_fault *why) {
    struct al_record next = d->record;

    al_record_flashed(&next, d->running);
    if (!al_device_commit(d, &next, why))
        return (aloft_err)why->code;
    d->status.fault = (aloft_fault){.code = ALOFT_E_FLASHED, .step = ALOFT_STEP_START};
    d->report_due = true;
    return ALOFT_OK;
}

/* The loader calls this image valid already, in a note that a cut may have left weak: it is told once
 * more. It says the same of what came over the cable into this slot. A chip that refuses is asked again at
 * the next step. */
static enum al_state confirmed_by_half(struct al_device *d) {
    aloft_fault why;
    bool is_candidate;
    aloft_err e = compare_running(d, &is_candidate, &why);

    if (e == ALOFT_OK)
        e = is_candidate ? confirm(d, &why) : flashed(d, &why);
    d->confirm_due = e != ALOFT_OK;
    if (d->confirm_due) {
        why.step = ALOFT_STEP_TRIAL;
        d->status.fault = why;
    }
    return AL_REST;
}

enum al_state al_trial_watch(struct al_device *d) {
    if (al_device_in_trial(d)) {
        if (d->is_sick)
            return end_trial(d, d->sick_of == ALOFT_OK ? ALOFT_E_TRIAL_SICK : d->sick_of);
        if (d->confirm_due)
            return confirmed_by_half(d);
        if (d->time_ms - d->word_ms >= silence_ms(d) || d->time_ms - d->trial_ms >= TRIAL_MAX_MS)
            return end_trial(d, ALOFT_E_TRIAL_SILENT);
        return AL_REST;
    }
    if (d->record.phase == AL_KEPT && d->record.fails < AL_FAILS_MAX && al_trial_wait_s(d) == 0 &&
        d->time_ms >= d->again_ms)
        return AL_AGAIN;
    return AL_REST;
}

aloft_err aloft_health(struct aloft *device, enum aloft_health_word word, aloft_fault *why) {
    struct al_device *d = (struct al_device *)device->room;

    if (d->state == AL_RESTART)
        return ALOFT_OK;
    if (!al_device_in_trial(d))
        return word == ALOFT_WELL ? al_foreign_well(d, why) : ALOFT_OK;
    if (d->sick_of != ALOFT_OK) {
        *why = d->status.fault;
        return d->sick_of;
    }
    d->word_ms = d->time_ms;
    if (word == ALOFT_SICK)
        d->is_sick = true;
    return word == ALOFT_WELL && !d->is_sick ? confirm(d, why) : ALOFT_OK;
}

/* T7: the kept image is whole? Then it may boot once more. */
enum al_state al_step_again(struct al_device *d) {
    aloft_fault why = {0};
    aloft_err e = al_readback_other(d, &why);

    if (e == ALOFT_WAIT)
        return AL_AGAIN;
    if (e == ALOFT_OK) {
        struct al_record next = d->record;
        al_record_again(&next);
        if (al_device_commit(d, &next, &why) && al_trial_tell_loader(d, &why))
            return AL_RESTART;
    }
    d->is_kept_damaged = e == ALOFT_E_DIGEST_MISMATCH;
    d->again_ms = d->time_ms + DAMAGED_MS;
    why.step = ALOFT_STEP_TRIAL;
    return al_device_fail(d, &d->fetch_retry, &why);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Agrees with a boot loader that is not ours: at each start, and before each update.
 * Knows: what each meaning asks for, and in which order.   Never knows: whose loader it is. */
#include "device/device.h"

#include "device/reconcile.h"

static const struct aloft_loader *loader_of(const struct al_device *d) {
    return &d->config->loader;
}

static bool is_open(enum aloft_entry entry) {
    return entry == ALOFT_ENTRY_NEW || entry == ALOFT_ENTRY_PENDING;
}

/* The running slot stays: named by the loader's notes and confirmed there. Its image was confirmed before,
 * or it is all there is. */
static aloft_err stay(const struct al_device *d, aloft_fault *why) {
    const struct aloft_loader *loader = loader_of(d);
    aloft_err e = loader->go_back(loader->self, d->running, why);

    /* If power goes here: the loader starts this slot once more, and what led here is found again. */
    if (e == ALOFT_OK && d->running < 2)
        e = loader->confirm(loader->self, why);
    return e;
}

static aloft_err commit(struct al_device *d, const struct al_record *next, aloft_fault *why) {
    return al_device_commit(d, next, why) ? ALOFT_OK : (aloft_err)why->code;
}

static aloft_err started(struct al_device *d, enum aloft_reset reset, aloft_fault *why) {
    struct al_record next = d->record;

    al_record_try(&next, reset);
    return commit(d, &next, why);
}

/* Told once, at the first start of each trial. */
static aloft_err unguarded(struct al_device *d, aloft_fault *why) {
    if (d->record.boots == 0)
        d->status.fault.code = ALOFT_E_LOADER_NO_NET;
    return started(d, d->config->reset, why);
}

/* T6 behind what the loader must know first. */
static aloft_err failed(struct al_device *d, aloft_err cause, aloft_fault *why) {
    struct al_record next = d->record;

    al_record_fail(&next, cause);
    return commit(d, &next, why);
}

/* The loader came back home by itself; that it stays there is told before the record says so. */
static aloft_err ended(struct al_device *d, void (*how)(struct al_device *, struct al_record *),
                       aloft_fault *why) {
    const struct aloft_loader *loader = loader_of(d);
    struct al_record next = d->record;
    aloft_err e = loader->go_back(loader->self, d->running, why);

    how(d, &next);
    return e == ALOFT_OK ? commit(d, &next, why) : e;
}

static void rolled_back(struct al_device *d, struct al_record *next) {
    al_record_fail(next, al_record_cause(d->config->reset));
}

static void cold(struct al_device *d, struct al_record *next) {
    (void)d;
    al_record_cold(next);
}

/* Where home cannot be named it cannot start: then this image is all there is, and the next start says so
 * (T10). */
static aloft_err used_up(struct al_device *d, aloft_fault *why) {
    const struct aloft_loader *loader = loader_of(d);
    aloft_fault ignored;
    aloft_err e;

    (void)loader->go_back(loader->self, d->record.home, &ignored);
    /* If power goes here: TRIAL at home with starts that were counted; that is T6 too. */
    e = failed(d, al_record_cause(d->config->reset), why);
    d->restart_due = e == ALOFT_OK;
    return e;
}

static aloft_err refused(struct al_device *d, aloft_fault *why) {
    aloft_err e = stay(d, why);

    return e == ALOFT_OK ? failed(d, ALOFT_E_LOADER_REFUSED, why) : e;
}

/* A loader that refuses the image now ends the trial; that is no reason not to start. */
static aloft_err tell_again(struct al_device *d) {
    aloft_fault said;

    d->restart_due = al_trial_tell_loader(d, &said);
    return ALOFT_OK;
}

/* The note reads lost at this start; what is left of it may read otherwise at the next one, so it is
 * withdrawn before the record says that the trial is over. */
static aloft_err end_here(struct al_device *d, aloft_err cause, aloft_fault *why) {
    const struct aloft_loader *loader = loader_of(d);
    aloft_err e = loader->go_back(loader->self, d->running, why);

    return e == ALOFT_OK ? failed(d, cause, why) : e;
}

/* The trial goes on, and the loader is told once more. Counted as cold, so that a note torn again and again,
 * or a loader that only says yes, comes to an end; the starts before it stay counted. */
static aloft_err once_more(struct al_device *d, aloft_err used_up, aloft_fault *why) {
    struct al_record next = d->record;
    aloft_err e;

    if (next.cold >= AL_COLD_MAX)
        return end_here(d, used_up, why);
    al_record_cold(&next);
    al_record_again(&next);
    next.boots = d->record.boots;
    e = commit(d, &next, why);
    return e == ALOFT_OK ? tell_again(d) : e;
}

static aloft_err rehome(struct al_device *d, void (*how)(struct al_record *, unsigned),
                        aloft_fault *why) {
    struct al_record next = d->record;
    aloft_err e;

    how(&next, d->running);
    e = commit(d, &next, why);
    /* If power goes here: this slot is home; that the notes name the other one is mended then. */
    return e == ALOFT_OK ? stay(d, why) : e;
}

static aloft_err act(struct al_device *d, enum al_meaning meaning, aloft_fault *why) {
    switch (meaning) {
    case AL_MEANS_STARTED:
        return started(d, ALOFT_RESET_SOFTWARE,
                       why); /* one start only: it counts, whatever it was */
    case AL_MEANS_UNGUARDED:
        return unguarded(d, why);
    case AL_MEANS_CONFIRMED:
        d->confirm_due =
            true; /* the first step does it: it takes the keys, which are not read yet */
        return ALOFT_OK;
    case AL_MEANS_USED_UP:
        return used_up(d, why);
    case AL_MEANS_REFUSED:
        return refused(d, why);
    case AL_MEANS_ROLLED_BACK:
        return ended(d, rolled_back, why);
    case AL_MEANS_COLD:
        return ended(d, cold, why);
    case AL_MEANS_NOTE_LOST:
        return once_more(d, ALOFT_E_TRIAL_POWER, why);
    case AL_MEANS_UNTOLD:
        return once_more(d, ALOFT_E_LOADER_REFUSED, why);
    case AL_MEANS_FELL_BACK:
        return rehome(d, al_record_rehome, why);
    case AL_MEANS_FLASHED:
        return rehome(d, al_record_flashed, why);
    case AL_MEANS_DISAGREES:
        return stay(d, why);
    case AL_MEANS_NORMAL:
    default:
        return ALOFT_OK;
    }
}

/* Whether the loader still waits for a word about the slot that runs, or that it will start. */
static bool is_waiting(const struct aloft_loader_view *view) {
    return (view->running < 2 && is_open(view->entry[view->running])) ||
           (view->active < 2 && is_open(view->entry[view->active]));
}

/* Home was confirmed by the record already; a cut between the loader's two halves left its note open. */
static aloft_err close_note(struct al_device *d, aloft_fault *why) {
    const struct aloft_loader *loader = loader_of(d);
    struct aloft_loader_view view;
    aloft_err e = loader->look(loader->self, &view, why);

    if (e == ALOFT_OK && d->running == d->record.home && view.active == d->running &&
        is_open(view.entry[d->running]))
        e = loader->confirm(loader->self, why);
    return e;
}

/* What this start means, acted on once: a start is counted once, also where what follows fails. */
static aloft_err begin_to_agree(struct al_device *d, aloft_fault *why) {
    const struct aloft_loader *loader = loader_of(d);
    struct aloft_loader_view view;
    aloft_err e = loader->look(loader->self, &view, why);

    if (e != ALOFT_OK)
        return e;
    if (d->record.n == 0) /* nobody knows this image: the application says whether it is well */
        d->loader_waits = is_waiting(&view) && view.active == view.running;
    else
        e = act(d, al_reconcile(&d->record, &view, d->config->reset), why);
    d->has_agreed = e == ALOFT_OK;
    return e;
}

aloft_err al_foreign_agree(struct al_device *d, aloft_fault *why) {
    aloft_err e = ALOFT_OK;

    if (loader_of(d)->look == NULL)
        return ALOFT_OK;
    if (!d->has_agreed)
        e = begin_to_agree(d, why);
    return e != ALOFT_OK || d->loader_waits || d->restart_due ? e : close_note(d, why);
}

bool al_foreign_allows(const struct al_device *d, aloft_fault *why) {
    const struct aloft_loader *loader = loader_of(d);
    struct aloft_loader_view view;

    if (loader->look == NULL)
        return true;
    if (loader->look(loader->self, &view, why) != ALOFT_OK)
        return false;
    if (!is_waiting(&view))
        return true;
    *why = (aloft_fault){.code = ALOFT_E_LOADER_WAITS, .step = ALOFT_STEP_VERIFY};
    return false;
}

aloft_err al_foreign_well(struct al_device *d, aloft_fault *why) {
    aloft_err e = ALOFT_OK;

    if (d->loader_waits) /* else there need not even be settings: a port's start may have failed */
        e = loader_of(d)->confirm(loader_of(d)->self, why);
    if (e == ALOFT_OK)
        d->loader_waits = false;
    return e;
}

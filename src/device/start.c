/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Begins: settings, keys, records, and whether this start is a trial.
 * Knows: records, trust.   Never knows: network, manifests. */
#include "device/device.h"

#include <string.h>

#include "device/words.h"

_Static_assert(sizeof(struct al_device) <= sizeof(struct aloft),
               "struct aloft has too little room");

bool al_device_in_trial(const struct al_device *d) {
    return d->record.phase == AL_TRIAL && d->running == al_record_other(&d->record);
}

bool al_device_gave_up(const struct al_device *d) {
    const struct al_record *r = &d->record;
    const struct al_record_slot *other = &r->slot[al_record_other(r)];

    return r->phase == AL_IDLE && other->sequence == r->skip &&
           other->sequence > r->slot[r->home].sequence;
}

uint8_t al_keys_refresh(struct al_device *d) {
    const uint8_t(*gone)[4] = (const uint8_t(*)[4])d->record.gone;

    if (d->has_trust)
        al_trust_in_force(&d->trust, gone, &d->keys);
    else
        al_trust_without_gone(d->config->keys, gone, &d->keys);
    for (unsigned i = 0; i < d->keys.n; i++)
        if (!aloft_key_usable((enum aloft_key_type)d->keys.key[i].type)) {
            d->keys.n = 0; /* the crypto of this firmware cannot check what it is told to trust */
            return d->keys.key[i].type;
        }
    return 0;
}

static aloft_err read_keys(struct al_device *d, aloft_fault *why) {
    aloft_err e = ALOFT_OK;
    uint8_t stranger;

    if (d->config->trust.len > 0)
        e = al_trust_read(d->config->trust, &d->trust, why);
    if (e != ALOFT_OK)
        return e;
    d->has_trust = d->config->trust.len > 0;
    stranger = al_keys_refresh(d);
    if (d->keys.n >= d->keys.threshold)
        return ALOFT_OK;
    why->code = stranger != 0 ? ALOFT_E_KEY_TYPE : ALOFT_E_NO_KEYS;
    why->got = stranger != 0 ? stranger : d->keys.n;
    why->want = d->keys.threshold;
    return (aloft_err)why->code;
}

static bool has_fallen_back(const struct al_device *d, const struct al_record *r) {
    return r->phase != AL_TRIAL && d->running < 2 && d->running != r->home;
}

/* The record against what runs. Our boot stage has been here before: whatever runs, it chose. A foreign
 * loader was asked already (foreign.c). True: `next` has changed, and there may be more. */
static bool reconcile(const struct al_device *d, struct al_record *next) {
    const bool is_ours = d->config->loader.look == NULL;

    if (is_ours && next->phase == AL_TRIAL && d->running != al_record_other(next)) {
        /* the boot stage could not count the start, so it did not try: that ends the trial */
        al_record_fail(next, ALOFT_E_FLASH_WRITE);
        return true;
    }
    if (is_ours && has_fallen_back(d, next)) {
        al_record_rehome(next, d->running); /* T10 */
        return true;
    }
    if (next->phase == AL_KEPT && next->fails >= AL_FAILS_MAX) {
        al_record_skip(next); /* T8 */
        return true;
    }
    return false;
}

bool al_device_reconcile(struct al_device *d, aloft_fault *why) {
    struct al_record next;

    if (al_foreign_agree(d, why) != ALOFT_OK)
        return false;
    next = d->record;
    while (reconcile(d, &next)) /* at most twice: a trial ends, and was the last one */
        if (!al_device_commit(d, &next, why))
            return false;
    return true;
}

/* What the last attempt came to is told again after each start, also after the power was lost. */
static void remember(struct al_device *d, enum al_log_found found, bool fell_back) {
    const struct al_record *r = &d->record;

    if (found == AL_LOG_LOST)
        d->status.fault.code = ALOFT_E_RECORDS_LOST;
    else if (fell_back)
        d->status.fault.code = r->cause; /* T10 and T13 say which */
    else if (r->cause != 0 && (r->phase == AL_KEPT || al_device_gave_up(d)))
        d->status.fault.code = r->cause;
    if (d->status.fault.code != ALOFT_OK)
        d->status.fault.step = ALOFT_STEP_START;
    if (d->status.fault.code == r->cause && r->cause != 0)
        d->status.fault.step = ALOFT_STEP_TRIAL;
    d->report_due = r->attempt > 0 || found == AL_LOG_LOST;
    al_note_find(d);
}

static aloft_err open_records(struct al_device *d, aloft_fault *why) {
    enum al_log_found found = AL_LOG_NEW;
    aloft_fault refused = {0};
    bool fell_back, is_settled;
    aloft_err e = al_log_open(&d->log, &d->config->log, &d->record, &found, why);

    if (e != ALOFT_OK)
        return e;
    if (found != AL_LOG_FOUND && d->running < 2)
        al_record_anew(&d->record, d->running); /* written when there is something to say */
    fell_back = has_fallen_back(d, &d->record);
    is_settled = al_device_reconcile(d, &refused); /* else again before the next check */
    remember(d, found, fell_back);
    refused.step = ALOFT_STEP_START;
    if (!is_settled)
        d->status.fault = refused;
    return ALOFT_OK;
}

static const struct aloft_channel *find_channel(const struct aloft_config *config) {
    size_t len = al_words_len(config->channel);

    for (uint32_t i = 0; i < config->n_channels; i++) {
        const char *name = config->channels[i].name;
        if (al_words_len(name) == len && memcmp(name, config->channel, len) == 0)
            return &config->channels[i];
    }
    return NULL;
}

static void begin_time(struct al_device *d) {
    d->last_ms = d->config->clock.now_ms(d->config->clock.self);
    d->poll_s = d->config->poll_s == 0 ? 86400 : d->config->poll_s;
    d->resting = ALOFT_SLEEP;
    /* all times are 0 = now: the first check comes at once */
    d->state = d->restart_due ? AL_RESTART : AL_REST;
}

static aloft_err stop(struct al_device *d, aloft_fault *why) {
    why->step = ALOFT_STEP_START;
    d->state = AL_STOPPED;
    d->status.fault = *why;
    return (aloft_err)why->code;
}

/* What the settings lack. Without keys the device still runs on and says so. */
static aloft_err read_settings(struct al_device *d, aloft_fault *why) {
    aloft_err e;

    if (d->config->unfit.code != ALOFT_OK) {
        *why = d->config->unfit;
        return (aloft_err)why->code;
    }
    e = al_config_check(d->config, why);
    if (e != ALOFT_OK)
        return e;
    d->talk.net = &d->config->net;
    d->talk.input = d->config->input;
    d->channel = find_channel(d->config);
    if (d->channel != NULL)
        return read_keys(d, why);
    why->code = ALOFT_E_CONFIG_CHANNEL;
    return ALOFT_E_CONFIG_CHANNEL;
}

/* An image that could never be updated again does not confirm itself: its trial is over. Where it is over
 * already, the restart into home stands. */
static aloft_err is_unfit(struct al_device *d, aloft_err e, aloft_fault *why) {
    if (!al_device_in_trial(d) && !d->restart_due && e != ALOFT_E_NO_KEYS && e != ALOFT_E_KEY_TYPE)
        return stop(d, why);
    why->step = ALOFT_STEP_START;
    d->status.fault = *why;
    if (al_device_in_trial(d)) {
        d->is_sick = true;
        d->sick_of = e;
    }
    return e;
}

aloft_err aloft_start(struct aloft *device, const struct aloft_config *config, aloft_fault *why) {
    struct al_device *d = (struct al_device *)device->room;
    aloft_err e;

    memset(device, 0, sizeof *device);
    *why = (aloft_fault){.step = ALOFT_STEP_START};
    d->config = config;
    if (al_config_check_ports(config, why) != ALOFT_OK)
        return stop(d, why);
    d->running = config->loader.running(config->loader.self);
    if (open_records(d, why) != ALOFT_OK)
        return stop(d, why);
    begin_time(d);
    e = read_settings(d, why);
    return e == ALOFT_OK ? ALOFT_OK : is_unfit(d, e, why);
}

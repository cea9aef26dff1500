/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Begins: settings, keys, records, and whether this start is a trial.
 * Knows: records, trust.   Never knows: network, manifests. */
#include "device/device.h"

#include <string.h>

#include "device/words.h"

#include <string.h>

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

void al_keys_refresh(struct al_device *d) {
    if (d->has_trust)
        al_trust_in_force(&d->trust, (const uint8_t(*)[4])d->record.gone, &d->keys);
    else if (d->config->trust.len == 0)
        d->keys = *d->config->keys;
    for (unsigned i = 0; i < d->keys.n; i++)
        if (!aloft_key_usable((enum aloft_key_type)d->keys.key[i].type))
            d->keys.n = 0; /* the crypto of this firmware cannot check what it is told to trust */
}

static aloft_err read_keys(struct al_device *d, aloft_fault *why) {
    aloft_err e = ALOFT_OK;

    if (d->config->trust.len > 0)
        e = al_trust_read(d->config->trust, &d->trust, why);
    if (e != ALOFT_OK)
        return e;
    d->has_trust = d->config->trust.len > 0;
    al_keys_refresh(d);
    if (d->keys.threshold > 0 && d->keys.n >= d->keys.threshold)
        return ALOFT_OK;
    why->code = d->keys.n == 0 ? ALOFT_E_KEY_TYPE : ALOFT_E_NO_KEYS;
    why->got = d->keys.n == 0 ? d->keys.key[0].type : d->keys.n;
    why->want = d->keys.threshold;
    return (aloft_err)why->code;
}

/* The record against what runs. The boot stage has been here before: whatever runs, it chose. */
static aloft_err reconcile(struct al_device *d, enum al_log_found found, aloft_fault *why) {
    struct al_record *r = &d->record;

    if (d->running == ALOFT_SLOT_NONE)
        return ALOFT_OK; /* a factory image: both slots are free; home stays what it was */
    if (found != AL_LOG_FOUND) {
        al_record_anew(r, d->running); /* nothing is written before there is something to say */
        return ALOFT_OK;
    }
    if (r->phase == AL_TRIAL && d->running == r->home) {
        /* the boot stage could not count the start, so it did not try: that ends the trial */
        al_record_fail(r, ALOFT_E_FLASH_WRITE);
        return al_log_append(&d->log, r, why);
    }
    if (r->phase != AL_TRIAL && d->running != r->home) {
        al_record_rehome(r, d->running); /* T10 */
        d->status.fault.code = ALOFT_E_BOOT_FALLBACK;
        return al_log_append(&d->log, r, why);
    }
    if (r->phase == AL_KEPT && r->fails >= AL_FAILS_MAX) {
        al_record_skip(r); /* T8 */
        return al_log_append(&d->log, r, why);
    }
    return ALOFT_OK;
}

/* What the last attempt came to is told again after each start, also after the power was lost. */
static void remember(struct al_device *d, enum al_log_found found) {
    const struct al_record *r = &d->record;

    if (found == AL_LOG_LOST)
        d->status.fault.code = ALOFT_E_RECORDS_LOST;
    else if (r->cause != 0 && (r->phase == AL_KEPT || al_device_gave_up(d)))
        d->status.fault.code = r->cause;
    if (d->status.fault.code != ALOFT_OK)
        d->status.fault.step = ALOFT_STEP_START;
    if (d->status.fault.code == r->cause && r->cause != 0)
        d->status.fault.step = ALOFT_STEP_TRIAL;
    d->report_due = r->attempt > 0 || found == AL_LOG_LOST;
}

static aloft_err open_records(struct al_device *d, aloft_fault *why) {
    enum al_log_found found = AL_LOG_NEW;
    aloft_err e = al_log_open(&d->log, &d->config->log, &d->record, &found, why);

    if (e == ALOFT_OK)
        e = reconcile(d, found, why);
    if (e == ALOFT_OK)
        remember(d, found);
    return e;
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
    d->state = AL_REST; /* all times are 0 = now: the first check comes at once */
}

static aloft_err stop(struct al_device *d, const aloft_fault *why) {
    d->state = AL_STOPPED;
    d->status.fault = *why;
    return (aloft_err)why->code;
}

aloft_err aloft_start(struct aloft *device, const struct aloft_config *config, aloft_fault *why) {
    struct al_device *d = (struct al_device *)device->room;
    aloft_err e;

    memset(device, 0, sizeof *device);
    *why = (aloft_fault){.step = ALOFT_STEP_START};
    d->config = config;
    if (al_config_check(config, why) != ALOFT_OK)
        return stop(d, why);
    d->talk.net = &config->net;
    d->talk.input = config->input;
    d->running = config->loader.running(config->loader.self);
    d->channel = find_channel(config);
    if (d->channel == NULL) {
        why->code = ALOFT_E_CONFIG_CHANNEL;
        return stop(d, why);
    }
    if (open_records(d, why) != ALOFT_OK)
        return stop(d, why);
    begin_time(d);
    e = read_keys(d, why); /* a trial still ends rightly without keys */
    if (e == ALOFT_E_CONFIG_TRUST && !al_device_in_trial(d))
        return stop(d, why);
    if (e != ALOFT_OK)
        d->status.fault = *why;
    return e;
}

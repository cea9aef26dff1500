/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The life of an update: a table of steps, and what happens between them.
 * Knows: which step follows.   Never knows: how a step does its work. */
#include "device/device.h"

#include <string.h>

#define FIRST_WAIT_MS 15000u /* a router that restarts needs longer: the next waits double */
#define HOUR_MS       3600000u
#define DAY_MS        86400000u
#define RETRY_MIN_S   60u /* the shortest poll that a server can ask for, POLL_MIN_S */
#define RETRY_MAX_S   86400u
#define DOUBLINGS_MAX 13u /* 15 s << 13 is more than a day, the longest wait there is */

static enum al_state step_stopped(struct al_device *d) {
    d->wait_ms = HOUR_MS;
    return AL_STOPPED;
}

static enum al_state step_restart(struct al_device *d) {
    return d->state;
}

/* From rest to rest: ASK, DECIDE, (COMPARE), FETCH, READBACK, RESTART; then, in the new image, TELL. */
static enum al_state (*const steps[AL_N_STATES])(struct al_device *d) = {
    [AL_STOPPED] = step_stopped,      /* settings are wrong */
    [AL_REST] = al_step_rest,         /* -> ASK, AGAIN, TELL, LOOK, RESTART */
    [AL_ASK] = al_step_ask,           /* -> DECIDE, REST */
    [AL_DECIDE] = al_step_decide,     /* -> COMPARE, FETCH, REST */
    [AL_COMPARE] = al_step_compare,   /* -> FETCH, REST */
    [AL_FETCH] = al_step_fetch,       /* -> READBACK, REST */
    [AL_READBACK] = al_step_readback, /* -> RESTART, FETCH, REST */
    [AL_AGAIN] = al_step_again,       /* -> RESTART, REST */
    [AL_TELL] = al_step_tell,         /* -> REST */
    [AL_LOOK] = al_step_look,         /* -> REST */
    [AL_RESTART] = step_restart,
};

static void pass_time(struct al_device *d) {
    const struct aloft_clock *clock = &d->config->clock;
    uint32_t now = clock->now_ms(clock->self);

    d->time_ms += (uint32_t)(now - d->last_ms); /* right across the wrap at 2^32 */
    d->last_ms = now;
}

static bool may_tell(const struct al_device *d) {
    return d->report_due && d->status.server_reached && !al_device_in_trial(d);
}

struct aloft_progress aloft_step(struct aloft *device) {
    struct al_device *d = (struct al_device *)device->room;
    enum al_state next;

    if (d->state != AL_STOPPED) {
        pass_time(d);
        d->config->loader.kick(d->config->loader.self);
    }
    d->wait_ms = 0;
    /* the part that may be left out has no line in the table, which would link it; -> REST */
    next = d->state == AL_FRESH ? d->config->fresh->step(d) : steps[d->state](d);
    if (next == AL_REST && d->state != AL_TELL && may_tell(d))
        next = AL_TELL; /* what happened is told before anything is waited for */
    if (next == AL_REST && d->config->fresh != NULL && d->config->fresh->is_due(d))
        next = AL_FRESH;
    if (next != d->state)
        d->has_begun = false;
    d->state = next;
    if (next == AL_STOPPED)
        return (struct aloft_progress){ALOFT_FAILED, d->wait_ms};
    if (next == AL_RESTART)
        return (struct aloft_progress){ALOFT_REBOOT, 0};
    if (next == AL_REST)
        return (struct aloft_progress){d->resting, d->wait_ms};
    return (struct aloft_progress){d->wait_ms == 0 ? ALOFT_WORK : ALOFT_SLEEP, d->wait_ms};
}

/* `limit` is not 0: no wait is shorter than FIRST_WAIT_MS. */
static uint32_t random_below(const struct al_device *d, uint32_t limit) {
    uint8_t bytes[4];
    uint32_t number;

    d->config->random.fill(d->config->random.self, ALOFT_SPACE(bytes));
    number = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
             (uint32_t)bytes[3] << 24;
    return number % limit;
}

/* A tenth of jitter, so that a fleet that began together does not stay together. */
static void check_in(struct al_device *d, uint64_t wait_ms) {
    d->due_ms = d->time_ms + wait_ms + random_below(d, (uint32_t)(wait_ms / 10));
}

void al_device_wait_as_told(struct al_device *d) {
    const struct al_http_answer *answer = &d->talk.answer;
    uint32_t wait_s = answer->retry_after_s < RETRY_MAX_S ? answer->retry_after_s : RETRY_MAX_S;

    if (answer->has_retry_after)
        check_in(d, 1000u * (uint64_t)(wait_s > RETRY_MIN_S ? wait_s : RETRY_MIN_S));
}

void al_device_all_is_well(struct al_device *d) {
    bool is_news = d->report_due && d->status.fault.step == ALOFT_STEP_START &&
                   !al_record_is_note((aloft_err)d->status.fault.code);

    if (!is_news)
        d->status.fault.code = ALOFT_OK;
    al_note_drop(d);
}

enum al_state al_device_rest(struct al_device *d, enum aloft_next how) {
    d->resting = how;
    check_in(d, (uint64_t)d->poll_s * 1000);
    return AL_REST;
}

/* The longest wait: a check that fails is tried at least every hour, or as often as the device polls; a
 * download that fails costs bytes, so it backs off to one try a day (FORMAT.md R47). */
static uint64_t longest_wait_ms(const struct al_device *d, const struct al_retry *retry) {
    uint64_t poll_ms = (uint64_t)d->poll_s * 1000;

    if (retry == &d->fetch_retry)
        return DAY_MS;
    return poll_ms > HOUR_MS ? poll_ms : HOUR_MS;
}

enum al_state al_device_fail(struct al_device *d, struct al_retry *retry, const aloft_fault *why) {
    uint64_t wait_ms = (uint64_t)FIRST_WAIT_MS
                       << (retry->n < DOUBLINGS_MAX ? retry->n : DOUBLINGS_MAX);
    uint64_t longest = longest_wait_ms(d, retry);

    if (retry->n < DOUBLINGS_MAX)
        retry->n++;
    d->status.fault = *why;
    al_note_keep(d, (aloft_err)why->code);
    d->resting = ALOFT_FAILED;
    check_in(d, wait_ms < longest ? wait_ms : longest);
    return AL_REST;
}

/* A first record makes the running image home: that takes a verdict where a foreign loader waits for one. */
static bool may_commit(const struct al_device *d, aloft_fault *why) {
    if (!d->loader_waits)
        return true;
    *why = (aloft_fault){.code = ALOFT_E_LOADER_WAITS, .step = ALOFT_STEP_VERIFY};
    return false;
}

bool al_device_commit(struct al_device *d, const struct al_record *next, aloft_fault *why) {
    struct al_record record = *next;

    if (!may_commit(d, why))
        return false;
    if (al_log_append(&d->log, &record, why) != ALOFT_OK)
        return false;
    d->record = record;
    return true;
}

void aloft_check_now(struct aloft *device) {
    struct al_device *d = (struct al_device *)device->room;

    d->due_ms = d->time_ms;
}

/* On trial no manifest is acted on, and what is said then is about the image that ran before. */
void aloft_take_offer(struct aloft *device) {
    struct al_device *d = (struct al_device *)device->room;

    if (al_device_in_trial(d))
        return;
    d->is_wanted = true;
    d->due_ms = d->time_ms;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings. Turns what the device knows into what the cloud shall show. A pure function of the
 * device's status and of what this run has seen.
 * Knows: attempts, offers, faults.   Never knows: the SDK, sending. */
#include "view.h"

#include <string.h>

static bool is_updating(enum aloft_state state) {
    return state == ALOFT_DOWNLOADING || state == ALOFT_READING_BACK || state == ALOFT_TESTING ||
           state == ALOFT_REBOOTING;
}

/* A check that fails is no update that failed. TRIAL_WAITS only says when a failed one is tried again. */
static bool is_of_attempt(const aloft_fault *fault) {
    return fault->code != ALOFT_OK && fault->code != ALOFT_E_TRIAL_WAITS &&
           (fault->step == ALOFT_STEP_FETCH || fault->step == ALOFT_STEP_READBACK ||
            fault->step == ALOFT_STEP_SWITCH || fault->step == ALOFT_STEP_TRIAL);
}

/* Whoever pressed the button is told why nothing began. */
static void follow_request(struct al_st_memory *m, const struct aloft_status *s,
                           bool check_is_over) {
    if (m->is_asked && (check_is_over || s->state == ALOFT_STOPPED)) {
        m->is_asked = false;
        m->is_refused = s->fault.code != ALOFT_OK && s->fault.code != ALOFT_E_TRIAL_WAITS;
        m->refused = s->fault;
        if (m->is_refused)
            m->last = AL_ST_NOT_KNOWN; /* an end of its own, with a time of its own */
    } else if (check_is_over && s->fault.code == ALOFT_OK) {
        m->is_refused = false;
    }
}

static void begin_attempt(struct al_st_memory *m) {
    m->is_asked = false;
    m->is_refused = false;
    memset(&m->failed, 0, sizeof m->failed);
}

static enum al_st_last last_of(const struct al_st_memory *m, const struct aloft_status *s) {
    if (is_updating(s->state))
        return AL_ST_NOT_KNOWN;
    if (m->is_refused || m->failed.code != ALOFT_OK || s->outcome == ALOFT_ROLLED_BACK ||
        s->outcome == ALOFT_GIVEN_UP)
        return AL_ST_FAILED;
    /* an image of the factory that was recognised in a release has had no attempt */
    return s->outcome == ALOFT_CONFIRMED && s->attempt > 0 ? AL_ST_SUCCEEDED : AL_ST_NOT_KNOWN;
}

/* Names an end of an attempt: `fails` tells trials of the same attempt apart. Never 0. */
static uint32_t mark_of(const struct aloft_status *s, enum al_st_last last) {
    return s->attempt << 5 | (uint32_t)(s->fails & 7u) << 2 | (uint32_t)last;
}

/* An end that this run has met has the time of now, and so has one that is met at the start but was never told:
 * as soon as the clock is set. One that was told by an earlier run has its time in the cloud already. */
static void stamp(struct al_st_memory *m, const struct aloft_status *s, enum al_st_last last,
                  uint64_t unix_s) {
    uint32_t mark = mark_of(s, last);

    if (last == AL_ST_NOT_KNOWN) {
        m->when_s = 0;
        m->is_new = false;
    } else if (m->has_looked ? last != m->last : m->keeps_marks && mark != m->mark) {
        m->is_new = true;
        m->when_s = 0;
    }
    if (m->is_new && unix_s != 0) {
        m->is_new = false;
        m->when_s = unix_s;
    }
    if (last != AL_ST_NOT_KNOWN && !m->is_new)
        m->mark = mark;
    m->last = last;
    m->has_looked = true;
}

static void copy_version(char to[ALOFT_VERSION_MAX + 1], const char *from) {
    for (size_t i = 0; i < ALOFT_VERSION_MAX && from[i] != 0; i++)
        to[i] = from[i];
}

static uint8_t tens_of(const struct aloft_status *s) {
    if (s->state != ALOFT_DOWNLOADING || s->total == 0)
        return s->state == ALOFT_READING_BACK || s->state == ALOFT_REBOOTING ? 100 : 0;
    return (uint8_t)((uint64_t)s->done * 10 / s->total % 11 * 10);
}

static void fill(const struct al_st_memory *m, const struct aloft_status *s, const char *running,
                 struct al_st_view *view) {
    memset(view, 0, sizeof *view);
    view->is_updating = is_updating(s->state);
    copy_version(view->current, running);
    view->has_offer = s->offer_stands && s->offered_version[0] != 0;
    copy_version(view->available, view->has_offer ? s->offered_version : running);
    /* Consumers compare the two texts: an offer of the text that runs cannot be told as one. */
    if (strcmp(view->available, view->current) == 0)
        view->has_offer = false;
    view->last = m->last;
    view->when_s = m->when_s;
    view->percent = tens_of(s);
    if (m->last == AL_ST_FAILED)
        view->why = m->is_refused ? m->refused : m->failed;
}

bool al_st_look(struct al_st_memory *m, const struct aloft_status *s, const char *running,
                uint64_t unix_s, struct al_st_view *view) {
    bool check_is_over = m->was_check && s->state != ALOFT_CHECKING;

    if (is_updating(s->state))
        begin_attempt(m);
    else if (is_of_attempt(&s->fault))
        m->failed = s->fault;
    follow_request(m, s, check_is_over);
    m->was_check = s->state == ALOFT_CHECKING;
    m->knows = m->knows || check_is_over || s->server_reached || s->offer_stands ||
               is_updating(s->state) || s->state == ALOFT_STOPPED;
    stamp(m, s, last_of(m, s), unix_s);
    fill(m, s, running, view);
    return check_is_over;
}

/* ---- time as text */

static void put(char *at, unsigned digits, uint32_t number) {
    while (digits-- > 0) {
        at[digits] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* Days since 1970 as a date of the Gregorian calendar. Years begin in March, so that the odd day of a leap
 * year is the last; 400 years have 146097 days, and 719468 lie between 0000-03-01 and 1970-01-01. */
static void put_date(char *out, uint32_t days) {
    uint32_t day = days + 719468, era = day / 146097, of_era = day % 146097;
    uint32_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t shifted = (5 * of_year + 2) / 153; /* 0 is March */
    uint32_t month = shifted < 10 ? shifted + 3 : shifted - 9;

    put(out, 4, year_of_era + era * 400 + (month <= 2));
    put(out + 5, 2, month);
    put(out + 8, 2, of_year - (153 * shifted + 2) / 5 + 1);
}

bool al_st_time(uint64_t unix_s, char out[AL_ST_TIME_SIZE]) {
    uint32_t second = (uint32_t)(unix_s % 86400);

    if (unix_s >= 253402300800u) /* 10000-01-01 */
        return false;
    memcpy(out, "0000-00-00T00:00:00Z", AL_ST_TIME_SIZE);
    put_date(out, (uint32_t)(unix_s / 86400));
    put(out + 11, 2, second / 3600);
    put(out + 14, 2, second / 60 % 60);
    put(out + 17, 2, second % 60);
    return true;
}

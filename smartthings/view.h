/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings. What the cloud shall show, made of what the device knows. */
#ifndef ALOFT_SMARTTHINGS_VIEW_H
#define ALOFT_SMARTTHINGS_VIEW_H

#include <aloft/aloft.h>

/** The capability's `lastUpdateStatus`. */
enum al_st_last {
    AL_ST_NOT_KNOWN, /* no attempt, or one is under way: nothing is said, the cloud keeps what it has */
    AL_ST_SUCCEEDED,
    AL_ST_FAILED,
};

/** All that one batch says. Compared as bytes: filled over zeroes. */
struct al_st_view {
    bool is_updating; /* an update really runs, or the new image is on trial */
    bool has_offer;   /* something is offered that does not run */
    char current[ALOFT_VERSION_MAX + 1];
    char available[ALOFT_VERSION_MAX + 1]; /* as `current` where nothing is offered */
    enum al_st_last last;
    aloft_fault why; /* of AL_ST_FAILED; code 0: no more is known */
    uint64_t
        when_s; /* when `last` came about, seconds since 1970; 0: not known, or told by an earlier run */
    uint8_t percent; /* of the download, in tens */
};

/** What this run has seen of the attempts; the rest comes from the device's records. */
struct al_st_memory {
    bool has_looked;
    bool is_asked;   /* the update was asked for, and has neither begun nor failed */
    bool was_check;  /* the last look met a check */
    bool knows;      /* since the start the update server was asked: what is on offer is known */
    bool is_refused; /* what was asked for could not begin: `refused` says why */
    aloft_fault refused;
    aloft_fault failed; /* of the last attempt */
    enum al_st_last last;
    uint64_t when_s;
    bool is_new;      /* `last` has come about and has no time yet: the clock is not set */
    bool keeps_marks; /* `mark` outlives a restart */
    uint32_t mark;    /* of the last end of an attempt that has got its time */
};

/**
 * Fill the view.
 *
 * Takes   running  the version in the image that runs, `ALOFT_VERSION_MAX` bytes or a zero before.
 *         unix_s   0 where the clock is not set.
 * Gives   true: a check has ended since the last look, so its answer is told even if nothing is new.
 */
bool al_st_look(struct al_st_memory *memory, const struct aloft_status *status, const char *running,
                uint64_t unix_s, struct al_st_view *view);

/** 2026-11-22T05:47:36Z; Years beyond 9999 give false. */
#define AL_ST_TIME_SIZE 21u
ALOFT_MUST_USE bool al_st_time(uint64_t unix_s, char out[AL_ST_TIME_SIZE]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Everything a device is while it runs; what must outlive power stands in `record`. */
#ifndef AL_DEVICE_H
#define AL_DEVICE_H

#include <aloft/aloft.h>
#include <aloft/diagnose.h>

#include "device/log.h"
#include "device/record.h"
#include "device/ration.h"
#include "device/slot.h"
#include "device/talk.h"
#include "device/transition.h"
#include "device/trust.h"
#include "flow/flow.h"

/** What one step does; update.c holds the table. */
enum al_state {
    AL_STOPPED,  /* settings are wrong: nothing, for ever */
    AL_REST,     /* wait for the next check, the end of a back-off, a word about health */
    AL_ASK,      /* fetch the manifest */
    AL_DECIDE,   /* check it and choose */
    AL_COMPARE,  /* is the image it names the one that runs? (only while its digest is not known) */
    AL_FETCH,    /* fetch the payload into the other slot */
    AL_READBACK, /* hash what the chip returns */
    AL_AGAIN,    /* the same before a failed image gets another trial */
    AL_TELL,     /* send the report */
    AL_FRESH,    /* fetch the statement of freshness */
    AL_LOOK,     /* a diagnosis: asks as AL_ASK does, and acts on nothing */
    AL_RESTART,  /* wait for the caller to restart */
    AL_N_STATES,
};

/** When to try again: each failure doubles the wait. */
struct al_retry {
    uint8_t n; /* failures in a row */
};

/** A diagnosis (aloft/diagnose.h). */
struct al_look {
    aloft_fault fault; /* of step `at` */
    uint32_t bytes;
    uint8_t state; /* enum aloft_diagnosis_state */
    uint8_t at;    /* the first step that is not passed */
    uint8_t would; /* enum aloft_would */
    bool is_blind; /* no clock is trusted */
    char version[ALOFT_VERSION_MAX + 1];
};

struct al_device;

/** The part that asks how new the news is: reached through the settings alone, so that it can be left out. */
struct aloft_fresh_part {
    /** Whether a statement is to be fetched now; keeps the age and counts what is withheld. */
    bool (*is_due)(struct al_device *d);
    enum al_state (*step)(struct al_device *d);
    /** freshness and statement_s. */
    void (*look)(const struct al_device *d, struct aloft_status *out);
};

/** What the part remembers since the start. */
struct al_fresh {
    uint64_t due_ms;   /* not before this */
    uint64_t since_ms; /* what the record's age_h does not count yet began here */
    uint64_t save_ms;  /* the age is not saved before this */
    uint32_t valid_s;  /* of the newest statement of this start; 0: the default */
    uint32_t len;      /* bytes of it that have come */
    uint8_t withheld;  /* answered checks in a row that offered less than it names */
};

struct al_device {
    const struct aloft_config *config;
    struct al_log log;
    struct al_record record;

    struct al_trust trust;
    bool has_trust;
    struct aloft_keys keys; /* in force */
    const struct aloft_channel *channel;
    unsigned running; /* slot or ALOFT_SLOT_NONE */

    enum al_state state;
    uint32_t last_ms;        /* the port's clock at the last step */
    uint64_t time_ms;        /* since start; does not wrap */
    uint64_t due_ms;         /* next check */
    uint32_t wait_ms;        /* how long AL_REST may sleep; 0 in other states: call again soon */
    enum aloft_next resting; /* what AL_REST answers: SLEEP, DONE or FAILED */

    struct al_talk talk;
    struct al_http_url url; /* of the exchange; points into url_room */
    uint8_t url_room[AL_URL_ROOM];
    uint8_t n_redirects;
    bool has_begun; /* this state has done its first piece */
    bool is_asking; /* its exchange is under way */
    bool is_seen;   /* flow has seen what stands in talk.body */

    struct aloft_manifest manifest; /* points into config->manifest */
    size_t manifest_len;
    struct aloft_verdict verdict;
    bool must_compare; /* it is not known whether the image on offer is the one that runs */
    struct al_flow flow;
    struct al_record_slot offer; /* the image that the manifest names */
    struct al_slot_check check;
    bool has_resumed;        /* this download did not begin at byte 0 */
    uint64_t window_ms;      /* download speed: when the present minute began */
    uint32_t window_bytes;   /* and what came in it */
    struct al_ration ration; /* what may still be fetched */

    struct al_fresh fresh;
    bool was_answered;     /* a check, since the part for statements has looked */
    uint64_t met_sequence; /* of the last manifest that was signed and for this class */

    struct al_retry ask_retry, fetch_retry;
    uint32_t poll_s; /* in force */

    uint64_t trial_ms; /* when the trial of this start began */
    uint64_t word_ms;  /* when the application last said something about its health */
    bool is_sick;
    aloft_err sick_of;    /* of what, where the settings say it and not the application */
    uint64_t again_ms;    /* not before this: the kept image was found damaged */
    bool is_kept_damaged; /* so it may be fetched anew */
    bool report_due;
    uint16_t noted;    /* fault of the network from before this start, until it was told; 0: none */
    uint64_t note_ms;  /* when this start kept the last one, 0: not yet */
    bool has_agreed;   /* what this start means under a foreign loader was acted on */
    bool restart_due;  /* aloft_start has told a foreign loader to start another slot */
    bool confirm_due;  /* a foreign loader has confirmed this image, the record has not yet */
    bool loader_waits; /* no record knows this image, and a foreign loader waits for its word */
    bool is_wanted;    /* aloft_take_offer was said, and nothing has settled it yet */

    struct al_look look;
    struct aloft_status status; /* the parts that are not in the record */
    uint32_t n_resumes;
};

/* ---- start.c */
/** The keys in force, from the trust record and what the record log says is gone. None are where the crypto
 * of this firmware cannot check one of them: gives its type then, else 0. */
uint8_t al_keys_refresh(struct al_device *d);
/** Bring the record in line with what runs: T6, T8, T10, T13. At the start, and before each check where the
 *  flash had refused it. False: it refuses still. */
ALOFT_MUST_USE bool al_device_reconcile(struct al_device *d, aloft_fault *why);
bool al_device_in_trial(const struct al_device *d);
/** Whether the last release on offer here was given up after its failed trials. */
bool al_device_gave_up(const struct al_device *d);

/* ---- config.c: aloft_start's checks */
/** What it takes to read the records and to end a trial: flash, clock, random numbers, loader. */
ALOFT_MUST_USE aloft_err al_config_check_ports(const struct aloft_config *config, aloft_fault *why);
/** The rest, in the order of the fields. */
ALOFT_MUST_USE aloft_err al_config_check(const struct aloft_config *config, aloft_fault *why);

/* ---- update.c */
/** Go to rest. `how` is what aloft_step answers meanwhile; the next check is at due_ms. */
enum al_state al_device_rest(struct al_device *d, enum aloft_next how);
/** What went wrong is over. What this start has found is kept until it was reported. */
void al_device_all_is_well(struct al_device *d);
/** 429 and 503: the next check comes when the answer's Retry-After says, 60 s to 24 h, and a little later. */
void al_device_wait_as_told(struct al_device *d);
/** Note a fault and go to rest; the next check comes after the back-off of `retry`. */
enum al_state al_device_fail(struct al_device *d, struct al_retry *retry, const aloft_fault *why);
/** Append `next`; only then is it the device's record. False: the flash refused, and the device goes on from
 * the record it had (nothing may be erased before another append: al_log_settled); or LOADER_WAITS: nobody
 * has said yet that the running image stays. */
ALOFT_MUST_USE bool al_device_commit(struct al_device *d, const struct al_record *next,
                                     aloft_fault *why);

/* ---- note.c */
/** At the start: what the record kept is the fault of the status, and is told. */
void al_note_find(struct al_device *d);
/** Keep this fault over a restart, if it is of the network and nothing was kept for long. At most one append
 *  in a day awake, none in the first ten minutes; none where `cause` says it already. */
void al_note_keep(struct al_device *d, aloft_err code);
/** The server was reached: the note has done its work. At most one append for each note. */
void al_note_drop(struct al_device *d);

/* ---- one file per step */
enum al_state al_step_rest(struct al_device *d);
enum al_state al_step_ask(struct al_device *d);
enum al_state al_step_decide(struct al_device *d);
enum al_state al_step_compare(struct al_device *d);
enum al_state al_step_fetch(struct al_device *d);
enum al_state al_step_readback(struct al_device *d);
enum al_state al_step_again(struct al_device *d);
enum al_state al_step_tell(struct al_device *d);
enum al_state al_step_fresh(struct al_device *d);
bool al_step_fresh_is_due(struct al_device *d);
void al_step_fresh_look(const struct al_device *d, struct aloft_status *out);
enum al_state al_step_look(struct al_device *d);

/* ---- ask.c */
/** One piece of asking for the manifest, from has_begun = false on. Only the talk and the room of the
 *  manifest change. ALOFT_WAIT: call again. ALOFT_OK: it has come, or there is nothing for this device;
 *  end the talk.
 *  Any code: close it. */
ALOFT_MUST_USE aloft_err al_ask_step(struct al_device *d, aloft_fault *why);
/** Whether the answer says that nothing is there for this device: 204, 304. */
bool al_ask_is_for_nobody(const struct al_device *d);

/* ---- decide.c, fetch.c: the candidate */
/** Check the manifest that has come: signatures and form; then whether this device wants it (d->verdict). */
ALOFT_MUST_USE aloft_err al_device_read_offer(struct al_device *d, aloft_fault *why);
ALOFT_MUST_USE aloft_err al_device_judge_offer(struct al_device *d, aloft_fault *why);
/** Whether what is wanted may be fetched now. ALOFT_WAIT: when somebody has agreed (ask_first). */
ALOFT_MUST_USE aloft_err al_device_may_take(const struct al_device *d, aloft_fault *why);
/** Whether the manifest is the one that the other slot belongs to. */
bool al_device_is_candidate(const struct al_device *d);
void al_device_candidate(const struct al_device *d, struct al_candidate *candidate);
/** T2. */
ALOFT_MUST_USE bool al_device_mark(struct al_device *d, uint32_t mark, aloft_fault *why);
/** T9; and on to fetching, unless the record forbids it (T1). */
enum al_state al_device_adopt(struct al_device *d);
enum al_state al_device_take(struct al_device *d);

/* ---- foreign.c: where the boot loader is not ours */
/** At the start and before each check: act on what the loader's notes mean, once; may set restart_due,
 *  confirm_due, loader_waits. And call home confirmed where a note of it is still open. */
ALOFT_MUST_USE aloft_err al_foreign_agree(struct al_device *d, aloft_fault *why);
/** Whether T1 is allowed: not while the loader waits for a word about what runs or will start. */
ALOFT_MUST_USE bool al_foreign_allows(const struct al_device *d, aloft_fault *why);
/** The application is well, outside of our own trials. */
ALOFT_MUST_USE aloft_err al_foreign_well(struct al_device *d, aloft_fault *why);

/* ---- readback.c */
/** The next page of the other slot against the record: ALOFT_WAIT until it is told (slot.h). */
ALOFT_MUST_USE aloft_err al_readback_other(struct al_device *d, aloft_fault *why);

/* ---- trial.c */
/** Ends a trial that was silent or sick for too long; AL_REST where nothing is to be done. */
enum al_state al_trial_watch(struct al_device *d);
/** After T3 and T7: tell a foreign loader to start the other slot. False: it refused, which ends the
 *  trial. */
ALOFT_MUST_USE bool al_trial_tell_loader(struct al_device *d, aloft_fault *why);
/** Seconds until a failed image is tried again; 0: now or never. */
uint32_t al_trial_wait_s(const struct al_device *d);

#endif

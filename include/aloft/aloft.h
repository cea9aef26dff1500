/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the device. Give it flash, a network, a clock; call aloft_step in your loop; say when you are
 * well. It checks, verifies, fetches, writes, switches, and goes back when an image does not prove
 * itself. No heap, no threads, nothing blocks.
 *
 * Example:
 *     static struct aloft device;
 *     aloft_fault why;
 *     if (aloft_start(&device, &config, &why) != ALOFT_OK) say(&why);
 *     for (;;) {
 *         blink();                                           // your own work
 *         if (lamp_works()) (void)aloft_health(&device, ALOFT_WELL, &why);
 *         struct aloft_progress now = aloft_step(&device);
 *         if (now.next == ALOFT_REBOOT) restart();
 *         if (now.next == ALOFT_SLEEP) sleep_ms(now.wait_ms);
 *     }
 */
#ifndef ALOFT_H
#define ALOFT_H

#include <stdbool.h>

#include "bytes.h"
#include "crypto.h"
#include "error.h"
#include "image.h"
#include "manifest.h"
#include "port.h"

#define ALOFT_BASE_MAX  200u  /* longest base address, bytes */
#define ALOFT_ID_MAX    64u   /* longest device id: A-Za-z0-9._- */
#define ALOFT_TOKEN_MAX 200u  /* longest bearer token, printable ASCII without spaces */
#define ALOFT_INPUT_MIN 1024u /* smallest input buffer: the longest request that aloft makes */

/** Everything aloft is given. All pointers must live as long as the device; nothing is copied. A text
 * may change between two steps (a new token); one that is wrong then fails what would have sent it.
 * A field that is wrong is ALOFT_E_MISUSE with its number (the comment's) in why->want. */
struct aloft_config {
    const char *base;    /* 1: https://HOST[:PORT][/PATH] */
    const char *channel; /* 2: one of `channels` */
    const char *id;      /* 3: device id for the server's list; NULL: none is sent */
    const char *token;   /* 4: bearer token, NULL: none */
    bool quiet;          /* 5: true: send neither heads about this device nor reports */

    const struct aloft_image *image; /* 6: &aloft_image */
    aloft_bytes trust;               /* 7: {aloft_trust, aloft_trust_size}; len 0: use `keys` */
    const struct aloft_channel *channels; /* 8: aloft_channels */
    uint32_t n_channels;
    const struct aloft_keys *keys; /* 9: only where `trust` is empty */

    struct aloft_flash slot[2]; /* 10 */
    struct aloft_flash log;     /* 11 */
    struct aloft_net net;       /* 12 */
    struct aloft_clock clock;   /* 13 */
    struct aloft_random random; /* 14 */
    struct aloft_loader loader; /* 15 */

    aloft_space manifest; /* 16: ALOFT_MANIFEST_MAX bytes */
    aloft_space input;    /* 17: at least ALOFT_INPUT_MIN; larger reads fewer times */
    aloft_space page;     /* 18: a multiple of 32 that divides both slots' erase size */

    uint32_t poll_s;  /* 19: between checks, 60..604800; 0: 86400. Cache-Control may change it */
    uint32_t trial_s; /* 20: longest silence of a new image about its health, 10..86400; 0: 300 */
    enum aloft_reset reset; /* 21: why the processor started */
    bool ask_first;         /* 22: true: a release that is offered waits for aloft_take_offer */
    const struct aloft_fresh_part
        *fresh; /* 23: &aloft_fresh_part, or NULL: nobody asks how new the news is */
    /* 24: what the port lacks so that this image could ever be updated; code 0: nothing. aloft_start gives
     * it back, and a trial ends by it; fields 1 to 9, 12 and 16 to 20 are not looked at then */
    aloft_fault unfit;
};

/** Whether a text can be `base`: for what people type, before it is kept. */
ALOFT_MUST_USE bool aloft_is_base(const char *text);

/** What the caller does next. */
enum aloft_next {
    ALOFT_WORK,  /* call aloft_step again soon */
    ALOFT_SLEEP, /* call again in wait_ms (or earlier: then nothing happens) */
    ALOFT_REBOOT, /* restart now, by loader.reboot or your own way: a new image is ready, or an old one
                     is to come back */
    ALOFT_DONE, /* as SLEEP, and what was offered now runs, or waits to be taken, or nothing is new */
    ALOFT_FAILED, /* as SLEEP, and the last attempt failed: see aloft_status.fault */
};

/** What is known of how new the news is (DESIGN.md §4). It changes nothing but what is told. */
enum aloft_freshness {
    ALOFT_FRESH_UNKNOWN, /* nobody asks, or no statement has come yet */
    ALOFT_FRESH, /* a statement that still holds, and nothing newer than what is offered or runs */
    ALOFT_FRESH_STALE,    /* may be frozen: the newest statement is older than it may be */
    ALOFT_FRESH_WITHHELD, /* the newest statement names a release that this server does not offer */
};

/** Statements of freshness, as a part that can be left out: a device whose settings do not name
 *  &aloft_fresh_part links none of it. It needs a freshness key in the trust record. */
struct aloft_fresh_part;
extern const struct aloft_fresh_part aloft_fresh_part;

struct aloft_progress {
    enum aloft_next next;
    uint32_t wait_ms;
};

/** What the device is doing. The words are those of `Aloft-State`. */
enum aloft_state {
    ALOFT_IDLE,
    ALOFT_CHECKING,
    ALOFT_DOWNLOADING,
    ALOFT_READING_BACK,
    ALOFT_TESTING, /* this image is on trial */
    ALOFT_REBOOTING,
    ALOFT_STOPPED, /* it cannot take updates: see fault */
};

/** What became of the last attempt, from the record log: true also after a restart. */
enum aloft_outcome {
    ALOFT_NO_ATTEMPT,
    ALOFT_UNDER_WAY,
    ALOFT_CONFIRMED,   /* this image runs and has confirmed itself */
    ALOFT_ROLLED_BACK, /* the new image did not confirm; it may be tried again */
    ALOFT_GIVEN_UP,    /* three trials failed */
};

struct aloft_status {
    enum aloft_state state;
    enum aloft_outcome outcome;
    unsigned running; /* slot, or ALOFT_SLOT_NONE */
    uint64_t running_sequence;
    uint64_t offered_sequence; /* of the last manifest that was accepted, 0 none since start */
    char offered_version[ALOFT_VERSION_MAX + 1]; /* from set-version */
    bool offer_stands; /* by the last answer that was understood, it is not installed and may be */
    uint64_t floor, skip;
    uint32_t record_number;
    uint32_t attempt;
    uint8_t boots, fails, cold;
    uint32_t done, total;   /* bytes of the present download or reading back */
    uint32_t received;      /* payload bytes from the network since start */
    uint32_t resumed_at;    /* byte the present download began at */
    uint32_t next_check_s;  /* seconds until the next check, as far as is known */
    uint32_t retry_trial_s; /* seconds until a failed trial is tried again, 0 none */
    bool server_reached;    /* since start: the server gave an answer that makes sense */
    bool reported;          /* since start: the confirmed state was told and taken */
    enum aloft_freshness freshness;
    uint32_t statement_s;          /* awake seconds since the newest statement came, 0 none */
    aloft_fault fault;             /* of the last thing that went wrong, code 0: nothing */
    bool is_before;                /* fault is of before this start, when the network failed */
    char host[ALOFT_HOST_MAX + 1]; /* whom it talks to, for sentences */
    uint16_t port;
};

/** A device. Its room is the library's; the size is checked at build time. */
struct aloft {
    uint64_t room[448];
};

/**
 * Begin: check the settings, read the records, see whether this is a trial.
 *
 * Takes   device  any memory; what was in it is lost.
 *         config  must live as long as the device.
 * Gives   ALOFT_OK, or ALOFT_E_RECORDS_LOST as a notice in aloft_status.fault only.
 * Fails   ALOFT_E_MISUSE, _CONFIG_*, _FLASH_GEOMETRY: the device never updates; aloft_step answers
 *         ALOFT_FAILED for ever. ALOFT_E_NO_KEYS, _KEY_TYPE: it runs on, asks, and takes nothing.
 *         On trial each of these ends the trial, where flash, clock, random and loader are right: an
 *         image that could not be updated again does not stay.
 * Power   at most three records are written (L4, T6, T8 or T10), each whole or not at all. What the
 *         flash refuses is written before the next check.
 * Costs   reads two erase units of the log and hashes at most 2 x (erase size / 256) cells of 184
 *         bytes.
 */
ALOFT_MUST_USE aloft_err aloft_start(struct aloft *device, const struct aloft_config *config,
                                     aloft_fault *why);

/**
 * Do one small piece of work: at most one network call, and one erase of a slot or one page written or
 * read back. What comes to its end by that appends its record in the same step: three small writes, and an
 * erase where a unit of the log is full. Checking a signature is the one longer piece.
 *
 * Power   a cut anywhere leaves a device that starts and goes on (DESIGN.md).
 */
struct aloft_progress aloft_step(struct aloft *device);

/** What the application says about itself while it is on trial. */
enum aloft_health_word {
    ALOFT_WELL,      /* keep me */
    ALOFT_UNDECIDED, /* cannot tell yet (no network): wait on, up to 7 days of trial */
    ALOFT_SICK,      /* go back */
};

/**
 * Say how the running image is. Outside a trial it does nothing and gives ALOFT_OK, so it may be called
 * as often as wanted. ALOFT_WELL commits the new image; ALOFT_SICK makes the next aloft_step ask for a
 * reboot into the old one, and no later word takes it back. A trial that says nothing for trial_s ends as
 * ALOFT_SICK.
 *
 * Fails   ALOFT_E_FLASH_*: not confirmed, say it again. What aloft_start gave, where that ends the trial.
 * Power   a cut before: still on trial; after: confirmed. One record.
 */
ALOFT_MUST_USE aloft_err aloft_health(struct aloft *device, enum aloft_health_word word,
                                      aloft_fault *why);

/** Check for an update at the next step instead of waiting for the poll. Back-off after trials stays. */
void aloft_check_now(struct aloft *device);

/**
 * Take what is offered. Where `ask_first` is set, nothing is fetched before somebody says this; the server
 * is asked once more, so that the newest release is taken, and one that was withdrawn is not.
 *
 * Gives   a check at the next step, and the consent that it acts on. The consent ends when there is
 *         nothing to take, or with a restart; a download that has begun goes on without another one, and
 *         so do the trials of a release. Saying it again, or on trial, changes nothing.
 */
void aloft_take_offer(struct aloft *device);

/** What the device is doing and what it knows. Cheap; copies. */
void aloft_status(const struct aloft *device, struct aloft_status *out);

/* ------------------------------------------------------------------ the boot stage, a program of its own */

/** What the boot stage is given. It shares the log with the application and never runs beside it. */
struct aloft_boot_config {
    struct aloft_flash slot[2];
    struct aloft_flash log;
    enum aloft_reset reset;
    bool check_always; /* hash the home image at each start too; else only trials and fallbacks */
    bool (*looks_like_image)(void *self,
                             unsigned slot); /* for a device without records; NULL: slot 0 */
    void *self;
};

/** What to start. */
struct aloft_boot_choice {
    unsigned slot;   /* 0, 1, or ALOFT_SLOT_NONE: stay in the loader, `why` says it */
    bool trial;      /* arm the watchdog before the jump (default 120 s) */
    bool fallback;   /* the home image is damaged; this is the other one */
    aloft_fault why; /* what was learnt at this start: a failed trial, a fallback; code 0 none */
    uint8_t boots, fails, cold; /* of the record, after this start was counted */
};

/**
 * Choose what to start, after counting the start of a trial.
 *
 * Gives   ALOFT_OK, also when nothing can be started (choice->slot is ALOFT_SLOT_NONE).
 * Fails   ALOFT_E_FLASH_*  the log could not be written: home is chosen, no trial is started.
 * Power   at most one record (T4 or T6); a cut before it repeats the choice, after it counts.
 * Costs   hashes the image that is tried; blocks as long as reading it takes.
 */
ALOFT_MUST_USE aloft_err aloft_boot(const struct aloft_boot_config *config,
                                    struct aloft_boot_choice *choice);

#endif

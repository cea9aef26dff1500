/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/store. What devices have said, kept in a database by a thread of its own.
 *
 * Who speaks to it puts a word in and goes on; answers come back later, by numbers and never by
 * pointer.
 *
 * Example:
 *     if (store_open("aloft.db", wake_my_loop, &loop, &store, trouble) != ALOFT_OK) ...
 *     if (!store_tell(store, &word)) ...           // full: try later
 *     while (store_answers(store, &answer, 1) == 1) ...   // in the loop, after wake_my_loop
 *     store_close(store);                          // all that was told is in the file
 */
#ifndef SERVER_STORE_H
#define SERVER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <aloft/aloft.h>

#include "host/trouble.h"

#define STORE_DEVICES_MAX 10000u /* rows; the one that was silent longest is dropped */
#define STORE_EVENTS_MAX  10000u
#define STORE_QUEUE_MAX   4096u /* words of 600 bytes: 2.4 MB */
#define STORE_BATCH_MAX   256u  /* words in one transaction */
/* A word with a smaller record number than the one that is known is an older word that came late.
 * Nothing comes later than this, so what is older than this may be replaced: a device that was
 * flashed anew begins its records at 0. */
#define STORE_LATE_S     900u
#define STORE_STATE_MAX  24u
#define STORE_WORD_MAX   32u /* versions, channels, as protocol.md limits them */
#define STORE_PEER_MAX   46u /* INET6_ADDRSTRLEN */
#define STORE_DIGEST_LEN 8u
#define STORE_NO_CONN    0xffffffffu

/** What a device says about itself in one check or report. Nothing of it is proven. */
struct store_word {
    uint32_t conn_id, generation; /* who waits for the answer; STORE_NO_CONN: nobody */
    char id[ALOFT_ID_MAX + 1];
    char device_class[ALOFT_CLASS_MAX];
    char channel[STORE_WORD_MAX + 1];
    char address[STORE_PEER_MAX];
    uint64_t when_s; /* seconds since 1970 */
    bool is_report;

    char version[STORE_WORD_MAX + 1]; /* that runs; "": not said */
    uint64_t sequence;
    uint8_t digest[STORE_DIGEST_LEN]; /* of the image that runs, first bytes */
    bool runs_release;                /* it is the digest of the release with that sequence */
    char state[STORE_STATE_MAX];      /* "": not said */
    bool has_record;
    uint32_t record;
    aloft_fault fault; /* code 0: none said */

    char offered_version[STORE_WORD_MAX + 1]; /* by this server, "": nothing */
    uint64_t offered_sequence;

    bool has_counters; /* the rest is of reports only */
    uint32_t attempt;
    uint32_t received, seconds, resumes, boots, fails, cold;
};

/** A row: the last word, and what was learnt from those before. */
struct store_device {
    struct store_word word;
    uint64_t first_seen_s, last_seen_s;
    char confirmed_version[STORE_WORD_MAX + 1]; /* last confirmed; "": never */
    uint64_t confirmed_sequence;
};

/** What a word changed. */
struct store_answer {
    bool kept;         /* it is in the database */
    bool older;        /* a word from before the known one: only the time was noted */
    bool is_new;       /* the first word of this device */
    bool state_news;   /* state or version differ from before */
    bool confirm_news; /* it runs a release, confirmed, that it did not run confirmed before */
    bool fault_news;   /* the fault differs from before */
    struct store_word
        word; /* with what was known before where it says nothing; an older one as it is */
};

struct store;

/**
 * Open or make the database and start its thread.
 *
 * Takes   ready  called on that thread when answers wait; must only wake somebody up.
 * Fails   STORE_OPEN  not a database, or of a newer aloft; and as denied_tell.
 */
ALOFT_MUST_USE aloft_err store_open(const char *path, void (*ready)(void *self), void *self,
                                    struct store **out, struct trouble *trouble);

/** Hand over a word; false: the queue is full. Never waits. */
bool store_tell(struct store *store, const struct store_word *word);

/** Take at most `max` answers; gives how many. Never waits. */
unsigned store_answers(struct store *store, struct store_answer *out, unsigned max);

/** Write what was told, end the thread, free. NULL is allowed. */
void store_close(struct store *store);

/** Read all devices, ordered by id, from another process too. `each` gives false to stop.
 *  A file that is not there: none. Fails STORE_OPEN. */
ALOFT_MUST_USE aloft_err store_devices(const char *path,
                                       bool (*each)(void *self, const struct store_device *device),
                                       void *self, struct trouble *trouble);

/** What devices of a class have said about a version, from the newest events. */
struct store_ran {
    char device_class[ALOFT_CLASS_MAX], version[STORE_WORD_MAX + 1];
    uint32_t n;      /* devices that said that they run it */
    uint32_t n_said; /* that said so confirmed */
    uint32_t n_sure; /* whose last confirmed release it is, by its digest */
    uint32_t n_back; /* that said that they went back to it from a newer one */
};

/** Read what has run, at most 100 rows, ordered by class and version. As store_devices. */
ALOFT_MUST_USE aloft_err store_ran(const char *path,
                                   bool (*each)(void *self, const struct store_ran *ran),
                                   void *self, struct trouble *trouble);

/** Whether a word proves, as far as a word can, that an update has succeeded: it says that it runs
 *  confirmed, and names the digest of a release. Downloaded, installed or restarted is not success.
 *  */
bool store_word_confirms(const struct store_word *word);

#endif

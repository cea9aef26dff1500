/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/watch. A device's log and the server's lines on one time line, each explained once, and
 * what only both ends together can say.
 *
 * Example:
 *     struct watch *watch = watch_new(stdout, false, true);
 *     watch_device(watch, now_ms, bytes);          // as they come
 *     watch_server(watch, &line);
 *     watch_time(watch, now_ms);                   // a few times a second
 *     watch_end(watch);                            // the summary; frees
 */
#ifndef HOST_WATCH_H
#define HOST_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <aloft/bytes.h>

#include "host/journal.h"
#include "host/trouble.h"

/* ---------------------------------------------------- verdict.c: both ends together, a pure function */

#define VERDICT_BEFORE_MS  10000u /* a device gives up a connection after 3 to 10 s of asking */
#define VERDICT_PATIENT_MS 35000u /* one of aloft after 30 s */
#define VERDICT_AFTER_MS   2000u  /* what the server says of it comes a moment later */
#define VERDICT_SEEN       64u    /* the server's newest lines that are remembered */
#define VERDICT_TEXT_MAX   900u

/** What both together mean. */
struct verdict_word {
    char text[VERDICT_TEXT_MAX];
    char line[JOURNAL_TEXT_MAX]; /* of the server, which decided it; "": its silence did */
    bool is_sure;                /* more than the device's lines alone can say */
};

struct verdict {
    struct verdict_seen {
        uint64_t at_ms;
        uint16_t code;
        uint8_t alert;                 /* of TLS, that the line names; 0: none */
        bool is_call;                  /* somebody called; else the server's own affairs */
        bool has_left, is_whole_asked; /* "left after ...", "... from 0 on" */
        char peer[JOURNAL_PEER_MAX];
    } seen[VERDICT_SEEN];
    unsigned n_seen;                /* ever */
    struct journal_line newest;     /* of the server, with a code */
    char address[JOURNAL_PEER_MAX]; /* of the device, by its own words; "": not known */
    char base[256];                 /* what the project's devices call; "": not known */
    bool is_in_1970;                /* the device's own lines carry such a date */
    uint64_t went_on_ms;  /* when the device asked for the rest of a download; 0: it did not */
    uint64_t fault_at_ms; /* a device's fault that waits for its verdict; 0: none */
    unsigned mark;        /* enum explain_mark */
    uint64_t said;        /* rows that have been said, a bit each: once is enough until
                                       something changes */
    struct verdict_word word, kept; /* the newest; what the summary says */
};

/** The server said something. */
void verdict_server(struct verdict *v, const struct journal_line *line);

/** The device said something that has this mark; marks that are no fault are passed over. */
void verdict_device(struct verdict *v, uint64_t at_ms, unsigned mark);

/** The device's own address, as its log names it: from then on only its own calls count. */
void verdict_address(struct verdict *v, const char *address);

/** The device goes on with a download in its middle. */
void verdict_goes_on(struct verdict *v, uint64_t at_ms);

/** What is known of the server besides its words. */
enum verdict_server {
    VERDICT_NO_SERVER, /* none of this project runs */
    VERDICT_INSIDE,    /* it runs, and listens to its own machine only (project_is_inside) */
    VERDICT_OPEN,
};

/** What both together mean, once the time for it has come; NULL: nothing now, or nothing new. */
const struct verdict_word *verdict_at(struct verdict *v, uint64_t now_ms,
                                      enum verdict_server server);

/** The surest that was said, of those the newest; NULL: nothing, or the device works since. */
const struct verdict_word *verdict_kept(const struct verdict *v);

/* -------------------------------------------------------------------------------- timeline.c: the lines */

struct watch;

/** `colours`: for a terminal. `as_json`: one object a line. NULL: no memory. */
struct watch *watch_new(FILE *to, bool as_json, bool colours);

/** Bytes of the device's log, cut anywhere; any bytes are allowed. */
void watch_device(struct watch *watch, uint64_t now_ms, aloft_bytes bytes);
void watch_server(struct watch *watch, const struct journal_line *line);

/** A line of the server from before: not shown, and remembered for what the device says next. */
void watch_heard(struct watch *watch, const struct journal_line *line);

/** The bytes that come now were waiting: their lines have no time, so both sides together say nothing of
 *  them. At the end of it a note tells how many they were. */
void watch_waiting(struct watch *watch, uint64_t now_ms, bool is_waiting);

/** What the project's devices call: https://192.168.86.68:4443. */
void watch_base(struct watch *watch, const char *base);

/** Time passes: a line that has not ended is shown after a while, verdicts come. */
void watch_time(struct watch *watch, uint64_t now_ms, enum verdict_server server);

/** A word of the program itself: "the adapter is gone". */
void watch_note(struct watch *watch, uint64_t now_ms, const char *text);

/** The summary, and free. Gives how many lines of the device were known. */
unsigned watch_end(struct watch *watch);

/* ---------------------------------------------------------------------------------- serial.c: the wire */

/** Find the one serial adapter of this machine. Fails WATCH_NO_PORT, WATCH_WHICH_PORT. */
ALOFT_MUST_USE aloft_err serial_find(char *path, size_t path_size, struct trouble *trouble);

/** Open a terminal at 115200 baud, 8N1, raw, reset released so that the chip runs; or a file, pipe, "-".
 *  *is_serial: it is a terminal. Fails WATCH_PORT, FILE_READ. */
ALOFT_MUST_USE aloft_err serial_open(const char *path, int *out, bool *is_serial,
                                     struct trouble *trouble);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. A log under way; only this room's files look inside. */
#ifndef HOST_EXPLAIN_LOG_H
#define HOST_EXPLAIN_LOG_H

#include "explain.h"

/* More and longer than lines.def is; a test holds the table against both. Small letters on both
 * sides and strstr read 200 MB three times as fast as strcasestr. */
#define EXPLAIN_LINES_MAX 160u
#define EXPLAIN_TEXT_MAX  80u

/* What the newest fault of aloft in the log says: the device has told its own story. */
struct explain_own {
    char cause[400], next[500];
    uint64_t line; /* 0: there was none */
    int32_t code;
    struct explain_story story;
};

/* Images of ESP-IDF that start on trial, and the old one that comes back: it takes several starts to see. */
struct explain_trial {
    char slot[16], version[33];         /* of the start under way */
    char new_slot[16], new_version[33]; /* of the image on trial */
    char old_version[33];               /* of the one that came back */
    bool is_on_trial;
    unsigned n_back; /* how often another image started after it, unconfirmed */
    char cause[300], next[400];
    struct explain_story story;
};

struct explain {
    char line[EXPLAIN_LINE_MAX + 1]; /* the line under way, still raw */
    size_t len;
    uint64_t n_lines;
    bool asked;            /* a number alone, not a log */
    uint64_t arduino_line; /* the last with a word of Arduino's HTTP client */
    uint64_t n_unknown;    /* lines that begin as errors of ESP-IDF do and are not known */
    uint64_t unknown_line; /* the first of them */
    char unknown[160];
    bool is_esp; /* ESP-IDF's log form was seen: errno is newlib's */
    size_t n;
    uint64_t last[N_MARKS]; /* line in which a mark was last seen, 0 never */
    char device[48];        /* the device's own address, if the log names it */
    char wifi[33];          /* the name of its Wi-Fi, likewise: IEEE 802.11 allows 32 bytes */
    char url[160];          /* the last http(s) address that the log names */
    const struct explain_story *story;
    struct explain_own own;
    struct explain_trial trial;
    /* what stands below is not of one log, or is written before it is read: explain_again leaves it */
    struct explain_finding finding[EXPLAIN_FINDINGS_MAX];
    char needle[EXPLAIN_LINES_MAX][EXPLAIN_TEXT_MAX]; /* the rows' texts in small letters */
};

/** One whole line, cleaned: printable ASCII, plain quotes. */
void explain_line_of(struct explain *log, const char *text);

/** Keep what was found; the same again only counts. NULL when a finding of this kind was there. */
struct explain_finding *explain_note(struct explain *log, const struct explain_line *line,
                                     const struct explain_code *code, int32_t number,
                                     const char *text);
void explain_mark(struct explain *log, unsigned mark);

/** trial.c: a line of the boot loader or of the start; the state of the slot that runs; what it comes to, or
 *  NULL. */
void explain_trial_line(struct explain *log, const char *text);
void explain_trial_state(struct explain *log, int32_t state);
const struct explain_story *explain_trial_story(struct explain *log);

/** A number of a family, met in a line: looks it up and notes it. */
void explain_number(struct explain *log, const struct explain_line *line, int64_t number,
                    const char *text);

/** A number of aloft, met in a line: at its bracket, or (NULL) alone. */
void explain_own(struct explain *log, unsigned code, const char *text, const char *bracket);

/** The code of a row of errors.def by its name, in any case, with or without ALOFT_E_ or AL_E_; 0: none. */
unsigned explain_own_named(const char *name, size_t len);

/** Whether a bracket of aloft begins here: [0x0203 ... */
bool explain_is_own(const char *at);

/** The first number of a text (decimal, 0x, with a sign); false if there is none within 40 bytes. */
bool explain_number_in(const char *text, int64_t *number);

#endif

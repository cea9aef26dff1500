/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. Cuts a log into lines, cleans them, and keeps what was found.
 * Knows: lines, marks, stories.   Never knows: what a single number means. */
#include "log.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A failed attempt of ESP-IDF prints fewer lines than this; marks that are further apart than that
 * belong to different attempts, and the newest attempt tells the story. */
#define ATTEMPT_LINES 60u

struct explain *explain_new(void) {
    struct explain *log = calloc(1, sizeof *log);

    for (size_t i = 0; log != NULL && i < explain_n_lines && i < EXPLAIN_LINES_MAX; i++)
        for (size_t at = 0; explain_lines[i].text[at] != 0 && at + 1 < EXPLAIN_TEXT_MAX; at++)
            log->needle[i][at] = (char)tolower((unsigned char)explain_lines[i].text[at]);
    return log;
}

void explain_again(struct explain *log) {
    memset(log, 0, offsetof(struct explain, finding));
}

void explain_free(struct explain *log) {
    free(log);
}

void explain_mark(struct explain *log, unsigned mark) {
    log->last[mark] = log->n_lines;
}

static struct explain_finding *oldest(struct explain *log) {
    struct explain_finding *at = &log->finding[0];

    for (size_t i = 1; i < log->n; i++)
        if (log->finding[i].last < at->last)
            at = &log->finding[i];
    memmove(at, at + 1, (size_t)(log->finding + log->n - (at + 1)) * sizeof *at);
    return &log->finding[log->n - 1];
}

struct explain_finding *explain_note(struct explain *log, const struct explain_line *line,
                                     const struct explain_code *code, int32_t number,
                                     const char *text) {
    struct explain_finding *f;

    for (size_t i = 0; i < log->n; i++) {
        f = &log->finding[i];
        if (f->code != code || f->number != number || (code == NULL && f->line != line))
            continue;
        f->n_times += f->last != log->n_lines;
        f->last = log->n_lines;
        return NULL;
    }
    f = log->n < EXPLAIN_FINDINGS_MAX ? &log->finding[log->n++] : oldest(log);
    memset(f, 0, sizeof *f);
    f->code = code;
    f->line = line;
    f->number = number;
    f->mark = code != NULL ? code->mark : line != NULL ? line->mark : MARK_NONE;
    f->at_line = f->last = log->n_lines;
    f->n_times = 1;
    snprintf(f->excerpt, sizeof f->excerpt, "%s", text);
    return f;
}

/* ---- cleaning: ESC [ ... m goes, typographic quotes and dashes (UTF-8 E2 80 9x) become plain */

static size_t escape_length(const char *at) {
    size_t n = 2;

    if (at[0] != 0x1b || at[1] != '[')
        return 0;
    while (n < 16 && at[n] != 0 && (at[n] < '@' || at[n] > '~'))
        n++;
    return n < 16 && at[n] != 0 ? n + 1 : 0;
}

static char plain_of(const char *at) {
    if ((uint8_t)at[0] != 0xe2 || (uint8_t)at[1] != 0x80)
        return 0;
    switch ((uint8_t)at[2]) {
    case 0x98:
    case 0x99:
        return '\'';
    case 0x9c:
    case 0x9d:
        return '"';
    case 0x90:
    case 0x91:
    case 0x92:
    case 0x93:
    case 0x94:
        return '-';
    default:
        return 0;
    }
}

static bool clean(const char *from, char *to) {
    bool was_pasted = false;

    while (*from != 0) {
        size_t skip = escape_length(from);
        char plain = plain_of(from);
        if (skip > 0) {
            from += skip;
        } else if (plain != 0) {
            was_pasted = was_pasted || plain != '-';
            *to++ = plain;
            from += 3;
        } else {
            uint8_t byte = (uint8_t)*from++;
            *to++ = byte >= 0x20 && byte < 0x7f ? (char)byte : byte == '\t' ? ' ' : '?';
        }
    }
    *to = 0;
    return was_pasted;
}

static const struct explain_line *row_of_mark(unsigned mark) {
    for (size_t i = 0; i < explain_n_lines; i++)
        if (explain_lines[i].mark == mark)
            return &explain_lines[i];
    return NULL;
}

/* E (50859) esp-tls: ..., and nothing is known about it: that is said, so that nobody takes the rest
 * for all. */
static void note_unknown(struct explain *log, const char *text) {
    if (strncmp(text, "E (", 3) != 0)
        return;
    for (size_t i = 0; i < log->n; i++)
        if (log->finding[i].last == log->n_lines)
            return;
    if (log->n_unknown++ == 0) {
        log->unknown_line = log->n_lines;
        snprintf(log->unknown, sizeof log->unknown, "%s", text);
    }
}

static void end_line(struct explain *log) {
    char text[EXPLAIN_LINE_MAX + 1];

    log->line[log->len] = 0;
    log->n_lines++;
    if (clean(log->line, text)) {
        explain_mark(log, MARK_PASTE);
        explain_note(log, row_of_mark(MARK_PASTE), NULL, 0, text);
    }
    explain_line_of(log, text);
    note_unknown(log, text);
    log->len = 0;
}

void explain_read(struct explain *log, aloft_bytes bytes) {
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.at[i] == '\n' || bytes.at[i] == '\r') {
            if (log->len > 0)
                end_line(log);
            else
                log->n_lines += bytes.at[i] == '\n' && (i == 0 || bytes.at[i - 1] != '\r');
        } else if (log->len < EXPLAIN_LINE_MAX) {
            log->line[log->len++] = bytes.at[i] == 0 ? ' ' : (char)bytes.at[i];
        }
    }
}

/* What a log says beside its faults, or again, begins no attempt of its own. */
static bool is_beside(unsigned mark) {
    return mark == MARK_ADDRESS || mark == MARK_OTA_DEMO || mark == MARK_PASTE ||
           mark == MARK_CLOCK || mark == MARK_FORWARDED || mark == MARK_FOLLOWS ||
           mark == MARK_CONFIRMED; /* who asks after a fault that has passed wants the fault */
}

static uint64_t newest_mark(const struct explain *log) {
    uint64_t newest = 0;

    for (unsigned m = 1; m < N_MARKS; m++)
        if (!is_beside(m) && log->last[m] > newest)
            newest = log->last[m];
    return newest;
}

static uint64_t marks_of_the_newest_attempt(const struct explain *log) {
    uint64_t newest = newest_mark(log), marks = 0;

    for (unsigned m = 1; m < N_MARKS; m++)
        if (log->last[m] > 0 && log->last[m] + ATTEMPT_LINES >= newest)
            marks |= EXPLAIN_BIT(m);
    return marks;
}

static bool fits(const struct explain_story *s, uint64_t marks) {
    return (marks & s->all) == s->all && (s->any == 0 || (marks & s->any) != 0) &&
           (marks & s->none) == 0;
}

/* An image that went back tells more than that one is on trial, or was installed; a fault tells more yet. */
static void tell_the_trial(struct explain *log) {
    const uint64_t lesser = EXPLAIN_BIT(MARK_ON_TRIAL) | EXPLAIN_BIT(MARK_ROLLED_BACK) |
                            EXPLAIN_BIT(MARK_INSTALLED) | EXPLAIN_BIT(MARK_NO_NEWER);
    const struct explain_story *trial = explain_trial_story(log);

    if (trial != NULL &&
        (log->story == NULL || (log->story != &log->own.story && (log->story->all & ~lesser) == 0)))
        log->story = trial;
}

void explain_end(struct explain *log) {
    uint64_t marks;

    if (log->len > 0)
        end_line(log);
    marks = marks_of_the_newest_attempt(log);
    log->story = log->own.line > 0 && log->own.line >= newest_mark(log) ? &log->own.story : NULL;
    for (size_t i = 0; i < explain_n_stories && log->story == NULL; i++)
        if (fits(&explain_stories[i], marks))
            log->story = &explain_stories[i];
    tell_the_trial(log);
}

size_t explain_n_findings(const struct explain *log) {
    return log->n;
}

const struct explain_finding *explain_finding_at(const struct explain *log, size_t i) {
    return i < log->n ? &log->finding[i] : NULL;
}

const struct explain_story *explain_story_of(const struct explain *log) {
    return log->story;
}

const char *explain_address(const struct explain *log) {
    return log->device;
}

const char *explain_wifi(const struct explain *log) {
    return log->wifi;
}

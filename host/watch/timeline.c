/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/watch. Shows the lines of both sides as they come, and explains each known one once.
 * Knows: lines, terminals.   Never knows: files, what both sides mean together. */
#include "watch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "host/explain/explain.h"

#define LINE_MAX_LEN  512u /* longer than ESP-IDF's console prints in one call */
#define UNFINISHED_MS 500u /* a prompt, or a board that died in the middle of a line */
#define KNOWN_MAX                                                                                  \
    64u /* explanations that were given; more are given again, which only costs lines */

struct known {
    const struct explain_code *code;
    const struct explain_line *line;
    int32_t number;
};

struct watch {
    FILE *to;
    bool as_json, colours;
    char line[LINE_MAX_LEN + 1];
    size_t len;
    uint64_t begun_ms; /* of the line under way */
    bool is_escape;    /* within ESC [ ... */
    unsigned escape_len;
    struct known known[KNOWN_MAX];
    unsigned n_known;
    bool is_waiting, has_waited; /* bytes, and the line under way, from before */
    unsigned n_device, n_server, n_explained, n_waited;
    struct explain *whole; /* of the device's log, for the summary */
    struct explain *one;   /* of the line under way */
    struct verdict verdict;
};

static void stamp(uint64_t at_ms, char out[16]) {
    time_t second = (time_t)(at_ms / 1000u);
    struct tm parts = {0};

    localtime_r(&second, &parts);
    snprintf(out, 16, "%02d:%02d:%02d.%03u", parts.tm_hour % 100, parts.tm_min % 100,
             parts.tm_sec % 100, (unsigned)(at_ms % 1000u));
}

static void show_json(struct watch *w, uint64_t at_ms, const char *side, const char *text) {
    cJSON *o = cJSON_CreateObject();
    char *line;

    cJSON_AddNumberToObject(o, "at_ms", (double)at_ms);
    cJSON_AddStringToObject(o, "side", side);
    cJSON_AddStringToObject(o, "text", text);
    line = cJSON_PrintUnformatted(o);
    fprintf(w->to, "%s\n", line != NULL ? line : "{}");
    free(line);
    cJSON_Delete(o);
}

/* The side's own colour only at its word, so that a line reads the same without colours. */
static void show(struct watch *w, uint64_t at_ms, const char *side, const char *colour,
                 const char *text) {
    char clock[16];

    if (w->as_json) {
        show_json(w, at_ms, side, text);
    } else {
        stamp(at_ms, clock);
        fprintf(w->to, "%s  %s%-7s%s  %s\n", clock, w->colours ? colour : "", side,
                w->colours ? "\x1b[0m" : "", text);
    }
    fflush(w->to);
}

/* Words from column 23 on, broken before column 100. */
static void show_words(struct watch *w, const char *first, const char *text) {
    unsigned column = 23;

    fprintf(w->to, "%23s%s", "", first);
    column += (unsigned)strlen(first);
    while (*text != 0) {
        unsigned len = (unsigned)strcspn(text, " ");
        if (column + len > 100 && column > 27) {
            fprintf(w->to, "\n%25s", "");
            column = 25;
        }
        fprintf(w->to, "%.*s ", (int)len, text);
        column += len + 1;
        text += len + strspn(text + len, " ");
    }
    fputc('\n', w->to);
}

static bool was_explained(struct watch *w, const struct explain_finding *f) {
    for (unsigned i = 0; i < w->n_known; i++)
        if (w->known[i].code == f->code && w->known[i].line == f->line &&
            w->known[i].number == f->number)
            return true;
    if (w->n_known < KNOWN_MAX)
        w->known[w->n_known++] = (struct known){f->code, f->line, f->number};
    return false;
}

static void explain_one(struct watch *w, uint64_t at_ms, const struct explain_finding *f) {
    const char *means = f->code != NULL ? f->code->means : f->line != NULL ? f->line->means : "";
    const char *next = f->code != NULL ? f->code->next : f->line != NULL ? f->line->next : "";
    char text[1400];

    if (f->own[0] != 0)
        snprintf(text, sizeof text, "%s", f->own);
    else
        snprintf(text, sizeof text, "%s.%s%s", means, next[0] != 0 ? " " : "", next);
    if (text[0] == 0 || f->mark == MARK_FOLLOWS || was_explained(w, f))
        return;
    w->n_explained++;
    if (w->as_json)
        show_json(w, at_ms, "explain", text);
    else
        show_words(w, "= ", text);
    fflush(w->to);
}

static unsigned mark_of(const struct explain_finding *f) {
    return f->mark == MARK_NONE && f->line != NULL ? f->line->mark : f->mark;
}

static void explain_line(struct watch *w, uint64_t at_ms, const char *text) {
    struct explain *one = w->one;

    if (one == NULL)
        return;
    explain_again(one);
    explain_read(one, (aloft_bytes){(const uint8_t *)text, strlen(text)});
    explain_end(one);
    for (size_t i = 0; i < explain_n_findings(one); i++) {
        const struct explain_finding *f = explain_finding_at(one, i);
        explain_one(w, at_ms, f);
        if (!w->has_waited)
            verdict_device(&w->verdict, at_ms, mark_of(f));
    }
    if (explain_address(one)[0] != 0)
        verdict_address(&w->verdict, explain_address(one));
    if (strstr(text, "going on with ") != NULL && strstr(text, " at byte ") != NULL)
        verdict_goes_on(&w->verdict, at_ms);
}

static void end_line(struct watch *w, uint64_t at_ms) {
    if (w->len == 0)
        return;
    w->line[w->len] = 0;
    w->n_device++;
    w->n_waited += w->has_waited;
    show(w, at_ms, "device", "\x1b[36m", w->line);
    if (w->whole != NULL) {
        explain_read(w->whole, (aloft_bytes){(const uint8_t *)w->line, w->len});
        explain_read(w->whole, (aloft_bytes){(const uint8_t *)"\n", 1});
    }
    explain_line(w, at_ms, w->line);
    w->len = 0;
}

/* What a board sends must not reach the terminal as commands: colours go, what cannot be printed becomes ?.
 * ECMA-48 §5.4: ESC [ then parameters, then one byte from @ to ~. */
static void take_byte(struct watch *w, uint64_t now_ms, uint8_t byte) {
    if (w->is_escape) {
        w->escape_len++;
        if (w->escape_len == 1 ? byte != '[' : (byte >= '@' && byte <= '~') || w->escape_len > 16)
            w->is_escape = false;
        if (byte != '\n' && byte != '\r')
            return;
        w->is_escape = false;
    }
    if (byte == 0x1b) {
        w->is_escape = true;
        w->escape_len = 0;
    } else if (byte == '\n' || byte == '\r') {
        end_line(w, w->begun_ms);
    } else if (byte != 0) {
        if (w->len == 0) {
            w->begun_ms = now_ms;
            w->has_waited = w->is_waiting;
        }
        w->line[w->len++] = byte >= 0x20 && byte < 0x7f ? (char)byte : byte == '\t' ? ' ' : '?';
        if (w->len == LINE_MAX_LEN)
            end_line(w, w->begun_ms);
    }
}

struct watch *watch_new(FILE *to, bool as_json, bool colours) {
    struct watch *w = calloc(1, sizeof *w);

    if (w == NULL)
        return NULL;
    w->to = to;
    w->as_json = as_json;
    w->colours = colours && !as_json;
    w->whole = explain_new();
    w->one = explain_new();
    return w;
}

void watch_device(struct watch *w, uint64_t now_ms, aloft_bytes bytes) {
    for (size_t i = 0; i < bytes.len; i++)
        take_byte(w, now_ms, bytes.at[i]);
}

void watch_waiting(struct watch *w, uint64_t now_ms, bool is_waiting) {
    char text[160];

    if (w->is_waiting && !is_waiting && w->n_waited > 0) {
        snprintf(text, sizeof text,
                 "%u line%s above %s waiting from before, with the time of now: nothing is "
                 "concluded from %s and the server",
                 w->n_waited, w->n_waited == 1 ? "" : "s", w->n_waited == 1 ? "was" : "were",
                 w->n_waited == 1 ? "it" : "them");
        watch_note(w, now_ms, text);
    }
    w->is_waiting = is_waiting;
}

void watch_base(struct watch *w, const char *base) {
    snprintf(w->verdict.base, sizeof w->verdict.base, "%s", base);
}

void watch_heard(struct watch *w, const struct journal_line *line) {
    verdict_server(&w->verdict, line);
}

void watch_server(struct watch *w, const struct journal_line *line) {
    w->n_server++;
    show(w, line->at_ms, "server", line->code != 0 ? "\x1b[33m" : "\x1b[32m", line->text);
    verdict_server(&w->verdict, line);
}

void watch_time(struct watch *w, uint64_t now_ms, enum verdict_server server) {
    const struct verdict_word *word;

    if (w->len > 0 && now_ms >= w->begun_ms + UNFINISHED_MS)
        end_line(w, w->begun_ms);
    word = verdict_at(&w->verdict, now_ms, server);
    if (word == NULL)
        return;
    if (w->as_json) {
        show_json(w, now_ms, "both", word->text);
    } else {
        show(w, now_ms, "both", "\x1b[1m", "device and server together:");
        show_words(w, "> ", word->text);
    }
    fflush(w->to);
}

void watch_note(struct watch *w, uint64_t now_ms, const char *text) {
    show(w, now_ms, "watch", "", text);
}

/* What both sides told stands before what the device's lines alone come to, and where it is sure, in the
 * place of that: "one of three" is no news to who has read which. */
static void say_summary(struct watch *w) {
    const struct verdict_word *both = verdict_kept(&w->verdict);

    if (w->whole != NULL && w->n_explained > 0) {
        explain_end(w->whole);
        explain_say_lines(w->whole, w->to);
    }
    if (both != NULL) {
        fprintf(w->to, "\nDevice and server together:\n");
        show_words(w, "> ", both->text);
        if (both->line[0] != 0)
            show_words(w, "the server: ", both->line);
    }
    if (w->whole == NULL || w->n_explained == 0 || (both != NULL && both->is_sure))
        return;
    if (both != NULL)
        fprintf(w->to, "\nThe device's lines alone:\n");
    explain_say_story(w->whole, w->to);
}

unsigned watch_end(struct watch *w) {
    unsigned n_explained;

    end_line(w, w->begun_ms);
    if (!w->as_json) {
        fprintf(w->to, "\n%u line%s of the device, %u of the server; %u explained\n", w->n_device,
                w->n_device == 1 ? "" : "s", w->n_server, w->n_explained);
        say_summary(w);
    }
    explain_free(w->whole);
    explain_free(w->one);
    n_explained = w->n_explained;
    free(w);
    return n_explained;
}

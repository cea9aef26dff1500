/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. The faults that aloft itself writes into a log: SENTENCE. ADVICE  [0x0203 while ...].
 * Knows: errors.def, own.def, own_marks.def.   Never knows: other programs' lines. */
#include "log.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <aloft/error.h>

#define SENTENCE_LEAST 20u /* no sentence of errors.def is shorter; less than that was cut away */

static const struct {
    uint16_t first, last;
    const char *step, *innocent;
} innocents[] = {
#define I(first, last, step, innocent) {first, last, step, innocent},
#include "own.def"
#undef I
};

static const struct {
    uint16_t code;
    uint8_t mark;
} marks[] = {
#define K(code, mark) {ALOFT_E_##code, MARK_##mark},
#include "own_marks.def"
#undef K
};

static uint8_t mark_of(unsigned code, const char *bracket) {
    bool is_in_download = bracket != NULL && strstr(bracket, "while downloading") != NULL;

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (code == marks[i].code)
            return is_in_download && (marks[i].mark == MARK_TIMEOUT || marks[i].mark == MARK_CUT)
                       ? MARK_NONE
                       : marks[i].mark;
    return MARK_NONE;
}

static const char *innocent_of(unsigned code, const char *bracket) {
    for (size_t i = 0; i < sizeof innocents / sizeof innocents[0]; i++)
        if (code >= innocents[i].first && code <= innocents[i].last &&
            (innocents[i].step[0] == 0 || strstr(bracket, innocents[i].step) != NULL))
            return innocents[i].innocent;
    return NULL;
}

static const char *template_of(unsigned code, char *out, size_t size) {
    /* the numbers of a case that is not at hand */
    static const struct aloft_fact fact[] = {{"raw", "N"}, {"want", "N"},   {"got", "N"},
                                             {"at", "N"},  {"want:x", "N"}, {"got:x", "N"}};
    const aloft_fault why = {.code = (uint16_t)code};

    return aloft_explain(&why, fact, sizeof fact / sizeof fact[0], out, size);
}

/* 2026-11-26T20:35:07.123Z 0x1308 192.168.86.40 ...: serve.log */
static const char *after_journal(const char *text) {
    const char *at = strchr(text, 'Z');

    if (at != text + 23 || text[10] != 'T' || strncmp(at, "Z 0x", 4) != 0)
        return text;
    for (unsigned blanks = 0; *at != 0 && blanks < 3; at++)
        blanks += *at == ' ';
    return at;
}

/* "E (512) aloft: ", "12:03:07  ", "boot: ": what stands before the sentence */
static const char *after_prefix(const char *text) {
    static const char *const words[] = {"aloft: ", "boot: ", "Before this start: "};
    size_t clock = strspn(text, "0123456789:");

    if (isupper((unsigned char)text[0]) && text[1] == ' ' && text[2] == '(' &&
        strstr(text, "): ") == NULL && strstr(text, ") ") != NULL)
        text = strstr(text, ") ") + 2;
    else if (clock == strlen("00:00:00") && text[2] == ':')
        text += clock + strspn(text + clock, " ");
    else
        text = after_journal(text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            text += strlen(words[i]);
    return text;
}

/* The sentence ends at the first ". "; no name, address or version in one has a blank behind a dot. */
static bool split(const char *body, size_t len, struct explain_own *own) {
    size_t end = 0;

    while (end + 1 < len && !(body[end] == '.' && body[end + 1] == ' '))
        end++;
    if (end + 1 >= len || end < SENTENCE_LEAST)
        return false;
    while (len > end && body[len - 1] == ' ')
        len--;
    snprintf(own->cause, sizeof own->cause, "%.*s", (int)(end + 1), body);
    snprintf(own->next, sizeof own->next, "%.*s", (int)(len - end - 2 > 0 ? len - end - 2 : 0),
             body + end + 2);
    return true;
}

/* What the first tells explains the second: a device reports a 404, the server knows of what class. */
static const struct {
    uint16_t cause, follows;
} explains[] = {
    {ALOFT_E_CLIENT_OTHER_CLASS, ALOFT_E_HTTP_NOT_FOUND},
    {ALOFT_E_CLIENT_WRONG_PATH, ALOFT_E_HTTP_NOT_FOUND},
    {ALOFT_E_CLIENT_OTHER_CA, ALOFT_E_TLS_CA},
    {ALOFT_E_CLIENT_EXPIRED, ALOFT_E_TLS_EXPIRED},
    {ALOFT_E_CLIENT_REFUSED_US, ALOFT_E_TLS_FUTURE},
    {ALOFT_E_CLIENT_REFUSED_US, ALOFT_E_TLS_NAME},
    {ALOFT_E_HTTP_RANGE, ALOFT_E_PAYLOAD_LIMIT},
    {ALOFT_E_PAYLOAD_SHORT, ALOFT_E_PAYLOAD_LIMIT},
};

#define EXPLAINS_LINES 60u /* what is further back is about something else */

static bool is_explained(const struct explain *log, unsigned code) {
    const struct explain_own *own = &log->own;

    if (own->line == 0)
        return false;
    /* that a failed release waits follows from its trial, which has told why */
    if (code == ALOFT_E_TRIAL_WAITS)
        return true;
    for (size_t i = 0; i < sizeof explains / sizeof explains[0]; i++)
        if (explains[i].cause == own->code && explains[i].follows == code)
            return own->line + EXPLAINS_LINES >= log->n_lines;
    return false;
}

/* Where the server says that something stands before it, a download that ends early was ended there. */
static void look_between(const struct explain *log, unsigned code, struct explain_own *own) {
    if (log->last[MARK_FORWARDED] == 0 ||
        (code != ALOFT_E_PAYLOAD_SHORT && code != ALOFT_E_PAYLOAD_LIMIT))
        return;
    snprintf(own->next, sizeof own->next,
             "Something forwards to this server, which listens on another port than devices call: "
             "look there for what ends answers early or takes Range out of requests, and pass TCP "
             "through untouched.");
}

static void keep_story(struct explain *log, unsigned code, const char *text, const char *bracket) {
    struct explain_own *own = &log->own;
    const char *innocent = innocent_of(code, bracket), *body = after_prefix(text);
    char room[ALOFT_SENTENCE_MAX];

    if (innocent == NULL)
        return;
    if (is_explained(log, code)) {
        own->line = log->n_lines;
        return;
    }
    if (body >= bracket || !split(body, (size_t)(bracket - body), own)) {
        body = template_of(code, room, sizeof room);
        if (!split(body, strcspn(body, "["), own))
            return;
    }
    look_between(log, code, own);
    own->line = log->n_lines;
    own->code = (int32_t)code;
    own->story = (struct explain_story){.sure = code < ALOFT_E_FILE_READ ? "the device's own words"
                                                                         : "the server's own words",
                                        .cause = own->cause,
                                        .innocent = innocent,
                                        .next = own->next};
}

/* "; mbedTLS -9984]", "; TLS alert 70]": the number of the layer below says which of several causes it is. */
static const struct explain_code *below(const char *bracket) {
    static const struct {
        const char *words;
        enum explain_family family;
    } layers[] = {{"; mbedTLS ", EXPLAIN_MBEDTLS}, {"; TLS alert ", EXPLAIN_ALERT}};
    int64_t number;
    const char *at;

    for (size_t i = 0; bracket != NULL && i < sizeof layers / sizeof layers[0]; i++)
        if ((at = strstr(bracket, layers[i].words)) != NULL &&
            explain_number_in(at + strlen(layers[i].words), &number) && number > INT16_MIN &&
            number < INT16_MAX)
            return explain_code_of(layers[i].family, (int32_t)number);
    return NULL;
}

unsigned explain_own_named(const char *name, size_t len) {
    static const struct {
        const char *name;
        uint16_t code;
    } rows[] = {
#define E(row, number, where, retry, sentence, advice) {#row, number},
#include <aloft/errors.def>
#undef E
    };
    static const char *const prefixes[] = {"ALOFT_E_", "AL_E_"};

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t n = strlen(prefixes[i]);
        if (len > n && strncasecmp(name, prefixes[i], n) == 0) {
            name += n;
            len -= n;
        }
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strlen(rows[i].name) == len && strncasecmp(name, rows[i].name, len) == 0)
            return rows[i].code;
    return 0;
}

bool explain_is_own(const char *at) {
    return strncmp(at, "[0x", 3) == 0 && strspn(at + 3, "0123456789abcdef") == 4;
}

void explain_own(struct explain *log, unsigned code, const char *text, const char *bracket) {
    static const struct explain_line own_line = {"", EXPLAIN_ALOFT, MARK_NONE, "", "", ""};
    char sentence[ALOFT_SENTENCE_MAX];
    const struct explain_code *layer;
    struct explain_finding *f;

    if (code > 0xffff || strcmp(aloft_err_name(code), "UNKNOWN") == 0 || code <= ALOFT_WAIT)
        return;
    f = explain_note(log, &own_line, NULL, (int32_t)code, text);
    if (bracket != NULL)
        keep_story(log, code, text, bracket);
    if (f == NULL)
        return;
    f->mark = mark_of(code, bracket);
    layer = below(bracket);
    snprintf(f->own, sizeof f->own, "aloft: 0x%04x %s%s%s%s%s", code, aloft_err_name(code),
             layer == NULL ? "" : "; ", layer == NULL ? "" : layer->name, layer == NULL ? "" : ": ",
             layer == NULL ? "" : layer->means);
    if (bracket == NULL || log->own.line != log->n_lines)
        snprintf(f->own + strlen(f->own), sizeof f->own - strlen(f->own), ". %s",
                 template_of(code, sentence, sizeof sentence));
}

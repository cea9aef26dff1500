/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/report. Walks along a line and replaces what is private.
 * Knows: lines, words it was told, PEM.   Never knows: where a line is from, who the user is. */
#include "redact.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A private key of RSA with 4096 bits has 52 lines. A text that was cut hides no more than this. */
#define PEM_LINES 100u

/* The line that is looked at; what is behind it is left out. */
#define ROOM 2048u

bool redact_word(struct redact *redact, const char *word, const char *instead) {
    if (word == NULL || word[0] == 0)
        return true;
    if (redact->n == REDACT_WORDS_MAX)
        return false;
    redact->word[redact->n].word = word;
    redact->word[redact->n].instead = instead;
    redact->n++;
    return true;
}

/* ESC [ ... letter, as terminals are coloured: it goes, for it could cut a name in two. */
static size_t escape_length(aloft_bytes line, size_t at) {
    size_t n = 2;

    if (line.len - at < 2 || line.at[at] != 0x1b || line.at[at + 1] != '[')
        return 0;
    while (n < 16 && at + n < line.len && (line.at[at + n] < '@' || line.at[at + n] > '~'))
        n++;
    return n < 16 && at + n < line.len ? n + 1 : 0;
}

/* Bytes of 0x80 and more become '?' as well: a name with such letters is still no longer than it was. */
static void clean(aloft_bytes line, char out[ROOM + 1]) {
    size_t n = 0;

    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    for (size_t at = 0; at < line.len && n < ROOM;) {
        size_t skip = escape_length(line, at);
        uint8_t byte = line.at[at];
        if (skip == 0)
            out[n++] = (char)(byte >= 0x20 && byte < 0x7f ? byte : byte == '\t' ? ' ' : '?');
        at += skip > 0 ? skip : 1;
    }
    out[n] = 0;
}

static bool is_inside(const char *text, const char *at) {
    return at > text && isalnum((unsigned char)at[-1]);
}

/* The longest word that was told at this place; gives its length. */
static size_t word_at(const struct redact *redact, const char *text, const char *at,
                      const char **instead) {
    size_t longest = 0;

    for (unsigned i = 0; i < redact->n; i++) {
        size_t len = strlen(redact->word[i].word);
        bool stands_alone;
        if (len <= longest || strncasecmp(at, redact->word[i].word, len) != 0)
            continue;
        stands_alone = !is_inside(text, at) && !isalnum((unsigned char)at[len]);
        if (len < 4 && !stands_alone)
            continue;
        *instead = redact->word[i].instead;
        longest = len;
    }
    return longest;
}

struct writer {
    char *out;
    size_t n;
    bool is_full;
};

static void put(struct writer *to, const char *text, size_t len) {
    if (to->is_full || to->n + len + 3 > REDACT_LINE_MAX) {
        to->is_full = true;
        return;
    }
    memcpy(to->out + to->n, text, len);
    to->n += len;
}

static void finish(struct writer *to) {
    if (to->is_full) {
        memcpy(to->out + to->n, "...", 3);
        to->n += 3;
    }
    to->out[to->n] = 0;
}

static void walk(const struct redact *redact, const char *text, struct writer *to) {
    struct redact_place place = {.text = text, .at = text, .is_foreign = redact->is_foreign};

    while (*place.at != 0 && !to->is_full) {
        size_t len;
        size_t told;
        const char *instead = "";
        len = redact_mark(&place);
        told = word_at(redact, text, place.at, &instead);
        if (told > 0 && told >= len) {
            len = told;
            place.instead = instead;
        }
        if (len > 0)
            put(to, place.instead, strlen(place.instead));
        else
            put(to, place.at, 1);
        place.at += len > 0 ? len : 1;
    }
}

/* -----BEGIN: all from here to the line with -----END goes. */
static bool cut_pem(struct redact *redact, char *text) {
    char *begin = strstr(text, "-----BEGIN"), *end = strstr(text, "-----END");

    if (redact->in_pem > 0) {
        redact->in_pem = end != NULL ? 0 : redact->in_pem - 1;
        return false;
    }
    if (begin != NULL) {
        redact->in_pem = end != NULL && end > begin ? 0 : PEM_LINES;
        *begin = 0;
    }
    return true;
}

bool redact_line(struct redact *redact, aloft_bytes line, char *out) {
    struct writer to = {.out = out};
    char text[ROOM + 1];
    bool had_pem;

    clean(line, text);
    had_pem = strstr(text, "-----BEGIN") != NULL;
    out[0] = 0;
    if (!cut_pem(redact, text))
        return false;
    walk(redact, text, &to);
    if (had_pem)
        put(&to, "<PEM text>", 10);
    finish(&to);
    return true;
}

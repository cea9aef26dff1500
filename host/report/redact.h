/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/report. Takes out of a line what is nobody's business: keys, tokens, passwords, Wi-Fi names,
 * e-mail addresses, home folders, user names, host names of URLs, MAC and public addresses.
 *
 * What it does depends on its arguments alone: no file, no environment. What only the caller knows (the
 * user's name, this machine's) is told by redact_word. It cannot know a name that stands alone in a
 * sentence of somebody else's, so a person reads the text before it is pasted.
 *
 * Example:
 *     struct redact redact = {.is_foreign = true};
 *     redact_word(&redact, "anna", "<user>");
 *     if (redact_line(&redact, line, out)) puts(out);
 */
#ifndef HOST_REPORT_REDACT_H
#define HOST_REPORT_REDACT_H

#include <stdbool.h>

#include <aloft/bytes.h>

/** Longest line that comes out; a longer one ends with "...". */
#define REDACT_LINE_MAX 1024u

/** The user, the machine, home, project, server, and what the caller names. */
#define REDACT_WORDS_MAX 24u

struct redact {
    struct {
        const char *word, *instead;
    } word[REDACT_WORDS_MAX];
    unsigned n;
    bool
        is_foreign; /* the lines are a device's log: a word such as "ssid" hides all that follows */
    unsigned in_pem; /* lines of a PEM text that are still left out; 0: not in one */
};

/** Replace a word from now on, in any case of letters; a shorter one than four letters only where it
 *  stands alone. Both texts stay the caller's. An empty word is passed over. False: no room. */
bool redact_word(struct redact *redact, const char *word, const char *instead);

/** One line without its line feed, any bytes; `out` has REDACT_LINE_MAX + 1 bytes. False: nothing is
 *  left of it, for it belongs to a PEM text. */
bool redact_line(struct redact *redact, aloft_bytes line, char *out);

/* ---- redact_marks.c: what begins at a place. Gives how many bytes go, 0: it is not that. */

/** A place in a text: `at` points into `text`, whose end is a zero byte. */
struct redact_place {
    const char *text, *at;
    bool is_foreign;
    const char *instead; /* out: what stands there then */
    char room[48];
};

size_t redact_mark(struct redact_place *place);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. What devices said, for people.
 * Knows: when something may be called a success.   Never knows: how it came here. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "server/net/server.h"

#define UNKEPT_EVERY_MS 60000u

/* The heads of a check have the code of a fault and nothing else of it. */
static bool is_code_alone(const aloft_fault *f) {
    return f->step == 0 && f->origin == 0 && f->raw == 0 && f->at == 0 && f->want == 0 &&
           f->got == 0;
}

const char *word_fault(const struct store_word *w, char *out, size_t out_size) {
    static const char *const values[] = {"raw", "at", "want", "got"};
    struct aloft_fact fact[2 + sizeof values / sizeof *values];
    size_t n = 0;

    for (size_t i = 0; is_code_alone(&w->fault) && i < sizeof values / sizeof *values; i++)
        fact[n++] = (struct aloft_fact){values[i], "?"};
    if (w->offered_version[0] != 0)
        fact[n++] = (struct aloft_fact){"version", w->offered_version};
    if (w->version[0] != 0)
        fact[n++] = (struct aloft_fact){"running", w->version};
    return aloft_explain(&w->fault, fact, n, out, out_size);
}

static const char *running(const struct store_word *w) {
    return w->version[0] != 0 ? w->version : "an unknown version";
}

static bool says(const struct store_word *w, const char *state) {
    return strcmp(w->state, state) == 0;
}

const char *word_for_people(const struct store_word *w, char *out, size_t out_size) {
    char text[ALOFT_SENTENCE_MAX];

    snprintf(text, sizeof text, "%s did not confirm itself",
             w->offered_version[0] != 0 ? w->offered_version : "the new image");
    if (w->fault.code != 0)
        word_fault(w, text, sizeof text);
    if (says(w, "stale"))
        snprintf(out, out_size, "may be frozen: its newest statement of freshness is too old");
    else if (says(w, "withheld"))
        snprintf(out, out_size, "may be frozen: it knows of a release that it is not offered");
    else if (store_word_confirms(w))
        snprintf(out, out_size, "confirmed");
    else if (says(w, "rolled-back"))
        snprintf(out, out_size, "back on %s: %s", running(w), text);
    else if (says(w, "failed") && w->fault.code != 0)
        snprintf(out, out_size, "failed: %s", text);
    else if (says(w, "testing"))
        snprintf(out, out_size, "on trial");
    else if (says(w, "confirmed"))
        snprintf(out, out_size, "says confirmed, but runs no release of this site");
    else
        snprintf(out, out_size, "%s", w->state[0] != 0 ? w->state : "not said");
    return out;
}

static void say_check(const struct store_word *w) {
    const char *is_newer = w->offered_sequence > w->sequence ? w->offered_version : "nothing newer";

    if (w->offered_version[0] == 0)
        is_newer = "nothing";
    say_of(w->address, "%s %s: runs %s, %s; on offer: %s", w->id,
           w->is_report ? "reports" : "checks", running(w),
           w->state[0] != 0 ? w->state : "says no state", is_newer);
}

static void tell_word(const struct store_answer *a) {
    const struct store_word *w = &a->word;
    char text[ALOFT_SENTENCE_MAX + 64];
    bool has_news = a->is_new || a->state_news || a->fault_news;

    if (a->older)
        say_of(w->address, "%s: an older word came late, what is known stays", w->id);
    else if (a->confirm_news)
        say_of(w->address, "%s runs %s, confirmed", w->id, running(w));
    else if (has_news && says(w, "rolled-back"))
        say_of(w->address, "%s is %s", w->id, word_for_people(w, text, sizeof text));
    else if (a->fault_news)
        say_of(w->address, "%s runs %s, %s", w->id, running(w),
               word_for_people(w, text, sizeof text));
    else if (has_news && says(w, "testing"))
        say_of(w->address, "%s runs %s, on trial", w->id, running(w));
    else if (has_news && says(w, "downloading"))
        say_of(w->address, "%s runs %s and fetches %s", w->id, running(w), w->offered_version);
    else
        say_check(w);
}

/* A fleet goes on to call while nothing can be written: two lines a minute say so, whoever calls. */
static void tell_unkept(struct server *server, const struct store_word *w) {
    struct unkept *unkept = &server->unkept;

    unkept->n++;
    if (uv_now(&server->loop) < unkept->quiet_until_ms)
        return;
    unkept->quiet_until_ms = uv_now(&server->loop) + UNKEPT_EVERY_MS;
    unkept->is_said = true;
    say_of(w->address,
           "%s: its word could not be written down, nor could %u before it; look whether the disk "
           "is full",
           w->id, unkept->n - 1);
}

static void tell_kept_again(struct server *server) {
    struct unkept *unkept = &server->unkept;

    if (!unkept->is_said)
        return;
    say("what devices say is written down again; %u of their words were not", unkept->n);
    unkept->is_said = false;
    unkept->n = 0;
}

void tell_news(struct server *server, const struct store_answer *a) {
    if (!a->kept) {
        tell_unkept(server, &a->word);
        return;
    }
    tell_kept_again(server);
    tell_word(a);
}

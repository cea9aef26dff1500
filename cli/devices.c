/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft devices`: what devices say about themselves.
 * Knows: tables on a terminal.   Never knows: SQL. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "host/hex.h"
#include "server/api/api.h"
#include "server/store/store.h"
#include "knocks.h"
#include "verb.h"

#define WATCH_S 1

static const char help[] =
    "usage: aloft devices [--watch] [--json]\n"
    "       aloft devices --knocks [--json]\n\n"
    "Lists the devices that have called: which version runs, in which state, what the server\n"
    "offered last, which version was last confirmed, when the device was last heard of, and the\n"
    "last fault in words. All of it is what devices say about themselves; until devices have\n"
    "identities, anybody who can reach the server can say anything. `confirmed` is shown only\n"
    "if the digest of the running image is that of a release; else the state is `no known\n"
    "release`. Other states: idle (it waits for its next check), downloading, on trial, back on\n"
    "VERSION, failed.\n\n"
    "Below them: who knocked in the last 24 hours and could not be served, such as a device that\n"
    "holds another CA (alert 48), or that is of another class.\n\n"
    "  --knocks  only those who knocked\n"
    "  --watch   show the table anew when it changes, until Ctrl-C\n"
    "  --json    the same for programs: one object for each device, in an array\n";

struct table {
    FILE *to;
    uint64_t now_s;
    unsigned n;
    cJSON *json; /* NULL: a table */
};

static void print_ago(char *out, size_t out_size, uint64_t now_s, uint64_t then_s) {
    uint64_t ago = now_s > then_s ? now_s - then_s : 0;

    if (ago < 120)
        snprintf(out, out_size, "%llu s ago", (unsigned long long)ago);
    else if (ago < 7200)
        snprintf(out, out_size, "%llu min ago", (unsigned long long)(ago / 60));
    else if (ago < 172800)
        snprintf(out, out_size, "%llu h ago", (unsigned long long)(ago / 3600));
    else
        snprintf(out, out_size, "%llu days ago", (unsigned long long)(ago / 86400));
}

static const char *or_dash(const char *text) {
    return text[0] != 0 ? text : "-";
}

/* The first words of the state go into the table, its sentence below it. */
static void print_state(const struct store_word *word, char *out, size_t out_size) {
    char text[ALOFT_SENTENCE_MAX + 64];

    word_for_people(word, text, sizeof text);
    if (strcmp(word->state, "confirmed") == 0 && !store_word_confirms(word))
        snprintf(text, sizeof text, "no known release");
    text[strcspn(text, ":")] = 0;
    snprintf(out, out_size, "%s", text);
}

static void print_fault(FILE *to, const struct store_device *d) {
    char text[ALOFT_SENTENCE_MAX];

    if (d->word.fault.code == 0)
        return;
    word_fault(&d->word, text, sizeof text);
    fputs("    last fault: ", to);
    for (const char *p = text; *p != 0; p++)
        fputs(*p == '\n' ? "\n                " : (char[]){*p, 0}, to);
    putc('\n', to);
}

static void print_row(struct table *t, const struct store_device *d) {
    char ago[32], state[ALOFT_SENTENCE_MAX + 64];

    if (t->n == 0)
        fprintf(t->to, "What devices say about themselves:\n%-24s %-12s %-22s %-12s %-14s %s\n",
                "DEVICE", "RUNS", "STATE", "ON OFFER", "LAST CONFIRMED", "LAST SEEN");
    print_ago(ago, sizeof ago, t->now_s, d->last_seen_s);
    print_state(&d->word, state, sizeof state);
    fprintf(t->to, "%-24s %-12s %-22s %-12s %-14s %s\n", d->word.id, or_dash(d->word.version),
            state, or_dash(d->word.offered_version), or_dash(d->confirmed_version), ago);
    print_fault(t->to, d);
}

static void add_fault(cJSON *to, const aloft_fault *f) {
    char text[ALOFT_SENTENCE_MAX];
    cJSON *fault = f->code != 0 ? cJSON_AddObjectToObject(to, "fault") : NULL;

    if (fault == NULL)
        return;
    cJSON_AddStringToObject(fault, "name", aloft_err_name(f->code));
    cJSON_AddNumberToObject(fault, "code", f->code);
    cJSON_AddNumberToObject(fault, "step", f->step);
    cJSON_AddNumberToObject(fault, "origin", f->origin);
    cJSON_AddNumberToObject(fault, "raw", f->raw);
    cJSON_AddNumberToObject(fault, "at", f->at);
    cJSON_AddNumberToObject(fault, "want", f->want);
    cJSON_AddNumberToObject(fault, "got", f->got);
    cJSON_AddStringToObject(fault, "text", aloft_explain(f, NULL, 0, text, sizeof text));
}

static void add_counters(cJSON *to, const struct store_word *w) {
    cJSON *counters = cJSON_AddObjectToObject(to, "counters");

    cJSON_AddNumberToObject(counters, "attempt", w->attempt);
    cJSON_AddNumberToObject(counters, "received", w->received);
    cJSON_AddNumberToObject(counters, "seconds", w->seconds);
    cJSON_AddNumberToObject(counters, "resumes", w->resumes);
    cJSON_AddNumberToObject(counters, "boots", w->boots);
    cJSON_AddNumberToObject(counters, "fails", w->fails);
    cJSON_AddNumberToObject(counters, "cold", w->cold);
}

static void add_object(struct table *t, const struct store_device *d) {
    const struct store_word *w = &d->word;
    char hex[2 * STORE_DIGEST_LEN + 1];
    cJSON *o = cJSON_CreateObject();

    cJSON_AddStringToObject(o, "id", w->id);
    cJSON_AddStringToObject(o, "class", w->device_class);
    cJSON_AddStringToObject(o, "channel", w->channel);
    cJSON_AddStringToObject(o, "runs", w->version);
    cJSON_AddNumberToObject(o, "sequence", (double)w->sequence);
    hex_write((aloft_bytes){w->digest, sizeof w->digest}, hex);
    cJSON_AddStringToObject(o, "digest", hex);
    cJSON_AddStringToObject(o, "state", w->state);
    cJSON_AddBoolToObject(o, "confirmed", store_word_confirms(w));
    cJSON_AddNumberToObject(o, "record", w->record);
    cJSON_AddStringToObject(o, "offered", w->offered_version);
    cJSON_AddNumberToObject(o, "offered_sequence", (double)w->offered_sequence);
    cJSON_AddStringToObject(o, "last_confirmed", d->confirmed_version);
    cJSON_AddNumberToObject(o, "last_confirmed_sequence", (double)d->confirmed_sequence);
    add_fault(o, &w->fault);
    add_counters(o, w);
    cJSON_AddStringToObject(o, "address", w->address);
    cJSON_AddNumberToObject(o, "first_seen", (double)d->first_seen_s);
    cJSON_AddNumberToObject(o, "last_seen", (double)d->last_seen_s);
    cJSON_AddItemToArray(t->json, o);
}

static bool show_one(void *self, const struct store_device *device) {
    struct table *t = self;

    if (t->json != NULL)
        add_object(t, device);
    else
        print_row(t, device);
    t->n++;
    return true;
}

static aloft_err print_all(const struct project *project, const char *path, bool as_json, FILE *to,
                           struct trouble *trouble) {
    struct table t = {.to = to, .now_s = (uint64_t)time(NULL)};
    aloft_err e;

    t.json = as_json ? cJSON_CreateArray() : NULL;
    e = store_devices(path, show_one, &t, trouble);
    if (e == ALOFT_OK && as_json) {
        char *text = cJSON_Print(t.json);
        fprintf(to, "%s\n", text != NULL ? text : "[]");
        free(text);
    } else if (e == ALOFT_OK && t.n == 0) {
        fputs("No device has called yet. `aloft serve` must run for that.\n", to);
    }
    if (e == ALOFT_OK && !as_json)
        knocks_print(project, to);
    cJSON_Delete(t.json);
    return e;
}

static int print_knocks(const struct project *project, bool as_json) {
    cJSON *json = as_json ? knocks_json(project) : NULL;
    char *text = as_json ? cJSON_Print(json) : NULL;

    if (as_json)
        printf("%s\n", text != NULL ? text : "[]");
    else
        knocks_print(project, stdout);
    free(text);
    cJSON_Delete(json);
    return 0;
}

/* Ends by Ctrl-C, or when nobody reads any more. */
static aloft_err watch(const struct project *project, const char *path, bool as_json,
                       struct trouble *trouble) {
    char *before = NULL, *text = NULL;
    size_t len = 0;
    aloft_err e = ALOFT_OK;

    while (e == ALOFT_OK && !ferror(stdout)) {
        FILE *memory = open_memstream(&text, &len);
        if (memory == NULL)
            break;
        e = print_all(project, path, as_json, memory, trouble);
        fclose(memory);
        if (e == ALOFT_OK && (before == NULL || strcmp(before, text) != 0)) {
            if (isatty(STDOUT_FILENO))
                fputs("\x1b[H\x1b[J", stdout);
            fputs(text, stdout);
            fflush(stdout);
        }
        free(before);
        before = text;
        sleep(WATCH_S);
    }
    free(before);
    return e;
}

int devices_main(struct cli *cli, int argc, char **argv) {
    static const struct option known[] = {{"json", no_argument, NULL, 'j'},
                                          {"watch", no_argument, NULL, 'w'},
                                          {"knocks", no_argument, NULL, 'k'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    static struct project project;
    char path[PATH_MAX];
    bool as_json = false, watches = false, knocks = false;
    aloft_err e;
    int option;

    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == '?')
            return cli_wrong_option("devices", argv);
        as_json = as_json || option == 'j';
        watches = watches || option == 'w';
        knocks = knocks || option == 'k';
    }
    if (optind < argc)
        return cli_usage("devices", "\"%s\" is one word too many", argv[optind]);
    e = project_open(cli->dir, &project, &cli->trouble);
    if (e == ALOFT_OK && knocks)
        return print_knocks(&project, as_json);
    if (e == ALOFT_OK)
        e = project_path(&project, "aloft.db", path, &cli->trouble);
    if (e == ALOFT_OK)
        e = watches ? watch(&project, path, as_json, &cli->trouble)
                    : print_all(&project, path, as_json, stdout, &cli->trouble);
    return e == ALOFT_OK ? 0 : cli_fail(cli);
}

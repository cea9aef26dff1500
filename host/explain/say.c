/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. Prints what was found: sentences, JSON, the document of all rows.
 * Knows: how a person reads.   Never knows: how it was found. */
#include "log.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

static bool is_errno(const struct explain_code *code) {
    return code->family == EXPLAIN_NEWLIB || code->family == EXPLAIN_LINUX ||
           code->family == EXPLAIN_LWIP;
}

static void number_text(const struct explain_code *code, int32_t number, char out[48]) {
    if (code->family == EXPLAIN_MBEDTLS)
        snprintf(out, 48, "-0x%04x", (unsigned)-number);
    else if (code->family == EXPLAIN_ESP)
        snprintf(out, 48, "%d = 0x%x", number, (unsigned)number);
    else
        snprintf(out, 48, "%d", number);
}

/* Words from column `indent` on, broken before column 96: narrower than most terminals and forums. */
static void wrap(FILE *to, unsigned indent, const char *first, const char *text) {
    unsigned column = indent;

    fprintf(to, "%-*s", (int)indent, first);
    while (*text != 0) {
        unsigned len = (unsigned)strcspn(text, " ");
        if (column > indent && column + 1 + len > 96) {
            fprintf(to, "\n%*s", (int)indent, "");
            column = indent;
        }
        fprintf(to, "%s%.*s", column > indent ? " " : "", (int)len, text);
        column += len + (column > indent);
        text += len + strspn(text + len, " ");
    }
    fputc('\n', to);
}

static void wrap_two(FILE *to, const char *means, const char *next) {
    char text[1200];

    snprintf(text, sizeof text, "%s.%s%s", means, next[0] != 0 ? " " : "", next);
    wrap(to, 10, "", text);
}

static void say_code(const struct explain_finding *f, FILE *to) {
    char number[48];

    number_text(f->code, f->number, number);
    fprintf(to, "          %s: %s %s", explain_family_name((enum explain_family)f->code->family),
            number, f->code->name);
    if (f->part != NULL)
        fprintf(to, " + %s", f->part->name);
    fputc('\n', to);
    wrap_two(to, f->code->means, f->code->next);
    if (f->part != NULL)
        fprintf(to, "          and: %s.\n", f->part->means);
}

static void say_finding(const struct explain *log, const struct explain_finding *f, FILE *to) {
    if (!log->asked) {
        fprintf(to, "line %-4llu %s\n", (unsigned long long)f->at_line, f->excerpt);
        if (f->n_times > 1)
            fprintf(to, "          (%u times, last in line %llu)\n", f->n_times,
                    (unsigned long long)f->last);
    }
    if (f->own[0] != 0)
        wrap(to, 10, "", f->own);
    else if (f->code != NULL)
        say_code(f, to);
    else if (f->line != NULL)
        wrap_two(to, f->line->means, f->line->next);
}

static bool has_errno(const struct explain *log) {
    for (size_t i = 0; i < log->n; i++)
        if (log->finding[i].code != NULL && is_errno(log->finding[i].code))
            return true;
    return false;
}

/* 113 is the perfect teacher: ECONNABORTED in newlib, EHOSTUNREACH in Linux and in lwIP's own
 * table */
static void say_numbering(const struct explain *log, FILE *to) {
    if (!has_errno(log) || (log->is_esp && !log->asked))
        return;
    fputs(log->asked
              ? "\nWhich of them: on an ESP32 the first (newlib), on your computer the Linux one.\n"
                "Beside it on an ESP32: 113 nobody answered, 118 no route, 104 refused or cut,\n"
                "116 no answer in time, 119 still under way.\n"
              : "\nThis reads errno as an ESP32 does (newlib); on a PC 113 would be \"no route to "
                "host\".\n",
          to);
}

static bool is_about_reaching(const struct explain_story *s) {
    return (s->all & (EXPLAIN_BIT(MARK_NOBODY) | EXPLAIN_BIT(MARK_NO_ROUTE) |
                      EXPLAIN_BIT(MARK_TIMEOUT))) != 0;
}

static void host_of(const char *url, char *out, size_t size) {
    const char *at = strstr(url, "://");

    at = at != NULL ? at + 3 : url;
    snprintf(out, size, "%.*s", (int)strcspn(at, ":/"), at);
}

/* Where the device is: a guest Wi-Fi shows in its name and in the address that it gives. */
static void say_device(const struct explain *log, FILE *to) {
    bool has_wifi = log->wifi[0] != 0;
    char text[300], server[64];

    if (log->device[0] == 0 ||
        !(is_about_reaching(log->story) || log->story->all == EXPLAIN_BIT(MARK_NOT_TLS)))
        return;
    snprintf(text, sizeof text,
             "The device itself is %s%s%s%s: it has Wi-Fi and an address, so the Wi-Fi password is "
             "fine. Is that the network that leads to your server?",
             log->device, has_wifi ? ", in the Wi-Fi \"" : "", log->wifi, has_wifi ? "\"" : "");
    wrap(to, 16, "", text);
    host_of(log->url, server, sizeof server);
    if (explain_is_other_network(log->device, server)) {
        snprintf(text, sizeof text, "%s, which the log names, is in another network.", server);
        wrap(to, 16, "", text);
    }
    if (log->last[MARK_OTA_DEMO] > 0 && is_about_reaching(log->story) &&
        explain_is_other_network(log->device, "192.168.1.3"))
        wrap(to, 16, "",
             "192.168.1.3, which ota_demo asks as it is shipped, is not even in that network.");
}

void explain_say_story(const struct explain *log, FILE *to) {
    const struct explain_story *s = log->story;
    char text[900];

    if (s == NULL || (log->asked && log->n > 1))
        return;
    snprintf(text, sizeof text, "%s (%s)", s->cause, s->sure);
    fputc('\n', to);
    wrap(to, 16, "What it is", text);
    wrap(to, 16, "What it is not", s->innocent);
    say_device(log, to);
    if (log->url[0] != 0 && is_about_reaching(s))
        fprintf(to, "%16sThe log names the address %s\n", "", log->url);
    wrap(to, 16, "Next", s->next);
}

/* Whether a line is one that the story is made of. */
static bool is_cause(const struct explain *log, const struct explain_finding *f) {
    const struct explain_story *s = log->story;

    if (s == &log->own.story)
        return f->own[0] != 0 && f->last <= log->own.line && f->number == log->own.code;
    return s != NULL && (EXPLAIN_BIT(f->mark) & (s->all | s->any)) != 0;
}

static bool follows(const struct explain_finding *f) {
    return f->line != NULL && f->line->mark == MARK_FOLLOWS;
}

/* A line that only repeats the one before it is worth its place where it is alone. */
static bool is_shown(const struct explain *log, const struct explain_finding *f) {
    for (size_t i = 0; follows(f) && i < log->n; i++)
        if (!follows(&log->finding[i]))
            return false;
    return true;
}

static void say_group(const struct explain *log, bool of_cause, const char *head, FILE *to) {
    size_t n = 0;

    for (size_t i = 0; i < log->n; i++)
        if (is_cause(log, &log->finding[i]) == of_cause && is_shown(log, &log->finding[i])) {
            if (n++ == 0 && head[0] != 0)
                fprintf(to, "%s\n", head);
            say_finding(log, &log->finding[i], to);
        }
}

/* A log by its cause: the lines that the story is made of, then the others; each group as they came. */
static void say_findings(const struct explain *log, FILE *to) {
    size_t n = 0, n_shown = 0;

    for (size_t i = 0; i < log->n; i++) {
        n += is_cause(log, &log->finding[i]);
        n_shown += is_shown(log, &log->finding[i]);
    }
    if (log->asked || n == 0 || n == n_shown) {
        for (size_t i = 0; i < log->n; i++)
            if (is_shown(log, &log->finding[i]))
                say_finding(log, &log->finding[i], to);
        return;
    }
    say_group(log, true, "The cause:", to);
    say_group(log, false, "\nAlso in this log:", to);
}

static void say_unknown(const struct explain *log, FILE *to) {
    if (log->n_unknown > 0 && !log->asked)
        fprintf(to,
                "\nNot known to this program: %llu error line%s, the first is line %llu:\n  %s\n",
                (unsigned long long)log->n_unknown, log->n_unknown == 1 ? "" : "s",
                (unsigned long long)log->unknown_line, log->unknown);
}

void explain_say_lines(const struct explain *log, FILE *to) {
    say_findings(log, to);
    say_unknown(log, to);
    say_numbering(log, to);
}

void explain_say(const struct explain *log, FILE *to) {
    explain_say_lines(log, to);
    explain_say_story(log, to);
}

/* ---- JSON */

static cJSON *finding_json(const struct explain_finding *f) {
    cJSON *o = cJSON_CreateObject();

    cJSON_AddNumberToObject(o, "line", (double)f->at_line);
    cJSON_AddNumberToObject(o, "times", f->n_times);
    cJSON_AddStringToObject(o, "text", f->excerpt);
    if (f->code != NULL) {
        cJSON_AddStringToObject(o, "family",
                                explain_family_name((enum explain_family)f->code->family));
        cJSON_AddNumberToObject(o, "number", f->number);
        cJSON_AddStringToObject(o, "name", f->code->name);
        cJSON_AddStringToObject(o, "source", f->code->source);
    }
    cJSON_AddStringToObject(o, "means",
                            f->own[0] != 0    ? f->own
                            : f->code != NULL ? f->code->means
                            : f->line != NULL ? f->line->means
                                              : "");
    cJSON_AddStringToObject(o, "next",
                            f->code != NULL   ? f->code->next
                            : f->line != NULL ? f->line->next
                                              : "");
    return o;
}

void explain_json(const struct explain *log, FILE *to) {
    cJSON *root = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(root, "findings");
    const struct explain_story *s = log->asked && log->n > 1 ? NULL : log->story;
    char *text;

    for (size_t i = 0; i < log->n; i++)
        cJSON_AddItemToArray(list, finding_json(&log->finding[i]));
    cJSON_AddNumberToObject(root, "lines", (double)log->n_lines);
    if (s != NULL) {
        cJSON_AddStringToObject(root, "cause", s->cause);
        cJSON_AddStringToObject(root, "sure", s->sure);
        cJSON_AddStringToObject(root, "innocent", s->innocent);
        cJSON_AddStringToObject(root, "next", s->next);
    }
    text = cJSON_Print(root);
    fprintf(to, "%s\n", text == NULL ? "{}" : text);
    free(text);
    cJSON_Delete(root);
}

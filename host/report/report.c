/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/report. Sections of lines, printed for people or as JSON.
 * Knows: lines come in by one door, which redacts.   Never knows: what a section tells. */
#include "host/report/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

/* What report_line takes; a sentence of aloft is shorter. */
#define LINE_ROOM 2048u

struct section {
    const char *name, *title;
    size_t first; /* of its lines */
};

struct report {
    struct redact redact;
    struct section section[REPORT_SECTIONS_MAX];
    unsigned n_sections;
    char *line[REPORT_LINES_MAX];
    size_t n, n_left_out, log_first, log_end;
    FILE *open;
    char *text;
    size_t len;
};

struct report *report_new(void) {
    return calloc(1, sizeof(struct report));
}

void report_free(struct report *report) {
    for (size_t i = 0; report != NULL && i < report->n; i++)
        free(report->line[i]);
    free(report);
}

struct redact *report_redact(struct report *report) {
    return &report->redact;
}

void report_begin(struct report *report, const char *name, const char *title) {
    if (report->n_sections < REPORT_SECTIONS_MAX)
        report->section[report->n_sections++] =
            (struct section){.name = name, .title = title, .first = report->n};
}

static bool begins_section(const struct report *report) {
    return report->n_sections > 0 && report->section[report->n_sections - 1].first == report->n;
}

/* The one door. */
static void add(struct report *report, aloft_bytes line) {
    char out[REDACT_LINE_MAX + 1];

    if (!redact_line(&report->redact, line, out) || (out[0] == 0 && begins_section(report)))
        return;
    if (report->n < REPORT_LINES_MAX)
        report->line[report->n] = strdup(out);
    if (report->n == REPORT_LINES_MAX || report->line[report->n] == NULL)
        report->n_left_out++;
    else
        report->n++;
}

static void add_all(struct report *report, aloft_bytes text) {
    while (text.len > 0) {
        const uint8_t *feed = memchr(text.at, '\n', text.len);
        size_t len = feed != NULL ? (size_t)(feed - text.at) : text.len;
        add(report, (aloft_bytes){text.at, len});
        len += feed != NULL;
        text.at += len;
        text.len -= len;
    }
}

void report_line(struct report *report, const char *format, ...) {
    char text[LINE_ROOM];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_all(report, (aloft_bytes){(const uint8_t *)text, strlen(text)});
}

FILE *report_open(struct report *report) {
    report->open = open_memstream(&report->text, &report->len);
    return report->open;
}

void report_close(struct report *report) {
    if (report->open != NULL && fclose(report->open) == 0)
        add_all(report, (aloft_bytes){(const uint8_t *)report->text, report->len});
    free(report->text);
    report->text = NULL;
    report->open = NULL;
}

void report_log(struct report *report, aloft_bytes log, size_t n_last) {
    size_t at = log.len, n = 0;

    /* the feed that ends the last line begins none */
    while (at > 0 && (at == log.len || log.at[at - 1] != '\n' || ++n < n_last))
        at--;
    report->redact.is_foreign = true;
    report->redact.in_pem = 0;
    report->log_first = report->n;
    add_all(report, (aloft_bytes){log.at + at, log.len - at});
    report->log_end = report->n;
    report->redact.is_foreign = false;
    report->redact.in_pem = 0;
}

char *report_log_text(const struct report *report) {
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);

    if (to == NULL)
        return NULL;
    for (size_t line = report->log_first; line < report->log_end; line++)
        fprintf(to, "%s\n", report->line[line]);
    if (fclose(to) == 0)
        return text;
    free(text);
    return NULL;
}

static size_t end_of(const struct report *report, unsigned section) {
    return section + 1 < report->n_sections ? report->section[section + 1].first : report->n;
}

void report_say(const struct report *report, FILE *to) {
    for (unsigned i = 0; i < report->n_sections; i++) {
        fprintf(to, "%s## %s\n\n", i > 0 ? "\n" : "", report->section[i].title);
        for (size_t line = report->section[i].first; line < end_of(report, i); line++)
            fprintf(to, "%s%s\n", report->line[line][0] != 0 ? "    " : "", report->line[line]);
    }
    if (report->n_left_out > 0)
        fprintf(to, "\n%zu more lines are left out.\n", report->n_left_out);
    fflush(to);
}

void report_json(const struct report *report, FILE *to) {
    cJSON *root = cJSON_CreateObject();
    char *text;

    for (unsigned i = 0; i < report->n_sections; i++) {
        cJSON *lines = cJSON_AddArrayToObject(root, report->section[i].name);
        for (size_t line = report->section[i].first; line < end_of(report, i); line++)
            cJSON_AddItemToArray(lines, cJSON_CreateString(report->line[line]));
    }
    cJSON_AddNumberToObject(root, "lines_left_out", (double)report->n_left_out);
    text = cJSON_Print(root);
    fprintf(to, "%s\n", text == NULL ? "{}" : text);
    free(text);
    cJSON_Delete(root);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/report. A report: sections of lines, each redacted when it comes in, so that nothing
 * private is ever in it.
 *
 * Example:
 *     struct report *report = report_new();
 *     redact_word(report_redact(report), "anna", "<user>");     // before the first line
 *     report_begin(report, "system", "System");
 *     report_line(report, "%s %s", name.sysname, name.release);
 *     to = report_open(report); road_say(road, to); report_close(report);
 *     report_say(report, stdout);
 *     report_free(report);
 */
#ifndef HOST_REPORT_REPORT_H
#define HOST_REPORT_REPORT_H

#include <stdio.h>

#include "host/report/redact.h"

#define REPORT_SECTIONS_MAX 12u
#define REPORT_LINES_MAX    1000u /* in all; about what an issue tracker takes in one post */

struct report;

/** NULL: no memory. */
struct report *report_new(void);
void report_free(struct report *report);

/** Its words; is_foreign stays the report's. */
struct redact *report_redact(struct report *report);

/** Begin a section: a name for programs, a title for people. One too many is left out. */
void report_begin(struct report *report, const char *name, const char *title);

void report_line(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** A file whose lines go into the section at report_close; NULL: no memory. */
FILE *report_open(struct report *report);
void report_close(struct report *report);

/** Lines of a device's log; those before the last `n_last` are left out. */
void report_log(struct report *report, aloft_bytes log, size_t n_last);

/** The lines that report_log left, as one text with line feeds. Yours to free; NULL: no memory. */
char *report_log_text(const struct report *report);

void report_say(const struct report *report, FILE *to);
void report_json(const struct report *report, FILE *to);

#endif

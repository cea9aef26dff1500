/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The sections of `aloft report`. */
#ifndef CLI_REPORT_PARTS_H
#define CLI_REPORT_PARTS_H

#include "host/report/report.h"
#include "verb.h"

struct report_wish {
    const char *dir;                  /* of the project, as it was asked for */
    const struct project *project;    /* NULL: there is none that can be used */
    const struct trouble *no_project; /* why */
    const char *source, *firmware;    /* for the doctor; NULL: not asked */
    bool is_offline;
};

/** Versions, project, road, doctor, devices, what has run where, knocks. */
void report_parts(struct report *report, const struct report_wish *wish);

/** A device's log: its last lines, and what they mean. */
void report_part_log(struct report *report, aloft_bytes log);

#endif

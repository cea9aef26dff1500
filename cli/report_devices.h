/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The devices in a report: each by a number, and what has run where. */
#ifndef CLI_REPORT_DEVICES_H
#define CLI_REPORT_DEVICES_H

#include "report_parts.h"

void report_part_devices(struct report *report, const struct report_wish *wish);

#endif

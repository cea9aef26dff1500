/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Who knocked at the server and could not be served, from its journal. */
#ifndef CLI_KNOCKS_H
#define CLI_KNOCKS_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "host/project.h"

/** A table of the last 24 hours below the devices: nothing where nobody did. */
void knocks_print(const struct project *project, FILE *to);

/** The same as an array of objects; never NULL where there is memory. */
cJSON *knocks_json(const struct project *project);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. How many devices are to get a release, as far as devices have told.
 * Knows: what devices say.   Never knows: SQL. */
#ifndef CLI_WAITING_H
#define CLI_WAITING_H

#include "host/make/publish.h"
#include "host/project.h"

struct waiting {
    unsigned n_known;   /* devices of the class and channel that have called */
    unsigned n_waiting; /* those that said last that they run another image */
};

/** Count. What cannot be read counts as nobody: the release is on offer all the same. */
struct waiting waiting_for(const struct project *project, const struct publish_answer *answer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. How many devices are to get a release, as far as devices have told.
 * Knows: what devices say.   Never knows: SQL. */
#include "waiting.h"

#include <limits.h>
#include <string.h>

#include "server/store/store.h"

struct count {
    const struct publish_answer *answer;
    struct waiting so_far;
};

static bool count_one(void *self, const struct store_device *device) {
    struct count *count = self;
    const struct publish_answer *a = count->answer;

    if (strcmp(device->word.device_class, a->device_class) != 0 ||
        strcmp(device->word.channel, a->channel) != 0)
        return true;
    count->so_far.n_known++;
    if (memcmp(device->word.digest, a->release.digest, sizeof device->word.digest) != 0)
        count->so_far.n_waiting++;
    return true;
}

struct waiting waiting_for(const struct project *project, const struct publish_answer *answer) {
    struct count count = {.answer = answer};
    struct trouble untold = {0};
    char path[PATH_MAX];

    if (project_path(project, "aloft.db", path, &untold) != ALOFT_OK ||
        store_devices(path, count_one, &count, &untold) != ALOFT_OK)
        return (struct waiting){0};
    return count.so_far;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Counts what was fetched in the last quarters of a day.
 * Knows: time, bytes.   Never knows: what they were. */
#include "device/ration.h"

#include <string.h>

#define QUARTER_MS     21600000u
#define PAYLOADS_A_DAY 4u /* FORMAT.md R47 */

static void turn(struct al_ration *ration, uint64_t time_ms) {
    uint64_t now = time_ms / QUARTER_MS;

    if (now - ration->quarter >= AL_RATION_QUARTERS) {
        memset(ration, 0, sizeof *ration);
        ration->quarter = now;
    }
    while (ration->quarter < now) /* fewer than five times */
        ration->bytes[++ration->quarter % AL_RATION_QUARTERS] = 0;
}

static uint64_t fetched(const struct al_ration *ration) {
    uint64_t sum = 0;

    for (unsigned i = 0; i < AL_RATION_QUARTERS; i++)
        sum += ration->bytes[i];
    return sum;
}

bool al_ration_allows(struct al_ration *ration, uint64_t time_ms, uint32_t size, uint32_t rest) {
    turn(ration, time_ms);
    if (size > ration->largest || fetched(ration) == 0)
        ration->largest = size;
    return fetched(ration) + rest <= (uint64_t)PAYLOADS_A_DAY * ration->largest;
}

void al_ration_take(struct al_ration *ration, uint64_t time_ms, uint32_t len) {
    turn(ration, time_ms);
    ration->bytes[ration->quarter % AL_RATION_QUARTERS] += len;
}

uint64_t al_ration_next_ms(const struct al_ration *ration) {
    return (ration->quarter + 1) * QUARTER_MS;
}

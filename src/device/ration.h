/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. What may be fetched in a day, whatever goes wrong: the bound on what a liar can make this
 * device fetch. It counts since the start; a device that restarts all the time is bounded by its marks. */
#ifndef AL_DEVICE_RATION_H
#define AL_DEVICE_RATION_H

#include <stdbool.h>
#include <stdint.h>

/* Any 24 hours touch at most five quarters of a day, so these five together keep the bound for all of
 * them. */
#define AL_RATION_QUARTERS 5u

struct al_ration {
    uint64_t bytes[AL_RATION_QUARTERS]; /* fetched, by quarter number modulo five */
    uint64_t quarter;                   /* the present one, counted from the start */
    uint32_t largest;                   /* payload that was wanted in these quarters */
};

/** Whether `rest` more bytes of a payload of `size` bytes stay within four payloads in any 24 hours. Of
 *  several releases the largest counts, so that a large one that failed does not stop a small one. */
bool al_ration_allows(struct al_ration *ration, uint64_t time_ms, uint32_t size, uint32_t rest);

/** So many bytes came. */
void al_ration_take(struct al_ration *ration, uint64_t time_ms, uint32_t len);

/** When the next quarter begins and the oldest one is forgotten. */
uint64_t al_ration_next_ms(const struct al_ration *ration);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What one update costs the chips: a real update by the whole device in memory, its flash calls counted on their
 * way to the simulated chips. Counts are the same on each machine. */
#ifndef TEST_COST_H
#define TEST_COST_H

#include "test/kit/rig.h"

/** Calls of one chip. */
struct kit_tap {
    struct aloft_flash chip;
    uint32_t reads, writes, erases;
    uint32_t bytes; /* written */
};

struct kit_cost {
    struct kit_tap slot; /* the slot that took the image */
    struct kit_tap log;
};

/** From a device at rest to the new image confirmed: all that aloft_boot and aloft_step do to the chips. */
void kit_update_cost(const struct rig_geometry *geometry, uint32_t image_size,
                     struct kit_cost *cost);

/** The chips that figures are told for: units of 4 KiB, room for an image of 1 MiB. */
struct rig_geometry kit_cost_geometry(uint32_t write_size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Erases and writes of one update, counted on the simulated chips over a real update. One line for each image and
 * size of write: name, value, how, with tabs between. */
#include "test/kit/cost.h"
#include "test/kit/kit.h"

static void tell(uint32_t image_size, uint32_t write_size) {
    const struct rig_geometry geometry = kit_cost_geometry(write_size);
    struct kit_cost cost;

    kit_update_cost(&geometry, image_size, &cost);
    printf("flash.%uKiB.write%u\tslot: %u erases, %u writes; log: %u erases, %u writes\t"
           "one update from the start that finds it to the confirmed image; erase units of 4 KiB, "
           "a write is %u bytes; counted on the simulated chips\n",
           image_size / 1024, write_size, cost.slot.erases, cost.slot.bytes / write_size,
           cost.log.erases, cost.log.bytes / write_size, write_size);
}

int main(void) {
    const uint32_t images[] = {512u << 10, 1024u << 10};
    const uint32_t writes[] = {16, 32};

    for (unsigned i = 0; i < 2; i++)
        for (unsigned w = 0; w < 2; w++)
            tell(images[i], writes[w]);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What one update costs the chips. */
#include "test/kit/cost.h"

#include "test/kit/kit.h"

#define STEPS_MAX 100000u /* an update of 1 MiB in pages of 256 bytes takes about 15,000 */

static aloft_err tap_read(void *self, uint32_t at, aloft_space to) {
    struct kit_tap *tap = self;

    tap->reads++;
    return tap->chip.read(tap->chip.self, at, to);
}

static aloft_err tap_write(void *self, uint32_t at, aloft_bytes from) {
    struct kit_tap *tap = self;

    tap->writes++;
    tap->bytes += (uint32_t)from.len;
    return tap->chip.write(tap->chip.self, at, from);
}

static aloft_err tap_erase(void *self, uint32_t at) {
    struct kit_tap *tap = self;

    tap->erases++;
    return tap->chip.erase(tap->chip.self, at);
}

static void tap_into(struct kit_tap *tap, struct aloft_flash *port) {
    *tap = (struct kit_tap){.chip = *port};
    port->self = tap;
    port->read = tap_read;
    port->write = tap_write;
    port->erase = tap_erase;
}

struct rig_geometry kit_cost_geometry(uint32_t write_size) {
    return (struct rig_geometry){.write_size = write_size,
                                 .erase_size = 4096,
                                 .slot_size = 1u << 20,
                                 .log_erase_size = 4096,
                                 .page_size = 4096};
}

void kit_update_cost(const struct rig_geometry *geometry, uint32_t image_size,
                     struct kit_cost *cost) {
    static struct rig rig;
    unsigned image;

    rig_start(&rig, geometry, 65536);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig_run(&rig, STEPS_MAX), ALOFT_FAILED); /* nothing is on offer yet */
    image = rig_publish(&rig, RIG_GOOD, image_size);
    tap_into(&cost->slot, &rig.config.slot[1]);
    tap_into(&cost->log, &rig.config.log);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig_run(&rig, STEPS_MAX), ALOFT_DONE);
    assert_int_equal(rig_running_image(&rig), (int)image);
    rig_end(&rig);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of the tests that watch one whole device. */
#include "test/kit/frame.h"

#include "test/kit/kit.h"

const struct rig_geometry frame_chips = {.write_size = 16,
                                         .erase_size = 4096,
                                         .slot_size = 1u << 18,
                                         .log_erase_size = 4096,
                                         .page_size = 1024};
struct rig rig;
struct aloft_status now;

void frame_begin(uint32_t size) {
    rig_start(&rig, &frame_chips, size);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
}

int frame_end(void **state) {
    (void)state;
    rig_end(&rig);
    return 0;
}

void must_run(unsigned image) {
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), image);
    assert_int_equal(now.outcome, ALOFT_CONFIRMED);
    assert_int_equal(now.running_sequence, rig.image[image].sequence);
    assert_int_equal(now.floor, now.running_sequence);
}

void must_heal_within(uint32_t seconds) {
    sim_net_heal(&rig.net);
    assert_true(rig_pass(&rig, seconds));
    must_run(1);
    assert_int_equal(now.skip, 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of the tests that watch one whole device through a story: its chips, its begin and end, and what must
 * have come of an update. One device a program; names are short because every line of such a test uses them.
 *
 * Example:
 *     static int set_up(void **state) {
 *         (void)state;
 *         frame_begin(SIZE);
 *         return 0;
 *     }
 *     static void an_update_is_taken(void **state) {
 *         (void)state;
 *         rig_publish(&rig, RIG_GOOD, SIZE);
 *         assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
 *         must_run(1);
 *     }
 *     ... cmocka_unit_test_setup_teardown(an_update_is_taken, set_up, frame_end)
 */
#ifndef TEST_FRAME_H
#define TEST_FRAME_H

#include "test/kit/rig.h"

extern struct rig rig;
extern struct aloft_status now; /* of the last look at it */

/** Writes of 16 bytes, units of 4 KiB, slots of 256 KiB, pages of 1 KiB. */
extern const struct rig_geometry frame_chips;

/** A device on these chips with an image of this size, which runs; nothing is published. */
void frame_begin(uint32_t size);
/** For cmocka: its end. */
int frame_end(void **state);

/** This image runs, confirmed, under the sequence by which it was offered last, which is the floor. Looks. */
void must_run(unsigned image);

/** The network tells the truth again: within so many seconds image 1 runs, and the trouble has left no trace. */
void must_heal_within(uint32_t seconds);

/** What is wrong with the network, and how the device is to call it. */
struct lie {
    struct sim_wrong wrong;
    aloft_err code;
};

/** Begins a lie about paths that end so (NULL: all): {WRONG = ".bin", .wrong.status = 404, ...}. */
#define WRONG                                                                                      \
    .wrong.stall_after = SIM_NEVER, .wrong.cut_after = SIM_NEVER, .wrong.answers = SIM_NEVER,      \
    .wrong.only

#endif

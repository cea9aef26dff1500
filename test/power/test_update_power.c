/* SPDX-License-Identifier: Apache-2.0 */
/* The power goes at every flash operation of an update, and the chips lie about it. After each cut there is an
 * image that boots and that was proven (I1, I2), floor and skip never fall (I4), and in the end the update has
 * happened. Run with a number behind the name to try only that case. */
#include "test/kit/kit.h"
#include "test/kit/rig.h"

#define SMALL 24000u
#define STEPS 20000u

static struct rig rig;
static uint32_t only_case = UINT32_MAX, n_case;

static const struct rig_geometry geometries[] = {
    {.write_size = 1,
     .erase_size = 4096,
     .slot_size = 65536,
     .log_erase_size = 4096,
     .page_size = 256},
    {.write_size = 16,
     .erase_size = 4096,
     .slot_size = 65536,
     .log_erase_size = 1024,
     .page_size = 1024},
    {.write_size = 32,
     .erase_size = 4096,
     .slot_size = 65536,
     .log_erase_size = 512,
     .page_size = 4096},
    {.write_size = 8,
     .erase_size = 65536,
     .slot_size = 262144,
     .log_erase_size = 65536,
     .page_size = 4096},
};

struct promise {
    uint64_t floor, skip;
    int old_image;
};

/* What must hold whenever the device lives, whatever was cut before. */
static void check(struct promise *promise) {
    struct aloft_status now;
    int image = rig_running_image(&rig);

    rig_status(&rig, &now);
    if (image < 0)
        fail_msg("case %u: slot %u runs bytes that are no image", n_case, rig.loader.running);
    if (now.floor < promise->floor || now.skip < promise->skip)
        fail_msg("case %u: floor or skip fell", n_case);
    promise->floor = now.floor;
    promise->skip = now.skip;
    if (image == promise->old_image && now.floor >= rig.image[rig.n_images - 1].sequence &&
        now.floor != 0)
        fail_msg("case %u: the old image runs though the new one was confirmed", n_case);
}

static void must_end_on(unsigned image, struct promise *promise) {
    struct aloft_status now;

    for (unsigned i = 0; i < 20; i++) {
        assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
        check(promise);
        (void)rig_run(&rig, STEPS);
        check(promise);
        rig_status(&rig, &now);
        if (rig_running_image(&rig) == (int)image && now.outcome == ALOFT_CONFIRMED)
            return;
    }
    fail_msg("case %u: the update never happened", n_case);
}

static void begin(const struct rig_geometry *geometry) {
    rig_start(&rig, geometry, SMALL);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_publish(&rig, RIG_GOOD, SMALL + 3);
}

/* One case: an update whose power goes at operation n, once or twice. False: there is no such operation. */
static bool one_case(const struct rig_geometry *geometry, uint32_t n, enum sim_torn torn,
                     uint32_t prefix, uint32_t again) {
    struct promise promise = {0};
    bool was_cut;

    n_case++;
    if (only_case != UINT32_MAX && n_case != only_case)
        return n < 200;
    begin(geometry);
    rig.power.seed = n_case;
    sim_power_cut_after(&rig.power, n, torn, prefix);
    (void)rig_run(&rig, STEPS);
    was_cut = !rig.power.on;
    if (was_cut && again != UINT32_MAX) {
        sim_power_on(&rig.power);
        sim_power_cut_after(&rig.power, again, torn, prefix);
        if (rig_boot(&rig, ALOFT_RESET_WATCHDOG))
            (void)rig_run(&rig, STEPS);
    }
    must_end_on(1, &promise);
    rig_end(&rig);
    return was_cut;
}

static void the_update_happens_when_no_power_is_lost(void **state) {
    (void)state;
    for (unsigned g = 0; g < 4; g++) {
        begin(&geometries[g]);
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
        assert_int_equal(rig_running_image(&rig), 1);
        assert_int_equal(rig.n_trials, 1);
        rig_end(&rig);
    }
}

static void a_cut_at_any_operation_leaves_a_device_that_goes_on(void **state) {
    (void)state;
    for (unsigned g = 0; g < 4; g++)
        for (unsigned torn = 0; torn < SIM_TORN_MODES; torn++) {
            uint32_t n = 0;
            while (one_case(&geometries[g], n, (enum sim_torn)torn, 7, UINT32_MAX))
                n++;
            assert_true(n > 10);
        }
}

static void a_cut_after_any_prefix_of_a_record_leaves_a_device_that_goes_on(void **state) {
    (void)state;
    for (uint32_t n = 0; n < 14; n++)
        for (uint32_t prefix = 0; prefix <= 256; prefix += 1 + prefix / 16)
            (void)one_case(&geometries[0], n, SIM_TORN_PREFIX, prefix, UINT32_MAX);
}

static void two_cuts_leave_a_device_that_goes_on(void **state) {
    uint32_t seed = 4711;

    (void)state;
    for (unsigned i = 0; i < 1500; i++) {
        const struct rig_geometry *geometry = &geometries[kit_random(&seed) % 4];
        uint32_t n = kit_random(&seed) % 40, again = kit_random(&seed) % 25;
        (void)one_case(geometry, n, (enum sim_torn)(kit_random(&seed) % SIM_TORN_MODES),
                       kit_random(&seed) % 64, again);
    }
}

/* A release that crashes, with a cut somewhere: the old image runs in the end, or the bad one is still to be
 * ended; it never stays. */
static void a_bad_release_never_stays_wherever_the_power_goes(void **state) {
    (void)state;
    for (unsigned torn = 0; torn < SIM_TORN_MODES; torn++)
        for (uint32_t n = 0; n < 60; n++) {
            n_case++;
            rig_start(&rig, &geometries[1], SMALL);
            assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
            rig_publish(&rig, RIG_CRASH, SMALL);
            rig.power.seed = n_case;
            sim_power_cut_after(&rig.power, n, (enum sim_torn)torn, 9);
            (void)rig_pass(&rig, 600);
            assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
            (void)rig_pass(&rig, 600);
            if (rig_running_image(&rig) != 0 || rig.n_trials > 19)
                fail_msg("case %u: image %d runs after %u trials", n_case, rig_running_image(&rig),
                         rig.n_trials);
            rig_end(&rig);
        }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_update_happens_when_no_power_is_lost),
        cmocka_unit_test(a_cut_at_any_operation_leaves_a_device_that_goes_on),
        cmocka_unit_test(a_cut_after_any_prefix_of_a_record_leaves_a_device_that_goes_on),
        cmocka_unit_test(two_cuts_leave_a_device_that_goes_on),
        cmocka_unit_test(a_bad_release_never_stays_wherever_the_power_goes),
    };
    int failed;

    if (argc > 1)
        only_case = (uint32_t)strtoul(argv[1], NULL, 10);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("%u cases\n", n_case);
    return failed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Keys change with the image that trusts them: planned, rolled back, revoked, lost, stolen; and what an older
 * image may do when it comes back, or a device that was off for years. The trust records are those that the tools
 * write. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"
#include "test/kit/rig_trust.h"

#define SIZE  9000u
#define STEPS 20000u
#define LATER 200u /* seconds: a poll and a restart */

/* Signers 0, 1, 2 of the rig are K1, the spare S, and K2; 3 is a stranger. */
enum { K1 = 1, S = 2, K2 = 4, STRANGER = 8 };

static void begin(const struct rig_trust *plan) {
    rig_start(&rig, &frame_chips, SIZE);
    rig_trust(&rig, 0, plan);
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
}

static int set_up(void **state) {
    (void)state;
    begin(&(struct rig_trust){.keys = K1 | S, .epoch = 1});
    return 0;
}

/* A new image with this trust record, on offer under `sequence`, signed by these. */
static unsigned offer(const struct rig_trust *plan, uint64_t sequence, unsigned signers,
                      enum rig_nature nature) {
    unsigned image = rig_publish(&rig, nature, SIZE + rig.n_images);

    rig_trust(&rig, image, plan);
    sim_net_start(&rig.net);
    rig_offer_by(&rig, image, sequence, signers);
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, LATER));
    rig_status(&rig, &now);
    return image;
}

static void must_refuse(unsigned signers, aloft_err code) {
    const struct rig_trust same = {.keys = K1 | S};
    int before = rig_running_image(&rig);

    (void)offer(&same, 5000, signers, RIG_GOOD);
    assert_int_equal(rig_running_image(&rig), before);
    assert_string_equal(aloft_err_name(now.fault.code), aloft_err_name(code));
}

static const struct rig_trust changed = {.keys = K2 | S, .gone = K1, .epoch = 2};

static void a_planned_change_is_an_update_and_then_the_old_key_is_dead(void **state) {
    unsigned image = offer(&changed, 2000, K1 | K2, RIG_GOOD);

    (void)state;
    must_run(image);
    must_refuse(K1, ALOFT_E_SIGNER_UNKNOWN);
    image = offer(&changed, 5001, K2, RIG_GOOD);
    must_run(image);
}

static void a_change_signed_by_the_new_key_alone_is_not_taken(void **state) {
    (void)state;
    (void)offer(&changed, 2000, K2, RIG_GOOD);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_provoked(now.fault.code, SIGNER_UNKNOWN);
}

static void a_change_that_is_rolled_back_has_changed_nothing(void **state) {
    (void)state;
    (void)offer(&changed, 2000, K1 | K2, RIG_SICK);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_int_equal(now.outcome, ALOFT_ROLLED_BACK);
    must_run(offer(&(struct rig_trust){.keys = K1 | S, .epoch = 1}, 2001, K1, RIG_GOOD));
}

static void a_lost_key_is_replaced_with_the_spare_alone(void **state) {
    (void)state;
    must_run(offer(&changed, 2000, S, RIG_GOOD));
    must_refuse(K1, ALOFT_E_SIGNER_UNKNOWN);
}

/* K1 is stolen where one signature is enough. The thief signs a release that trusts him alone, under a number that
 * nobody comes after; ours is signed by the spare and calls K1 gone. */
static const struct rig_trust theirs = {.keys = STRANGER, .epoch = 9};

static void a_stolen_key_is_worth_nothing_where_our_release_came_first(void **state) {
    static uint8_t before[8192];

    (void)state;
    must_run(offer(&changed, 2000, S, RIG_GOOD));
    memcpy(before, rig.log.bytes, sizeof before);
    (void)offer(&theirs, INT64_MAX, K1, RIG_GOOD);
    assert_int_equal(rig_running_image(&rig), 1);
    assert_provoked(now.fault.code, SIGNER_UNKNOWN);
    assert_memory_equal(rig.log.bytes, before, sizeof before);
    must_run(offer(&changed, 2001, S, RIG_GOOD));
}

/* No rule could tell the two apart: this is what a threshold of two is for. */
static void a_stolen_key_takes_the_device_that_met_the_thief_first(void **state) {
    unsigned image = offer(&theirs, 3000, K1, RIG_GOOD);

    (void)state;
    must_run(image);
    must_refuse(S, ALOFT_E_SIGNER_UNKNOWN);
    must_refuse(K1 | S, ALOFT_E_SIGNER_UNKNOWN);
}

static void with_two_of_three_a_stolen_key_takes_nobody_and_is_replaced(void **state) {
    const struct rig_trust two_of_three = {.keys = K1 | S | K2, .threshold = 2, .epoch = 1};
    const struct rig_trust without_it = {
        .keys = S | K2 | STRANGER, .gone = K1, .threshold = 2, .epoch = 2};

    (void)state;
    rig_end(&rig);
    begin(&two_of_three);
    (void)offer(&theirs, INT64_MAX, K1, RIG_GOOD);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_provoked(now.fault.code, SIGNER_UNKNOWN);
    must_run(offer(&without_it, 2000, S | K2, RIG_GOOD));
    must_refuse(K1 | S, ALOFT_E_SIGNER_UNKNOWN); /* the stolen one is not one of two any more */
}

/* Nothing over the air: whoever signs and however long it is offered, the device runs on as it is. A cable brings the
 * next keys, and from then on the air does. */
static void with_both_keys_lost_the_device_runs_on_until_the_cable_comes(void **state) {
    static uint8_t before[8192];
    unsigned mine, cable;

    (void)state;
    mine = offer(&(struct rig_trust){.keys = K1 | S, .epoch = 1}, 2000, K1, RIG_GOOD);
    must_run(mine);
    memcpy(before, rig.log.bytes, sizeof before);
    must_refuse(K2 | STRANGER, ALOFT_E_SIGNER_UNKNOWN);
    for (unsigned day = 0; day < 40; day++)
        assert_true(rig_pass(&rig, 86400));
    must_run(mine);
    assert_memory_equal(rig.log.bytes, before, sizeof before);

    cable = rig_publish(&rig, RIG_GOOD, SIZE + 99);
    rig_trust(&rig, cable, &changed);
    sim_flash_load(&rig.slot[rig.loader.running], 0,
                   (aloft_bytes){rig.image[cable].at, rig.image[cable].size});
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig_running_image(&rig), cable);
    must_run(offer(&changed, 6000, K2, RIG_GOOD));
}

/* It knows K1 and S; meanwhile both are dead, and the newest release is signed by neither. The bridge is a release of the
 * time between, signed by S: its manifest is offered again for a while. Who is past it refuses it and is not hurt. */
static void a_device_that_was_off_for_years_needs_one_hop_over_the_bridge(void **state) {
    const struct rig_trust newest = {.keys = K2 | STRANGER, .gone = S, .epoch = 3};
    unsigned bridge;

    (void)state;
    (void)offer(&newest, 5000, K2, RIG_GOOD);
    assert_int_equal(rig_running_image(&rig), 0);
    assert_provoked(now.fault.code, SIGNER_UNKNOWN);
    bridge = offer(&changed, 4000, S | K2, RIG_GOOD);
    must_run(bridge);
    must_run(offer(&newest, 5000, K2, RIG_GOOD));

    rig_offer_by(&rig, bridge, 4000, S | K2); /* still there, for the next one that was off */
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, LATER));
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 3);
    assert_provoked(now.fault.code, ROLLBACK_REFUSED);
    must_refuse(S, ALOFT_E_SIGNER_UNKNOWN); /* over the bridge nothing old comes after it */
}

/* Image 0 trusts K1; it comes back because the one that revoked K1 is damaged. */
static void an_old_image_that_comes_back_does_not_trust_the_revoked_key(void **state) {
    unsigned image = offer(&changed, 2000, S, RIG_GOOD);

    (void)state;
    must_run(image);
    (void)offer(&changed, 2001, S, RIG_GOOD); /* now both slots have a known image */
    must_run(2);
    rig_trust(
        &rig, 1,
        &(struct rig_trust){.keys = K1 | S, .epoch = 1}); /* as if the older one had trusted it */
    sim_flash_load(&rig.slot[rig.loader.running], 50, ALOFT_BYTES("rotten"));
    rig.check_always = true;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_true(rig.choice.fallback);
    assert_int_equal(rig_running_image(&rig), 1);

    must_refuse(K1, ALOFT_E_SIGNER_UNKNOWN);
    must_run(offer(&changed, 6000, S, RIG_GOOD));
}

/* The same for keys in the settings, where the image that runs has no record. */
static void configured_keys_are_revoked_too(void **state) {
    unsigned image = offer(&changed, 2000, S, RIG_GOOD);
    aloft_fault why;

    (void)state;
    must_run(image);
    rig.config.trust = (aloft_bytes){NULL, 0};
    rig.keys.key[1] = rig.signer[1].key; /* K1 and S */
    rig.keys.n = 2;
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    rig.keys.n = 1; /* K1 alone */
    assert_provoked(aloft_start(&rig.device, &rig.config, &why), NO_KEYS);
    assert_int_equal(why.got, 0);
    assert_int_equal(why.want, 1);
    must_refuse(K1, ALOFT_E_NO_KEYS);
}

/* The device runs on, says so, and takes nothing. */
static void with_fewer_keys_than_needed_the_device_runs_on_and_takes_nothing(void **state) {
    const struct rig_trust two_of_two = {.keys = K2 | S, .gone = K1, .threshold = 2, .epoch = 2};
    unsigned image = offer(&two_of_two, 2000, K1, RIG_GOOD);

    (void)state;
    must_run(image);
    rig_trust(&rig, image, &(struct rig_trust){.keys = K1 | S, .threshold = 2, .epoch = 3});
    rig.may_start_badly = true;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_provoked(rig.started, NO_KEYS);
    assert_true(rig_pass(&rig, LATER));
    rig_status(&rig, &now);
    assert_int_equal(now.fault.code, ALOFT_E_NO_KEYS);
    assert_int_equal(now.fault.got, 1);
    must_refuse(K1 | S, ALOFT_E_NO_KEYS);
}

/* An image that could never be updated again: it runs, is well, and goes all the same. */
static void an_image_without_enough_keys_does_not_confirm_itself(void **state) {
    static const uint8_t damaged[120] = "ALOFTKEY";
    unsigned image;

    (void)state;
    must_run(offer(&changed, 2000, S, RIG_GOOD));
    rig.may_start_badly = true;
    image = offer(&(struct rig_trust){.keys = K1, .epoch = 3}, 2001, S, RIG_GOOD);
    assert_int_equal(rig_running_image(&rig), 1);
    assert_int_equal(now.outcome, ALOFT_ROLLED_BACK);
    assert_int_equal(now.fault.got, ALOFT_E_NO_KEYS); /* of TRIAL_WAITS: why it failed */

    image = rig_publish(&rig, RIG_GOOD, SIZE + 77);
    rig.image[image].trust = ALOFT_BYTES(damaged);
    sim_net_start(&rig.net);
    rig_offer_by(&rig, image, 2002, S);
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, LATER));
    rig_status(&rig, &now);
    assert_int_equal(rig_running_image(&rig), 1);
    assert_int_equal(now.fault.got, ALOFT_E_CONFIG_TRUST);
    must_run(offer(&changed, 2003, K2, RIG_GOOD)); /* the device can still be mended */
}

static void two_of_three_means_two_different_ones(void **state) {
    const struct rig_trust two_of_three = {.keys = K1 | K2 | S, .threshold = 2, .epoch = 2};

    (void)state;
    must_run(offer(&two_of_three, 2000, K1, RIG_GOOD));
    must_refuse(K1, ALOFT_E_SIGNER_UNKNOWN);
    assert_int_equal(now.fault.got, 1);
    assert_int_equal(now.fault.want, 2);
    must_refuse(S | STRANGER, ALOFT_E_SIGNER_UNKNOWN);
    must_run(offer(&two_of_three, 7000, K2 | S, RIG_GOOD));
}

static void an_image_s_lowest_sequence_is_a_floor_while_it_runs(void **state) {
    const struct rig_trust late = {.keys = K1 | S, .epoch = 1, .lowest = 3000};

    (void)state;
    must_run(offer(&late, 2000, K1, RIG_GOOD));
    (void)offer(&late, 2999, K1, RIG_GOOD);
    assert_int_equal(rig_running_image(&rig), 1);
    assert_provoked(now.fault.code, ROLLBACK_REFUSED);
    assert_int_equal(now.floor, 2000); /* it is the image's, and goes with it */
    must_run(offer(&late, 3000, K1, RIG_GOOD));
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(a_planned_change_is_an_update_and_then_the_old_key_is_dead),
        T(a_change_signed_by_the_new_key_alone_is_not_taken),
        T(a_change_that_is_rolled_back_has_changed_nothing),
        T(a_lost_key_is_replaced_with_the_spare_alone),
        T(a_stolen_key_is_worth_nothing_where_our_release_came_first),
        T(a_stolen_key_takes_the_device_that_met_the_thief_first),
        T(with_two_of_three_a_stolen_key_takes_nobody_and_is_replaced),
        T(with_both_keys_lost_the_device_runs_on_until_the_cable_comes),
        T(a_device_that_was_off_for_years_needs_one_hop_over_the_bridge),
        T(an_old_image_that_comes_back_does_not_trust_the_revoked_key),
        T(configured_keys_are_revoked_too),
        T(with_fewer_keys_than_needed_the_device_runs_on_and_takes_nothing),
        T(an_image_without_enough_keys_does_not_confirm_itself),
        T(two_of_three_means_two_different_ones),
        T(an_image_s_lowest_sequence_is_a_floor_while_it_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

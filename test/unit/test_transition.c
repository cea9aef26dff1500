/* SPDX-License-Identifier: Apache-2.0 */
/* T1 to T12 on a record: every field that changes, and that no other does. */
#include "test/kit/kit.h"

#include "device/transition.h"

static const struct al_candidate offer = {
    .image = {.sequence = 70, .image_size = 700, .image_digest = {7}},
    .manifest = {7, 7},
    .payload = {0x77},
};

/* At home in slot 1 with sequence 50; slot 0 holds sequence 60, tried and failed twice. */
static struct al_record kept(void) {
    return (struct al_record){
        .n = 9,
        .floor = 50,
        .skip = 40,
        .home = 1,
        .phase = AL_KEPT,
        .boots = 3,
        .fails = 2,
        .flags = AL_FLAG_PATCH_FAILED | AL_FLAG_CUT | AL_FLAG_FALLBACK | 0x80,
        .cold = 4,
        .cause = ALOFT_E_TRIAL_HUNG,
        .slot = {{60, 600, {6}}, {50, 500, {5}}},
        .man = {5, 5},
        .cand = {6, 6},
        .pay = {0x66},
        .mark = 65536,
        .attempt = 12,
        .seen = 61,
        .issued = 1795330000,
        .age_h = 30,
        .epoch = 3,
        .gone = {{1, 1, 1, 1}, {2, 2, 2, 2}},
        .reserved = {0xa5, 0x5a},
    };
}

/* What a test expects is written as a whole record, so an unwanted change of any field fails it. */
static void same(const struct al_record *record, const struct al_record *wanted) {
    uint8_t given[AL_CELL_SIZE];
    uint8_t cell[AL_CELL_SIZE];

    al_record_pack(record, given);
    al_record_pack(wanted, cell);
    assert_memory_equal(given, cell, AL_BODY_SIZE);
}

static void t1_gives_the_other_slot_to_a_new_candidate_and_skips_the_failed_one(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    wanted.phase = AL_FILL;
    wanted.slot[0] = offer.image;
    memcpy(wanted.cand, offer.manifest, 8);
    memcpy(wanted.pay, offer.payload, 8);
    wanted.mark = 0;
    wanted.attempt = 13;
    wanted.skip = 60;
    wanted.fails = wanted.cold = 0;
    wanted.flags = AL_FLAG_FALLBACK | 0x80;

    al_record_begin(&record, &offer);

    same(&record, &wanted);
}

static void t1_does_not_skip_a_candidate_that_never_failed(void **state) {
    struct al_record record = kept();

    (void)state;
    record.fails = record.cold = 0;

    al_record_begin(&record, &offer);

    assert_int_equal(record.skip, 40);
}

static void t1_skips_one_that_was_only_cut_and_never_lowers_skip(void **state) {
    struct al_record record = kept();

    (void)state;
    record.fails = 0;
    al_record_begin(&record, &offer);
    assert_int_equal(record.skip, 60);

    record = kept();
    record.skip = 65;
    al_record_begin(&record, &offer);
    assert_int_equal(record.skip, 65);
}

static void t1_of_the_same_candidate_keeps_what_it_did(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();
    struct al_candidate again = {.image = record.slot[0], .manifest = {6, 6}, .payload = {0x68}};

    (void)state;
    wanted.phase = AL_FILL;
    wanted.pay[0] = 0x68;
    wanted.mark = 0;
    wanted.attempt = 13;

    al_record_begin(&record, &again);

    same(&record, &wanted);
}

static void after_a_failure_only_a_higher_sequence_may_begin(void **state) {
    struct al_record record = kept();
    struct al_candidate other = offer;
    struct al_candidate again = {.image = record.slot[0], .manifest = {6, 6}};

    (void)state;
    assert_true(al_record_may_begin(&record, &offer));
    assert_true(al_record_may_begin(&record, &again));
    other.image.sequence = 60;
    assert_false(al_record_may_begin(&record, &other));
    record.fails = 0;
    assert_false(al_record_may_begin(&record, &other));
    record.cold = 0;
    assert_true(al_record_may_begin(&record, &other));
}

static void a_candidate_that_was_given_up_never_begins_again(void **state) {
    struct al_record record = kept();
    struct al_candidate same_one = {.image = record.slot[al_record_other(&record)]};

    (void)state;
    memcpy(same_one.manifest, record.cand, sizeof same_one.manifest);
    record.fails = AL_FAILS_MAX;
    record.phase = AL_IDLE;
    assert_false(al_record_may_begin(&record, &same_one));
    record.fails = AL_FAILS_MAX - 1;
    assert_true(al_record_may_begin(&record, &same_one));
}

static void nothing_may_begin_in_a_trial(void **state) {
    struct al_record record = kept();

    (void)state;
    for (uint8_t phase = AL_IDLE; phase <= AL_KEPT; phase++) {
        record.phase = phase;
        assert_int_equal(al_record_may_begin(&record, &offer), phase != AL_TRIAL);
    }
}

static void t2_changes_the_mark_alone(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    wanted.mark = 131072;
    al_record_mark(&record, 131072);
    same(&record, &wanted);
}

static void t3_and_t7_open_a_trial_with_no_boots(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    wanted.phase = AL_TRIAL;
    wanted.boots = 0;

    al_record_again(&record);
    same(&record, &wanted);

    record = kept();
    record.phase = AL_FILL;
    al_record_switch(&record);
    same(&record, &wanted);
}

struct start {
    enum aloft_reset reset;
    uint8_t boots, cold, boots_after, cold_after;
};

static void t4_counts_a_start_as_boot_or_as_cold(void **state) {
    static const struct start starts[] = {
        {ALOFT_RESET_SOFTWARE, 0, 0, 1, 0}, {ALOFT_RESET_CRASH, 1, 0, 2, 0},
        {ALOFT_RESET_WATCHDOG, 2, 0, 3, 0}, {ALOFT_RESET_ENDED, 1, 5, 2, 5},
        {ALOFT_RESET_POWER, 0, 0, 1, 0}, /* the trial had never started */
        {ALOFT_RESET_POWER, 1, 0, 1, 1},    {ALOFT_RESET_POWER, 2, 9, 2, 10},
        {ALOFT_RESET_POWER, 0, 3, 0, 4},   /* after T7 */
        {ALOFT_RESET_POWER, 1, 10, 2, 10}, /* at most 10 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct al_record record = kept();
        struct al_record wanted;
        record.phase = AL_TRIAL;
        record.boots = starts[i].boots;
        record.cold = starts[i].cold;
        wanted = record;
        wanted.boots = starts[i].boots_after;
        wanted.cold = starts[i].cold_after;

        al_record_try(&record, starts[i].reset);

        same(&record, &wanted);
    }
}

static void t5_makes_the_other_slot_home_and_raises_the_floor(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    record.phase = AL_TRIAL;
    wanted.home = 0;
    wanted.phase = AL_IDLE;
    wanted.floor = 60;
    memcpy(wanted.man, wanted.cand, 8);
    wanted.fails = wanted.cold = 0;
    wanted.flags = AL_FLAG_PATCH_FAILED | AL_FLAG_CUT | 0x80;

    al_record_confirm(&record, 3, (aloft_bytes){NULL, 0});

    same(&record, &wanted);
}

static void t5_never_lowers_the_floor(void **state) {
    struct al_record record = kept();

    (void)state;
    record.floor = 61;
    al_record_confirm(&record, 3, (aloft_bytes){NULL, 0});
    assert_int_equal(record.floor, 61);
}

static void t5_with_a_grown_epoch_forgets_the_freshness_statement(void **state) {
    struct al_record record = kept();

    (void)state;
    al_record_confirm(&record, 4, (aloft_bytes){NULL, 0});
    assert_int_equal(record.epoch, 4);
    assert_int_equal(record.seen, 0);
    assert_int_equal(record.issued, 0);
    assert_int_equal(record.age_h, 0);

    record = kept();
    al_record_confirm(&record, 2, (aloft_bytes){NULL, 0});
    assert_int_equal(record.epoch, 2);
    assert_int_equal(record.seen, 61);
    assert_int_equal(record.issued, 1795330000);
    assert_int_equal(record.age_h, 30);
}

static void t11_keeps_the_newest_statement_and_its_age(void **state) {
    struct al_record record = kept(), wanted = kept();

    (void)state;
    wanted.age_h = 36;
    al_record_age(&record, 6);
    same(&record, &wanted);
    al_record_age(&record, UINT16_MAX);
    assert_int_equal(record.age_h, UINT16_MAX);

    wanted.age_h = 0;
    wanted.issued = 1795340000;
    al_record_fresh(&record, 60, 1795340000); /* `seen` is 61 and never falls */
    same(&record, &wanted);
    wanted.seen = 62;
    al_record_fresh(&record, 62, 1795340000);
    same(&record, &wanted);
}

static void t5_joins_gone_keys_once_each(void **state) {
    static const uint8_t gone[] = {2, 2, 2, 2, 9, 9, 9, 9, 3, 3, 3, 3, 9, 9, 9, 9};
    static const uint8_t wanted[] = {1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 0, 0, 0, 0};
    struct al_record record = kept();

    (void)state;
    al_record_confirm(&record, 3, ALOFT_BYTES(gone));

    assert_memory_equal(record.gone, wanted, sizeof wanted);
}

static void t5_keeps_the_four_keys_that_went_last(void **state) {
    static const uint8_t gone[] = {3, 3, 3, 3, 0, 0, 0, 0, 4, 4, 4, 4,
                                   0, 0, 0, 0, 5, 5, 5, 5, 0, 0, 0, 0};
    static const uint8_t wanted[] = {2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5};
    struct al_record record = kept();

    (void)state;
    al_record_confirm(&record, 3, ALOFT_BYTES(gone));

    assert_memory_equal(record.gone, wanted, sizeof wanted);
}

static void t6_keeps_the_image_and_counts_the_failure(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    record.phase = AL_TRIAL;
    wanted.fails = 3;
    wanted.cause = ALOFT_E_TRIAL_SICK;

    al_record_fail(&record, ALOFT_E_TRIAL_SICK);

    same(&record, &wanted);
}

/* A count that wraps would begin trials anew; a counter that stops would never end them. */
static void counts_stop_at_the_top_and_cold_starts_end_a_trial(void **state) {
    struct al_record record = kept(), wanted = kept();

    (void)state;
    record.fails = UINT8_MAX;
    al_record_fail(&record, ALOFT_E_TRIAL_HUNG);
    assert_int_equal(record.fails, UINT8_MAX);

    record = kept();
    record.cold = AL_COLD_MAX - 1;
    al_record_cold(&record); /* the last one that costs no trial */
    assert_int_equal(record.cold, AL_COLD_MAX);
    assert_int_equal(record.fails, wanted.fails);
    al_record_cold(&record);
    wanted.cold = AL_COLD_MAX;
    wanted.fails++;
    wanted.cause = ALOFT_E_TRIAL_POWER;
    same(&record, &wanted);
}

static void t8_gives_the_release_up(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    wanted.phase = AL_IDLE;
    wanted.skip = 60;
    al_record_skip(&record);
    same(&record, &wanted);

    record.skip = 65;
    al_record_skip(&record);
    assert_int_equal(record.skip, 65);
}

static void t9_takes_the_new_sequence_for_the_running_image(void **state) {
    static const uint8_t manifest[8] = {8, 8};
    const struct al_record_slot image = {80, 500, {5}};
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    wanted.phase = AL_IDLE;
    wanted.slot[1] = image;
    wanted.floor = 80;
    memcpy(wanted.man, manifest, 8);
    wanted.fails = wanted.cold = wanted.flags = 0;

    al_record_adopt(&record, &image, manifest);

    same(&record, &wanted);
}

static void t9_by_an_older_manifest_leaves_a_candidate_its_failed_trials(void **state) {
    static const uint8_t manifest[8] = {8, 8};
    const struct al_record_slot image = {55, 500, {5}};
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    wanted.slot[1] = image;
    wanted.floor = 55;
    memcpy(wanted.man, manifest, 8);

    al_record_adopt(&record, &image, manifest);

    same(&record, &wanted);
}

static void t9_never_lowers_the_floor(void **state) {
    static const uint8_t manifest[8] = {8, 8};
    const struct al_record_slot image = {80, 500, {5}};
    struct al_record record = kept();

    (void)state;
    record.floor = 90;
    al_record_adopt(&record, &image, manifest);
    assert_int_equal(record.floor, 90);
}

/* From IDLE, and from phases in which a foreign loader may fall back: what they mean was in the slot that is
 * home now. */
static void t10_makes_the_running_slot_home_and_keeps_the_floor(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    wanted.phase = AL_IDLE;
    wanted.mark = 0;
    wanted.home = 0;
    wanted.cause = ALOFT_E_BOOT_FALLBACK;

    al_record_rehome(&record, 0);

    same(&record, &wanted);
    assert_true(record.flags & AL_FLAG_FALLBACK);
}

static void t13_knows_nothing_of_the_image_that_came_over_the_cable(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    wanted.phase = AL_IDLE;
    wanted.mark = 0;
    wanted.home = 0;
    memset(&wanted.slot[0], 0, sizeof wanted.slot[0]);
    memset(wanted.man, 0, sizeof wanted.man);
    wanted.cause = ALOFT_E_FLASHED;

    al_record_flashed(&record, 0);

    same(&record, &wanted);
}

static void a_device_without_records_takes_its_running_slot_as_home(void **state) {
    struct al_record record = kept();
    struct al_record wanted = {.n = 9, .home = 1};

    (void)state;
    al_record_anew(&record, 1);
    same(&record, &wanted);

    wanted.home = 0;
    al_record_anew(&record, ALOFT_SLOT_NONE);
    same(&record, &wanted);
}

static void the_back_off_is_one_hour_then_six_and_none_after_a_power_loss(void **state) {
    struct al_record record = kept();

    (void)state;
    assert_int_equal(al_record_back_off_s(&record), 21600);
    record.fails = 1;
    assert_int_equal(al_record_back_off_s(&record), 3600);
    record.cause = ALOFT_E_TRIAL_POWER;
    assert_int_equal(al_record_back_off_s(&record), 0);
    record = kept();
    record.phase = AL_IDLE;
    assert_int_equal(al_record_back_off_s(&record), 0);
}

static void t12_writes_the_note_alone_and_only_faults_of_the_network_are_notes(void **state) {
    struct al_record record = kept();
    struct al_record wanted = kept();

    (void)state;
    record.phase = wanted.phase = AL_IDLE;
    wanted.cause = ALOFT_E_TLS_CA;
    al_record_note(&record, ALOFT_E_TLS_CA);
    same(&record, &wanted);

    assert_true(al_record_is_note(ALOFT_E_NET_NAME));
    assert_true(al_record_is_note(ALOFT_E_TLS_HANDSHAKE));
    assert_false(al_record_is_note(ALOFT_OK));
    assert_false(al_record_is_note(ALOFT_E_HTTP_NOT_FOUND));
    assert_false(al_record_is_note(ALOFT_E_TRIAL_CRASHED));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t1_gives_the_other_slot_to_a_new_candidate_and_skips_the_failed_one),
        cmocka_unit_test(t1_does_not_skip_a_candidate_that_never_failed),
        cmocka_unit_test(t1_skips_one_that_was_only_cut_and_never_lowers_skip),
        cmocka_unit_test(t1_of_the_same_candidate_keeps_what_it_did),
        cmocka_unit_test(after_a_failure_only_a_higher_sequence_may_begin),
        cmocka_unit_test(a_candidate_that_was_given_up_never_begins_again),
        cmocka_unit_test(nothing_may_begin_in_a_trial),
        cmocka_unit_test(t2_changes_the_mark_alone),
        cmocka_unit_test(t3_and_t7_open_a_trial_with_no_boots),
        cmocka_unit_test(t4_counts_a_start_as_boot_or_as_cold),
        cmocka_unit_test(t5_makes_the_other_slot_home_and_raises_the_floor),
        cmocka_unit_test(t5_never_lowers_the_floor),
        cmocka_unit_test(t11_keeps_the_newest_statement_and_its_age),
        cmocka_unit_test(t5_with_a_grown_epoch_forgets_the_freshness_statement),
        cmocka_unit_test(t5_joins_gone_keys_once_each),
        cmocka_unit_test(t5_keeps_the_four_keys_that_went_last),
        cmocka_unit_test(t6_keeps_the_image_and_counts_the_failure),
        cmocka_unit_test(counts_stop_at_the_top_and_cold_starts_end_a_trial),
        cmocka_unit_test(t8_gives_the_release_up),
        cmocka_unit_test(t9_takes_the_new_sequence_for_the_running_image),
        cmocka_unit_test(t9_by_an_older_manifest_leaves_a_candidate_its_failed_trials),
        cmocka_unit_test(t9_never_lowers_the_floor),
        cmocka_unit_test(t10_makes_the_running_slot_home_and_keeps_the_floor),
        cmocka_unit_test(t12_writes_the_note_alone_and_only_faults_of_the_network_are_notes),
        cmocka_unit_test(t13_knows_nothing_of_the_image_that_came_over_the_cable),
        cmocka_unit_test(a_device_without_records_takes_its_running_slot_as_home),
        cmocka_unit_test(the_back_off_is_one_hour_then_six_and_none_after_a_power_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

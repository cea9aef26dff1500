/* SPDX-License-Identifier: Apache-2.0 */
/* The button of the ESP32 application, counted from levels and time, with contacts that bounce. */
#include "test/kit/kit.h"

#include "esp32/ota_demo/parts/presses.h"

#define SAMPLE_MS 10u

static struct presses presses;
static uint32_t now_ms;
static unsigned said[PRESSES_ONBOARD + 1];

static int begin(void **state) {
    (void)state;
    memset(&presses, 0, sizeof presses);
    memset(said, 0, sizeof said);
    now_ms = 0;
    return 0;
}

static void see(bool is_down) {
    said[presses_see(&presses, is_down, now_ms)]++;
    now_ms += SAMPLE_MS;
}

static void hold(bool is_down, uint32_t ms) {
    for (uint32_t t = 0; t < ms; t += SAMPLE_MS)
        see(is_down);
}

/* Contacts that close and open a few times before they stand still, at both ends. */
static void bounce(bool to) {
    for (unsigned i = 0; i < 3; i++) {
        hold(to, 2 * SAMPLE_MS); /* two equal samples, and still within the bounce */
        hold(!to, 2 * SAMPLE_MS);
    }
}

static void press(uint32_t ms) {
    bounce(true);
    hold(true, ms);
    bounce(false);
    hold(false, 150);
}

static void only(enum presses_word word, unsigned times) {
    hold(false, 2 * PRESSES_GAP_MS);
    for (unsigned w = PRESSES_TOGGLE; w <= PRESSES_ONBOARD; w++)
        assert_int_equal(said[w], w == (unsigned)word ? times : 0);
}

static void one_short_press_toggles(void **state) {
    (void)state;
    press(80);
    only(PRESSES_TOGGLE, 1);
}

static void three_presses_update_and_five_clean_up(void **state) {
    (void)state;
    static const enum presses_word words[] = {PRESSES_NONE,   PRESSES_TOGGLE, PRESSES_NONE,
                                              PRESSES_UPDATE, PRESSES_NONE,   PRESSES_CLEAN,
                                              PRESSES_NONE,   PRESSES_NONE};

    for (unsigned n = 0; n < 8; n++) {
        begin(NULL);
        for (unsigned i = 0; i < n; i++)
            press(60);
        only(words[n], words[n] != PRESSES_NONE);
    }
}

static void two_rows_are_two_words(void **state) {
    (void)state;
    press(60);
    hold(false, 2 * PRESSES_GAP_MS);
    press(60);
    only(PRESSES_TOGGLE, 2);
}

static void a_long_press_says_it_while_it_is_held_and_only_once(void **state) {
    (void)state;
    hold(true, PRESSES_LONG_MS + 100);
    assert_int_equal(said[PRESSES_ONBOARD], 1);
    hold(true, 3 * PRESSES_LONG_MS);
    only(PRESSES_ONBOARD, 1);
}

static void a_press_just_short_of_long_toggles(void **state) {
    (void)state;
    hold(true, PRESSES_LONG_MS - 200);
    only(PRESSES_TOGGLE, 1);
}

static void a_spark_shorter_than_the_bounce_is_nothing(void **state) {
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        hold(true, 2 * SAMPLE_MS);
        hold(false, 100);
    }
    only(PRESSES_NONE, 0);
}

static void contacts_that_never_stand_still_are_nothing(void **state) {
    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        see(i % 2 == 0);
    only(PRESSES_NONE, 0);
}

static void time_may_wrap_in_the_middle_of_a_row(void **state) {
    (void)state;
    for (uint32_t before = 0; before < 1000; before += 30) {
        begin(NULL);
        now_ms = 0u - before;
        presses.seen_ms = presses.since_ms = now_ms;
        for (unsigned i = 0; i < 3; i++)
            press(60);
        only(PRESSES_UPDATE, 1);
    }
}

static void a_button_that_is_held_from_the_start_is_no_short_press(void **state) {
    (void)state;
    now_ms = 4000000000u; /* a clock that does not begin at 0 */
    hold(true, 100);
    assert_int_equal(said[PRESSES_ONBOARD], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_short_press_toggles, begin),
        cmocka_unit_test_setup(three_presses_update_and_five_clean_up, begin),
        cmocka_unit_test_setup(two_rows_are_two_words, begin),
        cmocka_unit_test_setup(a_long_press_says_it_while_it_is_held_and_only_once, begin),
        cmocka_unit_test_setup(a_press_just_short_of_long_toggles, begin),
        cmocka_unit_test_setup(a_spark_shorter_than_the_bounce_is_nothing, begin),
        cmocka_unit_test_setup(contacts_that_never_stand_still_are_nothing, begin),
        cmocka_unit_test_setup(time_may_wrap_in_the_middle_of_a_row, begin),
        cmocka_unit_test_setup(a_button_that_is_held_from_the_start_is_no_short_press, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

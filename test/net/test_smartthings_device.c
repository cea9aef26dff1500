/* SPDX-License-Identifier: Apache-2.0 */
/* The binding on the real device library: what the app shows in the life of an update. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"
#include "test/kit/st_cloud.h"

#define SIZE 200000u

static struct aloft_st st;
static char version[16];
static unsigned n_starts;
static bool was_updating, has_shown_success;
static const struct kit_st_said *shown = &kit_st_cloud.shown;

/* What image N of the rig would carry: the version in its manifest. */
static void start_program(void) {
    const struct aloft_st_config config = {.version = version};

    kit_st_disconnect(&st);
    snprintf(version, sizeof version, "1.%d.0", rig_running_image(&rig));
    assert_true(aloft_st_start(&st, NULL, &config));
    kit_st_connect(&st);
    n_starts = rig.n_starts;
}

static int set_up(void **state) {
    (void)state;
    memset(&kit_st_cloud, 0, sizeof kit_st_cloud);
    rig_start(&rig, &frame_chips, SIZE);
    rig.config.ask_first = true;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    start_program();
    was_updating = has_shown_success = false;
    return 0;
}

/* What an application's loop does, so many times, with sleeping. */
static void live(unsigned steps) {
    for (unsigned i = 0; i < steps; i++) {
        unsigned wishes;

        assert_true(rig_step(&rig));
        if (rig.n_starts != n_starts)
            start_program();
        rig_status(&rig, &now);
        wishes = aloft_st_step(&st, &now, rig.clock.now_ms, 0);
        if ((wishes & ALOFT_ST_CHECK) != 0)
            aloft_check_now(&rig.device);
        if ((wishes & ALOFT_ST_UPDATE) != 0)
            aloft_take_offer(&rig.device);
        kit_st_deliver();
        was_updating = was_updating || shown->is_updating;
        has_shown_success = has_shown_success || strcmp(shown->last, "updateSucceeded") == 0;
        assert_false(shown->offer && now.state == ALOFT_TESTING);
    }
}

static void offer(enum rig_nature nature) {
    rig_publish(&rig, nature, SIZE);
    kit_st_press(&st, false, NULL);
    live(2000);
    assert_true(kit_st_app_has_button());
    assert_false(was_updating);
}

static void press_update(void) {
    kit_st_press(&st, true, NULL);
    kit_st_press(&st, true, NULL);
    live(5000);
    assert_true(was_updating);
}

static void after_the_button_was_pressed_the_app_says_up_to_date(void **state) {
    (void)state;
    offer(RIG_GOOD);
    press_update();

    assert_int_equal(rig_running_image(&rig), 1);
    assert_string_equal(shown->current, "1.1.0");
    assert_string_equal(shown->last, "updateSucceeded");
    assert_false(shown->is_updating);
    assert_false(kit_st_app_has_button());
    assert_false(kit_st_home_assistant_offers());
}

static void a_firmware_that_rolls_back_is_shown_as_failed_and_never_as_a_success(void **state) {
    (void)state;
    offer(RIG_SICK);
    press_update();

    assert_int_equal(rig_running_image(&rig), 0);
    assert_string_equal(shown->current, "1.0.0");
    assert_string_equal(shown->last, "updateFailed");
    assert_false(has_shown_success);
    assert_false(shown->is_updating);
    assert_non_null(strstr(shown->reason, "0x")); /* a sentence with its number */
}

static void an_offer_is_still_shown_after_the_connection_was_lost(void **state) {
    (void)state;
    offer(RIG_GOOD);
    kit_st_disconnect(&st);
    memset(&kit_st_cloud.shown, 0, sizeof kit_st_cloud.shown);
    kit_st_connect(&st);
    live(10);

    for (unsigned i = 0; i < 2000; i++) { /* also while the server is asked again */
        live(1);
        assert_true(kit_st_app_has_button());
    }
    assert_false(was_updating);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(after_the_button_was_pressed_the_app_says_up_to_date),
        T(a_firmware_that_rolls_back_is_shown_as_failed_and_never_as_a_success),
        T(an_offer_is_still_shown_after_the_connection_was_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A fault becomes sentences. */
#include "test/kit/kit.h"

static char text[ALOFT_SENTENCE_MAX];

static void a_sentence_says_what_happened_what_to_do_and_the_number_last(void **state) {
    const aloft_fault why = {.code = ALOFT_E_NET_UNREACHABLE,
                             .step = ALOFT_STEP_CHECK,
                             .origin = ALOFT_ORIGIN_NEWLIB,
                             .raw = 118};
    const struct aloft_fact facts[] = {{"host", "updates.example"}};

    (void)state;
    aloft_explain(&why, facts, 1, text, sizeof text);
    assert_string_equal(
        text, "There is no network path from this device to updates.example. Ping that host from "
              "the device's own network; if that fails, look at its gateway, or at a typo in the "
              "address.  [0x0203 while checking for an update; newlib errno 118]");
}

static void a_missing_fact_becomes_the_words_behind_the_bar(void **state) {
    const aloft_fault why = {.code = ALOFT_E_NET_CLOSED};

    (void)state;
    aloft_explain(&why, NULL, 0, text, sizeof text);
    assert_non_null(strstr(text, "The update server closed the connection"));
}

static void a_text_that_does_not_fit_ends_in_dots_and_is_terminated(void **state) {
    const aloft_fault why = {.code = ALOFT_E_NET_CLOSED};

    (void)state;
    for (size_t size = 0; size < 300; size++) {
        aloft_space room = {(uint8_t *)text, sizeof text};
        memset(room.at, 'x', room.len);
        aloft_explain(&why, NULL, 0, text, size);
        assert_int_equal(text[size], 'x');
        if (size > 0)
            assert_true(strlen(text) < size);
    }
    aloft_explain(&why, NULL, 0, text, 50);
    assert_string_equal(text + 46, "...");
}

static void an_unknown_code_is_said_to_be_unknown(void **state) {
    const aloft_fault why = {.code = 0xfffe};

    (void)state;
    assert_non_null(strstr(aloft_explain(&why, NULL, 0, text, sizeof text), "[0xfffe]"));
    assert_non_null(strstr(text, "Update this program."));
    assert_string_equal(aloft_err_name(0xfffe), "UNKNOWN");
    assert_int_equal(aloft_err_retry(0xfffe), ALOFT_RETRY_LATER);
}

static void what_is_no_error_is_not_called_one(void **state) {
    const aloft_fault why = {.code = ALOFT_OK, .step = ALOFT_STEP_BOOT};

    (void)state;
    assert_string_equal(aloft_explain(&why, NULL, 0, text, sizeof text), "Nothing is wrong.");
    assert_string_equal(aloft_err_name(ALOFT_OK), "OK");
    assert_string_equal(aloft_err_name(ALOFT_WAIT), "WAIT");
}

/* A fault may come from a newer device: nothing in it is a number within our tables. */
static void the_number_has_four_digits_whatever_the_rest_of_a_fault_is(void **state) {
    aloft_fault why = {.code = 0x7, .step = 200, .origin = 200, .raw = -5};
    static const struct {
        uint16_t code;
        const char *tail;
    } tails[] = {{0x7, "  [0x0007]"}, {0x70, "  [0x0070]"}, {0x70f, "  [0x070f]"}};

    (void)state;
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        why.code = tails[i].code;
        aloft_explain(&why, NULL, 0, text, sizeof text);
        assert_string_equal(text + strlen(text) - strlen(tails[i].tail), tails[i].tail);
    }
}

static void text_from_outside_is_made_printable(void **state) {
    (void)state;
    aloft_printable(ALOFT_BYTES("a\x1b[2J\xff"), text, sizeof text);
    assert_string_equal(text, "a?[2J??");
    aloft_printable(ALOFT_BYTES("abcdef"), text, 4);
    assert_string_equal(text, "abc");
    aloft_printable(ALOFT_BYTES("xyz"), text, 0); /* no room: nothing is written */
    assert_string_equal(text, "abc");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_says_what_happened_what_to_do_and_the_number_last),
        cmocka_unit_test(a_missing_fact_becomes_the_words_behind_the_bar),
        cmocka_unit_test(a_text_that_does_not_fit_ends_in_dots_and_is_terminated),
        cmocka_unit_test(an_unknown_code_is_said_to_be_unknown),
        cmocka_unit_test(what_is_no_error_is_not_called_one),
        cmocka_unit_test(the_number_has_four_digits_whatever_the_rest_of_a_fault_is),
        cmocka_unit_test(text_from_outside_is_made_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
    assert_string_equal(aloft_err_name(0xfffe), "UNKNOWN");
}

static void text_from_outside_is_made_printable(void **state) {
    (void)state;
    aloft_printable(ALOFT_BYTES("a\x1b[2J\xff"), text, sizeof text);
    assert_string_equal(text, "a?[2J??");
    aloft_printable(ALOFT_BYTES("abcdef"), text, 4);
    assert_string_equal(text, "abc");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_says_what_happened_what_to_do_and_the_number_last),
        cmocka_unit_test(a_missing_fact_becomes_the_words_behind_the_bar),
        cmocka_unit_test(a_text_that_does_not_fit_ends_in_dots_and_is_terminated),
        cmocka_unit_test(an_unknown_code_is_said_to_be_unknown),
        cmocka_unit_test(text_from_outside_is_made_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

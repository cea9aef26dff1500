/* SPDX-License-Identifier: Apache-2.0 */
/* What device and server say together: each row of the table, and when nothing may be said. */
#include "test/kit/kit.h"

#include <string.h>

#include <aloft/error.h>

#include "host/explain/explain.h"
#include "host/watch/watch.h"

#define NOW 1000000u

static const char *after(struct verdict *v, enum verdict_server server) {
    return verdict_at(v, NOW + VERDICT_AFTER_MS, server);
}

static void says(const char *text, const char *words) {
    if (words == NULL)
        assert_null(text);
    else {
        assert_non_null(text);
        assert_non_null(strstr(text, words));
    }
}

static void each_silence_of_the_server_means_something_by_what_the_device_saw(void **state) {
    static const struct {
        unsigned mark;
        const char *words;
    } row[] = {
        {MARK_NOBODY, "No packet from any device"},
        {MARK_TIMEOUT, "No packet from any device"},
        {MARK_NO_ROUTE, "No packet from any device"},
        {MARK_REFUSED, "it was not this server"},
        {MARK_NAME, "did not resolve"},
        {MARK_WIFI, "no network yet"},
        {MARK_CA, "a machine that is not this server"},
        {MARK_HOST_NAME, "a machine that is not this server"},
        {MARK_ADDRESS, NULL},
        {MARK_INSTALLED, NULL},
        {N_MARKS + 5, NULL},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct verdict v = {0};
        verdict_device(&v, NOW, row[i].mark);
        says(after(&v, VERDICT_OPEN), row[i].words);
    }
}

static void each_word_of_the_server_decides_before_its_silence(void **state) {
    static const struct {
        uint16_t code;
        const char *words;
    } row[] = {
        {ALOFT_E_CLIENT_OTHER_CA, "another CA"},     {ALOFT_E_CLIENT_REFUSED_US, "did not accept"},
        {ALOFT_E_CLIENT_EXPIRED, "has ended"},       {ALOFT_E_CLIENT_OLD_TLS, "TLS 1.1 or older"},
        {ALOFT_E_CLIENT_ALERT, "ended TLS"},         {ALOFT_E_CLIENT_PLAIN, "https://"},
        {ALOFT_E_CLIENT_NOT_TLS, "neither TLS nor"}, {ALOFT_E_CLIENT_LEFT, "went away"},
        {ALOFT_E_CLIENT_SLOW_TLS, "very bad link"},  {ALOFT_E_SERVER_FULL, "no room"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct verdict before = {0}, behind = {0};
        verdict_server(&before, NOW - VERDICT_BEFORE_MS, row[i].code, true);
        verdict_device(&before, NOW, MARK_NOBODY);
        says(after(&before, true), row[i].words);
        verdict_device(&behind, NOW, MARK_NOBODY);
        verdict_server(&behind, NOW + VERDICT_AFTER_MS, row[i].code, true);
        says(after(&behind, true), row[i].words);
    }
}

static void a_word_from_more_than_ten_seconds_before_is_about_something_else(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_server(&v, NOW - VERDICT_BEFORE_MS - 1, ALOFT_E_CLIENT_OTHER_CA, true);
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "No packet from any device");
}

static void nothing_is_said_before_the_server_had_its_time(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_device(&v, NOW, MARK_NOBODY);
    assert_null(verdict_at(&v, NOW + VERDICT_AFTER_MS - 1, VERDICT_OPEN));
    says(after(&v, VERDICT_OPEN), "No packet");
}

static void the_same_is_said_once_until_the_device_says_that_it_works(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "No packet");
    verdict_device(&v, NOW, MARK_NOBODY);
    assert_null(after(&v, VERDICT_OPEN));
    verdict_server(&v, NOW - VERDICT_BEFORE_MS - 1, ALOFT_OK, true); /* may be another device */
    verdict_device(&v, NOW, MARK_NOBODY);
    assert_null(after(&v, VERDICT_OPEN));
    verdict_device(&v, NOW - 1, MARK_NO_NEWER);
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "No packet");
}

static void another_caller_in_the_same_seconds_makes_it_a_guess_and_it_says_so(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_server(&v, NOW - 1000, ALOFT_OK, true);
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "If that was another device");
}

static void lines_about_the_server_itself_are_no_calls(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_server(&v, NOW, ALOFT_OK, false);
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "No packet");
}

static void without_a_server_its_absence_is_the_cause(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_NO_SERVER), "No `aloft serve` runs");
}

static void
a_server_that_listens_to_its_own_machine_only_is_named_and_not_the_firmware(void **state) {
    struct verdict v = {0}, reached = {0};

    (void)state;
    verdict_device(&v, NOW, MARK_REFUSED);
    says(after(&v, VERDICT_INSIDE), "listens to its own machine only");
    verdict_device(&reached, NOW, MARK_REFUSED);
    verdict_server(&reached, NOW - 1000, ALOFT_OK, true); /* something forwards */
    says(after(&reached, VERDICT_INSIDE), "Somebody did reach this server");
}

static void no_connection_does_not_hide_the_line_that_says_why(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_device(&v, NOW, MARK_REFUSED);
    verdict_device(&v, NOW, MARK_NO_CONNECTION);
    says(after(&v, VERDICT_OPEN), "it was not this server");
}

static void more_lines_than_are_remembered_lose_only_the_oldest(void **state) {
    struct verdict v = {0};

    (void)state;
    for (unsigned i = 0; i < 10 * VERDICT_SEEN; i++)
        verdict_server(&v, NOW - 60000 + i, ALOFT_OK, true);
    verdict_server(&v, NOW, ALOFT_E_CLIENT_OTHER_CA, true);
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "another CA");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_silence_of_the_server_means_something_by_what_the_device_saw),
        cmocka_unit_test(each_word_of_the_server_decides_before_its_silence),
        cmocka_unit_test(a_word_from_more_than_ten_seconds_before_is_about_something_else),
        cmocka_unit_test(nothing_is_said_before_the_server_had_its_time),
        cmocka_unit_test(the_same_is_said_once_until_the_device_says_that_it_works),
        cmocka_unit_test(another_caller_in_the_same_seconds_makes_it_a_guess_and_it_says_so),
        cmocka_unit_test(lines_about_the_server_itself_are_no_calls),
        cmocka_unit_test(without_a_server_its_absence_is_the_cause),
        cmocka_unit_test(
            a_server_that_listens_to_its_own_machine_only_is_named_and_not_the_firmware),
        cmocka_unit_test(no_connection_does_not_hide_the_line_that_says_why),
        cmocka_unit_test(more_lines_than_are_remembered_lose_only_the_oldest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

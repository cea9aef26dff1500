/* SPDX-License-Identifier: Apache-2.0 */
/* What device and server say together: each row of the table, and when nothing may be said. */
#include "test/kit/kit.h"

#include <string.h>

#include <aloft/error.h>

#include "host/explain/explain.h"
#include "host/watch/watch.h"

#define NOW 1000000u

static const char *after(struct verdict *v, enum verdict_server server) {
    const struct verdict_word *word = verdict_at(v, NOW + VERDICT_AFTER_MS, server);

    return word != NULL ? word->text : NULL;
}

static void hears_text(struct verdict *v, uint64_t at_ms, uint16_t code, const char *peer,
                       const char *text) {
    struct journal_line line = {.at_ms = at_ms, .code = code};

    snprintf(line.peer, sizeof line.peer, "%s", peer);
    snprintf(line.text, sizeof line.text, "%s", text);
    verdict_server(v, &line);
}

static void hears(struct verdict *v, uint64_t at_ms, uint16_t code, const char *peer) {
    hears_text(v, at_ms, code, peer, "");
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
        {MARK_REFUSED, "Something refused the device before this program heard of it"},
        {MARK_NOT_TLS, "portal"},
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
        hears(&before, NOW - VERDICT_BEFORE_MS, row[i].code, "192.168.86.40");
        verdict_device(&before, NOW, MARK_NOBODY);
        says(after(&before, VERDICT_OPEN), row[i].words);
        verdict_device(&behind, NOW, MARK_NOBODY);
        hears(&behind, NOW + VERDICT_AFTER_MS, row[i].code, "192.168.86.40");
        says(after(&behind, VERDICT_OPEN), row[i].words);
    }
}

static void a_word_from_more_than_ten_seconds_before_is_about_something_else(void **state) {
    struct verdict v = {0};

    (void)state;
    hears(&v, NOW - VERDICT_BEFORE_MS - 1, ALOFT_E_CLIENT_OTHER_CA, "192.168.86.40");
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
    hears(&v, NOW - VERDICT_BEFORE_MS - 1, ALOFT_OK, "192.168.86.40"); /* may be another device */
    verdict_device(&v, NOW, MARK_NOBODY);
    assert_null(after(&v, VERDICT_OPEN));
    verdict_device(&v, NOW - 1, MARK_NO_NEWER);
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "No packet");
}

static void another_caller_in_the_same_seconds_makes_it_a_guess_and_it_says_so(void **state) {
    struct verdict v = {0};

    (void)state;
    hears(&v, NOW - 1000, ALOFT_OK, "192.168.86.40");
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "If that was another device");
}

static void lines_about_the_server_itself_are_no_calls(void **state) {
    struct verdict v = {0};

    (void)state;
    hears(&v, NOW, ALOFT_OK, "-");
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
    hears(&reached, NOW - 1000, ALOFT_OK, "192.168.86.40"); /* something forwards */
    says(after(&reached, VERDICT_INSIDE), "Somebody did reach this server");
}

static void no_connection_does_not_hide_the_line_that_says_why(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_device(&v, NOW, MARK_REFUSED);
    verdict_device(&v, NOW, MARK_NO_CONNECTION);
    says(after(&v, VERDICT_OPEN), "Something refused the device");
}

static void more_lines_than_are_remembered_lose_only_the_oldest(void **state) {
    struct verdict v = {0};

    (void)state;
    for (unsigned i = 0; i < 10 * VERDICT_SEEN; i++)
        hears(&v, NOW - 60000 + i, ALOFT_OK, "192.168.86.40");
    hears(&v, NOW, ALOFT_E_CLIENT_OTHER_CA, "192.168.86.40");
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "another CA");
}

/* ---- whose calls count */

#define DEVICE    "192.168.86.40"
#define NEIGHBOUR "192.168.86.41"

static void a_neighbour_whose_calls_come_and_go_turns_no_verdict_round(void **state) {
    struct verdict known = {0}, unknown = {0};

    (void)state;
    verdict_address(&known, DEVICE);
    hears(&known, NOW - 1000, ALOFT_OK, NEIGHBOUR);
    verdict_device(&known, NOW, MARK_NOBODY);
    says(after(&known, VERDICT_OPEN), "No packet from this device");
    verdict_device(&known, NOW - 60000, MARK_NOBODY); /* nobody called then */
    assert_null(verdict_at(&known, NOW, VERDICT_OPEN));

    verdict_device(&unknown, NOW - 60000, MARK_NOBODY);
    assert_non_null(verdict_at(&unknown, NOW, VERDICT_OPEN));
    hears(&unknown, NOW - 1000, ALOFT_OK, NEIGHBOUR);
    verdict_device(&unknown, NOW, MARK_NOBODY);
    assert_null(after(&unknown, VERDICT_OPEN));
}

static void a_silence_that_says_more_is_said_after_one_that_says_less(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_address(&v, DEVICE);
    verdict_device(&v, NOW - 60000, MARK_NOBODY);
    says(verdict_at(&v, NOW, VERDICT_OPEN)->text, "No packet from any device");
    hears(&v, NOW - 1000, ALOFT_OK, NEIGHBOUR);
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "the server is open");
}

static void what_the_server_says_of_a_neighbour_is_not_about_this_device(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_address(&v, DEVICE);
    hears(&v, NOW, ALOFT_E_CLIENT_OTHER_CA, NEIGHBOUR);
    verdict_device(&v, NOW, MARK_CERT);
    says(after(&v, VERDICT_OPEN), "a machine that is not this server");
}

static void a_caller_from_another_network_may_be_the_device_behind_a_router(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_address(&v, DEVICE);
    hears(&v, NOW, ALOFT_E_CLIENT_OTHER_CA, "10.1.2.3");
    verdict_device(&v, NOW, MARK_CERT);
    says(after(&v, VERDICT_OPEN), "another CA");
}

static void the_devices_own_call_clears_address_and_firewall(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_address(&v, DEVICE);
    hears(&v, NOW - 1000, ALOFT_OK, DEVICE);
    verdict_device(&v, NOW, MARK_CUT);
    says(after(&v, VERDICT_OPEN), "This device did reach this server");
}

static void an_address_of_another_network_than_the_servers_is_named(void **state) {
    struct verdict guest = {.base = "https://192.168.86.68:4443"};
    struct verdict named = {.base = "https://updates.example:4443"};

    (void)state;
    verdict_address(&guest, "10.10.20.37");
    verdict_device(&guest, NOW, MARK_NOT_TLS);
    says(after(&guest, VERDICT_OPEN), "10.10.20.37, in another network than the server's 192.168");
    verdict_address(&named, "10.10.20.37");
    verdict_device(&named, NOW, MARK_NOT_TLS);
    assert_null(strstr(after(&named, VERDICT_OPEN), "another network than"));
}

/* ---- what only both sides can say of an answer */

static void a_404_for_a_class_that_is_not_there_is_no_missing_release(void **state) {
    struct verdict v = {0};
    const struct verdict_word *word;

    (void)state;
    hears_text(&v, NOW - 5, ALOFT_E_CLIENT_OTHER_CLASS, DEVICE, DEVICE " asks for acme/oven/b");
    verdict_device(&v, NOW, MARK_STATUS);
    word = verdict_at(&v, NOW + VERDICT_AFTER_MS, VERDICT_OPEN);
    assert_non_null(word);
    says(word->text, "asked for a class that this project does not have");
    says(word->line, "acme/oven/b");
    assert_true(word->is_sure);
}

static void an_answer_without_a_word_of_the_server_says_nothing(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_device(&v, NOW, MARK_STATUS);
    assert_null(after(&v, VERDICT_OPEN));
    verdict_device(&v, NOW, MARK_SIGNER);
    assert_null(after(&v, VERDICT_OPEN));
    verdict_device(&v, NOW, MARK_SHORT);
    assert_null(after(&v, VERDICT_OPEN));
}

static void keys_that_the_device_does_not_trust_are_in_the_device(void **state) {
    struct verdict v = {0};

    (void)state;
    hears(&v, NOW - 5, ALOFT_OK, DEVICE);
    verdict_device(&v, NOW, MARK_SIGNER);
    says(after(&v, VERDICT_OPEN), "aloft_trust.h");
}

static void what_takes_ranges_away_between_the_two_is_found(void **state) {
    struct verdict v = {0};

    (void)state;
    hears_text(&v, NOW - 5, ALOFT_OK, "127.0.0.1",
               "127.0.0.1 left after 70000 bytes from 0 on, of 90000");
    verdict_device(&v, NOW, MARK_SHORT);
    says(after(&v, VERDICT_OPEN), "something between them did");
    verdict_goes_on(&v, NOW - 20);
    hears_text(&v, NOW - 5, ALOFT_OK, "127.0.0.1",
               "127.0.0.1 left after 70000 bytes from 0 on, of 90000");
    verdict_device(&v, NOW, MARK_SHORT);
    says(after(&v, VERDICT_OPEN), "takes the range out of the request");
    says(verdict_kept(&v)->text, "the server was called from 127.0.0.1");
}

static void a_download_that_goes_on_where_it_was_blames_no_range(void **state) {
    struct verdict v = {0};

    (void)state;
    verdict_goes_on(&v, NOW - 20);
    hears_text(&v, NOW - 5, ALOFT_OK, DEVICE,
               DEVICE " left after 500 bytes from 65536 on, of 90000");
    verdict_device(&v, NOW, MARK_SHORT);
    says(after(&v, VERDICT_OPEN), "something between them did");
}

static void the_alert_tells_the_clock_from_the_name(void **state) {
    struct verdict clock = {0}, name = {0}, other = {0};

    (void)state;
    verdict_device(&clock, NOW - 100, MARK_CLOCK);
    hears_text(&clock, NOW, ALOFT_E_CLIENT_REFUSED_US, DEVICE,
               "does not accept it (alert 46): ...");
    verdict_device(&clock, NOW, MARK_CERT);
    says(after(&clock, VERDICT_OPEN), "Set the clock");
    says(verdict_kept(&clock)->text, "carry a date of 1970");
    hears_text(&name, NOW, ALOFT_E_CLIENT_REFUSED_US, DEVICE, "does not accept it (alert 42): ...");
    verdict_device(&name, NOW, MARK_CERT);
    says(after(&name, VERDICT_OPEN), "cert renew --host");
    hears(&other, NOW, ALOFT_E_CLIENT_REFUSED_US, DEVICE);
    verdict_device(&other, NOW, MARK_CERT);
    says(after(&other, VERDICT_OPEN), "or its clock is wrong");
}

/* ---- what the summary keeps */

static void the_summary_keeps_what_is_sure_until_the_device_works(void **state) {
    struct verdict v = {0};

    (void)state;
    assert_null(verdict_kept(&v));
    hears(&v, NOW - 60000, ALOFT_E_CLIENT_OTHER_CA, DEVICE);
    verdict_device(&v, NOW - 60000, MARK_CERT);
    assert_non_null(verdict_at(&v, NOW - 50000, VERDICT_OPEN));
    verdict_device(&v, NOW, MARK_NOBODY);
    says(after(&v, VERDICT_OPEN), "No packet from any device");
    says(verdict_kept(&v)->text, "another CA");
    verdict_device(&v, NOW, MARK_NO_NEWER);
    assert_null(verdict_kept(&v));
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
        cmocka_unit_test(a_neighbour_whose_calls_come_and_go_turns_no_verdict_round),
        cmocka_unit_test(a_silence_that_says_more_is_said_after_one_that_says_less),
        cmocka_unit_test(what_the_server_says_of_a_neighbour_is_not_about_this_device),
        cmocka_unit_test(a_caller_from_another_network_may_be_the_device_behind_a_router),
        cmocka_unit_test(the_devices_own_call_clears_address_and_firewall),
        cmocka_unit_test(an_address_of_another_network_than_the_servers_is_named),
        cmocka_unit_test(a_404_for_a_class_that_is_not_there_is_no_missing_release),
        cmocka_unit_test(an_answer_without_a_word_of_the_server_says_nothing),
        cmocka_unit_test(keys_that_the_device_does_not_trust_are_in_the_device),
        cmocka_unit_test(what_takes_ranges_away_between_the_two_is_found),
        cmocka_unit_test(a_download_that_goes_on_where_it_was_blames_no_range),
        cmocka_unit_test(the_alert_tells_the_clock_from_the_name),
        cmocka_unit_test(the_summary_keeps_what_is_sure_until_the_device_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

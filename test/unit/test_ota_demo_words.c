/* SPDX-License-Identifier: Apache-2.0 */
/* What the console of the ESP32 application says: which sentences are true of a device, and each
 * change once. */
#include "test/kit/kit.h"

#include "esp32/ota_demo/parts/tell.h"
#include "esp32/ota_demo/parts/words.h"

ALOFT_IMAGE("acme.example/lamp/a", "1.0.0", "test");

static struct aloft_status status;
static struct look well;
static struct tell told;
static char line[TELL_LINE_MAX];

static int begin(void **state) {
    (void)state;
    memset(&status, 0, sizeof status);
    memset(&told, 0, sizeof told);
    status.running = 0;
    strcpy(status.host, "lab-pc.local");
    status.port = 4443;
    well =
        (struct look){.status = &status, .wifi = LINK_UP, .has_rollback = true, .has_clock = true};
    return 0;
}

static void says(const struct look *look, enum word word, const char *about, const char *part) {
    enum word said[WORDS_MAX];
    char text[WORDS_TEXT_MAX];
    unsigned n = words_of(look, said);

    assert_int_equal(n, 1);
    assert_int_equal(said[0], word);
    words_say(word, about, text, sizeof text);
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in: %s", part, text);
}

static void a_device_that_is_well_says_nothing(void **state) {
    (void)state;
    enum word said[WORDS_MAX];

    assert_int_equal(words_of(&well, said), 0);
}

static void without_wifi_it_says_what_to_type(void **state) {
    (void)state;
    well.wifi = LINK_UNSET; /* also where the application or a person has erased NVS */
    says(&well, WORD_NO_WIFI, NULL, "wifi NAME PASSWORD");
}

static void a_wrong_password_is_told_from_a_network_out_of_reach(void **state) {
    (void)state;
    static const unsigned wrong[] = {2, 14, 15, 202, 204};

    well.wifi = LINK_BROKEN;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        well.wifi_why = words_of_reason(wrong[i]);
        says(&well, WORD_WIFI_PASSWORD, "home", "\"home\" refuses the password");
    }
    well.wifi_why = words_of_reason(201);
    says(&well, WORD_WIFI_NOT_FOUND, "home", "2.4 GHz");
    well.wifi_why = words_of_reason(210);
    says(&well, WORD_WIFI_SECURITY, "home", "WPA2");
    well.wifi_why = words_of_reason(200);
    says(&well, WORD_WIFI_LOST, "home", "by itself");
}

static void a_captive_portal_is_named(void **state) {
    (void)state;
    status.fault.code = ALOFT_E_HTTP_HTML;
    says(&well, WORD_PORTAL, NULL, "captive portal");
    status.fault.code = ALOFT_E_TLS_NOT_TLS;
    says(&well, WORD_STRANGER, NULL, "captive portal");
    status.fault.code = ALOFT_E_TLS_CA; /* or it is the wrong firmware's CA */
    says(&well, WORD_STRANGER, NULL, "certificate");
}

static void a_server_that_is_gone_for_a_week_is_told_with_the_time(void **state) {
    (void)state;
    char room[16];
    enum word said[WORDS_MAX];

    well.silent_s = 7 * 86400 - 1;
    assert_int_equal(words_of(&well, said), 0);
    well.silent_s++;
    says(&well, WORD_GONE, words_time(well.silent_s, room), "for 7 days");
}

/* 60 days in steps of a minute, over the wrap of the clock; then the server answers. */
static void silence_is_counted_over_the_wrap_of_the_clock_until_an_answer(void **state) {
    (void)state;
    struct silence silence = {0};
    uint32_t now_ms = 0xfffff000u;

    status.fault.code = ALOFT_E_NET_REFUSED;
    silence_see(&silence, &status, now_ms);
    assert_true(silence.silent_ms == 0);
    for (unsigned i = 0; i < 60 * 1440; i++)
        silence_see(&silence, &status, now_ms += 60000);
    assert_true(silence.silent_ms == 60ull * 86400000);
    status.fault.code = ALOFT_E_HTTP_NOT_FOUND;
    silence_see(&silence, &status, now_ms += 60000);
    assert_true(silence.silent_ms == 0);
}

static void times_are_told_in_the_unit_that_a_person_would_take(void **state) {
    (void)state;
    char room[16];

    assert_string_equal(words_time(0, room), "0 s");
    assert_string_equal(words_time(119, room), "119 s");
    assert_string_equal(words_time(120, room), "2 minutes");
    assert_string_equal(words_time(7200, room), "2 hours");
    assert_string_equal(words_time(UINT32_MAX, room), "49710 days");
}

static void an_unset_clock_is_told(void **state) {
    (void)state;
    well.has_clock = false;
    says(&well, WORD_NO_CLOCK, NULL, "ends at a date");
}

static void erased_nvs_with_the_records_in_it_is_told(void **state) {
    (void)state;
    enum word said[WORDS_MAX];

    well.records_in_nvs = true;
    well.notice = ALOFT_E_ESP_RECORDS_GONE;
    assert_int_equal(words_of(&well, said), 2);
    assert_int_equal(said[0], WORD_RECORDS_GONE);
    assert_int_equal(said[1], WORD_RECORDS_IN_NVS);
}

static void an_image_for_another_chip_is_told_with_the_chip_that_it_is(void **state) {
    (void)state;
    status.fault.code = ALOFT_E_LOADER_REFUSED;
    says(&well, WORD_OTHER_CHIP, "esp32c3", "idf.py set-target esp32c3");
    status.fault = (aloft_fault){.code = ALOFT_E_TRIAL_WAITS, .got = ALOFT_E_LOADER_REFUSED};
    says(&well, WORD_OTHER_CHIP, "esp32c3", "idf.py set-target esp32c3"); /* an hour long */
}

static void an_image_from_the_cable_over_records_is_told(void **state) {
    (void)state;
    enum word said[WORDS_MAX];

    assert_int_equal(words_of(&well, said), 0); /* fresh from the factory: nothing to tell */
    status.floor = 5;
    says(&well, WORD_CABLE, NULL, "over the cable");
    status.state = ALOFT_TESTING;
    assert_int_equal(words_of(&well, said), 0);
}

static void a_boot_loader_without_rollback_is_told(void **state) {
    (void)state;
    well.has_rollback = false;
    says(&well, WORD_NO_NET, NULL, "no rollback");
}

static void all_at_once_stays_within_the_room(void **state) {
    (void)state;
    enum word said[WORDS_MAX + 1] = {[WORDS_MAX] = N_WORDS};

    well = (struct look){
        .status = &status, .silent_s = UINT32_MAX, .wifi = LINK_BROKEN, .records_in_nvs = true};
    status.fault.code = ALOFT_E_HTTP_HTML;
    status.floor = 1;
    assert_int_equal(words_of(&well, said), WORDS_MAX);
    assert_int_equal(said[WORDS_MAX], N_WORDS);
}

static void every_sentence_ends_fits_and_is_cut_where_there_is_no_room(void **state) {
    (void)state;
    char text[WORDS_TEXT_MAX + ALOFT_BASE_MAX], about[ALOFT_BASE_MAX + 1], small[10];

    memset(about, 'x', ALOFT_BASE_MAX);
    about[ALOFT_BASE_MAX] = 0;
    for (unsigned w = 0; w < N_WORDS; w++) {
        words_say((enum word)w, "", text, sizeof text);
        assert_true(strlen(text) >= 6 && strlen(text) < WORDS_TEXT_MAX);
        words_say((enum word)w, about, small, sizeof small);
        assert_true(strlen(small) < sizeof small);
    }
    words_say(WORD_URL, about, text, WORDS_TEXT_MAX);
    assert_non_null(strstr(text, about));
    words_say(N_WORDS, NULL, text, sizeof text);
    assert_string_equal(text, "");
}

/* ---- changes */

static void next_is(const char *part) {
    if (!tell(&told, "ota_demo", &status, line, sizeof line))
        fail_msg("nothing is told, and \"%s\" is due", part);
    if (strstr(line, part) == NULL)
        fail_msg("\"%s\" is not in: %s", part, line);
}

static void nothing_more(void) {
    if (tell(&told, "ota_demo", &status, line, sizeof line))
        fail_msg("told once too often: %s", line);
}

static void an_update_is_told_from_the_offer_to_the_restart(void **state) {
    (void)state;
    next_is("ota_demo 1.0.0 in slot A, as it was flashed");
    nothing_more();
    status.fault.code = ALOFT_E_HTTP_NOT_FOUND;
    next_is("update server reached, certificate good, nothing published yet");
    nothing_more();
    status.fault.code = ALOFT_OK;
    status.server_reached = true;
    nothing_more();
    strcpy(status.offered_version, "1.1.0");
    status.offered_sequence = 7;
    status.offer_stands = true;
    next_is("1.1.0 is on offer");
    nothing_more();
    status.state = ALOFT_DOWNLOADING;
    status.total = 1000;
    for (status.done = 0; status.done <= 1000; status.done += 25)
        if (status.done % 100 == 0)
            next_is("1.0.0 -> 1.1.0  [");
        else
            nothing_more();
    assert_non_null(strstr(line, "[##########] 100 %"));
    status.state = ALOFT_READING_BACK;
    next_is("read back");
    status.state = ALOFT_REBOOTING;
    status.offered_sequence = 8; /* a newer one that nobody is told of on the way out */
    next_is("restart");
    nothing_more();
}

static void a_trial_is_told_and_its_end(void **state) {
    (void)state;
    status.running = 1;
    status.state = ALOFT_TESTING;
    next_is("1.0.0 in slot B, on trial");
    status.state = ALOFT_IDLE;
    status.outcome = ALOFT_CONFIRMED;
    next_is("1.0.0 confirmed");
    nothing_more();
}

static void a_fault_is_told_once_with_its_facts(void **state) {
    (void)state;
    next_is("slot A");
    status.fault = (aloft_fault){.code = ALOFT_E_NET_REFUSED};
    next_is("lab-pc.local refused the connection on port 4443");
    nothing_more();
    status.fault.code = ALOFT_OK;
    nothing_more();
    status.fault.code = ALOFT_E_NET_REFUSED;
    next_is("refused");
}

static void a_fault_of_the_network_is_no_news_without_one(void **state) {
    (void)state;
    told.is_offline = true;
    assert_true(tell(&told, "ota_demo", &status, line, sizeof line)); /* who it is */
    status.fault.code = ALOFT_E_NET_UNREACHABLE;
    assert_false(tell(&told, "ota_demo", &status, line, sizeof line));
    told.is_offline = false;
    assert_true(tell(&told, "ota_demo", &status, line, sizeof line));
    assert_non_null(strstr(line, "0x0203"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_device_that_is_well_says_nothing, begin),
        cmocka_unit_test_setup(without_wifi_it_says_what_to_type, begin),
        cmocka_unit_test_setup(a_wrong_password_is_told_from_a_network_out_of_reach, begin),
        cmocka_unit_test_setup(a_captive_portal_is_named, begin),
        cmocka_unit_test_setup(a_server_that_is_gone_for_a_week_is_told_with_the_time, begin),
        cmocka_unit_test_setup(silence_is_counted_over_the_wrap_of_the_clock_until_an_answer,
                               begin),
        cmocka_unit_test_setup(times_are_told_in_the_unit_that_a_person_would_take, begin),
        cmocka_unit_test_setup(an_unset_clock_is_told, begin),
        cmocka_unit_test_setup(erased_nvs_with_the_records_in_it_is_told, begin),
        cmocka_unit_test_setup(an_image_for_another_chip_is_told_with_the_chip_that_it_is, begin),
        cmocka_unit_test_setup(an_image_from_the_cable_over_records_is_told, begin),
        cmocka_unit_test_setup(a_boot_loader_without_rollback_is_told, begin),
        cmocka_unit_test_setup(all_at_once_stays_within_the_room, begin),
        cmocka_unit_test_setup(every_sentence_ends_fits_and_is_cut_where_there_is_no_room, begin),
        cmocka_unit_test_setup(an_update_is_told_from_the_offer_to_the_restart, begin),
        cmocka_unit_test_setup(a_trial_is_told_and_its_end, begin),
        cmocka_unit_test_setup(a_fault_is_told_once_with_its_facts, begin),
        cmocka_unit_test_setup(a_fault_of_the_network_is_no_news_without_one, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner, the source reader and the image reader of `aloft doctor`. */
#include "test/kit/kit.h"

#include <sys/stat.h>

#include "host/doctor/room.h"
#include "host/legacy/device_info.h"
#include "test/kit/esp_image.h"

static struct trouble trouble;
static uint8_t room[1 << 20];

static aloft_bytes text_of(const char *text) {
    return kit_guarded(0, text, strlen(text));
}

static unsigned n_of(const char *text, enum scan_what what) {
    struct scan_hit hit;
    aloft_bytes file = text_of(text);
    unsigned n = 0;

    for (size_t from = 0; scan_next(file, from, &hit); from = hit.at + hit.len)
        n += hit.what == what;
    return n;
}

static const struct doctor_row *row_with(const struct doctor *d, const char *words) {
    for (size_t i = 0; i < doctor_n_rows(d); i++)
        if (strstr(doctor_row_at(d, i)->what, words) != NULL)
            return doctor_row_at(d, i);
    return NULL;
}

static void addresses_are_found_and_patterns_are_not(void **state) {
    (void)state;
    assert_int_equal(n_of("x https://a.b:1/c http://d.e", SCAN_ADDRESS), 2);
    assert_int_equal(n_of("https://%s:%d/ https:// http://", SCAN_ADDRESS), 0);
    assert_int_equal(n_of("Use https://NAME:PORT or https://NAME:PORT/PATH, ok", SCAN_ADDRESS), 0);
    assert_int_equal(n_of("https://me:word@a.b/c https://[2001:db8::1]:4443", SCAN_ADDRESS), 2);
    assert_true(address_is_for_updates("https://192.168.1.3:4443/"));
    assert_true(address_is_for_updates("https://lab.local/x"));
    assert_true(address_is_for_updates("https://cdn.example/fw.bin?x=1"));
    assert_false(address_is_for_updates("https://www.apache.org/licenses/LICENSE-2.0"));
}

static void the_words_of_a_pem_reader_are_no_key(void **state) {
    static const char words[] = "-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----";
    struct scan_hit hit;

    (void)state;
    assert_false(scan_next(kit_guarded(0, words, sizeof words), 0, &hit));
    assert_int_equal(n_of("-----BEGIN PRIVATE KEY-----\n"
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                          "-----END PRIVATE KEY-----",
                          SCAN_PRIVATE_KEY),
                     1);
    assert_int_equal(
        n_of("-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----", SCAN_PLACEHOLDER), 1);
}

static void a_file_of_beginnings_is_read_in_one_pass(void **state) {
    static char file[1 << 22];
    struct scan_hit hit;

    (void)state;
    for (size_t at = 0; at + 28 < sizeof file; at += 28)
        memcpy(file + at, "-----BEGIN CERTIFICATE-----\n", 28);
    assert_false(scan_next((aloft_bytes){(uint8_t *)file, sizeof file}, 0, &hit));
}

static void a_line_of_the_source_is_named(void **state) {
    struct doctor *d = doctor_new();
    aloft_bytes file = kit_file("test/fixtures/ota_demo/main/ota_util.c");

    (void)state;
    doctor_see_source(d, "main/ota_util.c", file);
    assert_int_equal(doctor_n_rows(d), 2);
    assert_string_equal(doctor_row_at(d, 0)->where, "main/ota_util.c:47");
    assert_non_null(row_with(d, "https://192.168.1.3:4443/"));
    assert_true(d->is_ota_demo);
    doctor_free(d);
}

static void a_blank_inside_an_address_is_seen(void **state) {
    struct doctor *d = doctor_new();

    (void)state;
    doctor_see_source(d, "a.c", text_of("const char *u = \"https://10.0.0.5 :4443/\";\n"));
    assert_non_null(row_with(d, "blank in it"));
    doctor_free(d);
}

static void broken_c_is_read_without_harm(void **state) {
    static const char *const texts[] = {
        "\"", "'", "\"\\", "/*", "//", "\"https://1.2.3.4:5", "\"a\nb\" \"https://1.2.3.4:5/\""};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct doctor *d = doctor_new();
        doctor_see_source(d, "a.c", text_of(texts[i]));
        doctor_free(d);
    }
}

static void device_info_is_found_in_an_image(void **state) {
    struct device_info info;

    (void)state;
    device_info_find(text_of("..{\n \"deviceInfo\": {\"firmwareVersion\": \"v2\", \"privateKey\": "
                             "\"abc\"}}.."),
                     &info);
    assert_int_equal(info.n, 1);
    assert_string_equal(info.version, "v2");
    assert_true(info.has_private_key && info.has_identity && info.version_is_whole);
    device_info_find(text_of("{\"deviceInfo\":{\"firmwareVersion\":\"firmwareVersion_here\"}}"),
                     &info);
    assert_true(info.is_placeholder);
    device_info_find(text_of("{\"deviceInfo\":{\"firmwareVersion\":7}}"), &info);
    assert_int_equal(info.n, 1);
    assert_string_equal(info.version, "");
    device_info_find(text_of("\"deviceInfo\" {\"deviceInfo\": {{\"deviceInfo\""), &info);
    assert_int_equal(info.n, 0);
}

static void version_lists_that_crash_devices_are_named(void **state) {
    static const struct {
        const char *list, *words;
    } lists[] = {
        {"{\"versioninfo\":{\"latest\":\"b\",\"upgrade\":[\"a\"],\"polling\":1}}", "crashes"},
        {"not JSON", "crashes"},
        {"{\"versioninfo\":{\"latest\":\"b\",\"upgrade\":[\"b\"],\"polling\":\"1\"}}", "for ever"},
        {"{\"versioninfo\":{\"latest\":\"b\",\"upgrade\":[\"c\"],\"polling\":\"1\"}}",
         "offered nothing"},
        {"{\"versioninfo\":{\"latest\":\"b\",\"upgrade\":[\"a\"],\"polling\":\"1\"}}",
         "is offered"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct doctor *d = doctor_new();
        doctor_see_device_info(d, "i", text_of("{\"deviceInfo\":{\"firmwareVersion\":\"a\"}}"));
        doctor_see_version_list(d, "v", text_of(lists[i].list));
        doctor_compare_versions(d);
        if (row_with(d, lists[i].words) == NULL)
            fail_msg("%s: %s", lists[i].list, lists[i].words);
        doctor_free(d);
    }
}

static const char *write_image(const char *name, const struct esp_recipe *recipe) {
    static char path[4096];
    aloft_bytes file = esp_image_make(recipe, ALOFT_SPACE(room));
    FILE *to;

    snprintf(path, sizeof path, "%s/%s", kit_folder(), name);
    to = fopen(path, "wb");
    assert_non_null(to);
    assert_int_equal(fwrite(file.at, 1, file.len, to), file.len);
    fclose(to);
    return path;
}

static void an_image_tells_its_address_version_and_secrets(void **state) {
    static const char inside[] =
        "https://192.168.1.3:4443/signed_ota_demo.bin\0"
        "{\"deviceInfo\":{\"firmwareVersion\":\"ver1\",\"privateKey\":\"c2VjcmV0\"}}\0";
    const struct esp_recipe recipe = {
        .project = "ota_demo", .version = "9.9", .inside = inside, .inside_len = sizeof inside};
    struct doctor *d = doctor_new();

    (void)state;
    assert_ok(doctor_look_at_firmware(d, write_image("a.bin", &recipe), &trouble));

    assert_non_null(row_with(d, "https://192.168.1.3:4443/"));
    assert_non_null(row_with(d, "\"ver1\": what an ota_demo device compares"));
    assert_non_null(row_with(d, "version 9.9 of the descriptor"));
    assert_int_equal(doctor_worst(d), DOCTOR_ALARM);
    doctor_free(d);
}

static void a_folder_without_source_is_refused(void **state) {
    struct doctor *d = doctor_new();
    char path[4096];

    (void)state;
    snprintf(path, sizeof path, "%s/empty", kit_folder());
    assert_int_equal(mkdir(path, 0700), 0);
    assert_provoked(doctor_look_at_project(d, path, &trouble), DOCTOR_NO_SOURCE);
    assert_provoked(doctor_look_at_project(d, "/nowhere", &trouble), FILE_READ);
    doctor_free(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_found_and_patterns_are_not),
        cmocka_unit_test(the_words_of_a_pem_reader_are_no_key),
        cmocka_unit_test(a_file_of_beginnings_is_read_in_one_pass),
        cmocka_unit_test(a_line_of_the_source_is_named),
        cmocka_unit_test(a_blank_inside_an_address_is_seen),
        cmocka_unit_test(broken_c_is_read_without_harm),
        cmocka_unit_test(device_info_is_found_in_an_image),
        cmocka_unit_test(version_lists_that_crash_devices_are_named),
        cmocka_unit_test(an_image_tells_its_address_version_and_secrets),
        cmocka_unit_test(a_folder_without_source_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

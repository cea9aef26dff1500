/* SPDX-License-Identifier: Apache-2.0 */
/* aloft.conf is read strictly, and names become the identifiers that manifests carry. */
#include "test/kit/kit.h"

#include <sys/stat.h>

#include "host/project.h"

static struct project project;
static struct trouble trouble;

static aloft_err open_text(const char *text, size_t len) {
    char path[200];
    FILE *file;

    snprintf(path, sizeof path, "%s/aloft.conf", kit_folder());
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    fclose(file);
    return project_open(kit_folder(), &project, &trouble);
}

static aloft_err open_with(const char *text) {
    return open_text(text, strlen(text));
}

static void a_class_and_channel_have_the_identifiers_of_the_profile(void **state) {
    static const struct {
        const char *device_class, *channel, *vendor_id, *class_id;
    } known[] = {
        {"aloft.example/esp32-sensor/rev-b", "stable", "a96d394e68fa534ea15b282e8658292d",
         "2a5e160f15a756c1b248fadd0254431d"},
        {"aloft.example/esp32-sensor/rev-b", "beta", "a96d394e68fa534ea15b282e8658292d",
         "b445facb293850899ee60592f0ca88ba"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint8_t want[32], vendor_id[16], class_id[16];
        kit_hex(known[i].vendor_id, want, 16);
        kit_hex(known[i].class_id, want + 16, 16);

        project_ids(known[i].device_class, known[i].channel, vendor_id, class_id);

        assert_memory_equal(vendor_id, want, 16);
        assert_memory_equal(class_id, want + 16, 16);
    }
}

static void only_names_that_make_good_paths_and_identifiers_are_legal(void **state) {
    static const char *const good[] = {"acme.example/lamp/a", "a/b/c",
                                       "x-1.example.org/M_1/v1.0-b"};
    static const char *const bad[] = {
        "",
        "acme",
        "acme/lamp",
        "acme/lamp/",
        "/lamp/a",
        "acme//a",
        "a/b/c/d",
        "Acme/lamp/a",
        "acme./lamp/a",
        ".acme/lamp/a",
        "ac..me/l/a",
        "-acme/lamp/a",
        "acme-/l/a",
        "acme/../a",
        "acme/./a",
        "acme/lamp/..",
        "acme/la mp/a",
        "acme/lamp/\xc3\xa4",
        "acme/l\n/a",
        "acme-.b/l/a",
        "acme.-b/l/a",
        "a123456789012345678901234567890123456789012345678901234567890/b/c"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(project_class_is_legal(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (project_class_is_legal(bad[i]))
            fail_msg("%s is not legal", bad[i]);
    assert_true(project_channel_is_legal("beta-2"));
    assert_false(project_channel_is_legal(""));
    assert_false(project_channel_is_legal("Beta"));
    assert_false(project_channel_is_legal("a/b"));
    assert_true(project_channel_is_legal("12345678901234567890123456789012"));
    assert_false(project_channel_is_legal("123456789012345678901234567890123"));
}

static void a_full_file_is_read_with_all_its_settings(void **state) {
    static const char text[] =
        "# a comment\r\n[project]\r\nbase = https://pc.local:4443/ota/ ; what devices call\r\n"
        "[serve]\nlisten=127.0.0.1:0\n  legacy-listen = [::1]:4443\n"
        "[class acme.example/a-lamp-with-a-name-that-is-long-enough/rev-b]\n"
        "channels = stable, beta ,\tlab\nchannels = night\nslot-size = 1536K\nkeys = device\n"
        "esp-project = ota_demo\nesp-chip = esp32\n"
        "[class acme.example/lamp/b]";
    const struct project_class *c;

    (void)state;
    assert_ok(open_with(text));
    assert_string_equal(project.base, "https://pc.local:4443/ota");
    assert_string_equal(project.listen, "127.0.0.1:0");
    assert_string_equal(project.legacy_listen, "[::1]:4443");
    assert_int_equal(project.n_classes, 2);
    assert_null(project_class_of(&project, NULL));
    assert_null(project_class_of(&project, "acme.example/lamp/c"));
    c = project_class_of(&project, "acme.example/a-lamp-with-a-name-that-is-long-enough/rev-b");
    assert_non_null(c);
    assert_int_equal(c->n_channels, 4);
    assert_string_equal(c->channel[1], "beta");
    assert_string_equal(c->channel[2], "lab");
    assert_string_equal(c->channel[3], "night");
    assert_int_equal(c->slot_size, 1536 * 1024);
    assert_true(c->keys_in_device);
    assert_string_equal(c->esp_project, "ota_demo");
    assert_string_equal(c->esp_chip, "esp32");
    c = project_class_of(&project, "acme.example/lamp/b");
    assert_string_equal(c->channel[0], "stable");
    assert_int_equal(c->n_channels, 1);
    assert_false(c->keys_in_device);
}

static void a_small_file_has_the_defaults(void **state) {
    (void)state;
    assert_ok(open_with("[project]\nbase=https://pc.local:4443\n[class acme.example/lamp/a]\n"));
    assert_string_equal(project.listen, "[::]:4443");
    assert_string_equal(project.legacy_listen, "");
    assert_ptr_equal(project_class_of(&project, NULL), &project.classes[0]);
    assert_int_equal(project.classes[0].slot_size, 0);
}

#define HEAD  "[project]\nbase=https://pc.local:4443\n"
#define CLASS HEAD "[class acme.example/lamp/a]\n"

static void each_mistake_is_said_with_its_line(void **state) {
    static const struct {
        const char *text;
        unsigned line;
        const char *what;
    } cases[] = {
        {"", 0, "base"},
        {"base=https://x\n", 1, "before the first [section]"},
        {"[project]\nbase=http://pc.local\n", 2, "is not an address"},
        {"[project]\nbase=https://\n", 2, "is not an address"},
        {"[project]\nbase=https://a b\n", 2, "holds a blank"},
        {"[project]\nbase=https://a?x\n", 2, "holds a blank"},
        {"[project]\nbase=https://a\nbase=https://b\n", 3, "stands twice"},
        {HEAD, 2, "no section [class"},
        {"[class a/b/c]\n", 1, "does not say base"},
        {HEAD "[projekt]\n", 3, "no section [projekt]"},
        {HEAD "[class acme/lamp]\n", 3, "is not VENDOR/MODEL/REVISION"},
        {CLASS "[class acme.example/lamp/a]\n", 4, "stands twice"},
        {CLASS "chanels = x\n", 4, "has no setting \"chanels\""},
        {CLASS "base = https://x\n", 4, "has no setting \"base\""},
        {CLASS "channels = stable,,beta\n", 4, "cannot be a channel"},
        {CLASS "channels = Beta\n", 4, "cannot be a channel"},
        {CLASS "channels = a,a\n", 4, "named twice"},
        {CLASS "channels = a,b,c,d,e,f,g,h,i\n", 4, "at most 8"},
        {CLASS "slot-size = 0\n", 4, "is not a size"},
        {CLASS "slot-size = 1G\n", 4, "is not a size"},
        {CLASS "slot-size = -1\n", 4, "is not a size"},
        {CLASS "slot-size = 65M\n", 4, "is not a size"},
        {CLASS "slot-size = 99999999999999999999999\n", 4, "is not a size"},
        {CLASS "keys = none\n", 4, "keys is"},
        {CLASS "esp-chip = esp32-with-a-long-name\n", 4, "longer than 15"},
        {CLASS "just words\n", 4, "neither"},
        {HEAD "[serve]\nlisten = 4443\n", 4, "is not ADDRESS:PORT"},
        {HEAD "[serve]\nlisten = [::]:70000\n", 4, "is not ADDRESS:PORT"},
        {HEAD "[serve]\nlisten = ::1:4443\n", 4, "in brackets"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aloft_err e = open_with(cases[i].text);
        char text[1000];

        assert_provoked(e, CONF_FORM);
        trouble_text(&trouble, text, sizeof text);
        if (strstr(text, cases[i].what) == NULL || trouble.fault.at != cases[i].line)
            fail_msg("case %zu, line %u: %s", i, trouble.fault.at, text);
    }
}

static void a_line_too_long_for_the_reader_is_refused_and_not_cut(void **state) {
    char text[600] = "[project]\nbase=https://";

    (void)state;
    memset(text + strlen(text), 'a', 190);
    strcat(text, "\n[class a/b/c]\n");
    assert_provoked(open_with(text), CONF_FORM);
    assert_int_equal(trouble.fault.at, 2);
}

static void a_file_that_is_no_text_is_refused(void **state) {
    (void)state;
    assert_provoked(open_text(CLASS "\0[serve]", sizeof CLASS "\0[serve]" - 1), CONF_FORM);
    assert_int_equal(trouble.fault.at, 3);
}

static void a_folder_without_the_file_is_no_project(void **state) {
    (void)state;
    assert_provoked(project_open("/proc/self", &project, &trouble), NO_PROJECT);
    assert_provoked(project_open("/does/not/exist", &project, &trouble), NO_PROJECT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_and_channel_have_the_identifiers_of_the_profile),
        cmocka_unit_test(only_names_that_make_good_paths_and_identifiers_are_legal),
        cmocka_unit_test(a_full_file_is_read_with_all_its_settings),
        cmocka_unit_test(a_small_file_has_the_defaults),
        cmocka_unit_test(each_mistake_is_said_with_its_line),
        cmocka_unit_test(a_line_too_long_for_the_reader_is_refused_and_not_cut),
        cmocka_unit_test(a_file_that_is_no_text_is_refused),
        cmocka_unit_test(a_folder_without_the_file_is_no_project),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

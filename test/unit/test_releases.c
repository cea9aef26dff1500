/* SPDX-License-Identifier: Apache-2.0 */
/* The list of releases: what was written is read back, and the manifest on offer decides what counts. */
#include "test/kit/kit.h"

#include "host/file.h"
#include "host/make/release_json.h"

static const char *folder;
static struct releases all, back;
static struct trouble trouble;

static void write_file(const char *name, const char *text) {
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (text == NULL)
        remove(path);
    else
        assert_ok(file_write(path, (aloft_bytes){(const uint8_t *)text, strlen(text)}, 0644, true,
                             &trouble));
}

/* A release whose manifest.suit would be this text. */
static void add(const char *version, uint64_t sequence, const char *manifest) {
    static struct release r;
    struct aloft_hash hash;

    memset(&r, 0, sizeof r);
    strcpy(r.version, version);
    strcpy(r.payload, "fw/0123456789abcdef.bin");
    strcpy(r.notes, "caf\xc3\xa9, \"quoted\"\n");
    r.sequence = sequence;
    r.when_s = sequence;
    r.size = 4000000000u;
    r.encodings = 0xffffffffu;
    r.trust.is_there = true;
    r.trust.n = r.trust.threshold = 1;
    memset(r.trust.kid[0], 0xab, 8);
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){(const uint8_t *)manifest, strlen(manifest)});
    aloft_hash_end(&hash, r.manifest);
    releases_add(&all, &r);
}

static int two_releases(void **state) {
    (void)state;
    folder = kit_folder();
    add("1.0.0", 1000, "one");
    add("1.1.0", 2000, "two");
    assert_ok(releases_write(folder, "acme.example/lamp/a", "stable", &all, &trouble));
    write_file(RELEASE_OFFER, "two");
    return 0;
}

static int free_both(void **state) {
    (void)state;
    releases_free(&all);
    releases_free(&back);
    write_file(RELEASE_OFFER, NULL);
    write_file(RELEASE_LIST, NULL);
    return 0;
}

static void what_was_written_is_read_back(void **state) {
    (void)state;
    assert_ok(releases_read(folder, &back, &trouble));
    assert_int_equal(back.n, 2);
    assert_memory_equal(back.list, all.list, 2 * sizeof all.list[0]);
    assert_int_equal(back.on_offer, 1);
    assert_string_equal(releases_version(&back, "1.0.0")->version, "1.0.0");
    assert_null(releases_version(&back, "1.0"));
}

static void a_release_that_never_came_on_offer_is_left_out_and_its_number_stays_used(void **state) {
    (void)state;
    write_file(RELEASE_OFFER, "one");

    assert_ok(releases_read(folder, &back, &trouble));

    assert_int_equal(back.n, 1);
    assert_int_equal(back.on_offer, 0);
    assert_int_equal(back.highest, 2000);
}

static void an_old_manifest_brought_back_by_hand_drops_nothing(void **state) {
    (void)state;
    add("1.2.0", 3000, "three");
    assert_ok(releases_write(folder, "acme.example/lamp/a", "stable", &all, &trouble));
    write_file(RELEASE_OFFER, "one");
    assert_ok(releases_read(folder, &back, &trouble));
    assert_int_equal(back.n, 3);
    assert_int_equal(back.on_offer, 0);
}

static void a_first_publish_that_was_cut_leaves_an_empty_list(void **state) {
    (void)state;
    all.n = 1;
    assert_ok(releases_write(folder, "acme.example/lamp/a", "stable", &all, &trouble));
    write_file(RELEASE_OFFER, NULL);

    assert_ok(releases_read(folder, &back, &trouble));

    assert_int_equal(back.n, 0);
    assert_int_equal(back.highest, 1000);
}

static void an_unknown_manifest_on_offer_drops_nothing(void **state) {
    (void)state;
    write_file(RELEASE_OFFER, "three");
    assert_ok(releases_read(folder, &back, &trouble));
    assert_int_equal(back.n, 2);
    assert_int_equal(back.on_offer, 2);
}

static void no_list_is_an_empty_list(void **state) {
    (void)state;
    write_file(RELEASE_LIST, NULL);
    assert_ok(releases_read(folder, &back, &trouble));
    assert_int_equal(back.n, 0);
}

/* Replace the first occurrence of `from` in what releases_write would write. */
static char *changed(const char *from, const char *to) {
    char *text = release_json_write("acme.example/lamp/a", "stable", &all);
    char *at = strstr(text, from);
    char *out = malloc(strlen(text) + strlen(to) + 1);

    assert_non_null(at);
    sprintf(out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    free(text);
    return out;
}

static void the_last_time_that_can_be_given_is_read_back(void **state) {
    (void)state;
    all.list[1].use_before = RELEASE_TIME_MAX;
    assert_ok(releases_write(folder, "acme.example/lamp/a", "stable", &all, &trouble));
    assert_ok(releases_read(folder, &back, &trouble));
    assert_int_equal(back.list[1].use_before, RELEASE_TIME_MAX);
}

static void a_list_that_is_full_leaves_out_the_oldest(void **state) {
    const unsigned more = RELEASES_MAX - 1; /* than the two: one too many */

    (void)state;
    all.list = realloc(all.list, (all.n + more) * sizeof all.list[0]);
    assert_non_null(all.list);
    for (unsigned i = 0; i < more; i++, all.n++)
        all.list[all.n] = all.list[1];
    assert_ok(releases_write(folder, "acme.example/lamp/a", "stable", &all, &trouble));
    assert_ok(releases_read(folder, &back, &trouble));
    assert_int_equal(back.n, RELEASES_MAX);
    assert_string_equal(back.list[0].version, "1.1.0");
}

static void each_field_is_read_strictly(void **state) {
    static const char *const changes[][2] = {
        {"aloft-releases-1", "aloft-releases-2"},
        {"\"1.0.0\"", "7"},
        {"\"1.0.0\"", "\"123456789012345678901234567890123\""},
        {":\t1000,", ":\t-1,"},
        {":\t1000,", ":\t0.5,"},
        {":\t1000,", ":\t1e300,"},
        {"1970-01-01T00:16:40Z", "yesterday"},
        {"4000000000", "5000000000"},
        {"fw/0123", "../0123"},
        {"fw/0123456789abcdef.bin", "fw/0123456789abcdef.exe"},
        {"abababababababab", "ababababababab"},
        {"\"threshold\"", "\"t\""},
        {"\"signed_by\":\t[]", "\"signed_by\":\t[\"x\"]"},
        {"]", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char *text = changed(changes[i][0], changes[i][1]);
        assert_provoked(release_json_read(text, &back, &trouble), RELEASES_FORM);
        releases_free(&back);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_read_back, two_releases, free_both),
        cmocka_unit_test_setup_teardown(
            a_release_that_never_came_on_offer_is_left_out_and_its_number_stays_used, two_releases,
            free_both),
        cmocka_unit_test_setup_teardown(a_first_publish_that_was_cut_leaves_an_empty_list,
                                        two_releases, free_both),
        cmocka_unit_test_setup_teardown(an_unknown_manifest_on_offer_drops_nothing, two_releases,
                                        free_both),
        cmocka_unit_test_setup_teardown(an_old_manifest_brought_back_by_hand_drops_nothing,
                                        two_releases, free_both),
        cmocka_unit_test_setup_teardown(no_list_is_an_empty_list, two_releases, free_both),
        cmocka_unit_test_setup_teardown(the_last_time_that_can_be_given_is_read_back, two_releases,
                                        free_both),
        cmocka_unit_test_setup_teardown(a_list_that_is_full_leaves_out_the_oldest, two_releases,
                                        free_both),
        cmocka_unit_test_setup_teardown(each_field_is_read_strictly, two_releases, free_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

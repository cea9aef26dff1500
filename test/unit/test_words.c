/* SPDX-License-Identifier: Apache-2.0 */
/* Words that the device makes of what it reads. */
#include "test/kit/kit.h"

#include "device/words.h"

static void a_version_of_a_manifest_is_written_as_people_write_it(void **state) {
    static const struct {
        struct aloft_manifest manifest;
        const char *text;
    } versions[] = {
        {{.n_version = 1, .version = {7}}, "7"},
        {{.n_version = 3, .version = {1, 4, 2}}, "1.4.2"},
        {{.n_version = 5, .version = {1, 4, 2, -1, 3}}, "1.4.2-rc3"},
        {{.n_version = 4, .version = {1, 4, -2, 1}}, "1.4-beta1"},
        {{.n_version = 3, .version = {1, 4, -3}}, "1.4-alpha"},
        {{.n_version = 2, .version = {1, -4}},
         "1-"}, /* no reader lets it pass; nothing is read past */
    };
    char text[ALOFT_VERSION_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        al_words_version(&versions[i].manifest, text);
        assert_string_equal(text, versions[i].text);
    }
}

static void names_and_versions_have_their_own_characters(void **state) {
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        bool is_name = c != 0 && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789._-",
                                        (int)c) != NULL;
        assert_int_equal(al_words_is_name((char)c), is_name);
        assert_int_equal(al_words_is_version((char)c), is_name || c == '+');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_of_a_manifest_is_written_as_people_write_it),
        cmocka_unit_test(names_and_versions_have_their_own_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

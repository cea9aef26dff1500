/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of ours in a person's file: they go in, are found, are told from edited ones, and come out. */
#include "test/kit/kit.h"

#include "host/esp32/block.h"

static char with[4096], again[4096];

static void put(const char *text, const char *lines, char *out) {
    struct block block = block_find(text);

    assert_true(block_put(text, &block, lines, out, sizeof with) > 0);
}

static void lines_go_behind_everything_and_come_out_again(void **state) {
    (void)state;
    struct block block;

    put("MINE=y\n", "OURS=y\n", with);

    block = block_find(with);
    assert_int_equal(block.state, BLOCK_OURS);
    assert_int_equal(block.line, 3);
    assert_true(strncmp(with, "MINE=y\n\n# aloft: begin ", 23) == 0);
    put(with, "", again);
    assert_string_equal(again, "MINE=y\n");
}

static void the_same_lines_give_the_same_file(void **state) {
    (void)state;
    put("", "OURS=y\n", with);

    put(with, "OURS=y\n", again);

    assert_string_equal(again, with);
}

static void other_lines_take_the_old_place(void **state) {
    (void)state;
    put("MINE=y\n", "OURS=y\n", with);
    strcat(with, "BEHIND=y\n");

    put(with, "OURS=n\n", again);

    assert_non_null(strstr(again, "OURS=n\n# aloft: end\nBEHIND=y\n"));
    assert_null(strstr(again, "OURS=y"));
    assert_int_equal(block_find(again).state, BLOCK_OURS);
}

static void each_edited_byte_is_seen(void **state) {
    (void)state;
    size_t at;

    put("", "OURS=y\n", with);
    at = (size_t)(strstr(with, "OURS") - with);
    for (size_t i = at; i < at + 6; i++) {
        memcpy(again, with, sizeof again);
        again[i] ^= 1;
        assert_int_equal(block_find(again).state, BLOCK_EDITED);
    }
}

static void marks_that_do_not_pair_are_broken(void **state) {
    (void)state;
    static const char *const texts[] = {
        "# aloft: begin 12345678\n",
        "# aloft: end\n",
        "a\n# aloft: end\n# aloft: begin 12345678\n",
        "# aloft: begin 1\n# aloft: begin 2\n# aloft: end\n",
        "# aloft: begin 1\n# aloft: end\n# aloft: end\n",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(block_find(texts[i]).state, BLOCK_BROKEN);
    assert_int_equal(block_find(texts[2]).line, 2);
    assert_int_equal(block_find("").state, BLOCK_NONE);
    assert_int_equal(block_find("# aloft: nothing\n").state, BLOCK_NONE);
    assert_int_equal(block_find("# aloft: begin \n# aloft: end").state, BLOCK_EDITED);
}

static void a_room_that_is_too_small_is_told(void **state) {
    (void)state;
    struct block block = block_find("MINE=y\n");
    char small[40];

    assert_int_equal(block_put("MINE=y\n", &block, "OURS=y\n", small, sizeof small), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_go_behind_everything_and_come_out_again),
        cmocka_unit_test(the_same_lines_give_the_same_file),
        cmocka_unit_test(other_lines_take_the_old_place),
        cmocka_unit_test(each_edited_byte_is_seen),
        cmocka_unit_test(marks_that_do_not_pair_are_broken),
        cmocka_unit_test(a_room_that_is_too_small_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

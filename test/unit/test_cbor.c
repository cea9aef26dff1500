/* SPDX-License-Identifier: Apache-2.0 */
/* The pull reader asks once, and the writer writes what the reader takes. */
#include "test/kit/kit.h"

#include "cbor/cbor.h"
#include "cbor/write.h"

enum { FORM = 5, RULE = 14, OTHER = 20 };

/* Up to four readers at a time, each before a forbidden page of its own. */
static struct al_cbor reader_of(const char *hex) {
    static unsigned which;
    uint8_t bytes[256];
    size_t len = kit_hex(hex, bytes, sizeof bytes);
    struct al_cbor r;

    al_cbor_start(&r, kit_guarded(which++ % 4, bytes, len), FORM);
    r.rule = RULE;
    return r;
}

static void the_example_of_the_header_is_read(void **state) {
    struct al_cbor r = reader_of("a2 01 07 02 43 81 61 61");
    aloft_bytes word;
    size_t outside;

    (void)state;
    al_cbor_walk(&r);
    assert_int_equal(al_cbor_map(&r), 2);
    al_cbor_expect(&r, 1);
    assert_int_equal(al_cbor_uint(&r), 7);
    al_cbor_expect(&r, 2);
    outside = al_cbor_enter(&r);
    assert_int_equal(al_cbor_array(&r), 1);
    word = al_cbor_text(&r);
    al_cbor_leave(&r, outside);
    al_cbor_end(&r);

    assert_int_equal(r.failed, 0);
    assert_int_equal(word.len, 1);
    assert_int_equal(word.at[0], 'a');
}

static void the_first_failure_stays_and_everything_after_it_gives_nothing(void **state) {
    struct al_cbor r = reader_of("83 01 61 61 02");

    (void)state;
    assert_int_equal(al_cbor_array(&r), 3);
    assert_int_equal(al_cbor_uint(&r), 1);
    assert_int_equal(al_cbor_uint(&r), 0); /* a text stands there */
    r.rule = OTHER;
    al_cbor_fail(&r);
    assert_int_equal(al_cbor_text(&r).len, 0);
    assert_int_equal(al_cbor_bytes(&r).len, 0);
    assert_int_equal(al_cbor_item(&r).len, 0);
    assert_int_equal(al_cbor_int(&r), 0);
    assert_int_equal(al_cbor_map(&r), 0);
    assert_int_equal(al_cbor_array(&r), 0);
    al_cbor_tag(&r, 0);
    al_cbor_null(&r);
    al_cbor_expect(&r, 0);
    al_cbor_leave(&r, al_cbor_enter(&r));
    al_cbor_enter_again(&r, r.in);
    al_cbor_end(&r);

    assert_int_equal(r.failed, RULE);
    assert_int_equal(r.failed_at, 2);
    assert_int_equal(al_cbor_kind(&r), AL_CBOR_IS_NOTHING);
    assert_false(al_cbor_next_is(&r, 1));
}

static void a_byte_string_that_is_entered_must_hold_one_deterministic_item(void **state) {
    struct al_cbor two = reader_of("42 01 02"), none = reader_of("40"),
                   longer = reader_of("42 18 17");
    struct al_cbor left = reader_of("43 82 01 02"), text;
    size_t outside;

    (void)state;
    (void)al_cbor_enter(&two);
    assert_int_equal(two.failed, FORM);
    assert_int_equal(two.failed_at, 2);
    (void)al_cbor_enter(&none);
    assert_int_equal(none.failed, FORM);
    (void)al_cbor_enter(&longer);
    assert_int_equal(longer.failed, FORM);
    text = reader_of("61 61");
    (void)al_cbor_enter(&text);
    assert_int_equal(text.failed, RULE);
    outside = al_cbor_enter(&left); /* [1, 2], of which only 1 is read */
    (void)al_cbor_array(&left);
    (void)al_cbor_uint(&left);
    al_cbor_leave(&left, outside);
    assert_int_equal(left.failed, RULE);
    assert_int_equal(left.failed_at, 3);
}

static void a_byte_string_can_be_entered_later(void **state) {
    struct al_cbor r = reader_of("82 42 81 05 06");
    aloft_bytes inside;

    (void)state;
    (void)al_cbor_array(&r);
    inside = al_cbor_bytes(&r);
    assert_int_equal(al_cbor_uint(&r), 6);
    al_cbor_enter_again(&r, inside);
    assert_int_equal(al_cbor_array(&r), 1);
    assert_int_equal(al_cbor_uint(&r), 5);
    al_cbor_end(&r);
    assert_int_equal(r.failed, 0);
}

static void the_next_item_can_be_looked_at(void **state) {
    static const char *const hex[] = {"00", "20", "40", "60", "80", "a0", "c100", "f6", "ff"};

    (void)state;
    for (int i = 0; i < 9; i++) {
        struct al_cbor r = reader_of(hex[i]);
        assert_int_equal(al_cbor_kind(&r), i < 8 ? AL_CBOR_IS_UINT + i : AL_CBOR_IS_NOTHING);
        assert_int_equal(al_cbor_next_is(&r, 0), i == 0);
        assert_int_equal(r.at, 0);
    }
}

static void null_tag_and_whole_items_are_passed(void **state) {
    struct al_cbor r = reader_of("f6 d2 82 01 a1 02 03"), other = reader_of("f5"),
                   tag = reader_of("d1 00");

    (void)state;
    al_cbor_null(&r);
    al_cbor_tag(&r, 18);
    assert_int_equal(al_cbor_item(&r).len, 5);
    al_cbor_end(&r);
    assert_int_equal(r.failed, 0);
    al_cbor_null(&other);
    assert_int_equal(other.failed, RULE);
    al_cbor_tag(&tag, 18);
    assert_int_equal(tag.failed, RULE);
}

static void without_a_walk_too_each_item_is_checked_for_its_form(void **state) {
    struct al_cbor text = reader_of("61ff"), item = reader_of("82 01 1801"),
                   longer = reader_of("1817");

    (void)state;
    assert_int_equal(al_cbor_text(&text).len, 0);
    assert_int_equal(text.failed, FORM);
    assert_int_equal(al_cbor_item(&item).len, 0);
    assert_int_equal(item.failed, FORM);
    assert_int_equal(item.failed_at, 2);
    assert_int_equal(al_cbor_uint(&longer), 0);
    assert_int_equal(longer.failed, RULE);
}

static void what_does_not_fit_is_said_at_the_end(void **state) {
    uint8_t room[8];
    struct al_cbor_out out;

    (void)state;
    for (size_t size = 0; size <= sizeof room; size++) {
        memset(room, 0xee, sizeof room);
        al_cbor_out_start(&out, (aloft_space){room, size});
        al_cbor_put_array(&out, 2);
        al_cbor_put_bytes(&out, ALOFT_BYTES(((uint8_t[]){1, 2, 3})));
        al_cbor_put_uint(&out, 9);

        assert_int_equal(al_cbor_out_is_whole(&out), size >= 6);
        assert_int_equal(al_cbor_out_bytes(&out).len, size >= 6 ? 6 : 0);
        for (size_t i = size; i < sizeof room; i++)
            assert_int_equal(room[i], 0xee);
    }
    assert_memory_equal(room, "\x82\x43\1\2\3\x09", 6);
}

static void the_writer_takes_the_shortest_head(void **state) {
    static const uint64_t edges[] = {
        0, 23, 24, 255, 256, 65535, 65536, UINT32_MAX, (uint64_t)UINT32_MAX + 1, UINT64_MAX};
    uint8_t room[32];
    struct al_cbor_out out;
    struct al_cbor r;

    (void)state;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        al_cbor_out_start(&out, ALOFT_SPACE(room));
        al_cbor_put_uint(&out, edges[i]);
        al_cbor_start(&r, al_cbor_out_bytes(&out), FORM);
        al_cbor_walk(&r);
        assert_true(al_cbor_uint(&r) == edges[i]);
        al_cbor_end(&r);
        assert_int_equal(r.failed, 0);
        if (edges[i] > INT64_MAX)
            continue;
        al_cbor_out_start(&out, ALOFT_SPACE(room));
        al_cbor_put_int(&out, (int64_t)edges[i]);
        al_cbor_start(&r, al_cbor_out_bytes(&out), FORM);
        assert_true(al_cbor_uint(&r) == edges[i]);
        assert_int_equal(r.failed, 0);
        al_cbor_out_start(&out, ALOFT_SPACE(room));
        al_cbor_put_int(&out, -1 - (int64_t)edges[i]);
        al_cbor_start(&r, al_cbor_out_bytes(&out), FORM);
        al_cbor_walk(&r);
        assert_true(al_cbor_int(&r) == -1 - (int64_t)edges[i]);
        assert_int_equal(r.failed, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_header_is_read),
        cmocka_unit_test(the_first_failure_stays_and_everything_after_it_gives_nothing),
        cmocka_unit_test(a_byte_string_that_is_entered_must_hold_one_deterministic_item),
        cmocka_unit_test(a_byte_string_can_be_entered_later),
        cmocka_unit_test(the_next_item_can_be_looked_at),
        cmocka_unit_test(null_tag_and_whole_items_are_passed),
        cmocka_unit_test(without_a_walk_too_each_item_is_checked_for_its_form),
        cmocka_unit_test(what_does_not_fit_is_said_at_the_end),
        cmocka_unit_test(the_writer_takes_the_shortest_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

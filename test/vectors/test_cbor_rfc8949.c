/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of RFC 8949, Appendix A, that this reader takes, and those that it refuses and why; and
 * examples of Appendix F, which are no CBOR at all. */
#include "test/kit/kit.h"

#include "cbor/cbor.h"

enum { FORM = 5, RULE = 9 };

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

static unsigned walked(const char *hex) {
    struct al_cbor r = reader_of(hex);

    al_cbor_walk(&r);
    return r.failed;
}

static void unsigned_numbers_are_read(void **state) {
    static const struct {
        const char *hex;
        uint64_t number;
    } rows[] = {
        {"00", 0},
        {"01", 1},
        {"0a", 10},
        {"17", 23},
        {"1818", 24},
        {"1819", 25},
        {"1864", 100},
        {"1903e8", 1000},
        {"1a000f4240", 1000000},
        {"1b000000e8d4a51000", 1000000000000},
        {"1bffffffffffffffff", 18446744073709551615u},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct al_cbor r = reader_of(rows[i].hex);
        al_cbor_walk(&r);
        assert_true(al_cbor_uint(&r) == rows[i].number);
        al_cbor_end(&r);
        assert_int_equal(r.failed, 0);
    }
}

static void negative_numbers_are_read_down_to_minus_2_to_the_63(void **state) {
    static const struct {
        const char *hex;
        int64_t number;
    } rows[] = {
        {"20", -1},
        {"29", -10},
        {"3863", -100},
        {"3903e7", -1000},
        {"3b7fffffffffffffff", INT64_MIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct al_cbor r = reader_of(rows[i].hex);
        assert_true(al_cbor_int(&r) == rows[i].number);
        assert_int_equal(r.failed, 0);
    }
    struct al_cbor r = reader_of("3bffffffffffffffff"); /* -2^64: right CBOR, but no int64_t */
    assert_int_equal(walked("3bffffffffffffffff"), 0);
    assert_true(al_cbor_int(&r) == 0);
    assert_int_equal(r.failed, RULE);
}

static void strings_are_views_of_the_input(void **state) {
    struct al_cbor r = reader_of("4401020304"), t = reader_of("6449455446");
    aloft_bytes bytes = al_cbor_bytes(&r), text = al_cbor_text(&t);

    (void)state;
    assert_int_equal(bytes.len, 4);
    assert_memory_equal(bytes.at, "\1\2\3\4", 4);
    assert_int_equal(text.len, 4);
    assert_memory_equal(text.at, "IETF", 4);
}

static void what_is_deterministic_is_walked(void **state) {
    static const char *const rows[] = {
        "f4",
        "f5",
        "f6",
        "40",
        "60",
        "80",
        "a0",
        "6161",
        "62225c",
        "62c3bc",
        "63e6b0b4",
        "64f0908591",
        "c11a514b67b0",
        "d74401020304",
        "d818456449455446",
        "83010203",
        "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        "a201020304",
        "a26161016162820203",
        "826161a161626163",
        "a56161614161626142616361436164614461656145",
        "c074323031332d30332d32315432303a30343a30305a",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (walked(rows[i]) != 0)
            fail_msg("%s was refused", rows[i]);
}

static void floats_other_simple_values_and_indefinite_lengths_are_refused(void **state) {
    static const char *const rows[] = {
        /* floats: 0.0, 1.0, 1.5, 65504.0, 100000.0, 1.1, Infinity, NaN in three sizes; in an item */
        "f90000",
        "f93c00",
        "f93e00",
        "f97bff",
        "fa47c35000",
        "fb3ff199999999999a",
        "f97c00",
        "f97e00",
        "fa7fc00000",
        "fb7ff8000000000000",
        "c1fb41d452d9e2000000",
        /* undefined, simple(16), simple(255) */
        "f7",
        "f0",
        "f8ff",
        /* indefinite lengths */
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9fff",
        "9f018202039f0405ffff",
        "83018202039f0405ff",
        "bf61610161629f0203ffff",
        "826161bf61626163ff",
        "ff",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (walked(rows[i]) != FORM)
            fail_msg("%s was taken", rows[i]);
}

static void longer_heads_than_needed_are_refused(void **state) {
    static const char *const rows[] = {
        "1817",   "190018",           "1900ff", "1a0000ffff", "1b00000000ffffffff",
        "3817",   "580161",           "780161", "980101",     "b8010101",
        "d80501", "5900044142434445", "f814",   "f818",       "1b0000000000000001",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (walked(rows[i]) != FORM)
            fail_msg("%s was taken", rows[i]);
}

static void map_keys_ascend_and_stand_once(void **state) {
    (void)state;
    assert_int_equal(walked("a201000200"), 0);
    assert_int_equal(walked("a202000100"), FORM);           /* 2 before 1 */
    assert_int_equal(walked("a201000100"), FORM);           /* 1 twice */
    assert_int_equal(walked("a3010061610081010000"), FORM); /* bytes left over */
    assert_int_equal(walked("a301006161008101"), FORM);     /* a value is missing */
    assert_int_equal(walked("a30100616100810100"), 0);      /* 1, "a", [1] */
    assert_int_equal(walked("a30100810100616100"), FORM);   /* 1, [1], "a" */
    assert_int_equal(walked("a2617a00626161 00"), 0);       /* "z" < "aa": shorter first */
    assert_int_equal(walked("a262616100617a00"), FORM);
    assert_int_equal(walked("8102a2"), FORM);
    assert_int_equal(walked("a101a202000100"), FORM); /* inside a value too */
}

static void truncated_items_and_bytes_behind_are_refused(void **state) {
    static const char *const rows[] = {
        "18",
        "19",
        "1a",
        "1b",
        "1901",
        "1a0102",
        "1b01020304050607",
        "38",
        "58",
        "78",
        "98",
        "9a01ff00",
        "b8",
        "d8",
        "41",
        "61",
        "5affffffff00",
        "5bffffffffffffffff010203",
        "7affffffff00",
        "7b7fffffffffffffff010203",
        "81",
        "818181818181818181",
        "8200",
        "a1",
        "a20102",
        "a100",
        "a2000000",
        "c0",
        "1c",
        "1d",
        "1e",
        "3c",
        "5c",
        "7c",
        "9c",
        "bc",
        "dc",
        "fc",
        "1f",
        "3f",
        "df",
        "",
        "0000",
        "8000",
        "a1010200",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (walked(rows[i]) != FORM)
            fail_msg("%s was taken", rows[i]);
}

static void text_that_is_not_utf8_is_refused(void **state) {
    static const char *const rows[] = {
        "61ff",       "6180",     "61c3",     "62c080",     "62c1bf",
        "63e08080",   "63eda080", "63edbfbf", "64f0808080", "64f4908080",
        "64f5808080", "63e28228", "62c328",   "64f09028bc", "64f0908528",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (walked(rows[i]) != FORM)
            fail_msg("%s was taken", rows[i]);
    assert_int_equal(walked("63ed9fbf"), 0);   /* U+D7FF */
    assert_int_equal(walked("63ee8080"), 0);   /* U+E000 */
    assert_int_equal(walked("64f48fbfbf"), 0); /* U+10FFFF */
}

static void eight_levels_are_walked_and_nine_are_refused(void **state) {
    (void)state;
    assert_int_equal(walked("818181818181818100"), 0);
    assert_int_equal(walked("81818181818181818100"), FORM);
    assert_int_equal(walked("818181818181818180"), FORM); /* an empty one is a level too */
    assert_int_equal(walked("c1c1c1c1c1c1c1c100"), 0);
    assert_int_equal(walked("c1c1c1c1c1c1c1c1c100"), FORM);
    assert_int_equal(walked("8281818181818181000081"), FORM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsigned_numbers_are_read),
        cmocka_unit_test(negative_numbers_are_read_down_to_minus_2_to_the_63),
        cmocka_unit_test(strings_are_views_of_the_input),
        cmocka_unit_test(what_is_deterministic_is_walked),
        cmocka_unit_test(floats_other_simple_values_and_indefinite_lengths_are_refused),
        cmocka_unit_test(longer_heads_than_needed_are_refused),
        cmocka_unit_test(map_keys_ascend_and_stand_once),
        cmocka_unit_test(truncated_items_and_bytes_behind_are_refused),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(eight_levels_are_walked_and_nine_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand behind a right signature: each part of a manifest exchanged for others, legal and not. */
#include "test/kit/kit.h"
#include "test/kit/envelope.h"

#include "cbor/write.h"
#include "suit/suit.h"

/* The inside of each part, in hexadecimal. */
enum part { SEQUENCE, COMPONENTS, SHARED, VERSION, VALIDATE, INVOKE, INSTALL, PARTS };

#define V "50a96d394e68fa534ea15b282e8658292d"
#define C "502a5e160f15a756c1b248fadd0254431d"
#define H "0202020202020202020202020202020202020202020202020202020202020202"
#define D "5824822f5820" H /* << [-16, H] >> */
#define GET                                                                                        \
    "14a2"                                                                                         \
    "15"                                                                                           \
    "6161"                                                                                         \
    "1819" /* 20, {21: "a", 25: arguments */
#define REST                                                                                       \
    "1502"                                                                                         \
    "030f" /* 21,2, 3,15 */
#define FULL                                                                                       \
    "880c00" GET "582aa3010002"                                                                    \
    "19ffff"                                                                                       \
    "035820" H REST
#define ONE                                                                                        \
    "8181"                                                                                         \
    "43617070"
#define TWO                                                                                        \
    "8281"                                                                                         \
    "43617070"                                                                                     \
    "8243617070"                                                                                   \
    "43637572"

static struct kit_pen pens[3];
static struct aloft_manifest m;
static aloft_fault why;

static const char *const usual[PARTS] = {
    "182a", ONE,  "880c0014a401" V "02" C "03" D "0e19ffff010f020f", "83010402", "840c00030f",
    NULL,   FULL,
};

static void put_wrapped(struct al_cbor_out *out, unsigned key, const char *hex) {
    uint8_t inside[2048];

    if (hex == NULL)
        return;
    al_cbor_put_uint(out, key);
    al_cbor_put_bytes(out, (aloft_bytes){inside, kit_hex(hex, inside, sizeof inside)});
}

/* Hexadecimal as it stands */
static void put_plain(struct al_cbor_out *out, const char *hex) {
    out->len += kit_hex(hex, out->room.at + out->len, out->room.len - out->len);
}

static aloft_bytes manifest_of(const char *const part[PARTS]) {
    static uint8_t room[4096];
    uint8_t inside[1024];
    struct al_cbor_out out, common;

    al_cbor_out_start(&common, ALOFT_SPACE(inside));
    al_cbor_put_map(&common, 2);
    al_cbor_put_uint(&common, 2);
    put_plain(&common, part[COMPONENTS]);
    put_wrapped(&common, 4, part[SHARED]);
    al_cbor_out_start(&out, ALOFT_SPACE(room));
    al_cbor_put_map(&out, part[INVOKE] == NULL ? 6 : 7);
    al_cbor_put_uint(&out, 1);
    al_cbor_put_uint(&out, 1);
    al_cbor_put_uint(&out, 2);
    put_plain(&out, part[SEQUENCE]);
    al_cbor_put_uint(&out, 3);
    al_cbor_put_bytes(&out, al_cbor_out_bytes(&common));
    put_wrapped(&out, 6, part[VERSION]);
    put_wrapped(&out, 7, part[VALIDATE]);
    put_wrapped(&out, 9, part[INVOKE]);
    put_wrapped(&out, 20, part[INSTALL]);
    return al_cbor_out_bytes(&out);
}

static unsigned rule_of(aloft_bytes envelope) {
    struct aloft_keys keys = kit_pen_keys(pens, 1, 1);

    return aloft_manifest_read(envelope, &keys, &m, &why) == ALOFT_OK ? 0
                                                                      : aloft_manifest_rule(&why);
}

/* The usual manifest with one part exchanged, and another one too if `also` is not PARTS. */
static unsigned rule_with(enum part which, const char *hex, enum part also, const char *also_hex) {
    const char *part[PARTS];

    memcpy(part, usual, sizeof part);
    part[which] = hex;
    if (also != PARTS)
        part[also] = also_hex;
    return rule_of(kit_envelope(manifest_of(part), (aloft_bytes){NULL, 0}, pens, 1));
}

struct row {
    const char *hex;
    unsigned rule; /* 0: accepted */
};

static void check(enum part which, enum part also, const char *also_hex, const struct row *rows,
                  size_t n) {
    for (size_t i = 0; i < n; i++) {
        unsigned rule = rule_with(which, rows[i].hex, also, also_hex);
        if (rule != rows[i].rule)
            fail_msg("row %zu, %s: R%u at %u, not R%u", i, rows[i].hex, rule, (unsigned)why.at,
                     rows[i].rule);
        if (rule != 0)
            assert_provoked(why.code, MANIFEST_CONTENT);
    }
}

#define CHECK(which, rows) check(which, PARTS, NULL, rows, sizeof rows / sizeof rows[0])

static void the_usual_manifest_is_accepted(void **state) {
    (void)state;
    assert_int_equal(rule_with(SEQUENCE, usual[SEQUENCE], PARTS, NULL), 0);
    assert_int_equal(m.sequence, 42);
    assert_int_equal(m.image_size, 65535);
    assert_int_equal(m.n_branches, 1);
    assert_false(m.expires);
    assert_false(m.has_invoke);
}

static void sequence_numbers_go_up_to_2_to_the_63(void **state) {
    static const struct row rows[] = {
        {"00", 0},
        {"1b7fffffffffffffff", 0},
        {"1b8000000000000000", 16},
        {"1bffffffffffffffff", 16},
        {"20", 16},
        {"4101", 16},
        {"f6", 16},
    };

    (void)state;
    CHECK(SEQUENCE, rows);
}

static void versions_are_up_to_three_numbers_and_a_word_with_one_more(void **state) {
    static const struct row rows[] = {
        {"8100", 0},
        {"820102", 0},
        {"83010203", 0},
        {"8401020301", 22},
        {"8120", 22},
        {"80", 22},
        {"820120", 0},
        {"8401022004", 0},
        {"850102032101", 0},
        {"850102032222", 22},
        {"86010203220101", 22},
        {"820123", 22},
        {"83010120", 0},
        {"8401202001", 22},
        {"811a7fffffff", 0},
        {"811a80000000", 22},
        {"81f5", 22},
        {"816131", 22},
        {"a0", 22},
        {"8301 20 1a80000000", 22},
        {"820102 00", 5},
        {"811817", 5},
        {"", 5},
        {"84 01 20 01 02", 22},
    };

    (void)state;
    CHECK(VERSION, rows);
}

static void components_have_one_of_two_forms(void **state) {
    static const struct row rows[] = {
        {TWO, 19}, /* without a patch */
        {"80", 19},
        {"8143617070", 19},
        {"818143617071", 19},
        {"81814461707070", 19},
        {"8181 63617070", 19},
        {"8281 43617070 81 43617070", 19},
    };

    (void)state;
    CHECK(COMPONENTS, rows);
}

static void the_shared_sequence_has_one_form(void **state) {
    static const struct row rows[] = {
        {"880c0114a401" V "02" C "03" D "0e19ffff010f020f", 20},
        {"880c0014a401" V "02" C "03" D "0e19ffff020f010f", 20},
        {"880c0013a401" V "02" C "03" D "0e19ffff010f020f", 20},
        {"80", 20},
        {"a0", 20},
        {"880c0014a301" V "02" C "0e19ffff010f020f", 21},
        {"880c0014a401" V "02" C "03" D "0e00010f020f", 21},
        {"880c0014a401" V "02" C "03" D "0e1b0000000100000000010f020f", 21},
        {"880c0014a401" V "02" C "03" D "0e20010f020f", 21},
        {"880c0014a401" V "0241aa03" D "0e19ffff010f020f", 21},
        {"880c0014a401" V "02" C "03" D "0e19ffff010f0210", 29},
        {"880c0014a401" V "02" C "03" D "0e19ffff01f5020f", 29},
        {"880c0014a401" V "02" C "03" D "0e19ffff0100020f", 0},
        {"880c0014a401" V "02" C "034482"
         "2f4100"
         "0e19ffff010f020f",
         21},
        {"880c0014a401" V "02" C "0341ff0e19ffff010f020f", 5},
    };

    (void)state;
    CHECK(SHARED, rows);
}

static void validate_and_invoke_are_two_commands(void **state) {
    static const struct row validate[] = {
        {"840c000300", 0},
        {"840c000310", 29},
        {"840c01030f", 27},
        {"840cf5030f", 27},
        {"840c8100030f", 27},
        {"820c00", 24},
        {"80", 24},
        {"830c0003", 26},
        {"840c00020f", 24},
        {"860c00030f030f", 24},
        {"84030f0c00", 27},
        {"a0", 24},
        {"98220c00"
         "030f030f030f030f030f030f030f030f030f030f030f030f030f030f030f030f",
         26},
    };
    static const struct row invoke[] = {
        {"840c001702", 0},
        {"840c00030f", 24},
        {"840c001710", 29},
    };

    (void)state;
    CHECK(VALIDATE, validate);
    CHECK(INVOKE, invoke);
}

static void install_without_patches_is_one_fetch_and_maybe_a_time(void **state) {
    static const struct row rows[] = {
        {FULL, 0},
        {"8c0c00"
         "14a10401"
         "040f" GET "582aa301000219ffff035820" H REST,
         0},
        {"8c0c00"
         "14a1041bffffffffffffffff"
         "040f" GET "582aa301000219ffff035820" H REST,
         0},
        {"8c0c00"
         "14a10420"
         "040f" GET "582aa301000219ffff035820" H REST,
         28},
        {"8c0c00"
         "14a10401"
         "050f" GET "582aa301000219ffff035820" H REST,
         24},
        {"8c0c00"
         "14a10401"
         "0410" GET "582aa301000219ffff035820" H REST,
         29},
        {"900c00"
         "14a10401"
         "040f"
         "14a10401"
         "040f" GET "582aa301000219ffff035820" H REST,
         28},
        {"880c00" GET "582aa301010219ffff035820" H REST,
         0}, /* compressed: another size and digest */
        {"880c00" GET "582aa3010f0219ffff035820" H REST, 0},
        {"880c00" GET "582aa301100219ffff035820" H REST, 32}, /* a patch has a base */
        {"880c00" GET "582ca4010102"
         "19ffff035820" H "0401" REST,
         32},
        {"880c00" GET "582ba3011820"
         "0219ffff035820" H REST,
         32},
        {"880c00" GET "5828a30101"
         "0200"
         "035820" H REST,
         32}, /* empty payload */
        {"880c00" GET "01" REST, 32},
        {"880c00"
         "14a1156161" REST,
         28},
        {"880c00"
         "14a21561"
         "61"
         "1818"
         "4100" REST,
         28},
    };

    (void)state;
    CHECK(INSTALL, rows);
}

#define PATCH "8e0c0114a203" D "0e19ffff030f0c00" GET "582ca401100219ffff035820" H "0401" REST

static void patches_come_before_the_full_image(void **state) {
    uint8_t bytes[512];
    char text[64];
    struct row rows[] = {
        {"840c000f82"
         "58__" PATCH "58__" FULL,
         0},
        {"840c000f83"
         "58__" PATCH "58__" PATCH "58__" FULL,
         0},
        {"840c000f84"
         "58__" PATCH "58__" PATCH "58__" PATCH "58__" FULL,
         0},
        {"840c000f81"
         "58__" FULL,
         25},
        {"840c000f80", 25},
        {"840c000f82"
         "58__" FULL "58__" PATCH,
         24},
        {"840c000f82"
         "58__" PATCH "58__" PATCH,
         24},
        {"840c000f82"
         "58__" FULL "58__" FULL,
         24},
        {"840c000f82"
         "58__" PATCH "f6",
         25},
        {"840c000f82"
         "58__" PATCH "40",
         5},
    };
    size_t patch = kit_hex(PATCH, bytes, sizeof bytes), full = kit_hex(FULL, bytes, sizeof bytes);

    (void)state;
    assert_true(patch > 23 && patch < 256 && full > 23 && full < 256);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static char filled[4096];
        snprintf(filled, sizeof filled, "%s", rows[i].hex);
        for (char *at; (at = strstr(filled, "__")) != NULL;) {
            snprintf(text, sizeof text, "%02x",
                     (unsigned)(strncmp(at + 2, PATCH, 8) == 0 ? patch : full));
            memcpy(at, text, 2);
        }
        rows[i].hex = filled;
        check(INSTALL, COMPONENTS, TWO, &rows[i], 1);
    }
    assert_int_equal(rule_with(INSTALL, usual[INSTALL], COMPONENTS, TWO), 19);
}

static void places_of_payloads_are_plain_relative_paths(void **state) {
    static const struct {
        const char *uri;
        bool is_legal;
    } rows[] = {
        {"a", true},           {"fw/0123456789abcdef.bin", true},
        {"a/b/c", true},       {"A-Z_~.x", true},
        {"...", true},         {".a", true},
        {"", false},           {"/a", false},
        {"a/", false},         {"a//b", false},
        {".", false},          {"..", false},
        {"./a", false},        {"../a", false},
        {"a/../b", false},     {"a/.", false},
        {"a/..", false},       {"a?b", false},
        {"a#b", false},        {"a%20b", false},
        {"http://x/a", false}, {"a:b", false},
        {"a b", false},        {"a\\b", false},
        {"a\r\nb", false},     {"\xc3\xa4", false},
        {"a@b", false},
    };
    char longest[ALOFT_URI_MAX + 2];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        aloft_bytes uri = kit_guarded(0, rows[i].uri, strlen(rows[i].uri));
        if (al_suit_uri_is_legal(uri) != rows[i].is_legal)
            fail_msg("\"%s\"", rows[i].uri);
    }
    memset(longest, 'a', sizeof longest);
    assert_true(al_suit_uri_is_legal((aloft_bytes){(uint8_t *)longest, ALOFT_URI_MAX}));
    assert_false(al_suit_uri_is_legal((aloft_bytes){(uint8_t *)longest, ALOFT_URI_MAX + 1}));
    /* a zero byte, whatever C makes of it */
    assert_false(al_suit_uri_is_legal((aloft_bytes){(const uint8_t *)"a\0b", 3}));
}

/* ---- signers */

static aloft_err read_signed(unsigned n_pens, unsigned n_trusted, unsigned threshold) {
    struct aloft_keys keys = kit_pen_keys(pens, n_trusted, threshold);

    return aloft_manifest_read(
        kit_envelope(manifest_of(usual), (aloft_bytes){NULL, 0}, pens, n_pens), &keys, &m, &why);
}

static void as_many_trusted_keys_as_the_threshold_says_must_have_signed(void **state) {
    (void)state;
    for (unsigned n_pens = 1; n_pens <= 3; n_pens++)
        for (unsigned n_trusted = 1; n_trusted <= 3; n_trusted++)
            for (unsigned threshold = 1; threshold <= n_trusted; threshold++) {
                unsigned right = n_pens < n_trusted ? n_pens : n_trusted;
                aloft_err e = read_signed(n_pens, n_trusted, threshold);
                if (right >= threshold) {
                    assert_ok(e);
                    assert_int_equal(m.n_signers, right);
                } else {
                    assert_provoked(e, SIGNER_UNKNOWN);
                    assert_int_equal(why.want, threshold);
                    assert_int_equal(why.got, right);
                }
            }
}

static void one_key_that_signs_twice_is_refused(void **state) {
    const struct kit_pen twice[] = {pens[0], pens[0]};
    struct aloft_keys keys = kit_pen_keys(pens, 2, 2);

    (void)state;
    assert_provoked(
        aloft_manifest_read(kit_envelope(manifest_of(usual), (aloft_bytes){NULL, 0}, twice, 2),
                            &keys, &m, &why),
        MANIFEST_FORM);
    assert_int_equal(aloft_manifest_rule(&why), 11);
}

static void a_key_of_another_type_under_the_same_name_does_not_count(void **state) {
    struct aloft_keys keys = kit_pen_keys(pens, 1, 1);

    (void)state;
    keys.key[0].type = ALOFT_KEY_P256;
    assert_provoked(
        aloft_manifest_read(kit_envelope(manifest_of(usual), (aloft_bytes){NULL, 0}, pens, 1),
                            &keys, &m, &why),
        MANIFEST_FORM);
    assert_int_equal(aloft_manifest_rule(&why), 10);
}

static int make_pens(void **state) {
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        kit_pen_make(&pens[i]);
    return 0;
}

static int free_pens(void **state) {
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        kit_pen_free(&pens[i]);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_manifest_is_accepted),
        cmocka_unit_test(sequence_numbers_go_up_to_2_to_the_63),
        cmocka_unit_test(versions_are_up_to_three_numbers_and_a_word_with_one_more),
        cmocka_unit_test(components_have_one_of_two_forms),
        cmocka_unit_test(the_shared_sequence_has_one_form),
        cmocka_unit_test(validate_and_invoke_are_two_commands),
        cmocka_unit_test(install_without_patches_is_one_fetch_and_maybe_a_time),
        cmocka_unit_test(patches_come_before_the_full_image),
        cmocka_unit_test(places_of_payloads_are_plain_relative_paths),
        cmocka_unit_test(as_many_trusted_keys_as_the_threshold_says_must_have_signed),
        cmocka_unit_test(one_key_that_signs_twice_is_refused),
        cmocka_unit_test(a_key_of_another_type_under_the_same_name_does_not_count),
    };
    return cmocka_run_group_tests(tests, make_pens, free_pens);
}

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

static struct kit_pen pens[5];
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

/* 23: [-16, digest of the text with the head of its byte string] */
static void put_text_digest(struct al_cbor_out *to, aloft_bytes text) {
    uint8_t head[9], digest[ALOFT_DIGEST_SIZE];
    struct al_cbor_out out;
    struct aloft_hash hash;

    al_cbor_out_start(&out, ALOFT_SPACE(head));
    al_cbor_put_bytes_head(&out, text.len);
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, al_cbor_out_bytes(&out));
    aloft_hash_add(&hash, text);
    aloft_hash_end(&hash, digest);
    al_cbor_put_uint(to, 23);
    al_cbor_put_array(to, 2);
    al_cbor_put_int(to, -16);
    al_cbor_put_bytes(to, ALOFT_BYTES(digest));
}

static const aloft_bytes no_text = {NULL, 0};

static aloft_bytes manifest_of(const char *const part[PARTS], aloft_bytes text) {
    static uint8_t room[4096];
    uint8_t inside[1024];
    struct al_cbor_out out, common;

    al_cbor_out_start(&common, ALOFT_SPACE(inside));
    al_cbor_put_map(&common, 2);
    al_cbor_put_uint(&common, 2);
    put_plain(&common, part[COMPONENTS]);
    put_wrapped(&common, 4, part[SHARED]);
    al_cbor_out_start(&out, ALOFT_SPACE(room));
    al_cbor_put_map(&out, 6 + (part[INVOKE] != NULL) + (text.len > 0));
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
    if (text.len > 0)
        put_text_digest(&out, text);
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
    return rule_of(kit_envelope(manifest_of(part, no_text), no_text, pens, 1));
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
        {"8a0c0014a401" V "02" C "03" D "0e19ffff010f020f030f", 20},
        {"880c0014a501" V "02" C "03" D "0401"
         "0e19ffff010f020f",
         21},
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
        {"880c0014a401" V "02" C "0358248230"
         "5820" H "0e19ffff010f020f",
         21}, /* -17 */
        {"880c0014a401" V "02" C "035825832f"
         "5820" H "00"
         "0e19ffff010f020f",
         21},
        {"880c0014a401" V "02" C "03" D "0e1affffffff010f020f", 0},
    };

    (void)state;
    CHECK(SHARED, rows);
}

static void validate_and_invoke_are_two_commands(void **state) {
    static const struct row validate[] = {
        {"98200c00030f030f030f030f030f030f030f030f030f030f030f030f030f030f030f", 24},
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

/* Component 1 is the image that runs. Nothing but the test of a patch's base may name it. */
static void no_sequence_but_a_patch_s_test_begins_with_the_image_that_runs(void **state) {
    static const char install[] = "880c01" GET "582aa301000219ffff035820" H REST;

    (void)state;
    assert_int_equal(rule_with(VALIDATE, "840c01030f", COMPONENTS, TWO), 24);
    assert_int_equal(rule_with(INVOKE, "840c011702", COMPONENTS, TWO), 24);
    assert_int_equal(rule_with(INSTALL, install, COMPONENTS, TWO), 24);
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
        {"8c0c00"
         "14a204010501"
         "040f" GET "582aa301000219ffff035820" H REST,
         28}, /* a time and something else */
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

/* Branches with the heads of their byte strings */
#define F "583a" FULL
#define P "586d8e0c0114a203" D "0e19ffff030f0c00" GET "582ca401100219ffff035820" H "0401" REST
/* with an encoding of two bytes, 24 to 255 */
#define P_WITH(encoding)                                                                           \
    "586e8e0c0114a203" D "0e19ffff030f0c00" GET "582da40118" encoding "0219ffff035820" H "040"     \
    "1" REST

static void patches_come_before_the_full_image(void **state) {
    static const struct row rows[] = {
        {"840c000f82" P F, 0},
        {"840c000f83" P P F, 0},
        {"840c000f84" P P P F, 0},
        {"840c000f85" P P P P F, 25},
        {"840c000f82" P_WITH("1f") F, 0},
        {"840c000f82" P_WITH("20") F, 32},
        {"840c000f81" F, 25},
        {"840c000f81" P, 25},
        {"840c000f80", 25},
        {"840c000f82" F P, 24},
        {"840c000f82" P P, 24},
        {"840c000f82" F F, 24},
        {"840c000f82" P "f6", 25},
        {"840c000f82" P "40", 5},
        {"840c000f82" P "4180", 24},
        {"840c000f82" P "43820c00", 24},
        {"840c000ff6", 25},
        {"860c000f82" P F "030f", 24},
        {"860c0014a10401"
         "0f82" P F,
         24},
        {"880c0014a10401040f0f82" P F, 0},
    };

    (void)state;
    check(INSTALL, COMPONENTS, TWO, rows, sizeof rows / sizeof rows[0]);
    assert_int_equal(rule_with(INSTALL, rows[0].hex, PARTS, NULL),
                     27); /* there is no component 1 */
    assert_int_equal(rule_with(INSTALL, usual[INSTALL], COMPONENTS, TWO), 19);
}

static void places_of_payloads_are_plain_relative_paths(void **state) {
    static const struct {
        const char *uri;
        bool is_legal;
    } rows[] = {
        {"azAZ09", true},
        {"a`", false},
        {"a{", false},
        {"a[", false},
        {"a;", false},
        {"a", true},
        {"fw/0123456789abcdef.bin", true},
        {"a/b/c", true},
        {"A-Z_~.x", true},
        {"...", true},
        {".a", true},
        {"", false},
        {"/a", false},
        {"a/", false},
        {"a//b", false},
        {".", false},
        {"..", false},
        {"./a", false},
        {"../a", false},
        {"a/../b", false},
        {"a/.", false},
        {"a/..", false},
        {"a?b", false},
        {"a#b", false},
        {"a%20b", false},
        {"http://x/a", false},
        {"a:b", false},
        {"a b", false},
        {"a\\b", false},
        {"a\r\nb", false},
        {"\xc3\xa4", false},
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

/* ---- envelope */

static void an_envelope_has_up_to_4096_bytes(void **state) {
    static uint8_t bytes[ALOFT_MANIFEST_MAX];
    aloft_bytes empty = {bytes, 1}, text = {bytes, sizeof bytes}, whole;
    struct aloft_keys keys = kit_pen_keys(pens, 1, 1);
    size_t around;

    (void)state;
    memset(bytes, 'a', sizeof bytes);
    text.len = 300; /* a head of three bytes, as the longer ones have */
    around = kit_envelope(manifest_of(usual, text), text, pens, 1).len - text.len;
    for (size_t len = ALOFT_MANIFEST_MAX - 1; len <= ALOFT_MANIFEST_MAX + 1; len++) {
        text.len = len - around;
        whole = kit_envelope(manifest_of(usual, text), text, pens, 1);
        assert_int_equal(whole.len, len);
        if (len <= ALOFT_MANIFEST_MAX) {
            assert_ok(aloft_manifest_read(whole, &keys, &m, &why));
            assert_int_equal(m.text.len, text.len);
        } else {
            assert_provoked(aloft_manifest_read(whole, &keys, &m, &why), MANIFEST_LONG);
        }
    }
    assert_int_equal(rule_of(kit_envelope(manifest_of(usual, text), empty, pens, 1)), 23);
    assert_int_equal(rule_of(kit_envelope(manifest_of(usual, empty), no_text, pens, 1)), 0);
    assert_int_equal(rule_of(kit_envelope(manifest_of(usual, no_text), empty, pens, 1)), 23);
}

static void an_envelope_has_no_other_keys(void **state) {
    static const struct row rows[] = {
        {"d86ba202410003", 5},
        {"d86ba1024100", 3},
        {"d86ba2024100034100", 6}, /* right so far, but no authentication is in it */
        {"d86ba302410003410004 4100", 3},
        {"d86ba40241000341001741001841 4100", 3},
        {"d86ba2034100044100", 3},
        {"d86ba2020003 4100", 4},
        {"d86ba20241000300", 4},
        {"d86ba3024100034100 1700", 4},
        {"d86b80", 3},
        {"d86c a0", 2},
        {"d86b", 5},
        {"d8", 2},
        {"", 2},
    };
    uint8_t bytes[64];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = kit_hex(rows[i].hex, bytes, sizeof bytes);
        unsigned rule = rule_of(kit_guarded(0, bytes, len));
        if (rule != rows[i].rule)
            fail_msg("%s: R%u, not R%u", rows[i].hex, rule, rows[i].rule);
        assert_provoked(why.code, MANIFEST_FORM);
    }
}

#define KID "0102030405060708"
#define SIG H H

/* Nobody signed these; their form is looked at first. */
static void a_signature_has_one_form(void **state) {
    static const struct row rows[] = {
        {"d2844da2012804"
         "48" KID "a0f65840" SIG,
         13}, /* right, of a stranger */
        {"d2844da2012604"
         "48" KID "a0f65840" SIG,
         13}, /* -7 */
        {"d2844da2012704"
         "48" KID "a0f65840" SIG,
         13}, /* -8 */
        {"d2844da2013204"
         "48" KID "a0f65840" SIG,
         13}, /* -19 */
        {"d2844da2012904"
         "48" KID "a0f65840" SIG,
         10}, /* -10 */
        {"d2844da2010104"
         "48" KID "a0f65840" SIG,
         10},
        {"d2844ea201382204"
         "48" KID "a0f65840" SIG,
         10}, /* ES384 */
        {"d28454a2013bffffffffffffffff04"
         "48" KID "a0f65840" SIG,
         5}, /* a length that is wrong */
        {"d28455a2013bffffffffffffffff04"
         "48" KID "a0f65840" SIG,
         10},
        {"d2844ca2012804"
         "47"
         "01020304050607"
         "a0f65840" SIG,
         9},
        {"d2844ea2012804"
         "49" KID "09"
         "a0f65840" SIG,
         9},
        {"d28443a10128"
         "a0f65840" SIG,
         9},
        {"d28440"
         "a0f65840" SIG,
         5},
        {"d2844fa3012804"
         "48" KID "0500"
         "a0f65840" SIG,
         9},
        {"d2854da2012804"
         "48" KID "a0f65840" SIG "00",
         9},
        {"d2834da2012804"
         "48" KID "a0f6",
         9},
        {"d2844da2012804"
         "48" KID "a10100f65840" SIG,
         9},
        {"d2844da2012804"
         "48" KID "a0405840" SIG,
         9},
        {"d2844da2012804"
         "48" KID "a0f45840" SIG,
         9},
        {"d2844da2012804"
         "48" KID "a0f65841" SIG "00",
         9},
        {"d2844da2012804"
         "48" KID "a0f6583f" H "020202020202020202020202020202020202020202020202020202020202"
         "02",
         9},
        {"844da2012804"
         "48" KID "a0f65840" SIG,
         9},
        {"d1844da2012804"
         "48" KID "a0f65840" SIG,
         9},
        {"d2844da2012804"
         "48" KID "a0f65840" SIG "00",
         5},
    };
    uint8_t bytes[256];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        aloft_bytes block = {bytes, kit_hex(rows[i].hex, bytes, sizeof bytes)};
        unsigned rule = rule_of(kit_envelope_of(manifest_of(usual, no_text), no_text, &block, 1));
        if (rule != rows[i].rule)
            fail_msg("row %zu: R%u at %u, not R%u", i, rule, (unsigned)why.at, rows[i].rule);
    }
}

/* ---- signers */

static void five_signatures_are_one_too_many(void **state) {
    struct aloft_keys keys = kit_pen_keys(pens, 4, 4);

    (void)state;
    assert_ok(aloft_manifest_read(kit_envelope(manifest_of(usual, no_text), no_text, pens, 4),
                                  &keys, &m, &why));
    assert_int_equal(m.n_signers, 4);
    assert_int_equal(rule_of(kit_envelope(manifest_of(usual, no_text), no_text, pens, 5)), 6);
    assert_int_equal(rule_of(kit_envelope(manifest_of(usual, no_text), no_text, pens, 0)), 6);
    keys.n = 5; /* more than the struct holds: nothing is accepted, nothing read behind it */
    assert_provoked(aloft_manifest_read(kit_envelope(manifest_of(usual, no_text), no_text, pens, 4),
                                        &keys, &m, &why),
                    SIGNER_UNKNOWN);
}

static aloft_err read_signed(unsigned n_pens, unsigned n_trusted, unsigned threshold) {
    struct aloft_keys keys = kit_pen_keys(pens, n_trusted, threshold);

    return aloft_manifest_read(kit_envelope(manifest_of(usual, no_text), no_text, pens, n_pens),
                               &keys, &m, &why);
}

static void as_many_trusted_keys_as_the_threshold_says_must_have_signed(void **state) {
    (void)state;
    for (unsigned n_pens = 1; n_pens <= 4; n_pens++)
        for (unsigned n_trusted = 1; n_trusted <= 4; n_trusted++)
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

static void a_key_behind_the_last_one_does_not_count(void **state) {
    struct aloft_keys keys = kit_pen_keys(pens, 2, 1);

    (void)state;
    keys.n = 1;
    assert_provoked(
        aloft_manifest_read(kit_envelope(manifest_of(usual, no_text), no_text, &pens[1], 1), &keys,
                            &m, &why),
        SIGNER_UNKNOWN);
}

static void one_key_that_signs_twice_is_refused(void **state) {
    const struct kit_pen twice[] = {pens[0], pens[0]};
    struct aloft_keys keys = kit_pen_keys(pens, 2, 2);

    (void)state;
    assert_provoked(
        aloft_manifest_read(kit_envelope(manifest_of(usual, no_text), no_text, twice, 2), &keys, &m,
                            &why),
        MANIFEST_FORM);
    assert_int_equal(aloft_manifest_rule(&why), 11);
}

static void a_key_of_another_type_under_the_same_name_does_not_count(void **state) {
    struct aloft_keys keys = kit_pen_keys(pens, 1, 1);

    (void)state;
    keys.key[0].type = ALOFT_KEY_P256;
    assert_provoked(aloft_manifest_read(kit_envelope(manifest_of(usual, no_text), no_text, pens, 1),
                                        &keys, &m, &why),
                    MANIFEST_FORM);
    assert_int_equal(aloft_manifest_rule(&why), 10);
}

static int make_pens(void **state) {
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        kit_pen_make(&pens[i]);
    return 0;
}

static int free_pens(void **state) {
    (void)state;
    for (unsigned i = 0; i < 5; i++)
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
        cmocka_unit_test(no_sequence_but_a_patch_s_test_begins_with_the_image_that_runs),
        cmocka_unit_test(an_envelope_has_up_to_4096_bytes),
        cmocka_unit_test(an_envelope_has_no_other_keys),
        cmocka_unit_test(a_signature_has_one_form),
        cmocka_unit_test(five_signatures_are_one_too_many),
        cmocka_unit_test(install_without_patches_is_one_fetch_and_maybe_a_time),
        cmocka_unit_test(patches_come_before_the_full_image),
        cmocka_unit_test(places_of_payloads_are_plain_relative_paths),
        cmocka_unit_test(as_many_trusted_keys_as_the_threshold_says_must_have_signed),
        cmocka_unit_test(a_key_behind_the_last_one_does_not_count),
        cmocka_unit_test(one_key_that_signs_twice_is_refused),
        cmocka_unit_test(a_key_of_another_type_under_the_same_name_does_not_count),
    };
    return cmocka_run_group_tests(tests, make_pens, free_pens);
}

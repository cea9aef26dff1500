/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of the manifest profile: what a device accepts, and by which rule it refuses. Built with each
 * crypto adapter. mbedTLS 2.28 has no Ed25519, so there the device trusts the P-256 key alone with threshold
 * 1; `left_out` names the vectors that this changes. */
#include "test/kit/kit.h"
#include "test/kit/vectors.h"

#define NAMES_MAX 128

static struct aloft_manifest m;
static struct aloft_verdict verdict;
static aloft_fault why;

/* Read and judge as a device does. Gives the broken rule, or 0. */
static unsigned judged(aloft_bytes envelope, const struct aloft_keys *keys,
                       const struct aloft_terms *terms) {
    memset(&why, 0, sizeof why);
    if (aloft_manifest_read(envelope, keys, &m, &why) == ALOFT_OK &&
        aloft_manifest_judge(&m, terms, &verdict, &why) == ALOFT_OK)
        return 0;
    return aloft_manifest_rule(&why);
}

static bool has_ed25519(void) {
    return aloft_key_usable(ALOFT_KEY_ED25519);
}

/* ---- accepted */

static void every_positive_vector_is_accepted(void **state) {
    static const struct {
        const char *name;
        unsigned branch;
        bool one_signer, other_image_runs;
    } rows[] = {
        {"p01_delta_and_full_two_signers", 0, false, false},
        {"p02_same_text_severed", 0, false, false},
        {"p03_full_only_one_component", 0, false, false},
        {"p04_no_expiry_no_invoke_no_text", 0, false, false},
        {"p05_running_image_differs_takes_full", 1, false, true},
        {"p06_one_signer_ES256_minus7", 0, true, false},
        {"p07_unknown_third_signer_is_skipped", 0, false, false},
        {"p08_prerelease_version", 0, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct aloft_keys keys = kit_vector_keys();
        struct aloft_terms terms = kit_vector_terms();
        unsigned rule;
        if (rows[i].one_signer)
            keys.threshold = 1;
        if (rows[i].other_image_runs)
            terms.running_digest[0] ^= 1;

        rule = judged(kit_vector_bytes("pos", rows[i].name), &keys, &terms);

        if (rule != 0)
            fail_msg("%s: refused by R%u at %u", rows[i].name, rule, (unsigned)why.at);
        assert_int_equal(verdict.decision, ALOFT_TAKE);
        assert_int_equal(verdict.branch, rows[i].branch);
        assert_int_equal(m.n_signers, rows[i].one_signer ? 1 : keys.n);
    }
}

static void assert_hex(aloft_bytes bytes, const char *hex) {
    uint8_t right[64];
    size_t len = kit_hex(hex, right, sizeof right);

    assert_int_equal(bytes.len, len);
    assert_memory_equal(bytes.at, right, len);
}

static void the_facts_of_the_example_are_what_its_notation_says(void **state) {
    struct aloft_keys keys = kit_vector_keys();
    aloft_bytes envelope = kit_vector_bytes(NULL, "example");
    const struct aloft_branch *patch = &m.branch[0], *full = &m.branch[1];

    (void)state;
    assert_int_equal(envelope.len, 755);
    assert_ok(aloft_manifest_read(envelope, &keys, &m, &why));

    assert_int_equal(m.sequence, 42);
    assert_hex((aloft_bytes){m.digest, sizeof m.digest},
               "46f12f14a76530417af2d1667d49389f9f98d9450d197d205cffdd72d94403ca");
    assert_hex(m.vendor_id, "a96d394e68fa534ea15b282e8658292d");
    assert_hex(m.class_id, "2a5e160f15a756c1b248fadd0254431d");
    assert_hex(m.image_digest, "7921a8bdffc28d9ca567c75ce756ce8d796b3c062a1542283ab1213f0f105c46");
    assert_int_equal(m.image_size, 36000);
    assert_int_equal(m.n_version, 3);
    assert_int_equal(m.version[0], 1);
    assert_int_equal(m.version[1], 4);
    assert_int_equal(m.version[2], 2);
    assert_true(m.expires && m.use_before == 1798761600);
    assert_true(m.has_invoke);
    assert_int_equal(m.text.len, 130);
    assert_int_equal(m.n_branches, 2);
    assert_hex(patch->from_digest,
               "42ed88a7324d37b4f50d8631a8c3a1f836e5e3ee15d33fce8f2163bc24583cfa");
    assert_int_equal(patch->from_size, 34768);
    assert_int_equal(patch->uri.len, 23);
    assert_memory_equal(patch->uri.at, "fw/1.4.2/from-1.4.1.ald", 23);
    assert_int_equal(patch->encoding, 16);
    assert_int_equal(patch->payload_size, 6012);
    assert_hex(patch->payload_sha256,
               "b09a61cb5946e90fae873b08492a0bbf5417ec32333764cd14503f41e8cfa5c1");
    assert_int_equal(full->from_digest.len, 0);
    assert_int_equal(full->encoding, ALOFT_ENCODING_RAW);
    assert_int_equal(full->payload_size, 36000);
    assert_memory_equal(full->uri.at, "fw/1.4.2/full.bin", full->uri.len);
}

static void a_prerelease_version_is_read(void **state) {
    struct aloft_keys keys = kit_vector_keys();

    (void)state;
    assert_ok(
        aloft_manifest_read(kit_vector_bytes("pos", "p08_prerelease_version"), &keys, &m, &why));
    assert_true(m.n_version >= 2);
    assert_true(m.version[m.n_version - 2] < 0 || m.version[m.n_version - 1] < 0);
}

/* ---- refused */

/* Vectors that need a second trusted key, which mbedTLS cannot use. */
static const char *left_out(const char *name) {
    static const char *const rows[][2] = {
        {"n031_one_of_two_signatures",
         "its one signature is right, and enough where one key is trusted"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !has_ed25519(); i++)
        if (strcmp(rows[i][0], name) == 0)
            return rows[i][1];
    return NULL;
}

/* The third column of INDEX.tsv: what differs from the usual device. */
static void apply(const char *setting, struct aloft_terms *terms) {
    unsigned long long number;

    if (strcmp(setting, "-") == 0)
        return;
    if (sscanf(setting, "--skip %llu", &number) == 1)
        terms->skip = number;
    else if (sscanf(setting, "--now %llu", &number) == 1)
        terms->now_s = number;
    else if (strcmp(setting, "--encodings 0") == 0)
        terms->encodings = 1;
    else if (strcmp(setting, "--class-id 00000000-0000-0000-0000-000000000000") == 0)
        memset(terms->class_id, 0, sizeof terms->class_id);
    else
        fail_msg("a setting that this test does not know: %s", setting);
}

static void every_negative_vector_is_refused_for_its_own_rule(void **state) {
    static struct kit_vector rows[NAMES_MAX];
    size_t n = kit_vector_index(rows, NAMES_MAX), wrong = 0, run = 0;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        struct aloft_keys keys = kit_vector_keys();
        struct aloft_terms terms = kit_vector_terms();
        unsigned rule;
        if (left_out(rows[i].name) != NULL)
            continue;
        apply(rows[i].setting, &terms);
        rule = judged(kit_vector_bytes("neg", rows[i].name), &keys, &terms);
        run++;
        if (rule != rows[i].rule) {
            print_error("%s: R%u at %u instead of R%u\n", rows[i].name, rule, (unsigned)why.at,
                        rows[i].rule);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(n, 78);
    assert_int_equal(run, has_ed25519() ? 78 : 77);
}

static aloft_err read_vector(const char *name) {
    struct aloft_keys keys = kit_vector_keys();

    return aloft_manifest_read(kit_vector_bytes("neg", name), &keys, &m, &why);
}

static void each_kind_of_refusal_has_its_code(void **state) {
    struct aloft_keys keys = kit_vector_keys(), stranger = {.n = 1, .threshold = 1};

    (void)state;
    assert_provoked(read_vector("n001_too_long"), MANIFEST_LONG);
    assert_provoked(read_vector("n003_untagged"), MANIFEST_FORM);
    assert_provoked(read_vector("n021_attached_payload"), MANIFEST_FORM);
    assert_provoked(read_vector("n015_digest_without_bstr_head"), SIGNATURE_BAD);
    assert_provoked(read_vector("n018_signature_bit_flip"), SIGNATURE_BAD);
    assert_provoked(read_vector("n046_private_key_in_manifest"), MANIFEST_CONTENT);
    assert_int_equal(why.step, ALOFT_STEP_VERIFY);

    assert_provoked(aloft_manifest_read(kit_vector_bytes(NULL, "example"), &stranger, &m, &why),
                    SIGNER_UNKNOWN);
    assert_int_equal(why.want, 1);
    assert_int_equal(why.got, 0);
    keys.threshold = 0;
    assert_provoked(aloft_manifest_read(kit_vector_bytes(NULL, "example"), &keys, &m, &why),
                    SIGNER_UNKNOWN);
    keys.threshold = keys.n + 1;
    assert_provoked(aloft_manifest_read(kit_vector_bytes(NULL, "example"), &keys, &m, &why),
                    SIGNER_UNKNOWN);
}

static void a_refused_manifest_leaves_no_facts(void **state) {
    static const struct aloft_manifest none;

    (void)state;
    (void)!read_vector("n117_encoding_unsupported");
    assert_int_equal(m.sequence, 42);
    (void)!read_vector("n112_args_delta_in_full");
    assert_memory_equal(&m, &none, sizeof m);
}

/* ---- changed and cut */

/* The example is signed twice. Where only P-256 is trusted, a flip in the other block makes an unknown signer
 * of it, rightly; so there the envelope with the one signature of ES256 is flipped. */
static aloft_bytes to_break(void) {
    static uint8_t room[1024];
    aloft_bytes whole = has_ed25519() ? kit_vector_bytes(NULL, "example")
                                      : kit_vector_bytes("pos", "p06_one_signer_ES256_minus7");

    assert_true(whole.len <= sizeof room);
    memcpy(room, whole.at, whole.len);
    return (aloft_bytes){room, whole.len};
}

static void every_single_bit_flip_is_refused(void **state) {
    struct aloft_keys keys = kit_vector_keys();
    aloft_bytes whole = to_break();
    uint8_t *bytes = (uint8_t *)(uintptr_t)whole.at;

    (void)state;
    assert_ok(aloft_manifest_read(whole, &keys, &m, &why));
    for (size_t bit = 0; bit < whole.len * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (aloft_manifest_read(kit_guarded(0, bytes, whole.len), &keys, &m, &why) == ALOFT_OK)
            fail_msg("bit %zu flipped, and accepted", bit);
        assert_true(aloft_manifest_rule(&why) >= 2 && aloft_manifest_rule(&why) <= 32);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_ok(aloft_manifest_read(whole, &keys, &m, &why));
}

static void every_truncation_and_every_byte_behind_is_refused(void **state) {
    struct aloft_keys keys = kit_vector_keys();
    aloft_bytes whole = to_break();
    uint8_t longer[1025];

    (void)state;
    for (size_t len = 0; len < whole.len; len++)
        assert_provoked(aloft_manifest_read(kit_guarded(0, whole.at, len), &keys, &m, &why),
                        MANIFEST_FORM);
    memcpy(longer, whole.at, whole.len);
    for (unsigned last = 0; last < 256; last++) {
        longer[whole.len] = (uint8_t)last;
        assert_provoked(aloft_manifest_read(kit_guarded(0, longer, whole.len + 1), &keys, &m, &why),
                        MANIFEST_FORM);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_positive_vector_is_accepted),
        cmocka_unit_test(the_facts_of_the_example_are_what_its_notation_says),
        cmocka_unit_test(a_prerelease_version_is_read),
        cmocka_unit_test(every_negative_vector_is_refused_for_its_own_rule),
        cmocka_unit_test(each_kind_of_refusal_has_its_code),
        cmocka_unit_test(a_refused_manifest_leaves_no_facts),
        cmocka_unit_test(every_single_bit_flip_is_refused),
        cmocka_unit_test(every_truncation_and_every_byte_behind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the maker writes is read back by the device's own code as it was meant. */
#include "test/kit/kit.h"
#include "test/kit/plan.h"

#include "host/project.h"

static struct signer p256, ed25519;
static struct manifest_plan plan;
static struct manifest_draft draft, other;
static struct aloft_keys keys;
static struct aloft_manifest m;
static struct aloft_terms terms;
static struct aloft_verdict verdict;
static aloft_fault why;

static int make_keys(void **state) {
    (void)state;
    p256 = kit_signer(ALOFT_KEY_P256);
    ed25519 = kit_signer(ALOFT_KEY_ED25519);
    return 0;
}

static int free_keys(void **state) {
    struct signers all = {.signer = {p256, ed25519}, .n = 2};

    (void)state;
    keys_close(&all);
    return 0;
}

static int usual(void **state) {
    (void)state;
    kit_plan(&plan);
    keys = (struct aloft_keys){.threshold = 1};
    kit_trust(&keys, &p256);
    kit_trust(&keys, &ed25519);
    memset(&why, 0, sizeof why);
    terms = (struct aloft_terms){.slot_size = 1u << 20, .encodings = 1};
    project_ids(plan.device_class, plan.channel, terms.vendor_id, terms.class_id);
    return 0;
}

static void each_field_comes_back(void **state) {
    aloft_bytes envelope = kit_make(&plan, &p256, 1, &draft);
    uint8_t vendor[16], class_id[16];

    (void)state;
    assert_ok(aloft_manifest_read(envelope, &keys, &m, &why));

    project_ids(plan.device_class, "stable", vendor, class_id);
    assert_int_equal(m.n_signers, 1);
    assert_int_equal(m.sequence, 42);
    assert_memory_equal(m.vendor_id.at, vendor, 16);
    assert_memory_equal(m.class_id.at, class_id, 16);
    assert_memory_equal(m.image_digest.at, plan.image_digest, 32);
    assert_int_equal(m.image_size, 36000);
    assert_int_equal(m.n_version, 3);
    assert_int_equal(m.version[0], 1);
    assert_int_equal(m.version[1], 4);
    assert_int_equal(m.version[2], 2);
    assert_false(m.expires);
    assert_false(m.has_invoke);
    assert_int_equal(m.n_branches, 1);
    assert_int_equal(m.branch[0].from_digest.len, 0);
    assert_int_equal(m.branch[0].uri.len, 23);
    assert_memory_equal(m.branch[0].uri.at, plan.branch[0].uri, 23);
    assert_int_equal(m.branch[0].payload_size, 36000);
    assert_memory_equal(m.branch[0].payload_sha256.at, plan.image_digest, 32);
    assert_non_null(memmem(m.text.at, m.text.len, plan.notes, strlen(plan.notes)));
}

static void a_device_takes_it(void **state) {
    aloft_bytes envelope = kit_make(&plan, &p256, 1, &draft);

    (void)state;
    assert_ok(aloft_manifest_read(envelope, &keys, &m, &why));
    assert_ok(aloft_manifest_judge(&m, &terms, &verdict, &why));
    assert_int_equal(verdict.decision, ALOFT_TAKE);
}

static void each_channel_has_its_own_class_id(void **state) {
    (void)state;
    plan.channel = "beta";
    assert_ok(aloft_manifest_read(kit_make(&plan, &p256, 1, &draft), &keys, &m, &why));
    assert_provoked(aloft_manifest_judge(&m, &terms, &verdict, &why), MANIFEST_CLASS);
}

static void two_signers_satisfy_a_threshold_of_two(void **state) {
    struct signer both[] = {p256, ed25519};

    (void)state;
    keys.threshold = 2;
    assert_ok(aloft_manifest_read(kit_make(&plan, both, 2, &draft), &keys, &m, &why));
    assert_int_equal(m.n_signers, 2);
    assert_provoked(aloft_manifest_read(kit_make(&plan, both, 1, &draft), &keys, &m, &why),
                    SIGNER_UNKNOWN);
}

static void the_same_plan_gives_the_same_bytes(void **state) {
    aloft_bytes one = kit_make(&plan, &ed25519, 1, &draft);
    aloft_bytes two = kit_make(&plan, &ed25519, 1, &other);

    (void)state;
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.at, two.at, one.len);
}

static void expiry_stands_in_install_only_when_asked_for(void **state) {
    (void)state;
    plan.use_before = 1798761600;
    assert_ok(aloft_manifest_read(kit_make(&plan, &p256, 1, &draft), &keys, &m, &why));
    assert_true(m.expires);
    assert_int_equal(m.use_before, 1798761600);
    assert_provoked(aloft_manifest_judge(&m, &terms, &verdict, &why), MANIFEST_EXPIRED);
    terms.has_clock = true;
    terms.now_s = 1798761599;
    assert_ok(aloft_manifest_judge(&m, &terms, &verdict, &why));
}

static void patches_come_before_the_full_branch(void **state) {
    struct manifest_branch full = plan.branch[0];

    (void)state;
    plan.branch[0] = (struct manifest_branch){
        .from_size = 34768, .uri = "fw/b09a61cb5946e90f.bin", .encoding = 16, .payload_size = 6012};
    memset(plan.branch[0].from_digest, 0x42, 32);
    memset(plan.branch[0].payload_sha256, 0xb0, 32);
    plan.branch[1] = full;
    plan.n_branches = 2;

    assert_ok(aloft_manifest_read(kit_make(&plan, &p256, 1, &draft), &keys, &m, &why));

    assert_int_equal(m.n_branches, 2);
    assert_int_equal(m.branch[0].from_size, 34768);
    assert_int_equal(m.branch[0].encoding, 16);
    assert_memory_equal(m.branch[0].from_digest.at, plan.branch[0].from_digest, 32);
    assert_int_equal(m.branch[1].from_digest.len, 0);
}

static void long_notes_are_refused_with_the_length(void **state) {
    static char notes[4000];
    struct trouble trouble;
    struct signer four[4] = {p256, p256, p256, p256};
    aloft_bytes envelope;

    (void)state;
    memset(notes, 'n', sizeof notes - 1);
    notes[3000] = 0;
    plan.notes = notes;
    assert_true(kit_make(&plan, four, 1, &draft).len <= ALOFT_MANIFEST_MAX);

    notes[3000] = 'n';
    notes[3700] = 0;
    assert_ok(manifest_write(&plan, &draft, &trouble));
    for (unsigned i = 0; i < 4; i++)
        assert_ok(manifest_sign(&draft, &four[i], &trouble));
    assert_provoked(manifest_seal(&draft, &envelope, &trouble), PUBLISH_LONG);
    assert_true(trouble.fault.got > 4096);
}

static void notes_that_are_no_text_are_refused(void **state) {
    struct trouble trouble;

    (void)state;
    plan.notes = "caf\xe9";
    assert_provoked(manifest_write(&plan, &draft, &trouble), USAGE);
    plan.notes = "caf\xc3\xa9";
    assert_ok(manifest_write(&plan, &draft, &trouble));
}

static void assert_numbers(const char *version, unsigned n, int a, int b, int c) {
    int32_t number[MANIFEST_NUMBERS_MAX] = {-9, -9, -9};

    assert_int_equal(manifest_numbers(version, number), n);
    assert_int_equal(number[0], a);
    assert_int_equal(number[1], b);
    assert_int_equal(number[2], c);
}

static void a_version_gives_its_first_one_to_three_numbers(void **state) {
    (void)state;
    assert_numbers("1.4.2", 3, 1, 4, 2);
    assert_numbers("1.2.3.4", 3, 1, 2, 3);
    assert_numbers("v2", 1, 2, -9, -9);
    assert_numbers("1.0-rc2", 3, 1, 0, 2);
    assert_numbers("nightly", 1, 0, -9, -9);
    assert_numbers("2147483647", 1, 2147483647, -9, -9);
    assert_numbers("2147483648.7", 1, 7, -9, -9);
    assert_numbers("99999999999999999999999999999999", 1, 0, -9, -9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_field_comes_back, usual),
        cmocka_unit_test_setup(a_device_takes_it, usual),
        cmocka_unit_test_setup(each_channel_has_its_own_class_id, usual),
        cmocka_unit_test_setup(two_signers_satisfy_a_threshold_of_two, usual),
        cmocka_unit_test_setup(the_same_plan_gives_the_same_bytes, usual),
        cmocka_unit_test_setup(expiry_stands_in_install_only_when_asked_for, usual),
        cmocka_unit_test_setup(patches_come_before_the_full_branch, usual),
        cmocka_unit_test_setup(long_notes_are_refused_with_the_length, usual),
        cmocka_unit_test_setup(notes_that_are_no_text_are_refused, usual),
        cmocka_unit_test(a_version_gives_its_first_one_to_three_numbers),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}

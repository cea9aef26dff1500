/* SPDX-License-Identifier: Apache-2.0 */
/* What a device does with an authentic manifest, case by case. The manifest is the example of the vectors:
 * sequence 42, a patch from payload_old.bin, then the full image; until 1798761600. */
#include "test/kit/kit.h"
#include "test/kit/vectors.h"

static struct aloft_manifest m;
static struct aloft_terms terms;
static struct aloft_verdict verdict;
static aloft_fault why;

static int start(void **state) {
    struct aloft_keys keys = kit_vector_keys();

    (void)state;
    assert_ok(aloft_manifest_read(kit_vector_bytes(NULL, "example"), &keys, &m, &why));
    terms = kit_vector_terms();
    memset(&why, 0, sizeof why);
    return 0;
}

static aloft_err judge(void) {
    return aloft_manifest_judge(&m, &terms, &verdict, &why);
}

static void assert_takes(unsigned branch) {
    assert_ok(judge());
    assert_int_equal(verdict.decision, ALOFT_TAKE);
    assert_int_equal(verdict.branch, branch);
}

static void assert_decides(enum aloft_decision decision) {
    assert_ok(judge());
    assert_int_equal(verdict.decision, decision);
}

static void another_class_or_vendor_is_refused(void **state) {
    (void)state;
    assert_takes(0);
    for (unsigned i = 0; i < 16; i++) {
        terms.vendor_id[i] ^= 1;
        assert_provoked(judge(), MANIFEST_CLASS);
        terms.vendor_id[i] ^= 1;
        terms.class_id[i] ^= 1;
        assert_provoked(judge(), MANIFEST_CLASS);
        terms.class_id[i] ^= 1;
    }
    assert_int_equal(aloft_manifest_rule(&why), 34);
}

static void a_sequence_below_the_floor_is_refused(void **state) {
    (void)state;
    terms.floor = 42;
    assert_takes(0);
    terms.floor = 43;
    assert_provoked(judge(), ROLLBACK_REFUSED);
    assert_int_equal(aloft_manifest_rule(&why), 16);
}

/* A fault has 32 bits for what was met: a number that does not fit says the most that does. */
static void a_sequence_that_does_not_fit_into_the_fault_is_told_as_the_most(void **state) {
    (void)state;
    terms.floor = (uint64_t)1 << 40;
    m.sequence = UINT32_MAX - 1;
    assert_provoked(judge(), ROLLBACK_REFUSED);
    assert_int_equal(why.got, UINT32_MAX - 1);
    m.sequence = (uint64_t)1 << 33;
    assert_provoked(judge(), ROLLBACK_REFUSED);
    assert_int_equal(why.got, UINT32_MAX);
}

static void the_installed_sequence_counts_only_with_the_same_manifest(void **state) {
    (void)state;
    terms.installed_sequence = 42;
    assert_provoked(judge(), ROLLBACK_REFUSED);
    assert_int_equal(aloft_manifest_rule(&why), 16);
    memcpy(terms.installed_manifest, m.digest, sizeof terms.installed_manifest);
    assert_decides(ALOFT_NOTHING);
    terms.installed_manifest[7] ^= 1;
    assert_provoked(judge(), ROLLBACK_REFUSED);
}

static void a_manifest_without_number_is_no_update_for_an_image_from_the_factory(void **state) {
    (void)state;
    terms.floor = terms.installed_sequence = 0;
    memset(terms.installed_manifest, 0, sizeof terms.installed_manifest);
    assert_takes(0);
    m.sequence = 0;
    assert_provoked(judge(), ROLLBACK_REFUSED);
}

static void a_release_that_was_given_up_is_skipped_unless_it_is_the_floor(void **state) {
    (void)state;
    terms.skip = 41;
    assert_takes(0);
    terms.skip = 42;
    assert_provoked(judge(), SKIPPED);
    assert_int_equal(aloft_manifest_rule(&why), 17);
    terms.skip = 43;
    assert_provoked(judge(), SKIPPED);
    terms.floor = 42; /* confirmed once, lost by a fallback */
    assert_takes(0);
}

static void an_image_larger_than_the_slot_is_refused(void **state) {
    (void)state;
    terms.slot_size = 36000;
    assert_takes(0);
    terms.slot_size = 35999;
    assert_provoked(judge(), MANIFEST_SIZE);
    assert_int_equal(why.want, 35999);
    assert_int_equal(why.got, 36000);
    assert_int_equal(aloft_manifest_rule(&why), 21);
}

static void a_raw_payload_that_is_not_the_image_is_refused(void **state) {
    (void)state;
    m.branch[1].payload_size++;
    assert_provoked(judge(), MANIFEST_CONTENT);
    assert_int_equal(aloft_manifest_rule(&why), 32);
    m.branch[1].payload_size--;
    m.branch[1].payload_sha256 = m.branch[0].payload_sha256;
    assert_provoked(judge(), MANIFEST_CONTENT);
}

static void the_image_that_runs_is_adopted_and_not_fetched(void **state) {
    (void)state;
    memcpy(terms.running_digest, m.image_digest.at, sizeof terms.running_digest);
    terms.running_size = m.image_size;
    assert_decides(ALOFT_ADOPT);
    terms.has_clock = false; /* fetching nothing needs no time */
    assert_decides(ALOFT_ADOPT);
    terms.has_clock = true;
    terms.running_size++; /* the same digest of another size is another image */
    assert_takes(1);
    terms.running_size--;
    terms.has_running = false;
    assert_takes(1);
}

static void a_manifest_that_is_installed_is_not_adopted_again(void **state) {
    (void)state;
    memcpy(terms.running_digest, m.image_digest.at, sizeof terms.running_digest);
    terms.running_size = m.image_size;
    terms.installed_sequence = 42;
    memcpy(terms.installed_manifest, m.digest, sizeof terms.installed_manifest);
    assert_decides(ALOFT_NOTHING);
}

static void use_before_needs_a_clock_and_a_time_before_it(void **state) {
    (void)state;
    terms.now_s = 1798761599;
    assert_takes(0);
    terms.now_s = 1798761600;
    assert_provoked(judge(), MANIFEST_EXPIRED);
    assert_int_equal(aloft_manifest_rule(&why), 35);
    terms.now_s = 0;
    terms.has_clock = false;
    assert_provoked(judge(), MANIFEST_EXPIRED);
    m.expires = false;
    assert_takes(0);
}

static void a_patch_is_for_the_image_that_runs_and_no_other(void **state) {
    (void)state;
    assert_takes(0);
    terms.running_size++;
    assert_takes(1);
    terms.running_size--;
    terms.running_digest[31] ^= 1;
    assert_takes(1);
    terms.running_digest[31] ^= 1;
    terms.has_running = false;
    assert_takes(1);
    terms.has_running = true;
    terms.without_patches = true;
    assert_takes(1);
}

static void an_encoding_that_cannot_be_decoded_aborts_and_does_not_fall_through(void **state) {
    (void)state;
    terms.encodings = 1;
    assert_provoked(judge(), MANIFEST_ENCODING);
    assert_int_equal(aloft_manifest_rule(&why), 36);
    assert_int_equal(why.got, 16);
    terms.without_patches = true;
    assert_takes(1);
    terms.encodings = 0;
    assert_provoked(judge(), MANIFEST_ENCODING);
    assert_int_equal(why.got, 0);
    terms.encodings = UINT32_MAX;
    m.branch[1].encoding = 32; /* more than the map has bits */
    assert_provoked(judge(), MANIFEST_ENCODING);
}

static void a_manifest_without_branches_is_refused(void **state) {
    (void)state;
    m.n_branches = 0;
    assert_provoked(judge(), MANIFEST_CONTENT);
    assert_int_equal(aloft_manifest_rule(&why), 38);
}

static void faults_that_are_not_about_a_manifest_have_no_rule(void **state) {
    const aloft_fault network = {.code = ALOFT_E_NET_REFUSED, .want = 16};
    const aloft_fault digest = {.code = ALOFT_E_DIGEST_MISMATCH};

    (void)state;
    assert_int_equal(aloft_manifest_rule(&network), 0);
    assert_int_equal(aloft_manifest_rule(&digest), 41);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(another_class_or_vendor_is_refused, start),
        cmocka_unit_test_setup(a_sequence_below_the_floor_is_refused, start),
        cmocka_unit_test_setup(a_sequence_that_does_not_fit_into_the_fault_is_told_as_the_most,
                               start),
        cmocka_unit_test_setup(the_installed_sequence_counts_only_with_the_same_manifest, start),
        cmocka_unit_test_setup(a_manifest_without_number_is_no_update_for_an_image_from_the_factory,
                               start),
        cmocka_unit_test_setup(a_release_that_was_given_up_is_skipped_unless_it_is_the_floor,
                               start),
        cmocka_unit_test_setup(an_image_larger_than_the_slot_is_refused, start),
        cmocka_unit_test_setup(a_raw_payload_that_is_not_the_image_is_refused, start),
        cmocka_unit_test_setup(the_image_that_runs_is_adopted_and_not_fetched, start),
        cmocka_unit_test_setup(a_manifest_that_is_installed_is_not_adopted_again, start),
        cmocka_unit_test_setup(use_before_needs_a_clock_and_a_time_before_it, start),
        cmocka_unit_test_setup(a_patch_is_for_the_image_that_runs_and_no_other, start),
        cmocka_unit_test_setup(an_encoding_that_cannot_be_decoded_aborts_and_does_not_fall_through,
                               start),
        cmocka_unit_test_setup(a_manifest_without_branches_is_refused, start),
        cmocka_unit_test(faults_that_are_not_about_a_manifest_have_no_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

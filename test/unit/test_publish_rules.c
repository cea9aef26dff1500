/* SPDX-License-Identifier: Apache-2.0 */
/* The rules by which publish refuses an image for the keys that it trusts (keys-and-freshness §1). */
#include "test/kit/kit.h"

#include "host/make/rules.h"

static const uint8_t k1[8] = "key one", k2[8] = "key two", k3[8] = "key 3", k4[8] = "key 4";

static struct release_trust trust;
static struct release last;
static struct kid_list held, forget;
static struct rules_case given;
static struct trouble trouble;

static void trusts(struct release_trust *t, const uint8_t *a, const uint8_t *b) {
    memset(t, 0, sizeof *t);
    t->is_there = true;
    t->threshold = 1;
    t->epoch = 5;
    memcpy(t->kid[t->n++], a, 8);
    memcpy(t->kid[t->n++], b, 8);
}

/* The image and the last release trust keys 1 and 2, the project holds both. */
static int all_is_well(void **state) {
    (void)state;
    memset(&last, 0, sizeof last);
    memset(&held, 0, sizeof held);
    memset(&forget, 0, sizeof forget);
    trusts(&trust, k1, k2);
    trusts(&last.trust, k1, k2);
    strcpy(last.version, "1.0.0");
    kid_list_add(&held, k1);
    kid_list_add(&held, k2);
    given = (struct rules_case){&trust, &last, &held, &forget, 1000};
    return 0;
}

static aloft_err judged(void) {
    return rules_trust(&given, &trouble);
}

static void the_same_keys_and_epoch_pass(void **state) {
    (void)state;
    assert_ok(judged());
    given.last = NULL;
    assert_ok(judged());
}

static void an_image_that_could_not_be_updated_again_is_refused(void **state) {
    (void)state;
    held.n = 0;
    kid_list_add(&held, k3);

    assert_provoked(judged(), PUBLISH_KEYS_AWAY);
    assert_int_equal(trouble.fault.want, 1);
    assert_int_equal(trouble.fault.got, 0);

    kid_list_add(&held, k2);
    assert_ok(judged());
    trust.threshold = 2;
    last.trust.threshold = 2;
    assert_provoked(judged(), PUBLISH_KEYS_AWAY);
}

static void a_lower_epoch_is_refused(void **state) {
    (void)state;
    trust.epoch = 4;
    assert_provoked(judged(), PUBLISH_EPOCH_LOWER);
    given.last = NULL;
    assert_ok(judged());
}

static void the_same_epoch_with_another_set_is_refused(void **state) {
    (void)state;
    memcpy(trust.kid[0], k3, 8);
    assert_provoked(judged(), PUBLISH_EPOCH_SAME);

    all_is_well(state);
    trust.threshold = 2;
    assert_provoked(judged(), PUBLISH_EPOCH_SAME);

    all_is_well(state);
    memcpy(trust.gone[trust.n_gone++], k4, 8);
    assert_provoked(judged(), PUBLISH_EPOCH_SAME);

    all_is_well(state);
    trust.n = 1;
    assert_provoked(judged(), PUBLISH_EPOCH_SAME);
}

static void the_order_of_keys_does_not_matter(void **state) {
    (void)state;
    trusts(&trust, k2, k1);
    assert_ok(judged());
}

static void a_key_that_is_dropped_silently_is_refused(void **state) {
    (void)state;
    trusts(&trust, k2, k3);
    trust.epoch = 6;
    assert_provoked(judged(), PUBLISH_KEY_DROPPED);

    memcpy(trust.gone[trust.n_gone++], k1, 8);
    assert_ok(judged());

    trust.n_gone = 0;
    kid_list_add(&forget, k1);
    assert_ok(judged());
}

static void an_image_that_refuses_its_own_release_is_refused(void **state) {
    (void)state;
    trust.lowest = 1001;
    assert_provoked(judged(), PUBLISH_LOWEST);
    trust.lowest = 1000;
    assert_ok(judged());
}

static void without_a_trust_record_nothing_is_known(void **state) {
    (void)state;
    trust.is_there = false;
    held.n = 0;
    assert_ok(judged());
    assert_true(rules_would_take(&trust, &held));
}

static void a_device_takes_what_enough_of_its_keys_signed(void **state) {
    struct kid_list signers = {.n = 0};

    (void)state;
    kid_list_add(&signers, k2);
    assert_true(rules_would_take(&trust, &signers));
    trust.threshold = 2;
    assert_false(rules_would_take(&trust, &signers));
    kid_list_add(&signers, k1);
    kid_list_add(&signers, k1);
    assert_int_equal(signers.n, 2);
    assert_true(rules_would_take(&trust, &signers));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_same_keys_and_epoch_pass, all_is_well),
        cmocka_unit_test_setup(an_image_that_could_not_be_updated_again_is_refused, all_is_well),
        cmocka_unit_test_setup(a_lower_epoch_is_refused, all_is_well),
        cmocka_unit_test_setup(the_same_epoch_with_another_set_is_refused, all_is_well),
        cmocka_unit_test_setup(the_order_of_keys_does_not_matter, all_is_well),
        cmocka_unit_test_setup(a_key_that_is_dropped_silently_is_refused, all_is_well),
        cmocka_unit_test_setup(an_image_that_refuses_its_own_release_is_refused, all_is_well),
        cmocka_unit_test_setup(without_a_trust_record_nothing_is_known, all_is_well),
        cmocka_unit_test_setup(a_device_takes_what_enough_of_its_keys_signed, all_is_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

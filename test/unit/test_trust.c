/* SPDX-License-Identifier: Apache-2.0 */
/* The trust record: written, read by the device's code, found in images, put into a C header
 * and back. */
#include "test/kit/kit.h"

#include <time.h>

#include "device/trust.h"
#include "host/pubkey.h"
#include "host/trust.h"
#include "host/trust_header.h"

static struct trouble trouble;

static struct aloft_key key_of(uint8_t seed, enum aloft_key_type type) {
    struct aloft_key key = {.type = (uint8_t)type};

    memset(key.key, seed, type == ALOFT_KEY_P256 ? 64 : 32);
    pubkey_name(&key);
    return key;
}

/* Two firmware keys and one freshness key are 280 bytes, says the format. */
static struct trust_draft usual(void) {
    struct trust_draft d = {.threshold = 1,
                            .n_firmware = 2,
                            .n_fresh = 1,
                            .n_gone = 0,
                            .lowest_sequence = 1795330000,
                            .epoch = 3};

    d.firmware[0] = key_of(1, ALOFT_KEY_P256);
    d.firmware[1] = key_of(2, ALOFT_KEY_ED25519);
    d.fresh[0] = key_of(3, ALOFT_KEY_P256);
    return d;
}

/* The largest: 4 firmware keys, 2 freshness keys, 4 gone. */
static struct trust_draft largest(void) {
    struct trust_draft d = {.threshold = 4, .n_firmware = 4, .n_fresh = 2, .n_gone = 4, .epoch = 9};

    for (uint8_t i = 0; i < 4; i++) {
        d.firmware[i] = key_of((uint8_t)(10 + i), ALOFT_KEY_P256);
        memset(d.gone[i], 0xa0 + i, ALOFT_KID_SIZE);
    }
    d.fresh[0] = key_of(20, ALOFT_KEY_P256);
    d.fresh[1] = key_of(21, ALOFT_KEY_ED25519);
    return d;
}

static void what_was_written_is_read(void **state) {
    const struct trust_draft drafts[] = {usual(), largest()};
    const size_t sizes[] = {280, AL_TRUST_MAX_SIZE};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        uint8_t record[AL_TRUST_MAX_SIZE];
        struct al_trust trust;
        struct trust_draft back;
        aloft_fault why = {0};

        assert_int_equal(trust_write(&drafts[i], record), sizes[i]);
        assert_ok(al_trust_read(kit_guarded(0, record, sizes[i]), &trust, &why));
        trust_draft_of(&trust, &back);

        assert_memory_equal(&back, &drafts[i], sizeof back);
    }
}

static void a_change_of_any_bit_is_noticed(void **state) {
    const struct trust_draft draft = usual();
    uint8_t record[AL_TRUST_MAX_SIZE];
    size_t len = trust_write(&draft, record);
    struct al_trust trust;
    aloft_fault why;

    (void)state;
    for (size_t bit = 0; bit < len * 8; bit++) {
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_provoked(al_trust_read(kit_guarded(0, record, len), &trust, &why), CONFIG_TRUST);
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void a_record_cut_short_or_with_more_behind_it_is_refused(void **state) {
    const struct trust_draft draft = usual();
    uint8_t record[AL_TRUST_MAX_SIZE + 1] = {0};
    size_t len = trust_write(&draft, record);
    struct al_trust trust;
    aloft_fault why;

    (void)state;
    for (size_t cut = 0; cut < len; cut++)
        assert_provoked(al_trust_read(kit_guarded(0, record, cut), &trust, &why), CONFIG_TRUST);
    assert_provoked(al_trust_read(kit_guarded(0, record, len + 1), &trust, &why), CONFIG_TRUST);
}

/* Right hash, wrong content: what a tool other than ours could write. */
static void refuse_draft(const struct trust_draft *draft, size_t at, uint8_t value) {
    uint8_t record[AL_TRUST_MAX_SIZE], digest[32];
    size_t len = trust_write(draft, record);
    struct aloft_hash hash;
    struct al_trust trust;
    aloft_fault why;

    if (at > 0)
        record[at] = value;
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){record, len - 8});
    aloft_hash_end(&hash, digest);
    memcpy(record + len - 8, digest, 8);
    assert_provoked(al_trust_read(kit_guarded(0, record, len), &trust, &why), CONFIG_TRUST);
}

static void content_that_makes_no_sense_is_refused_though_its_hash_is_right(void **state) {
    struct trust_draft d = usual();

    (void)state;
    refuse_draft(&d, 8, 2);        /* layout */
    refuse_draft(&d, 9, 0);        /* threshold */
    refuse_draft(&d, 9, 3);        /* more than there are keys */
    refuse_draft(&d, 13, 1);       /* must be zero */
    refuse_draft(&d, 28, 1);       /* must be zero */
    refuse_draft(&d, 23, 0x80);    /* lowest sequence >= 2^63 */
    refuse_draft(&d, 32 + 8, 3);   /* type of key */
    refuse_draft(&d, 32 + 9, 2);   /* a freshness key among firmware keys */
    refuse_draft(&d, 192 + 9, 1);  /* a firmware key among freshness keys */
    refuse_draft(&d, 32 + 10, 1);  /* must be zero */
    refuse_draft(&d, 112 + 48, 1); /* behind an Ed25519 key */
    d.firmware[1] = d.firmware[0];
    refuse_draft(&d, 0, 0);
    d = usual();
    d.fresh[0] = d.firmware[0];
    refuse_draft(&d, 0, 0);
    d = usual();
    d.n_gone = 1;
    memcpy(d.gone[0], d.firmware[1].kid, ALOFT_KID_SIZE);
    refuse_draft(&d, 0, 0);
}

static void a_key_that_the_log_says_is_gone_does_not_count(void **state) {
    const struct trust_draft draft = usual();
    uint8_t record[AL_TRUST_MAX_SIZE], gone[4][4] = {{0}};
    struct al_trust trust;
    struct aloft_keys keys;
    aloft_fault why;

    (void)state;
    assert_ok(al_trust_read((aloft_bytes){record, trust_write(&draft, record)}, &trust, &why));
    al_trust_in_force(&trust, gone, &keys);
    assert_int_equal(keys.n, 2);
    assert_int_equal(keys.threshold, 1);

    memcpy(gone[2], draft.firmware[0].kid, 4);
    al_trust_in_force(&trust, gone, &keys);
    assert_int_equal(keys.n, 1);
    assert_memory_equal(&keys.key[0], &draft.firmware[1], sizeof keys.key[0]);

    memcpy(gone[0], draft.firmware[1].kid, 4);
    al_trust_in_force(&trust, gone, &keys);
    assert_int_equal(keys.n, 0);
}

/* ---- in an image */

static uint8_t image[4096];

static size_t put_record(size_t at, const struct trust_draft *draft) {
    uint8_t record[AL_TRUST_MAX_SIZE];
    size_t len = trust_write(draft, record);

    memcpy(image + at, record, len);
    return len;
}

static aloft_err find(size_t len, struct al_trust *trust) {
    return trust_find(kit_guarded(1, image, len), "firmware.bin", trust, &trouble);
}

static void the_one_record_of_an_image_is_found_wherever_it_stands(void **state) {
    const struct trust_draft draft = usual();
    struct al_trust trust;

    (void)state;
    for (size_t at = 0; at < 300; at += 7) {
        size_t len;
        memset(image, 0xff, sizeof image);
        memcpy(image + 1000, "ALOFTKEY is only text", 21);
        len = at + put_record(at, &draft);
        assert_ok(find(len, &trust));
        assert_int_equal(trust.epoch, 3);
    }
}

static void an_image_without_a_record_or_with_two_is_refused(void **state) {
    const struct trust_draft draft = usual(), other = largest();
    struct al_trust trust;
    size_t len;

    (void)state;
    memset(image, 0, sizeof image);
    memcpy(image + 100, "ALOFTKEY", 8);
    assert_provoked(find(sizeof image, &trust), TRUST_NONE);
    assert_provoked(find(104, &trust), TRUST_NONE);
    assert_provoked(find(0, &trust), TRUST_NONE);

    len = put_record(100, &draft);
    assert_provoked(find(100 + len - 1, &trust), TRUST_NONE);
    put_record(100 + len, &other);
    assert_provoked(find(sizeof image, &trust), TRUST_TWO);
    assert_int_equal(trouble.fault.at, 100);
    assert_int_equal(trouble.fault.got, 100 + len);
}

static void a_record_whose_kid_is_not_that_of_its_key_is_refused(void **state) {
    struct trust_draft draft = usual();
    struct al_trust trust;

    (void)state;
    memset(image, 0, sizeof image);
    draft.firmware[0].kid[0] ^= 1;
    put_record(64, &draft);
    assert_provoked(find(sizeof image, &trust), TRUST_FORM);
}

static void drafts_are_the_same_whatever_the_order_of_their_keys(void **state) {
    struct trust_draft a = usual(), b = usual();

    (void)state;
    b.firmware[0] = a.firmware[1];
    b.firmware[1] = a.firmware[0];
    b.epoch = 99;
    b.lowest_sequence = 1;
    assert_true(trust_is_same(&a, &b));
    b.firmware[0] = key_of(77, ALOFT_KEY_P256);
    assert_false(trust_is_same(&a, &b));
    b = usual();
    b.threshold = 2;
    assert_false(trust_is_same(&a, &b));
    b = usual();
    b.n_fresh = 0;
    assert_false(trust_is_same(&a, &b));
    b = usual();
    b.n_gone = 1;
    assert_false(trust_is_same(&a, &b));
}

/* ---- as a header */

static const struct project_class lamp = {
    .name = "acme.example/lamp/a", .channel = {"stable", "beta"}, .n_channels = 2};

static void a_header_gives_its_record_back(void **state) {
    static char text[TRUST_HEADER_MAX];
    const struct trust_draft drafts[] = {usual(), largest()};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct trust_draft back;

        trust_header_write(&drafts[i], &lamp, text);
        assert_ok(trust_header_read(text, "aloft_trust.h", &back, &trouble));
        assert_memory_equal(&back, &drafts[i], sizeof back);
    }
}

static void a_header_that_was_changed_or_is_somebody_elses_is_refused(void **state) {
    static char text[TRUST_HEADER_MAX];
    const struct trust_draft draft = usual();
    struct trust_draft back;

    (void)state;
    trust_header_write(&draft, &lamp, text);
    strstr(text, "0x41")[3] = '2';
    assert_provoked(trust_header_read(text, "aloft_trust.h", &back, &trouble), TRUST_HEADER);
    assert_provoked(trust_header_read("#include <x.h>\n", "x.h", &back, &trouble), TRUST_HEADER);
    trust_header_write(&draft, &lamp, text);
    strstr(text, "0x41")[4] = 0;
    assert_provoked(trust_header_read(text, "aloft_trust.h", &back, &trouble), TRUST_HEADER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_change_of_any_bit_is_noticed),
        cmocka_unit_test(a_record_cut_short_or_with_more_behind_it_is_refused),
        cmocka_unit_test(content_that_makes_no_sense_is_refused_though_its_hash_is_right),
        cmocka_unit_test(a_key_that_the_log_says_is_gone_does_not_count),
        cmocka_unit_test(the_one_record_of_an_image_is_found_wherever_it_stands),
        cmocka_unit_test(an_image_without_a_record_or_with_two_is_refused),
        cmocka_unit_test(a_record_whose_kid_is_not_that_of_its_key_is_refused),
        cmocka_unit_test(drafts_are_the_same_whatever_the_order_of_their_keys),
        cmocka_unit_test(a_header_gives_its_record_back),
        cmocka_unit_test(a_header_that_was_changed_or_is_somebody_elses_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The NVS image of an identity. The checksums that stand here as numbers were read and found right by ESP-IDF's own
 * reader of partitions. */
#include "test/kit/kit.h"

#include "host/smartthings/nvs.h"

static uint8_t image[NVS_SIZE];
static char found[64];

static const struct nvs_text texts[] = {
    {"PublicKey", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    {"SerialNum", "ALFTABCDEFGHJKLM"}};

static int set_up(void **state) {
    (void)state;
    assert_true(nvs_make("stdk", texts, 2, image));
    return 0;
}

static bool find(const char *space, const char *key) {
    return nvs_find((aloft_bytes){image, sizeof image}, space, key, found, sizeof found);
}

static uint32_t word_at(size_t at) {
    return (uint32_t)image[at] | (uint32_t)image[at + 1] << 8 | (uint32_t)image[at + 2] << 16 |
           (uint32_t)image[at + 3] << 24;
}

static void what_is_put_in_is_found_again(void **state) {
    (void)state;
    assert_true(find("stdk", "PublicKey"));
    assert_string_equal(found, texts[0].text);
    assert_true(find("stdk", "SerialNum"));
    assert_string_equal(found, texts[1].text);
    assert_false(find("stdk", "PrivateKey"));
    assert_false(find("stdk", "Serial"));
    assert_false(find("other", "SerialNum"));
}

static void the_checksums_are_those_of_the_chip(void **state) {
    (void)state;
    assert_int_equal(word_at(0), 0xfffffffeu);
    assert_int_equal(word_at(28), 0xb9ba2d84u);
    assert_int_equal(word_at(64 + 4), 0x1e47c9d6u);
    assert_int_equal(word_at(64 + 32 + 4), 0xa90d4f4fu);
    assert_int_equal(word_at(64 + 32 + 28), 0x6d20e8acu);
    /* entries 0 to 5 are written (10), the others empty (11) */
    assert_memory_equal(image + 32, "\xaa\xfa\xff", 3);
    for (size_t at = 64 + 6 * 32; at < sizeof image; at++)
        assert_int_equal(image[at], 0xff);
}

/* A bit that counts, or one that does not; nothing wrong is ever read. */
static void no_flipped_bit_gives_another_text(void **state) {
    unsigned n_lost = 0;

    (void)state;
    for (size_t bit = 0; bit < (64 + 6 * 32) * 8; bit++) {
        image[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (find("stdk", "SerialNum"))
            assert_string_equal(found, texts[1].text);
        else
            n_lost++;
        image[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(n_lost > 700);
}

static void a_partition_that_is_cut_short_has_nothing(void **state) {
    (void)state;
    assert_false(nvs_find((aloft_bytes){image, 4095}, "stdk", "SerialNum", found, sizeof found));
    assert_false(nvs_find((aloft_bytes){image, 0}, "stdk", "SerialNum", found, sizeof found));
    assert_false(nvs_find((aloft_bytes){image, 4096}, "stdk", "SerialNum", found, 16));
    assert_true(nvs_find((aloft_bytes){image, 4096}, "stdk", "SerialNum", found, 17));
}

static void what_does_not_fit_is_refused(void **state) {
    static char big[4200];
    struct nvs_text one = {"PrivateKey", big};

    (void)state;
    memset(big, 'x', sizeof big - 1);
    assert_false(nvs_make("stdk", &one, 1, image));
    big[124 * 32 - 1] = 0; /* 126 entries, less the namespace's and its own */
    assert_true(nvs_make("stdk", &one, 1, image));
    big[124 * 32 - 1] = 'x';
    big[124 * 32] = 0;
    assert_false(nvs_make("stdk", &one, 1, image));
    one = (struct nvs_text){"a name of 16 let", "x"};
    assert_false(nvs_make("stdk", &one, 1, image));
    one.key = "";
    assert_false(nvs_make("stdk", &one, 1, image));
    one.key = "a name of 15 le";
    assert_false(nvs_make("", &one, 1, image));
    assert_true(nvs_make("stdk", &one, 1, image));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_put_in_is_found_again, set_up),
        cmocka_unit_test_setup(the_checksums_are_those_of_the_chip, set_up),
        cmocka_unit_test_setup(no_flipped_bit_gives_another_text, set_up),
        cmocka_unit_test_setup(a_partition_that_is_cut_short_has_nothing, set_up),
        cmocka_unit_test_setup(what_does_not_fit_is_refused, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

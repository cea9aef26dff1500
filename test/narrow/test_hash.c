/* SPDX-License-Identifier: Apache-2.0 */
/* The hash of the other tests here is SHA-256: FIPS 180-4's examples. */
#include "test/kit/kit.h"

#include <aloft/crypto.h>

static void assert_digest(aloft_bytes message, const char *hex) {
    uint8_t want[ALOFT_DIGEST_SIZE], digest[ALOFT_DIGEST_SIZE];
    struct aloft_hash hash;

    assert_int_equal(kit_hex(hex, want, sizeof want), sizeof want);
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, message);
    aloft_hash_end(&hash, digest);
    assert_memory_equal(digest, want, sizeof want);
}

static void messages_of_no_one_and_two_blocks_hash_as_the_standard_says(void **state) {
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

    (void)state;
    assert_digest((aloft_bytes){NULL, 0},
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest((aloft_bytes){(const uint8_t *)"abc", 3},
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest((aloft_bytes){(const uint8_t *)two, strlen(two)},
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_no_one_and_two_blocks_hash_as_the_standard_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

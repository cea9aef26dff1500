/* SPDX-License-Identifier: Apache-2.0 */
/* A crypto adapter computes SHA-256 and checks signatures of the kinds that it says it can. Built with each
 * adapter. Sources: FIPS 180-4 (examples of NIST), RFC 6979 A.2.5, RFC 8032 §7.1. */
#include "test/kit/kit.h"

#include <aloft/crypto.h>

static void digest_of(aloft_bytes bytes, uint8_t digest[ALOFT_DIGEST_SIZE]) {
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, bytes);
    aloft_hash_end(&hash, digest);
}

static void assert_digest(aloft_bytes bytes, const char *hex) {
    uint8_t digest[ALOFT_DIGEST_SIZE], right[ALOFT_DIGEST_SIZE];

    assert_int_equal(kit_hex(hex, right, sizeof right), sizeof right);
    digest_of(bytes, digest);
    assert_memory_equal(digest, right, sizeof right);
}

static void sha256_of_the_standard_s_examples_is_right(void **state) {
    (void)state;
    assert_digest((aloft_bytes){NULL, 0},
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest((aloft_bytes){(const uint8_t *)"abc", 3},
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest(
        (aloft_bytes){(const uint8_t *)"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                      56},
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void any_split_of_the_input_gives_the_same_digest(void **state) {
    uint8_t bytes[200], whole[ALOFT_DIGEST_SIZE], parts[ALOFT_DIGEST_SIZE];
    struct aloft_hash hash;
    uint32_t seed = 3;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)kit_random(&seed);
    digest_of(ALOFT_BYTES(bytes), whole);
    for (size_t cut = 0; cut <= sizeof bytes; cut++) {
        aloft_hash_start(&hash);
        aloft_hash_add(&hash, (aloft_bytes){bytes, cut});
        aloft_hash_add(&hash, (aloft_bytes){bytes + cut, sizeof bytes - cut});
        aloft_hash_end(&hash, parts);
        assert_memory_equal(parts, whole, sizeof whole);
    }
}

static void a_dropped_hash_does_not_disturb_the_next(void **state) {
    struct aloft_hash hash;

    (void)state;
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, ALOFT_BYTES("dropped"));
    assert_digest((aloft_bytes){(const uint8_t *)"abc", 3},
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* ---- P-256 */

/* RFC 6979 A.2.5: key, and the signature of "sample" with SHA-256 */
static const char p256_key[] = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                               "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const char p256_sample[] =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
/* the order n of the curve, SEC 2 §2.4.2 */
static const char p256_order[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

static const aloft_bytes sample = {(const uint8_t *)"sample", 6};

static struct aloft_key key_of(enum aloft_key_type type, const char *hex) {
    struct aloft_key key = {.type = (uint8_t)type};

    (void)kit_hex(hex, key.key, sizeof key.key);
    return key;
}

static void a_right_p256_signature_is_right_and_any_changed_byte_makes_it_wrong(void **state) {
    struct aloft_key key = key_of(ALOFT_KEY_P256, p256_key);
    uint8_t signature[ALOFT_SIGNATURE_SIZE];

    (void)state;
    (void)kit_hex(p256_sample, signature, sizeof signature);
    assert_true(aloft_key_usable(ALOFT_KEY_P256));
    assert_true(aloft_verify(&key, sample, signature));
    assert_false(aloft_verify(&key, (aloft_bytes){(const uint8_t *)"tample", 6}, signature));
    assert_false(aloft_verify(&key, (aloft_bytes){(const uint8_t *)"sampl", 5}, signature));
    for (size_t i = 0; i < sizeof signature; i++) {
        signature[i] ^= 0x10;
        assert_false(aloft_verify(&key, sample, signature));
        signature[i] ^= 0x10;
    }
}

static void r_and_s_must_be_above_zero_and_below_the_order(void **state) {
    struct aloft_key key = key_of(ALOFT_KEY_P256, p256_key);
    uint8_t right[ALOFT_SIGNATURE_SIZE], signature[ALOFT_SIGNATURE_SIZE], order[32];

    (void)state;
    (void)kit_hex(p256_sample, right, sizeof right);
    (void)kit_hex(p256_order, order, sizeof order);
    for (size_t half = 0; half <= 32; half += 32) {
        memcpy(signature, right, sizeof signature);
        memset(signature + half, 0, 32);
        assert_false(aloft_verify(&key, sample, signature));
        memcpy(signature + half, order, 32);
        assert_false(aloft_verify(&key, sample, signature));
        memset(signature + half, 0xff, 32);
        assert_false(aloft_verify(&key, sample, signature));
    }
    memset(signature, 0, sizeof signature);
    assert_false(aloft_verify(&key, sample, signature));
}

/* s and n - s are both right in ECDSA: the profile does not ask for the lower one. */
static void a_point_that_is_not_on_the_curve_is_no_key(void **state) {
    struct aloft_key key = key_of(ALOFT_KEY_P256, p256_key), zero = {.type = ALOFT_KEY_P256};
    uint8_t signature[ALOFT_SIGNATURE_SIZE];

    (void)state;
    (void)kit_hex(p256_sample, signature, sizeof signature);
    for (size_t i = 0; i < ALOFT_KEY_SIZE; i += 7) {
        key.key[i] ^= 1;
        assert_false(aloft_verify(&key, sample, signature));
        key.key[i] ^= 1;
    }
    assert_true(aloft_verify(&key, sample, signature));
    assert_false(aloft_verify(&zero, sample, signature));
}

static void a_key_of_no_known_type_verifies_nothing(void **state) {
    struct aloft_key key = key_of(ALOFT_KEY_P256, p256_key);
    uint8_t signature[ALOFT_SIGNATURE_SIZE];

    (void)state;
    (void)kit_hex(p256_sample, signature, sizeof signature);
    for (unsigned type = 0; type < 256; type++) {
        key.type = (uint8_t)type;
        assert_int_equal(aloft_verify(&key, sample, signature), type == ALOFT_KEY_P256);
    }
}

/* ---- Ed25519: RFC 8032 §7.1, tests 2 and 3 */

static const struct {
    const char *key, *message, *signature;
} ed25519_rows[] = {
    {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

/* An adapter without Ed25519 says so, and takes no such signature. */
static void ed25519_signatures_are_checked_where_the_adapter_can(void **state) {
    (void)state;
    for (size_t row = 0; row < 2; row++) {
        struct aloft_key key = key_of(ALOFT_KEY_ED25519, ed25519_rows[row].key);
        uint8_t signature[ALOFT_SIGNATURE_SIZE], message[2];
        aloft_bytes what = {message, kit_hex(ed25519_rows[row].message, message, 2)};

        (void)kit_hex(ed25519_rows[row].signature, signature, sizeof signature);
        assert_int_equal(aloft_verify(&key, what, signature), aloft_key_usable(ALOFT_KEY_ED25519));
        for (size_t i = 0; i < sizeof signature; i++) {
            signature[i] ^= 1;
            assert_false(aloft_verify(&key, what, signature));
            signature[i] ^= 1;
        }
        message[0] ^= 1;
        assert_false(aloft_verify(&key, what, signature));
        message[0] ^= 1;
        key.key[40] = 1; /* behind the 32 bytes of the key: must be zero */
        assert_false(aloft_verify(&key, what, signature));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_the_standard_s_examples_is_right),
        cmocka_unit_test(any_split_of_the_input_gives_the_same_digest),
        cmocka_unit_test(a_dropped_hash_does_not_disturb_the_next),
        cmocka_unit_test(a_right_p256_signature_is_right_and_any_changed_byte_makes_it_wrong),
        cmocka_unit_test(r_and_s_must_be_above_zero_and_below_the_order),
        cmocka_unit_test(a_point_that_is_not_on_the_curve_is_no_key),
        cmocka_unit_test(a_key_of_no_known_type_verifies_nothing),
        cmocka_unit_test(ed25519_signatures_are_checked_where_the_adapter_can),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

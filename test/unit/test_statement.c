/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a statement of freshness: the example of FORMAT.md, and everything that is none. */
#include "test/kit/kit.h"

#include <openssl/evp.h>

#include "cose/statement.h"
#include "host/make/fresh.h"
#include "host/privkey.h"
#include "host/pubkey.h"

/* FORMAT.md's example; its key is not needed to read it. */
static const char example[] = "d2844da201280448128715f96c5bf1b7a058228501502a5e160f15a756c1b248fadd"
                              "0254431d1a6b028be81a6b028fd0"
                              "1a00093a805840f3453b47eafc77c62e2620bc1a6616e251a2fb986d921b4b273a3d"
                              "044c6634134cc22d9596f7bb244a"
                              "73a8d6bf81abf00fa885a07a9dcaf162e543422cba39ec";
static const char example_to_sign[] = "846a5369676e6174757265314da201280448128715f96c5bf1b74d616c6f"
                                      "66742d66726573682d3158228501502a5e16"
                                      "0f15a756c1b248fadd0254431d1a6b028be81a6b028fd01a00093a80";

static void the_example_reads_as_it_is_written_down(void **state) {
    uint8_t bytes[AL_STATEMENT_MAX], wanted[AL_STATEMENT_TO_SIGN_MAX],
        room[AL_STATEMENT_TO_SIGN_MAX];
    const size_t len = kit_hex(example, bytes, sizeof bytes);
    const size_t wanted_len = kit_hex(example_to_sign, wanted, sizeof wanted);
    struct al_statement s;
    aloft_bytes to_sign;

    (void)state;
    assert_int_equal(len, 119);
    assert_true(al_statement_read(kit_guarded(0, bytes, len), &s));
    assert_int_equal(s.sequence, 1795329000);
    assert_int_equal(s.issued, 1795330000);
    assert_int_equal(s.valid_s, 604800);
    assert_int_equal(s.class_id.at[0], 0x2a);
    assert_int_equal(s.key_type, ALOFT_KEY_P256);
    to_sign = al_statement_to_sign(&s, room);
    assert_int_equal(to_sign.len, wanted_len);
    assert_memory_equal(to_sign.at, wanted, wanted_len);
}

/* One byte less, one more, and each byte with each bit turned: it is another statement or none, and never reads a
 * byte that is not there. */
static void a_statement_that_is_shorter_longer_or_turned_is_read_safely(void **state) {
    uint8_t bytes[AL_STATEMENT_MAX + 1] = {0};
    const size_t len = kit_hex(example, bytes, sizeof bytes);
    struct al_statement s;
    unsigned n_none = 0;

    (void)state;
    for (size_t cut = 0; cut < len; cut++)
        assert_false(al_statement_read(kit_guarded(0, bytes, cut), &s));
    assert_false(al_statement_read(kit_guarded(0, bytes, len + 1), &s));
    for (size_t bit = 0; bit < 8 * len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        n_none += !al_statement_read(kit_guarded(0, bytes, len), &s);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_in_range(n_none, 8 * 20, 8 * 60); /* kid, class, numbers, signature may be any */
}

/* The example with another unprotected header and another sequence. */
static bool reads_with(const char *header, const char *sequence, unsigned more) {
    uint8_t bytes[AL_STATEMENT_MAX + 64];
    struct al_statement s;
    char text[2 * sizeof bytes];

    snprintf(text, sizeof text, "%.32s%s58%02x%.38s%s%s", example, header, 0x22 + more,
             example + 38, sequence, example + 86);
    return al_statement_read(kit_guarded(0, bytes, kit_hex(text, bytes, sizeof bytes)), &s);
}

static void what_a_statement_may_not_say_is_refused_where_one_bit_does_not_reach(void **state) {
    static const uint8_t endless[AL_STATEMENT_MAX + 1] = {0xd2};
    struct al_statement s;

    (void)state;
    assert_true(reads_with("a0", "1a6b028be8", 0));
    assert_false(reads_with("a10101", "1a6b028be8", 0)); /* nothing stands outside the signature */
    assert_true(reads_with("a0", "1b7fffffffffffffff", 4));
    assert_false(reads_with("a0", "1b8000000000000000", 4)); /* R16 */
    assert_false(al_statement_read(ALOFT_BYTES(endless), &s));
}

static void what_the_host_makes_the_device_reads(void **state) {
    const uint32_t issued[] = {1, 1795330000, UINT32_MAX};
    const uint64_t sequence[] = {0, 24, INT64_MAX};
    struct signer with = {.role = KEY_FRESH};
    struct trouble trouble;

    (void)state;
    assert_ok(privkey_make(ALOFT_KEY_ED25519, &with.private_half, &trouble));
    assert_true(pubkey_of(with.private_half, &with.key));
    for (unsigned i = 0; i < 9; i++) {
        const struct fresh_made made = {"acme.example/lamp/a", "stable", sequence[i % 3],
                                        issued[i / 3]};
        uint8_t bytes[AL_STATEMENT_MAX], room[AL_STATEMENT_TO_SIGN_MAX];
        struct al_statement s;
        size_t len;
        assert_ok(fresh_write(&made, AL_VALID_MAX_S, &with, bytes, &len, &trouble));
        assert_true(al_statement_read(kit_guarded(0, bytes, len), &s));
        assert_true(s.sequence == made.sequence && s.issued == made.issued);
        assert_true(aloft_verify(&with.key, al_statement_to_sign(&s, room), s.signature.at));
    }
    EVP_PKEY_free(with.private_half);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_reads_as_it_is_written_down),
        cmocka_unit_test(a_statement_that_is_shorter_longer_or_turned_is_read_safely),
        cmocka_unit_test(what_a_statement_may_not_say_is_refused_where_one_bit_does_not_reach),
        cmocka_unit_test(what_the_host_makes_the_device_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

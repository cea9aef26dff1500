/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is sent: without right signatures nothing passes, and with them the reader stays inside the
 * envelope and gives facts that point into it. */
#include "test/kit/kit.h"
#include "test/kit/envelope.h"
#include "test/kit/vectors.h"

#include "suit/suit.h"

static struct aloft_manifest m;
static aloft_fault why;
static struct kit_pen pen, stranger;

static aloft_bytes example(void) {
    static uint8_t room[1024];
    aloft_bytes bytes = kit_vector_bytes(NULL, "example");

    assert_true(bytes.len <= sizeof room);
    memcpy(room, bytes.at, bytes.len);
    return (aloft_bytes){room, bytes.len};
}

static size_t below(uint32_t *seed, size_t n) {
    return kit_random(seed) % n;
}

/* Change, insert, remove, repeat: one to four times. */
static size_t mutate(uint8_t *bytes, size_t len, size_t room, uint32_t *seed) {
    static const uint8_t likely[] = {0x00, 0x01, 0x17, 0x18, 0x19, 0x1b, 0x20, 0x40, 0x58, 0x5f,
                                     0x60, 0x80, 0x81, 0x9f, 0xa0, 0xa1, 0xbf, 0xc0, 0xf5, 0xff};

    for (unsigned n = 1 + kit_random(seed) % 4; n > 0; n--) {
        size_t at = below(seed, len), count = 1 + below(seed, 8);
        switch (kit_random(seed) % 4) {
        case 0:
            bytes[at] = (uint8_t)kit_random(seed);
            break;
        case 1:
            bytes[at] = likely[below(seed, sizeof likely)];
            break;
        case 2:
            if (count > len - at || len <= count)
                break;
            memmove(bytes + at, bytes + at + count, len - at - count);
            len -= count;
            break;
        default:
            if (len + count > room)
                break;
            memmove(bytes + at + count, bytes + at, len - at);
            for (size_t i = 0; i < count; i++)
                bytes[at + i] = (uint8_t)kit_random(seed);
            len += count;
        }
    }
    return len;
}

static void no_mutation_of_a_signed_envelope_passes(void **state) {
    const struct aloft_keys keys = kit_vector_keys();
    aloft_bytes whole = example();
    uint8_t bytes[1024];
    uint32_t seed = 5;

    (void)state;
    for (unsigned run = 0; run < 20000; run++) {
        size_t len = whole.len;
        memcpy(bytes, whole.at, len);
        len = mutate(bytes, len, sizeof bytes, &seed);
        if (len == whole.len && memcmp(bytes, whole.at, len) == 0)
            continue;
        if (aloft_manifest_read(kit_guarded(0, bytes, len), &keys, &m, &why) == ALOFT_OK)
            fail_msg("run %u was accepted", run);
    }
}

static void noise_behind_the_tag_passes_never(void **state) {
    const struct aloft_keys keys = kit_vector_keys();
    uint8_t bytes[256];
    uint32_t seed = 6;

    (void)state;
    for (unsigned run = 0; run < 100000; run++) {
        size_t len = below(&seed, sizeof bytes + 1);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)kit_random(&seed);
        memcpy(bytes, "\xd8\x6b\xa2\x02\x58", len < 5 ? len : 5);
        assert_true(aloft_manifest_read(kit_guarded(0, bytes, len), &keys, &m, &why) != ALOFT_OK);
    }
}

/* ---- behind a right signature: what a stolen or careless key may send */

static void assert_inside(aloft_bytes part, aloft_bytes whole) {
    if (part.len > 0)
        assert_true(part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static void assert_facts_are_sound(aloft_bytes envelope) {
    assert_true(m.sequence <= INT64_MAX);
    assert_true(m.image_size >= 1);
    assert_int_equal(m.vendor_id.len, 16);
    assert_int_equal(m.class_id.len, 16);
    assert_int_equal(m.image_digest.len, ALOFT_DIGEST_SIZE);
    assert_true(m.n_version >= 1 && m.n_version <= 5);
    assert_true(m.n_branches >= 1 && m.n_branches <= ALOFT_BRANCHES_MAX);
    assert_inside(m.vendor_id, envelope);
    assert_inside(m.class_id, envelope);
    assert_inside(m.image_digest, envelope);
    assert_inside(m.text, envelope);
    for (unsigned i = 0; i < m.n_branches; i++) {
        const struct aloft_branch *branch = &m.branch[i];
        bool is_patch = i + 1 < m.n_branches;
        assert_int_equal(branch->from_digest.len, is_patch ? ALOFT_DIGEST_SIZE : 0);
        assert_int_equal(branch->encoding >= 16, is_patch);
        assert_int_equal(branch->payload_sha256.len, ALOFT_DIGEST_SIZE);
        assert_true(al_suit_uri_is_legal(branch->uri));
        assert_inside(branch->from_digest, envelope);
        assert_inside(branch->uri, envelope);
        assert_inside(branch->payload_sha256, envelope);
    }
}

/* The manifest of the example stands behind 6 + 211 bytes, its key and a head of 3; it has 401. */
enum { MANIFEST_AT = 221, MANIFEST_LEN = 401 };

static void a_signed_mutation_is_refused_or_gives_sound_facts(void **state) {
    const struct aloft_keys keys = kit_pen_keys(&pen, 1, 1);
    aloft_bytes whole = example();
    uint8_t bytes[1024];
    uint32_t seed = 7;
    unsigned accepted = 0, by_rule[64] = {0}, rules = 0;

    (void)state;
    assert_memory_equal(whole.at + MANIFEST_AT, "\xa8\x01\x01\x02\x18\x2a", 6);
    for (unsigned run = 0; run < 20000; run++) {
        aloft_bytes envelope;
        size_t len = MANIFEST_LEN;
        memcpy(bytes, whole.at + MANIFEST_AT, len);
        if (run > 0)
            len = mutate(bytes, len, sizeof bytes, &seed);
        envelope = kit_envelope((aloft_bytes){bytes, len}, (aloft_bytes){NULL, 0}, &pen, 1);
        if (aloft_manifest_read(envelope, &keys, &m, &why) == ALOFT_OK) {
            assert_facts_are_sound(envelope);
            accepted++;
        } else {
            assert_provoked(why.code, MANIFEST_CONTENT);
            assert_true(why.at <= envelope.len);
            by_rule[aloft_manifest_rule(&why)]++;
        }
    }
    for (unsigned rule = 0; rule < 64; rule++)
        rules += by_rule[rule] > 0;
    assert_true(accepted > 100); /* changed digests and numbers are other right manifests */
    assert_true(rules >= 12);
}

static void no_random_manifest_passes_unsigned(void **state) {
    const struct aloft_keys keys = kit_pen_keys(&pen, 1, 1);
    aloft_bytes whole = example();
    uint8_t bytes[1024];
    uint32_t seed = 8;

    (void)state;
    for (unsigned run = 0; run < 5000; run++) {
        size_t len = MANIFEST_LEN;
        memcpy(bytes, whole.at + MANIFEST_AT, len);
        if (run > 0)
            len = mutate(bytes, len, sizeof bytes, &seed);
        assert_provoked(aloft_manifest_read(kit_envelope((aloft_bytes){bytes, len},
                                                         (aloft_bytes){NULL, 0}, &stranger, 1),
                                            &keys, &m, &why),
                        SIGNER_UNKNOWN);
    }
}

static int make_pens(void **state) {
    (void)state;
    kit_pen_make(&pen);
    kit_pen_make(&stranger);
    return 0;
}

static int free_pens(void **state) {
    (void)state;
    kit_pen_free(&pen);
    kit_pen_free(&stranger);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_mutation_of_a_signed_envelope_passes),
        cmocka_unit_test(noise_behind_the_tag_passes_never),
        cmocka_unit_test(a_signed_mutation_is_refused_or_gives_sound_facts),
        cmocka_unit_test(no_random_manifest_passes_unsigned),
    };
    return cmocka_run_group_tests(tests, make_pens, free_pens);
}

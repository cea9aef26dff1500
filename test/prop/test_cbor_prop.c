/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever comes, the reader stays inside the input; and what the writer writes, the reader gives back. */
#include "test/kit/kit.h"

#include "cbor/cbor.h"
#include "cbor/write.h"

enum { FORM = 5 };

/* Read whatever is there, and nothing behind the end: a forbidden page stands there. Bounded: each turn
 * passes at least one byte. Gives how the walk judged it. */
static unsigned read_all(aloft_bytes in) {
    struct al_cbor r, walk;

    al_cbor_start(&walk, in, FORM);
    al_cbor_walk(&walk);
    al_cbor_start(&r, in, FORM);
    while (r.failed == 0 && r.at < r.end) {
        switch (al_cbor_kind(&r)) {
        case AL_CBOR_IS_UINT:
        case AL_CBOR_IS_NINT:
            (void)al_cbor_int(&r);
            break;
        case AL_CBOR_IS_BYTES:
            (void)al_cbor_bytes(&r);
            break;
        case AL_CBOR_IS_TEXT:
            (void)al_cbor_text(&r);
            break;
        case AL_CBOR_IS_ARRAY:
            (void)al_cbor_array(&r);
            break;
        case AL_CBOR_IS_MAP:
            (void)al_cbor_map(&r);
            break;
        case AL_CBOR_IS_TAG:
        case AL_CBOR_IS_SIMPLE:
        case AL_CBOR_IS_NOTHING:
            (void)al_cbor_item(&r);
            break;
        }
        assert_true(r.at <= r.end);
    }
    return walk.failed;
}

static void every_input_of_up_to_two_bytes_is_read_safely(void **state) {
    unsigned taken = 0;

    (void)state;
    assert_int_equal(read_all(kit_guarded(0, "", 0)), FORM);
    for (unsigned n = 0; n < 256; n++) {
        uint8_t one = (uint8_t)n;
        taken += read_all(kit_guarded(0, &one, 1)) == 0;
    }
    /* 24 numbers, 24 negative ones, 40, 60, 80, a0, false, true, null */
    assert_int_equal(taken, 24 + 24 + 4 + 3);
    for (unsigned n = 0; n < 65536; n++) {
        uint8_t two[2] = {(uint8_t)(n >> 8), (uint8_t)n};
        taken += read_all(kit_guarded(0, two, 2)) == 0;
    }
    /* 18 and 38 with 24..255; 41 with any byte; 61 with ASCII; 81 and 24 tags before an item of one byte */
    assert_int_equal(taken, 55 + 2 * 232 + 256 + 128 + 55 + 24 * 55);
}

static void every_single_mutation_of_a_rich_item_is_read_safely(void **state) {
    aloft_bytes rich = kit_hex_file("test/vectors/cbor/rich.hex");
    uint8_t bytes[256];

    (void)state;
    assert_true(rich.len <= sizeof bytes);
    assert_int_equal(read_all(kit_guarded(0, rich.at, rich.len)), 0);
    for (size_t i = 0; i < rich.len; i++) {
        memcpy(bytes, rich.at, rich.len);
        for (unsigned value = 0; value < 256; value++) {
            bytes[i] = (uint8_t)value;
            (void)read_all(kit_guarded(0, bytes, rich.len));
        }
        assert_int_equal(read_all(kit_guarded(0, rich.at, i)), FORM); /* cut off */
    }
}

static void noise_is_read_safely(void **state) {
    uint8_t bytes[64];
    uint32_t seed = 11;

    (void)state;
    for (unsigned run = 0; run < 100000; run++) {
        size_t len = kit_random(&seed) % (sizeof bytes + 1);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)kit_random(&seed);
        (void)read_all(kit_guarded(0, bytes, len));
    }
}

/* ---- writer, then reader: the same choices are made twice from the same seed */

static uint64_t some_number(uint32_t *seed) {
    uint64_t wide = (uint64_t)kit_random(seed) << 32 | kit_random(seed);

    return wide >> kit_random(seed) % 64;
}

static void put_item(struct al_cbor_out *out, uint32_t *seed, unsigned depth) {
    static const uint8_t letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    unsigned choice = kit_random(seed) % (depth == 0 ? 5u : 8u), n;

    switch (choice) {
    case 0:
        al_cbor_put_uint(out, some_number(seed));
        break;
    case 1:
        al_cbor_put_int(out, -1 - (int64_t)(some_number(seed) >> 1));
        break;
    case 2:
        al_cbor_put_bytes(out, (aloft_bytes){letters, kit_random(seed) % sizeof letters});
        break;
    case 3:
        al_cbor_put_text(out, (aloft_bytes){letters, kit_random(seed) % sizeof letters});
        break;
    case 4:
        al_cbor_put_null(out);
        break;
    case 5:
        n = kit_random(seed) % 5;
        al_cbor_put_array(out, n);
        for (unsigned i = 0; i < n; i++)
            put_item(out, seed, depth - 1);
        break;
    case 6:
        n = kit_random(seed) % 5;
        al_cbor_put_map(out, n);
        for (unsigned i = 0; i < n; i++) {
            al_cbor_put_uint(out, i * 100);
            put_item(out, seed, depth - 1);
        }
        break;
    default:
        al_cbor_put_tag(out, some_number(seed));
        put_item(out, seed, depth - 1);
    }
}

static void read_item(struct al_cbor *r, uint32_t *seed, unsigned depth) {
    unsigned choice = kit_random(seed) % (depth == 0 ? 5u : 8u), n;

    switch (choice) {
    case 0:
        assert_true(al_cbor_uint(r) == some_number(seed));
        break;
    case 1:
        assert_true(al_cbor_int(r) == -1 - (int64_t)(some_number(seed) >> 1));
        break;
    case 2:
        assert_int_equal(al_cbor_bytes(r).len, kit_random(seed) % 37);
        break;
    case 3:
        assert_int_equal(al_cbor_text(r).len, kit_random(seed) % 37);
        break;
    case 4:
        al_cbor_null(r);
        break;
    case 5:
        n = kit_random(seed) % 5;
        assert_int_equal(al_cbor_array(r), n);
        for (unsigned i = 0; i < n; i++)
            read_item(r, seed, depth - 1);
        break;
    case 6:
        n = kit_random(seed) % 5;
        assert_int_equal(al_cbor_map(r), n);
        for (unsigned i = 0; i < n; i++) {
            al_cbor_expect(r, i * 100);
            read_item(r, seed, depth - 1);
        }
        break;
    default:
        al_cbor_tag(r, some_number(seed));
        read_item(r, seed, depth - 1);
    }
}

static void what_the_writer_writes_the_reader_gives_back(void **state) {
    static uint8_t room[1 << 16];
    unsigned long long written = 0;

    (void)state;
    for (uint32_t run = 1; run <= 20000; run++) {
        uint32_t writing = run * 2654435761u, reading = writing;
        struct al_cbor_out out;
        struct al_cbor r;

        al_cbor_out_start(&out, ALOFT_SPACE(room));
        put_item(&out, &writing, 7);
        assert_true(al_cbor_out_is_whole(&out));
        al_cbor_start(&r, kit_guarded(0, room, al_cbor_out_bytes(&out).len), FORM);
        al_cbor_walk(&r);
        assert_int_equal(r.failed, 0);
        read_item(&r, &reading, 7);
        al_cbor_end(&r);
        assert_int_equal(r.failed, 0);
        written += out.len;
    }
    assert_true(written > 100000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_input_of_up_to_two_bytes_is_read_safely),
        cmocka_unit_test(every_single_mutation_of_a_rich_item_is_read_safely),
        cmocka_unit_test(noise_is_read_safely),
        cmocka_unit_test(what_the_writer_writes_the_reader_gives_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

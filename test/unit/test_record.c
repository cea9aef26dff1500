/* SPDX-License-Identifier: Apache-2.0 */
/* The cell of a record: frozen bytes, both ways. */
#include "test/kit/kit.h"

#include "device/record.h"

/* Made by a program of its own from the table in FORMAT.md, so that a wrong offset cannot hide. */
static const char golden[] = "5301000004030201181716151413121128272625242322210102030405060307"
                             "3837363534333231444342415151515151515151515151515151515151515151"
                             "5151515151515151515151516867666564636261747372718181818181818181"
                             "8181818181818181818181818181818181818181818181816d616e6966657374"
                             "63616e64696461747061796c6f61643894939291a4a3a2a1b8b7b6b5b4b3b2b1"
                             "c4c3c2c1d2d1e2e1676f6e656b69647368656164666f7572eb1090a4ccf819f7"
                             "1e08e4fc03ec1e7d1e08e4fc03ec1e7d1e08e4fc03ec1e7d1e08e4fc03ec1e7d"
                             "be4974a064f8328bbe4974a064f8328bbe4974a064f8328bbe4974a064f8328b";

static struct al_record full_record(void) {
    struct al_record record = {.n = 0x01020304,
                               .floor = 0x1112131415161718,
                               .skip = 0x2122232425262728,
                               .home = 1,
                               .phase = AL_TRIAL,
                               .boots = 3,
                               .fails = 4,
                               .flags = 5,
                               .cold = 6,
                               .cause = 0x0703,
                               .mark = 0x91929394,
                               .attempt = 0xa1a2a3a4,
                               .seen = 0xb1b2b3b4b5b6b7b8,
                               .issued = 0xc1c2c3c4,
                               .age_h = 0xd1d2,
                               .epoch = 0xe1e2};

    record.slot[0] = (struct al_record_slot){0x3132333435363738, 0x41424344, {0}};
    record.slot[1] = (struct al_record_slot){0x6162636465666768, 0x71727374, {0}};
    memset(record.slot[0].image_digest, 0x51, 32);
    memset(record.slot[1].image_digest, 0x81, 32);
    memcpy(record.man, "manifest", 8);
    memcpy(record.cand, "candidat", 8);
    memcpy(record.pay, "payload8", 8);
    memcpy(record.gone, "gonekidsheadfour", 16);
    return record;
}

static void a_record_is_packed_to_the_frozen_bytes(void **state) {
    struct al_record record = full_record();
    uint8_t wanted[AL_CELL_SIZE];
    uint8_t cell[AL_CELL_SIZE];

    (void)state;
    assert_int_equal(kit_hex(golden, wanted, sizeof wanted), AL_CELL_SIZE);

    al_record_pack(&record, cell);

    assert_memory_equal(cell, wanted, sizeof cell);
}

static void the_frozen_bytes_give_the_record(void **state) {
    struct al_record wanted = full_record();
    struct al_record record;
    uint8_t cell[AL_CELL_SIZE];

    (void)state;
    kit_hex(golden, cell, sizeof cell);
    memset(&record, 0, sizeof record);

    assert_true(al_record_unpack(kit_guarded(0, cell, AL_BODY_SIZE).at, &record));

    assert_int_equal(record.n, wanted.n);
    assert_int_equal(record.floor, wanted.floor);
    assert_int_equal(record.skip, wanted.skip);
    assert_int_equal(record.home, 1);
    assert_int_equal(record.phase, AL_TRIAL);
    assert_int_equal(record.boots, 3);
    assert_int_equal(record.fails, 4);
    assert_int_equal(record.flags, 5);
    assert_int_equal(record.cold, 6);
    assert_int_equal(record.cause, 0x0703);
    assert_int_equal(record.slot[1].sequence, wanted.slot[1].sequence);
    assert_int_equal(record.slot[0].image_size, wanted.slot[0].image_size);
    assert_memory_equal(record.slot[1].image_digest, wanted.slot[1].image_digest, 32);
    assert_memory_equal(record.cand, wanted.cand, 8);
    assert_int_equal(record.mark, wanted.mark);
    assert_int_equal(record.epoch, wanted.epoch);
    assert_memory_equal(record.gone, wanted.gone, 16);
}

static void each_changed_bit_of_the_body_makes_it_no_record(void **state) {
    struct al_record record = full_record();
    struct al_record untouched;
    uint8_t cell[AL_CELL_SIZE];

    (void)state;
    memset(&untouched, 0x5a, sizeof untouched);
    for (unsigned bit = 0; bit < AL_BODY_SIZE * 8; bit++) {
        struct al_record out = untouched;
        al_record_pack(&record, cell);
        cell[bit / 8] ^= (uint8_t)(1u << bit % 8);

        assert_false(al_record_unpack(cell, &out));

        assert_memory_equal(&out, &untouched, sizeof out);
    }
}

static void bytes_that_nobody_knows_are_copied(void **state) {
    struct al_record record = full_record();
    struct al_record again;
    uint8_t cell[AL_CELL_SIZE];

    (void)state;
    record.reserved[0] = 0xa7;
    record.reserved[1] = 0x7a;
    record.flags = 0xf8;
    al_record_pack(&record, cell);

    assert_true(al_record_unpack(cell, &again));

    assert_memory_equal(again.reserved, record.reserved, 2);
    assert_int_equal(again.flags, 0xf8);
    assert_int_equal(cell[2], 0xa7);
}

static void a_record_with_a_third_slot_or_a_fifth_phase_is_none(void **state) {
    struct al_record record = full_record();
    struct al_record out;
    uint8_t cell[AL_CELL_SIZE];

    (void)state;
    record.home = 2;
    al_record_pack(&record, cell);
    assert_false(al_record_unpack(cell, &out));

    record.home = 0;
    record.phase = 4;
    al_record_pack(&record, cell);
    assert_false(al_record_unpack(cell, &out));
}

static void record_number_0_and_blank_bytes_are_none(void **state) {
    struct al_record record = full_record();
    struct al_record out;
    uint8_t cell[AL_CELL_SIZE];

    (void)state;
    record.n = 0;
    al_record_pack(&record, cell);
    assert_false(al_record_unpack(cell, &out));

    memset(cell, 0xff, sizeof cell);
    assert_false(al_record_unpack(cell, &out));
    memset(cell, 0, sizeof cell);
    assert_false(al_record_unpack(cell, &out));
}

static void the_two_seals_differ_and_hang_on_the_check(void **state) {
    struct al_record record = full_record();
    uint8_t cell[AL_CELL_SIZE];
    uint8_t seal[AL_SEAL_SIZE];

    (void)state;
    al_record_pack(&record, cell);
    al_record_seal(cell, 1, seal);
    assert_memory_equal(seal, cell + AL_BODY_SIZE, sizeof seal);

    cell[AL_BODY_SIZE - 1] ^= 1;
    al_record_seal(cell, 1, seal);

    assert_memory_not_equal(seal, cell + AL_BODY_SIZE, sizeof seal);
    assert_memory_not_equal(cell + AL_BODY_SIZE, cell + AL_BODY_SIZE + AL_SEAL_SIZE, sizeof seal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_packed_to_the_frozen_bytes),
        cmocka_unit_test(the_frozen_bytes_give_the_record),
        cmocka_unit_test(each_changed_bit_of_the_body_makes_it_no_record),
        cmocka_unit_test(bytes_that_nobody_knows_are_copied),
        cmocka_unit_test(a_record_with_a_third_slot_or_a_fifth_phase_is_none),
        cmocka_unit_test(record_number_0_and_blank_bytes_are_none),
        cmocka_unit_test(the_two_seals_differ_and_hang_on_the_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The rules L1 to L6 of the record log, one by one, on a chip with units of four cells. */
#include "test/kit/kit.h"

#include "device/log.h"
#include "port/sim/sim.h"

#define UNIT 1024u

static struct sim_power power;
static struct sim_flash chip;
static struct aloft_flash port;
static struct al_log journal;
static struct al_record record;
static enum al_log_found found;
static aloft_fault why;

static int fresh_chip(void **state) {
    (void)state;
    sim_power_start(&power, 7);
    sim_flash_start(&chip, &power, 3 * UNIT, 8, UNIT);
    port = sim_flash_port(&chip);
    memset(&why, 0, sizeof why);
    return 0;
}

static int end_chip(void **state) {
    (void)state;
    sim_flash_end(&chip);
    return 0;
}

static aloft_err reopen(void) {
    sim_power_on(&power);
    memset(&record, 0x77, sizeof record);
    return al_log_open(&journal, &port, &record, &found, &why);
}

/* Put a cell into the chip as a cut would have left it: its first `len` bytes are there. */
static void place(unsigned unit, unsigned cell, uint32_t n, uint32_t mark, uint32_t len) {
    struct al_record placed = {.n = n, .mark = mark};
    uint8_t bytes[AL_CELL_SIZE];

    al_record_pack(&placed, bytes);
    sim_flash_load(&chip, unit * UNIT + cell * AL_CELL_SIZE, (aloft_bytes){bytes, len});
}

static void append(uint32_t mark) {
    record.mark = mark;
    assert_ok(al_log_append(&journal, &record, &why));
}

/* The number that stands at a cell of the chip, 0 if none does. */
static uint32_t number_at(unsigned unit, unsigned cell) {
    struct al_record read = {0};
    const uint8_t *at = chip.bytes + unit * UNIT + cell * AL_CELL_SIZE;

    return al_record_unpack(at, &read) ? read.n : 0;
}

static void a_blank_log_is_a_new_device_and_nothing_is_written(void **state) {
    struct al_record zero;

    (void)state;
    memset(&zero, 0, sizeof zero);

    assert_ok(reopen());

    assert_int_equal(found, AL_LOG_NEW);
    assert_memory_equal(&record, &zero, sizeof zero);
    assert_int_equal(chip.writes + chip.erases, 0);
}

static void l1_an_append_is_three_programs_and_comes_back(void **state) {
    (void)state;
    assert_ok(reopen());
    append(65536);
    assert_int_equal(chip.writes, 3);

    assert_ok(reopen());

    assert_int_equal(found, AL_LOG_FOUND);
    assert_int_equal(record.mark, 65536);
    assert_int_equal(record.n, 2);
    assert_int_equal(chip.writes, 3);
}

static void l2_the_highest_number_wins_wherever_it_stands(void **state) {
    (void)state;
    place(0, 2, 12, 1, AL_CELL_SIZE);
    place(1, 0, 14, 2, AL_CELL_SIZE);
    place(1, 3, 11, 3, AL_CELL_SIZE);

    assert_ok(reopen());

    assert_int_equal(record.n, 14);
    assert_int_equal(record.mark, 2);
}

static void l2_a_torn_cell_with_a_higher_number_is_none(void **state) {
    (void)state;
    place(0, 2, 12, 1, AL_CELL_SIZE);
    place(0, 3, 900, 2, AL_BODY_SIZE - 1);

    assert_ok(reopen());

    assert_int_equal(record.n, 12);
}

static void
l3_the_first_append_after_a_reset_erases_the_other_unit_and_takes_n_plus_2(void **state) {
    (void)state;
    place(0, 1, 12, 1, AL_CELL_SIZE);
    place(1, 0, 10, 9, AL_CELL_SIZE);
    assert_ok(reopen());
    assert_false(al_log_settled(&journal));

    append(2);

    assert_true(al_log_settled(&journal));
    assert_int_equal(chip.wear[1], 1);
    assert_int_equal(chip.wear[0], 0);
    assert_int_equal(number_at(1, 0), 14);
    assert_int_equal(record.n, 14);
}

static void l3_later_appends_take_the_next_cell_and_a_full_unit_the_other_one(void **state) {
    (void)state;
    assert_ok(reopen());
    for (uint32_t i = 0; i < 4; i++)
        append(i);
    assert_int_equal(number_at(0, 3), 5);
    assert_int_equal(chip.wear[0] + chip.wear[1], 2);

    append(4);

    assert_int_equal(number_at(1, 0), 6);
    assert_int_equal(number_at(0, 3), 5);
    assert_int_equal(chip.wear[1], 2);
}

static void l3_a_cell_that_only_looks_blank_is_never_used(void **state) {
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        place(0, 0, 12 + 10 * i, 1, AL_CELL_SIZE);
        assert_ok(reopen());
        append(2);
        assert_int_equal(number_at(0, 1), 0);
    }
}

static void l4_a_missing_second_seal_is_added(void **state) {
    (void)state;
    place(0, 1, 12, 1, AL_BODY_SIZE + AL_SEAL_SIZE);

    assert_ok(reopen());

    assert_int_equal(record.n, 12);
    assert_int_equal(chip.writes, 1);
    assert_int_equal(chip.erases, 0);
    assert_int_equal(chip.bytes[2 * AL_CELL_SIZE - 1] == 0xff, 0);
    assert_false(al_log_settled(&journal));
    assert_ok(reopen());
    assert_int_equal(chip.writes, 1);
}

static void l4_an_unsealed_record_is_written_again_into_the_other_unit(void **state) {
    (void)state;
    place(0, 0, 11, 1, AL_CELL_SIZE);
    place(0, 1, 12, 2, AL_BODY_SIZE + 5);

    assert_ok(reopen());

    assert_int_equal(record.mark, 2);
    assert_int_equal(record.n, 14);
    assert_int_equal(number_at(1, 0), 14);
    assert_int_equal(number_at(0, 0), 11);
    append(3);
    assert_int_equal(number_at(1, 1), 15);
}

static void l4_an_unsealed_first_cell_is_written_again_in_its_own_unit(void **state) {
    (void)state;
    place(0, 3, 11, 1, AL_CELL_SIZE);
    place(1, 0, 12, 2, AL_BODY_SIZE);

    assert_ok(reopen());

    assert_int_equal(record.mark, 2);
    assert_int_equal(number_at(1, 0), 14);
    assert_int_equal(number_at(0, 3), 11);
    assert_int_equal(chip.wear[0], 0);
}

static void l4_an_unsealed_only_record_stays_until_its_copy_is_sealed(void **state) {
    (void)state;
    place(0, 0, 12, 2, AL_BODY_SIZE);

    assert_ok(reopen());

    assert_int_equal(number_at(0, 0), 12);
    assert_int_equal(number_at(1, 0), 14);
}

static void l5_bytes_without_a_record_are_records_lost_and_both_units_are_erased(void **state) {
    (void)state;
    place(1, 2, 12, 2, AL_BODY_SIZE - 1);
    place(0, 0, 13, 2, 1);
    assert_ok(reopen());
    assert_int_equal(found, AL_LOG_LOST);
    assert_int_equal(record.home, 0);
    assert_int_equal(chip.erases, 0);

    append(1);

    assert_int_equal(chip.wear[0], 1);
    assert_int_equal(chip.wear[1], 1);
    assert_int_equal(chip.wear[2], 0);
    assert_ok(reopen());
    assert_int_equal(found, AL_LOG_FOUND);
    assert_int_equal(record.n, 2);
}

static void a_cell_that_the_chip_cannot_correct_is_not_whole(void **state) {
    (void)state;
    place(0, 0, 11, 1, AL_CELL_SIZE);
    place(0, 1, 12, 2, AL_CELL_SIZE);
    sim_flash_rot(&chip, AL_CELL_SIZE + 100, 8);

    assert_ok(reopen());

    assert_int_equal(record.n, 11);
}

static void a_log_that_cannot_be_read_anywhere_is_lost(void **state) {
    (void)state;
    sim_flash_rot(&chip, 0, 2 * UNIT);
    assert_ok(reopen());
    assert_int_equal(found, AL_LOG_LOST);
    append(1);
    assert_ok(reopen());
    assert_int_equal(found, AL_LOG_FOUND);
}

static void a_second_seal_that_cannot_be_read_does_not_hide_a_sure_record(void **state) {
    (void)state;
    place(0, 0, 11, 1, AL_CELL_SIZE);
    place(0, 1, 12, 2, AL_CELL_SIZE);
    sim_flash_rot(&chip, 2 * AL_CELL_SIZE - AL_SEAL_SIZE, 8);

    assert_ok(reopen());

    assert_int_equal(record.n, 12);
    assert_int_equal(chip.writes, 0);
}

static void another_refusal_of_the_port_is_passed_on_and_stops_appends(void **state) {
    (void)state;
    place(0, 0, 11, 1, AL_CELL_SIZE);
    chip.answers = ALOFT_E_NET_LOCAL;

    assert_int_equal(reopen(), ALOFT_E_NET_LOCAL);
    assert_int_equal(why.code, ALOFT_E_NET_LOCAL);

    chip.answers = ALOFT_OK;
    assert_provoked(al_log_append(&journal, &record, &why), FLASH_WRITE);
    assert_int_equal(number_at(0, 0), 11);
}

/* Reads of the chip, of which all from one on are refused as by a port that has lost it. */
static aloft_err (*read_of_chip)(void *self, uint32_t at, aloft_space to);
static unsigned n_reads, reads_left;

static aloft_err read_while_some_are_left(void *self, uint32_t at, aloft_space to) {
    return n_reads++ < reads_left ? read_of_chip(self, at, to) : ALOFT_E_NET_LOCAL;
}

/* Nothing, a sure record, an unsealed one, an unsealed one at the front of its unit; gives the highest number. */
static uint32_t lay_out(unsigned log) {
    end_chip(NULL);
    fresh_chip(NULL);
    if (log > 0)
        place(0, 3, 11, 1, AL_CELL_SIZE);
    if (log > 1)
        place(1, 3 - log, 12, 2, AL_BODY_SIZE);
    read_of_chip = port.read;
    port.read = read_while_some_are_left;
    n_reads = 0;
    return log == 0 ? 0 : log == 1 ? 11 : 12;
}

static void a_chip_that_is_lost_at_any_read_loses_no_record(void **state) {
    uint32_t newest;

    (void)state;
    for (unsigned log = 0; log < 4; log++) {
        for (unsigned n = 0;; n++) {
            newest = lay_out(log);
            reads_left = n;
            if (reopen() == ALOFT_OK)
                break;
            assert_int_equal(why.code, ALOFT_E_NET_LOCAL);
            assert_int_equal(chip.writes + chip.erases, 0);
            reads_left = UINT32_MAX;
            if (journal.n > AL_RECORD_N_MAX) /* the search did not end */
                assert_provoked(al_log_append(&journal, &record, &why), FLASH_WRITE);
            assert_ok(reopen());
            assert_int_equal(found, newest == 0 ? AL_LOG_NEW : AL_LOG_FOUND);
            assert_true(record.n >= newest && record.n <= newest + 2);
        }
        assert_true(n_reads >= 8 && n_reads <= 30);
    }
}

static void a_refused_append_is_told_and_the_next_begins_a_unit(void **state) {
    (void)state;
    assert_ok(reopen());
    append(1);
    sim_power_cut_after(&power, 1, SIM_TORN_NOTHING, 0);
    assert_provoked(al_log_append(&journal, &record, &why), FLASH_WRITE);
    assert_int_equal(why.at, AL_CELL_SIZE + AL_BODY_SIZE);
    assert_false(al_log_settled(&journal));

    sim_power_on(&power);
    append(2);

    assert_int_equal(number_at(1, 0), 4);
    assert_int_equal(number_at(0, 0), 2);
}

static void a_refused_erase_is_told(void **state) {
    (void)state;
    place(0, 0, 11, 1, AL_CELL_SIZE);
    assert_ok(reopen());
    sim_power_cut_after(&power, 0, SIM_TORN_NOTHING, 0);

    assert_provoked(al_log_append(&journal, &record, &why), FLASH_ERASE);

    assert_int_equal(why.at, UNIT);
}

static void the_last_number_there_is_refuses_to_be_followed(void **state) {
    (void)state;
    place(0, 0, UINT32_MAX - 1, 1, AL_CELL_SIZE);
    assert_ok(reopen());
    assert_int_equal(record.n, UINT32_MAX - 1);

    assert_provoked(al_log_append(&journal, &record, &why), FLASH_WRITE);

    assert_int_equal(why.got, UINT32_MAX - 1);
}

static void an_unsealed_record_with_the_last_number_starts_nothing_but_stays(void **state) {
    (void)state;
    place(0, 0, UINT32_MAX, 1, AL_BODY_SIZE);

    assert_provoked(reopen(), FLASH_WRITE);

    assert_int_equal(found, AL_LOG_FOUND);
    assert_int_equal(record.mark, 1);
    assert_int_equal(chip.erases, 0);
}

static void a_second_seal_that_the_chip_refuses_gives_a_copy_elsewhere(void **state) {
    (void)state;
    place(0, 2, 11, 1, AL_CELL_SIZE);
    place(1, 0, 12, 2, AL_BODY_SIZE + AL_SEAL_SIZE);
    chip.ecc = true;
    chip.used[(UNIT + AL_CELL_SIZE - AL_SEAL_SIZE) / 8] = SIM_UNSURE;

    assert_ok(reopen());

    assert_int_equal(record.mark, 2);
    assert_int_equal(number_at(0, 0), 14);
    assert_int_equal(number_at(1, 0), 12);
}

static void a_wrong_geometry_is_told_with_its_field(void **state) {
    const struct {
        uint32_t size, write_size, erase_size, want;
    } wrong[] = {{3072, 0, 1024, 6}, {3072, 3, 1024, 6}, {3072, 64, 1024, 6},
                 {3072, 8, 0, 7},    {3072, 8, 1000, 7}, {3000000, 8, 262144, 7},
                 {1024, 8, 1024, 5}, {0, 8, 1024, 5},    {2500, 8, 1024, 5}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        port.size = wrong[i].size;
        port.write_size = wrong[i].write_size;
        port.erase_size = wrong[i].erase_size;
        assert_provoked(reopen(), FLASH_GEOMETRY);
        assert_int_equal(why.want, wrong[i].want);
    }
    port = sim_flash_port(&chip);
    port.erase = NULL;
    assert_provoked(reopen(), FLASH_GEOMETRY);
    assert_int_equal(why.want, 4);
}

#define on_a_chip(test) cmocka_unit_test_setup_teardown(test, fresh_chip, end_chip)

int main(void) {
    const struct CMUnitTest tests[] = {
        on_a_chip(a_blank_log_is_a_new_device_and_nothing_is_written),
        on_a_chip(l1_an_append_is_three_programs_and_comes_back),
        on_a_chip(l2_the_highest_number_wins_wherever_it_stands),
        on_a_chip(l2_a_torn_cell_with_a_higher_number_is_none),
        on_a_chip(l3_the_first_append_after_a_reset_erases_the_other_unit_and_takes_n_plus_2),
        on_a_chip(l3_later_appends_take_the_next_cell_and_a_full_unit_the_other_one),
        on_a_chip(l3_a_cell_that_only_looks_blank_is_never_used),
        on_a_chip(l4_a_missing_second_seal_is_added),
        on_a_chip(l4_an_unsealed_record_is_written_again_into_the_other_unit),
        on_a_chip(l4_an_unsealed_first_cell_is_written_again_in_its_own_unit),
        on_a_chip(l4_an_unsealed_only_record_stays_until_its_copy_is_sealed),
        on_a_chip(l5_bytes_without_a_record_are_records_lost_and_both_units_are_erased),
        on_a_chip(a_cell_that_the_chip_cannot_correct_is_not_whole),
        on_a_chip(a_log_that_cannot_be_read_anywhere_is_lost),
        on_a_chip(a_second_seal_that_cannot_be_read_does_not_hide_a_sure_record),
        on_a_chip(another_refusal_of_the_port_is_passed_on_and_stops_appends),
        on_a_chip(a_chip_that_is_lost_at_any_read_loses_no_record),
        on_a_chip(a_refused_append_is_told_and_the_next_begins_a_unit),
        on_a_chip(a_refused_erase_is_told),
        on_a_chip(the_last_number_there_is_refuses_to_be_followed),
        on_a_chip(an_unsealed_record_with_the_last_number_starts_nothing_but_stays),
        on_a_chip(a_second_seal_that_the_chip_refuses_gives_a_copy_elsewhere),
        on_a_chip(a_wrong_geometry_is_told_with_its_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

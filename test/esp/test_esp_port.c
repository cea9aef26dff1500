/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP-IDF component's port passes the suite that every port must pass, over the model of ESP-
 * IDF, and says what is wrong with a partition table. */
#include "test/kit/kit.h"

#include <esp_rom_crc.h>

#include "esp32/component/notes.h"
#include "test/esp/board.h"
#include "test/kit/port_suite.h"

#define SIZE 5000u

static aloft_fault why;

static void each_region_passes_and_outlives_a_restart(void **state) {
    (void)state;
    for (unsigned encrypted = 0; encrypted < 2; encrypted++) {
        struct aloft_flash region[3];
        board_start(&(struct board_kind){.is_encrypted = encrypted == 1}, SIZE);
        board.notes.tolerant = board.rig.log.tolerant = true;
        board.rig.slot[0].tolerant = board.rig.slot[1].tolerant = true;
        assert_ok(board_ports(&why));
        region[0] = board.rig.config.slot[0];
        region[1] = board.rig.config.slot[1];
        region[2] = board.rig.config.log;
        assert_int_equal(region[0].write_size, encrypted ? 16 : 4);
        assert_int_equal(region[2].write_size, 4);
        for (unsigned i = 0; i < 3; i++) {
            port_suite_flash(&region[i], true);
            port_suite_flash_begin(&region[i]);
        }
        sim_power_on(&board.rig.power);
        for (unsigned i = 0; i < 3; i++)
            port_suite_flash_end(&region[i]);
        board_end();
    }
}

static void the_log_in_nvs_passes(void **state) {
    (void)state;
    board_start(&(struct board_kind){.records_in_nvs = true}, SIZE);
    assert_ok(board_ports(&why));
    port_suite_flash(&board.rig.config.log, true);
    board_end();
}

static void a_cell_in_nvs_is_there_after_a_restart_and_a_half_one_is_not(void **state) {
    uint8_t cell[256], read[256];
    const struct aloft_flash *log = &board.rig.config.log;

    (void)state;
    memset(cell, 7, sizeof cell);
    board_start(&(struct board_kind){.records_in_nvs = true}, SIZE);
    assert_ok(board_ports(&why));
    assert_ok(log->write(log->self, 256, (aloft_bytes){cell, 224}));
    assert_ok(board_ports(&why));
    assert_ok(log->read(log->self, 0, ALOFT_SPACE(read)));
    assert_int_equal(read[0], 0xff);

    assert_ok(log->erase(log->self, 256));
    assert_ok(log->write(log->self, 256, (aloft_bytes){cell, 224}));
    assert_ok(log->write(log->self, 480, (aloft_bytes){cell, 32}));
    assert_ok(board_ports(&why));
    assert_ok(log->read(log->self, 0, ALOFT_SPACE(read)));
    assert_memory_equal(read, cell, sizeof cell);
    board_end();
}

static void a_cell_that_nvs_refuses_is_not_in_the_log(void **state) {
    uint8_t cell[256] = {0};
    const struct aloft_flash *log = &board.rig.config.log;

    (void)state;
    board_start(&(struct board_kind){.records_in_nvs = true}, SIZE);
    assert_ok(board_ports(&why));
    board.nvs_answers = ESP_ERR_NVS_NOT_ENOUGH_SPACE;
    assert_int_equal(log->write(log->self, 0, ALOFT_BYTES(cell)), ALOFT_E_FLASH_WRITE);
    assert_ok(log->read(log->self, 0, ALOFT_SPACE(cell)));
    assert_int_equal(cell[0], 0xff);
    board_end();
}

static void pass(void *self) {
    (void)self;
    sim_clock_pass(&board.rig.clock, 20);
}

static void clock_random_and_loader_pass(void **state) {
    struct aloft_clock clock = al_esp_clock();
    struct aloft_random random = al_esp_random();

    (void)state;
    board_start(&(struct board_kind){.has_rollback = true}, SIZE);
    assert_true(board_load());
    assert_ok(board_ports(&why));
    port_suite_clock(&clock, pass, NULL);
    port_suite_random(&random);
    port_suite_loader(&board.rig.config.loader, true);
    assert_int_equal(board.rig.config.loader.running(board.rig.config.loader.self), 0);
    board_end();
}

static void why_the_chip_has_started_is_told_by_who_is_to_blame(void **state) {
    static const struct {
        esp_reset_reason_t reason;
        enum aloft_reset reset;
    } rows[] = {
        {ESP_RST_POWERON, ALOFT_RESET_POWER},     {ESP_RST_BROWNOUT, ALOFT_RESET_POWER},
        {ESP_RST_DEEPSLEEP, ALOFT_RESET_POWER},   {ESP_RST_EXT, ALOFT_RESET_POWER},
        {ESP_RST_USB, ALOFT_RESET_POWER},         {ESP_RST_SW, ALOFT_RESET_SOFTWARE},
        {ESP_RST_PANIC, ALOFT_RESET_CRASH},       {ESP_RST_CPU_LOCKUP, ALOFT_RESET_CRASH},
        {ESP_RST_TASK_WDT, ALOFT_RESET_WATCHDOG}, {ESP_RST_INT_WDT, ALOFT_RESET_WATCHDOG},
        {ESP_RST_WDT, ALOFT_RESET_WATCHDOG},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        board.reason = rows[i].reason;
        assert_int_equal(al_esp_reset(), rows[i].reset);
    }
}

/* Values of binascii.crc32(number, 0xffffffff): so ESP-IDF's tools write otadata. */
static void the_check_of_a_note_is_that_of_esp_idf(void **state) {
    static const uint32_t want[] = {0x4743989a, 0x55f63774, 0xed4a5011};

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        esp_ota_select_entry_t entry;
        al_esp_notes_make(&entry, i + 1, ESP_OTA_IMG_VALID);
        assert_int_equal(entry.crc, want[i]);
        assert_int_equal(al_esp_notes_slot(&entry), i % 2);
    }
}

/* ---- partition tables that do not do */

static void a_table_without_two_slots_is_refused(void **state) {
    (void)state;
    board_start(&(struct board_kind){.has_factory = true}, SIZE);
    board.is_listed[BOARD_SLOT_1] = false;
    assert_provoked(board_ports(&why), ESP_SLOTS);
    assert_int_equal(why.got, 1);

    board.is_listed[BOARD_SLOT_1] = true;
    board.has_third_slot = true;
    assert_provoked(board_ports(&why), ESP_SLOTS);
    assert_int_equal(why.got, 3);

    board.has_third_slot = false;
    board.is_listed[BOARD_NOTES] = false;
    assert_provoked(board_ports(&why), ESP_SLOTS);
    board_end();
}

static void slots_of_two_sizes_are_refused(void **state) {
    (void)state;
    board_start(&(struct board_kind){0}, SIZE);
    board.partition[BOARD_SLOT_1].size -= 4096;
    assert_provoked(board_ports(&why), ESP_UNEQUAL);
    assert_int_equal(why.want, 65536);
    assert_int_equal(why.got, 61440);
    board_end();
}

static void a_records_partition_that_cannot_hold_a_log_is_refused(void **state) {
    (void)state;
    board_start(&(struct board_kind){0}, SIZE);
    board.partition[BOARD_RECORDS].encrypted = true;
    assert_provoked(board_ports(&why), ESP_RECORDS);

    board.partition[BOARD_RECORDS].encrypted = false;
    board.partition[BOARD_RECORDS].size = 4096;
    assert_provoked(board_ports(&why), ESP_RECORDS);
    assert_int_equal(why.got, 4096);
    board_end();
}

static void nvs_that_was_not_begun_is_told_and_nothing_is_taken_for_new(void **state) {
    (void)state;
    board_start(&(struct board_kind){.records_in_nvs = true}, SIZE);
    board.nvs_is_ready = false;
    assert_provoked(board_ports(&why), ESP_NVS);
    assert_int_equal(why.origin, ALOFT_ORIGIN_ESP);
    assert_int_equal(why.raw, ESP_ERR_NVS_NOT_INITIALIZED);
    board_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_region_passes_and_outlives_a_restart),
        cmocka_unit_test(the_log_in_nvs_passes),
        cmocka_unit_test(a_cell_in_nvs_is_there_after_a_restart_and_a_half_one_is_not),
        cmocka_unit_test(a_cell_that_nvs_refuses_is_not_in_the_log),
        cmocka_unit_test(clock_random_and_loader_pass),
        cmocka_unit_test(why_the_chip_has_started_is_told_by_who_is_to_blame),
        cmocka_unit_test(the_check_of_a_note_is_that_of_esp_idf),
        cmocka_unit_test(a_table_without_two_slots_is_refused),
        cmocka_unit_test(slots_of_two_sizes_are_refused),
        cmocka_unit_test(a_records_partition_that_cannot_hold_a_log_is_refused),
        cmocka_unit_test(nvs_that_was_not_begun_is_told_and_nothing_is_taken_for_new),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

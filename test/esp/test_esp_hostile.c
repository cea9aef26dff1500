/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever has the cable can write any notes for the boot loader and any record with a right check. Whatever they say,
 * the device ends no trial of a good image but by a verdict, does not restart for ever, and forgets no floor. */
#include "test/kit/kit.h"

#include "device/device.h"
#include "esp32/component/notes.h"
#include "test/esp/board.h"

#define SIZE   3000u
#define CASES  400u
#define DAY_MS 86400000u

static uint32_t seed;

static uint32_t below(uint32_t n) {
    return kit_random(&seed) % n;
}

/* A number that means something somewhere, or any. */
static uint64_t any_number(void) {
    static const uint64_t some[] = {0,        1,         999,        1000,      1001,      SIZE,
                                    1u << 16, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX};
    const size_t n = sizeof some / sizeof some[0];
    const uint32_t which = below((uint32_t)n + 3);

    return which < n ? some[which] : (uint64_t)kit_random(&seed) << 32 | kit_random(&seed);
}

static void any_slot(struct al_record_slot *slot) {
    const struct rig_image *image = &board.rig.image[below(board.rig.n_images)];
    struct aloft_hash hash;

    slot->sequence = any_number();
    slot->image_size = below(2) == 0 ? SIZE : (uint32_t)any_number();
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){image->at, image->size});
    aloft_hash_end(&hash, slot->image_digest);
}

static void any_record(struct al_record *record) {
    *record = (struct al_record){
        .n = 1 + below(9),
        .floor = any_number(),
        .skip = any_number(),
        .home = (uint8_t)below(2),
        .phase = (uint8_t)below(AL_KEPT + 1),
        .boots = (uint8_t)any_number(),
        .fails = (uint8_t)any_number(),
        .cold = (uint8_t)any_number(),
        .mark = (uint32_t)any_number(),
    };
    for (unsigned i = 0; i < 2; i++)
        any_slot(&record->slot[i]);
}

static void any_note(unsigned which) {
    static const uint32_t states[] = {ESP_OTA_IMG_NEW,     ESP_OTA_IMG_PENDING_VERIFY,
                                      ESP_OTA_IMG_VALID,   ESP_OTA_IMG_INVALID,
                                      ESP_OTA_IMG_ABORTED, ESP_OTA_IMG_UNDEFINED};
    esp_ota_select_entry_t entry;

    al_esp_notes_make(&entry, below(8) == 0 ? (uint32_t)any_number() : below(6), states[below(6)]);
    entry.crc ^= below(8) == 0;
    board_keep_note(which, &entry);
}

static void write_anything(struct al_record *record) {
    const struct rig_image *image = &board.rig.image[below(2)];
    uint8_t cell[AL_CELL_SIZE];

    sim_flash_load(&board.rig.slot[1], 0, (aloft_bytes){image->at, image->size});
    for (unsigned i = 0; i < 2; i++)
        any_note(i);
    any_record(record);
    al_record_pack(record, cell);
    sim_flash_load(&board.rig.log, 0, ALOFT_BYTES(cell));
}

static void live_for_a_day(void) {
    const uint32_t began_ms = board.rig.clock.now_ms;

    for (unsigned i = 0; board.rig.clock.now_ms - began_ms < DAY_MS; i++) {
        assert_true(i < 20000);
        assert_true(rig_step(&board.rig));
    }
}

static void whatever_the_cable_wrote_the_device_comes_to_rest(void **state) {
    struct aloft_status status;
    struct al_record record;

    (void)state;
    for (uint32_t c = 1; c <= CASES; c++) {
        seed = c;
        board_start(&(struct board_kind){.has_rollback = below(2), .has_factory = below(3) == 0},
                    SIZE);
        board.rig.config.poll_s = 14400;
        rig_publish(&board.rig, RIG_GOOD, SIZE);
        write_anything(&record);
        if (!rig_boot(&board.rig, (enum aloft_reset)below(ALOFT_RESET_ENDED)))
            fail_msg("case %u does not start", (unsigned)c);
        live_for_a_day();
        rig_status(&board.rig, &status);
        if (status.state == ALOFT_TESTING || board.rig.n_starts > 30)
            fail_msg("case %u: state %u after %u starts", (unsigned)c, (unsigned)status.state,
                     board.rig.n_starts);
        assert_true(status.floor >= record.floor && status.skip >= record.skip);
        board_end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_cable_wrote_the_device_comes_to_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Each row of the reconcile table, brought about by the boot loader of the model and what the port
 * does to its notes, never by handing in a view. A row is told by the record that the start leaves
 * behind. */
#include "test/kit/kit.h"

#include "device/device.h"
#include "esp32/component/notes.h"
#include "test/esp/board.h"

#define SIZE 8192u

static const struct board_kind guarded = {.has_rollback = true}, unguarded = {0};
static aloft_fault why;

static const struct al_record *record(void) {
    return &((const struct al_device *)(const void *)board.rig.device.room)->record;
}

static uint16_t fault_now(void) {
    struct aloft_status status;

    rig_status(&board.rig, &status);
    return status.fault.code;
}

static enum aloft_entry noted(unsigned slot) {
    struct al_esp_notes notes;

    assert_ok(al_esp_notes_read(&notes, &board.partition[BOARD_NOTES], &why));
    return al_esp_notes_of(&notes, slot);
}

/* As idf.py flashes it: ota_0 is written, otadata is blank. */
static void flash_by_cable(unsigned image) {
    sim_flash_load(&board.rig.slot[0], 0,
                   (aloft_bytes){board.rig.image[image].at, board.rig.image[image].size});
    memset(board.notes.bytes, 0xff, board.notes.size);
    memset(board.notes.used, 0, board.notes.size / board.notes.write_size);
}

static void step_until_restart(void) {
    struct aloft_progress now = {ALOFT_WORK, 0};

    for (unsigned i = 0; i < 2000 && now.next != ALOFT_REBOOT; i++) {
        now = aloft_step(&board.rig.device);
        sim_clock_pass(&board.rig.clock, now.wait_ms);
    }
    assert_int_equal(now.next, ALOFT_REBOOT);
    assert_int_equal(record()->phase, AL_TRIAL);
}

/* A release runs in slot 1, confirmed. */
static void start_and_update(const struct board_kind *kind) {
    board_start(kind, SIZE);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    rig_publish(&board.rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&board.rig, 4000), ALOFT_DONE);
}

/* Slot 0 runs; a release of this nature is in slot 1, on trial, and the restart into it comes next. */
static void switch_to(const struct board_kind *kind, enum rig_nature nature) {
    board_start(kind, SIZE);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    rig_publish(&board.rig, nature, SIZE);
    step_until_restart();
    assert_int_equal(noted(1), ALOFT_ENTRY_NEW);
}

static void restart(enum aloft_reset reset) {
    assert_true(rig_boot(&board.rig, reset));
}

static void assert_record(enum al_phase phase, unsigned boots, unsigned fails, unsigned cold) {
    assert_int_equal(record()->phase, phase);
    assert_int_equal(record()->boots, boots);
    assert_int_equal(record()->fails, fails);
    assert_int_equal(record()->cold, cold);
}

static void the_loader_makes_new_pending_and_the_start_is_counted(void **state) {
    (void)state;
    switch_to(&guarded, RIG_GOOD);
    restart(ALOFT_RESET_SOFTWARE);
    assert_int_equal(board.running, 1);
    assert_int_equal(noted(1), ALOFT_ENTRY_PENDING);
    assert_record(AL_TRIAL, 1, 0, 0);
    board_end();
}

/* The power goes behind the loader's half of the confirm. */
static void a_confirm_cut_between_its_halves_is_finished_at_the_next_start(void **state) {
    (void)state;
    for (unsigned rollback = 0; rollback < 2; rollback++) {
        switch_to(rollback ? &guarded : &unguarded, RIG_GOOD);
        restart(ALOFT_RESET_SOFTWARE);
        assert_ok(board.rig.config.loader.confirm(board.rig.config.loader.self, &why));
        assert_int_equal(noted(1), ALOFT_ENTRY_VALID);
        restart(ALOFT_RESET_POWER);
        assert_int_equal(board.running, 1);
        assert_int_equal(record()->home, 0);
        assert_true(rig_step(&board.rig));
        assert_int_equal(record()->home, 1);
        assert_int_equal(record()->phase, AL_IDLE);
        board_end();
    }
}

static void a_loader_without_rollback_is_told_of_and_the_starts_are_counted(void **state) {
    (void)state;
    switch_to(&unguarded, RIG_CRASH);
    restart(ALOFT_RESET_SOFTWARE);
    assert_provoked(fault_now(), LOADER_NO_NET);
    for (unsigned i = 1; i <= AL_BOOTS_MAX; i++) {
        assert_int_equal(board.running, 1);
        assert_record(AL_TRIAL, i, 0, 0);
        restart(ALOFT_RESET_CRASH);
    }
    /* the fourth start: sent home, without home's own note having been touched */
    assert_record(AL_KEPT, 3, 1, 0);
    assert_int_equal(aloft_step(&board.rig.device).next, ALOFT_REBOOT);
    assert_int_equal(noted(0), ALOFT_ENTRY_VALID);
    assert_int_equal(noted(1), ALOFT_ENTRY_FAILED);
    restart(ALOFT_RESET_SOFTWARE);
    assert_int_equal(board.running, 0);
    board_end();
}

static void software_that_knows_no_rollback_is_as_one_without_a_net(void **state) {
    (void)state;
    switch_to(&guarded, RIG_CRASH);
    board_note(1, 2, ESP_OTA_IMG_UNDEFINED);
    restart(ALOFT_RESET_SOFTWARE);
    assert_int_equal(board.running, 1);
    assert_provoked(fault_now(), LOADER_NO_NET);
    assert_record(AL_TRIAL, 1, 0, 0);
    board_end();
}

static void an_image_that_the_loader_does_not_start_is_kept_and_home_stays(void **state) {
    (void)state;
    for (unsigned rollback = 0; rollback < 2; rollback++) {
        switch_to(rollback ? &guarded : &unguarded, RIG_GOOD);
        board.rig.slot[1].bytes[500] ^= 1; /* rot between the read-back and the start */
        restart(ALOFT_RESET_SOFTWARE);
        assert_int_equal(board.running, 0);
        assert_provoked(fault_now(), LOADER_REFUSED);
        assert_record(AL_KEPT, 0, 1, 0);
        assert_int_equal(noted(1), ALOFT_ENTRY_FAILED);
        assert_int_equal(noted(0), ALOFT_ENTRY_VALID);
        board_end();
    }
}

static void an_image_for_another_chip_is_refused_before_the_restart(void **state) {
    (void)state;
    board_start(&guarded, SIZE);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    rig_publish(&board.rig, (enum rig_nature)RIG_REFUSED, SIZE);
    assert_int_equal(rig_run(&board.rig, 2000), ALOFT_FAILED);
    assert_provoked(fault_now(), LOADER_REFUSED);
    assert_record(AL_KEPT, 0, 1, 0);
    assert_int_equal(noted(0), ALOFT_ENTRY_VALID);
    board_end();
}

static void an_image_that_was_rolled_back_has_failed(void **state) {
    (void)state;
    switch_to(&guarded, RIG_CRASH);
    restart(ALOFT_RESET_SOFTWARE);
    restart(ALOFT_RESET_CRASH);
    assert_int_equal(board.running, 0);
    assert_record(AL_KEPT, 1, 1, 0);
    assert_int_equal(record()->cause, ALOFT_E_TRIAL_CRASHED);
    board_end();
}

static void one_that_lost_its_power_on_trial_has_not(void **state) {
    (void)state;
    switch_to(&guarded, RIG_GOOD);
    restart(ALOFT_RESET_SOFTWARE);
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 0);
    assert_record(AL_KEPT, 1, 0, 1);
    board_end();
}

static void a_note_that_was_torn_is_written_again(void **state) {
    (void)state;
    switch_to(&guarded, RIG_GOOD);
    memset(board.notes.bytes + 4096, 0xff, 4096);
    memset(board.notes.used + 4096 / 4, 0, 4096 / 4);
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 0);
    assert_record(AL_TRIAL, 0, 0, 1);
    assert_int_equal(noted(1), ALOFT_ENTRY_NEW);
    assert_int_equal(aloft_step(&board.rig.device).next, ALOFT_REBOOT);
    board_end();
}

/* T3 is the record; the power goes before the loader is told, and its note about slot 1 is that of
 * an older release. */
static void a_switch_cut_between_its_halves_is_told_again(void **state) {
    (void)state;
    switch_to(&guarded, RIG_GOOD);
    board_note(0, 3, ESP_OTA_IMG_VALID);
    board_note(1, 2, ESP_OTA_IMG_VALID);
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 0);
    assert_int_equal(record()->phase, AL_TRIAL);
    assert_int_equal(noted(1), ALOFT_ENTRY_NEW);
    restart(ALOFT_RESET_SOFTWARE);
    assert_int_equal(board.running, 1);
    board_end();
}

static void home_that_runs_and_is_named_changes_nothing(void **state) {
    uint32_t ops;

    (void)state;
    start_and_update(&guarded);
    ops = board.rig.power.ops;
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 1);
    assert_int_equal(board.rig.power.ops, ops);
    board_end();
}

static void a_fallback_of_the_loader_makes_what_runs_home(void **state) {
    (void)state;
    for (unsigned rollback = 0; rollback < 2; rollback++) {
        start_and_update(rollback ? &guarded : &unguarded);
        board.rig.slot[1].bytes[500] ^= 1;
        restart(ALOFT_RESET_POWER);
        assert_int_equal(board.running, 0);
        assert_provoked(fault_now(), BOOT_FALLBACK);
        assert_int_equal(record()->home, 0);
        assert_int_equal(noted(1), ALOFT_ENTRY_FAILED);
        board_end();
    }
}

static void an_image_from_the_cable_is_told_as_one_and_nothing_is_known_of_it(void **state) {
    (void)state;
    for (unsigned rollback = 0; rollback < 2; rollback++) {
        start_and_update(rollback ? &guarded : &unguarded);
        flash_by_cable(0);
        restart(ALOFT_RESET_POWER);
        assert_int_equal(board.running, 0);
        assert_provoked(fault_now(), FLASHED);
        assert_int_equal(record()->home, 0);
        assert_true(record()->slot[0].sequence == 0);
        assert_true(record()->floor > 0);
        board_end();
    }
}

/* The loader calls it valid, as it would call the release that was on trial there. */
static void an_image_from_the_cable_over_one_on_trial_is_not_confirmed_in_its_place(void **state) {
    uint64_t floor;

    (void)state;
    start_and_update(&guarded);
    rig_publish(&board.rig, RIG_GOOD, SIZE);
    step_until_restart();
    floor = record()->floor;
    flash_by_cable(0);
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 0);
    (void)aloft_step(&board.rig.device);
    assert_int_equal(fault_now(), ALOFT_E_FLASHED);
    assert_int_equal(record()->home, 0);
    assert_int_equal(record()->phase, AL_IDLE);
    assert_true(record()->floor == floor);
    board_end();
}

/* Anti-rollback: the fuse follows what is confirmed. */
static void an_image_below_the_fuse_is_refused_with_the_reason(void **state) {
    const struct board_kind fused = {.has_rollback = true, .has_fuse = true};

    (void)state;
    board_start(&fused, SIZE);
    board.secure_version[0] = 1;
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    rig_publish(&board.rig, RIG_GOOD, SIZE);
    board.secure_version[1] = 2;
    assert_int_equal(rig_run(&board.rig, 4000), ALOFT_DONE);
    assert_int_equal(board.fuse, 2);

    rig_publish(&board.rig, RIG_GOOD, SIZE);
    board.secure_version[2] = 1;
    for (unsigned i = 0; i < 300 && record()->phase != AL_KEPT; i++)
        assert_true(rig_pass(&board.rig, 1));
    assert_provoked(fault_now(), LOADER_SECURE);
    assert_int_equal(board.running, 1);
    assert_true(rig_pass(&board.rig, 86400)); /* its three chances */
    assert_int_equal(board.running, 1);
    assert_true(record()->skip == record()->slot[0].sequence);

    rig_publish(&board.rig, RIG_GOOD, SIZE);
    board.secure_version[3] = 2;
    assert_true(rig_pass(&board.rig, 86400));
    assert_int_equal(rig_running_image(&board.rig), 3);
    board_end();
}

/* Home was named and did not start, while another image is on trial: what runs is all there is. */
static void the_image_on_trial_stays_where_home_does_not_start(void **state) {
    (void)state;
    switch_to(&unguarded, RIG_GOOD);
    restart(ALOFT_RESET_SOFTWARE);
    board.rig.slot[0].bytes[500] ^= 1;
    board_note(0, 3, ESP_OTA_IMG_VALID);
    restart(ALOFT_RESET_CRASH);
    assert_int_equal(board.running, 1);
    assert_int_equal(record()->home, 1);
    assert_int_equal(record()->phase, AL_IDLE);
    board_end();
}

/* A tool has named the other slot, where nothing can be started. */
static void notes_that_disagree_are_mended(void **state) {
    (void)state;
    start_and_update(&guarded);
    board.rig.slot[0].bytes[500] ^= 1;
    board_note(0, 3, ESP_OTA_IMG_VALID);
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 1);
    assert_int_equal(record()->home, 1);
    assert_int_equal(noted(0), ALOFT_ENTRY_FAILED);
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 1);
    board_end();
}

static void no_update_begins_while_the_running_image_is_pending(void **state) {
    (void)state;
    board_start(&guarded, SIZE);
    board_note(0, 1, ESP_OTA_IMG_NEW);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    assert_int_equal(noted(0), ALOFT_ENTRY_PENDING);
    rig_publish(&board.rig, RIG_GOOD, SIZE);
    for (unsigned i = 0; i < 200; i++) /* the application says nothing yet */
        sim_clock_pass(&board.rig.clock, aloft_step(&board.rig.device).wait_ms);
    assert_provoked(fault_now(), LOADER_WAITS);
    assert_int_equal(board.rig.slot[1].erases, 0);
    board_end();
}

/* mark_valid would act on the note that decides, which is another image's. */
static void confirm_refuses_where_another_slot_is_named(void **state) {
    const struct aloft_loader *loader = &board.rig.config.loader;

    (void)state;
    board_start(&guarded, SIZE);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    board_note(1, 2, ESP_OTA_IMG_NEW);
    assert_provoked(loader->confirm(loader->self, &why), LOADER_FAILED);
    assert_int_equal(noted(1), ALOFT_ENTRY_NEW);
    board_end();
}

/* All notes are withdrawn: the loader starts the first slot that it finds, and leaves them as they are. */
static void what_runs_without_a_note_gets_one_when_it_has_proved_itself(void **state) {
    (void)state;
    start_and_update(&guarded);
    rig_publish(&board.rig, RIG_GOOD, SIZE);
    step_until_restart();
    board_note(0, 3, ESP_OTA_IMG_ABORTED);
    board_note(1, 2, ESP_OTA_IMG_INVALID);
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 0);
    assert_int_equal(record()->phase, AL_TRIAL);

    assert_true(rig_pass(&board.rig, 200));
    assert_int_equal(record()->phase, AL_IDLE);
    assert_int_equal(record()->home, 0);
    assert_int_equal(noted(0), ALOFT_ENTRY_VALID);
    restart(ALOFT_RESET_POWER);
    assert_int_equal(board.running, 0);
    board_end();
}

/* Numbers begin at 1; the loader takes a 0 with a right check all the same, and so starts the last slot. */
static void a_note_with_the_number_0_is_read_as_the_loader_reads_it(void **state) {
    struct aloft_loader_view view;

    (void)state;
    board_start(&guarded, SIZE);
    sim_flash_load(&board.rig.slot[1], 0,
                   (aloft_bytes){board.rig.image[0].at, board.rig.image[0].size});
    board_note(0, 0, ESP_OTA_IMG_VALID);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    assert_int_equal(board.running, 1);
    assert_ok(board.rig.config.loader.look(board.rig.config.loader.self, &view, &why));
    assert_int_equal(view.active, 1);
    assert_int_equal(view.entry[1], ALOFT_ENTRY_VALID);
    board_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loader_makes_new_pending_and_the_start_is_counted),
        cmocka_unit_test(a_confirm_cut_between_its_halves_is_finished_at_the_next_start),
        cmocka_unit_test(a_loader_without_rollback_is_told_of_and_the_starts_are_counted),
        cmocka_unit_test(software_that_knows_no_rollback_is_as_one_without_a_net),
        cmocka_unit_test(an_image_that_the_loader_does_not_start_is_kept_and_home_stays),
        cmocka_unit_test(an_image_for_another_chip_is_refused_before_the_restart),
        cmocka_unit_test(an_image_that_was_rolled_back_has_failed),
        cmocka_unit_test(one_that_lost_its_power_on_trial_has_not),
        cmocka_unit_test(a_note_that_was_torn_is_written_again),
        cmocka_unit_test(a_switch_cut_between_its_halves_is_told_again),
        cmocka_unit_test(home_that_runs_and_is_named_changes_nothing),
        cmocka_unit_test(a_fallback_of_the_loader_makes_what_runs_home),
        cmocka_unit_test(an_image_below_the_fuse_is_refused_with_the_reason),
        cmocka_unit_test(an_image_from_the_cable_is_told_as_one_and_nothing_is_known_of_it),
        cmocka_unit_test(an_image_from_the_cable_over_one_on_trial_is_not_confirmed_in_its_place),
        cmocka_unit_test(the_image_on_trial_stays_where_home_does_not_start),
        cmocka_unit_test(notes_that_disagree_are_mended),
        cmocka_unit_test(no_update_begins_while_the_running_image_is_pending),
        cmocka_unit_test(confirm_refuses_where_another_slot_is_named),
        cmocka_unit_test(what_runs_without_a_note_gets_one_when_it_has_proved_itself),
        cmocka_unit_test(a_note_with_the_number_0_is_read_as_the_loader_reads_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

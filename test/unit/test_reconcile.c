/* SPDX-License-Identifier: Apache-2.0 */
/* What a start means under a boot loader that is not ours: every row of the table in FORMAT.md, then all
 * combinations; and that no update begins while the loader waits for a word. */
#include "test/kit/kit.h"

#include "device/reconcile.h"

#include "test/kit/rig.h"
#include "test/kit/rig_trust.h"

#define HOME  0u
#define OTHER 1u
#define NONE  ALOFT_SLOT_NONE

static enum al_meaning ask(enum al_phase phase, unsigned runs, unsigned active,
                           enum aloft_entry entry, unsigned boots, enum aloft_reset reset) {
    const struct al_record record = {
        .n = 5, .home = HOME, .phase = (uint8_t)phase, .boots = (uint8_t)boots};
    const struct aloft_loader_view view = {runs, active, {ALOFT_ENTRY_VALID, entry}};

    return al_reconcile(&record, &view, reset);
}

/* TRIAL after a software reset and one counted start, where a row does not ask for another. */
static enum al_meaning trial(unsigned runs, unsigned active, enum aloft_entry entry) {
    return ask(AL_TRIAL, runs, active, entry, 1, ALOFT_RESET_SOFTWARE);
}

static void a_pending_image_in_the_other_slot_is_the_normal_trial(void **state) {
    (void)state;
    assert_int_equal(trial(OTHER, OTHER, ALOFT_ENTRY_PENDING), AL_MEANS_STARTED);
}

static void a_valid_image_on_trial_was_confirmed_by_half(void **state) {
    (void)state;
    assert_int_equal(trial(OTHER, OTHER, ALOFT_ENTRY_VALID), AL_MEANS_CONFIRMED);
}

static void a_loader_without_rollback_leaves_new_and_the_starts_are_counted(void **state) {
    (void)state;
    for (unsigned boots = 0; boots < AL_BOOTS_MAX; boots++) {
        assert_int_equal(ask(AL_TRIAL, OTHER, OTHER, ALOFT_ENTRY_NEW, boots, ALOFT_RESET_CRASH),
                         AL_MEANS_UNGUARDED);
        assert_int_equal(
            ask(AL_TRIAL, OTHER, OTHER, ALOFT_ENTRY_UNDEFINED, boots, ALOFT_RESET_CRASH),
            AL_MEANS_UNGUARDED);
    }
}

static void and_the_fourth_start_sends_it_home(void **state) {
    (void)state;
    assert_int_equal(ask(AL_TRIAL, OTHER, OTHER, ALOFT_ENTRY_NEW, 3, ALOFT_RESET_CRASH),
                     AL_MEANS_USED_UP);
    assert_int_equal(ask(AL_TRIAL, OTHER, OTHER, ALOFT_ENTRY_UNDEFINED, 3, ALOFT_RESET_POWER),
                     AL_MEANS_USED_UP);
}

static void home_that_runs_while_the_other_is_named_means_that_the_loader_refused_it(void **state) {
    (void)state;
    for (unsigned entry = 0; entry <= ALOFT_ENTRY_UNDEFINED; entry++)
        assert_int_equal(trial(HOME, OTHER, (enum aloft_entry)entry), AL_MEANS_REFUSED);
    assert_int_equal(trial(NONE, OTHER, ALOFT_ENTRY_PENDING), AL_MEANS_REFUSED);
}

static void an_aborted_image_was_rolled_back(void **state) {
    (void)state;
    assert_int_equal(trial(HOME, HOME, ALOFT_ENTRY_FAILED), AL_MEANS_ROLLED_BACK);
    assert_int_equal(ask(AL_TRIAL, HOME, HOME, ALOFT_ENTRY_FAILED, 0, ALOFT_RESET_WATCHDOG),
                     AL_MEANS_ROLLED_BACK);
    assert_int_equal(trial(NONE, NONE, ALOFT_ENTRY_FAILED), AL_MEANS_ROLLED_BACK);
}

static void an_aborted_image_after_a_loss_of_power_is_cold(void **state) {
    (void)state;
    assert_int_equal(ask(AL_TRIAL, HOME, HOME, ALOFT_ENTRY_FAILED, 1, ALOFT_RESET_POWER),
                     AL_MEANS_COLD);
}

static void a_note_that_is_gone_was_torn(void **state) {
    (void)state;
    assert_int_equal(trial(HOME, HOME, ALOFT_ENTRY_NONE), AL_MEANS_NOTE_LOST);
}

/* It was sent home by withdrawing that note, and the power went in the middle. */
static void a_note_that_is_gone_after_all_starts_is_no_new_trial(void **state) {
    (void)state;
    assert_int_equal(ask(AL_TRIAL, HOME, HOME, ALOFT_ENTRY_NONE, 3, ALOFT_RESET_POWER),
                     AL_MEANS_ROLLED_BACK);
}

static void an_old_note_means_that_the_switch_was_cut_by_half(void **state) {
    (void)state;
    assert_int_equal(trial(HOME, HOME, ALOFT_ENTRY_VALID), AL_MEANS_UNTOLD);
    assert_int_equal(ask(AL_TRIAL, HOME, HOME, ALOFT_ENTRY_UNDEFINED, 0, ALOFT_RESET_POWER),
                     AL_MEANS_UNTOLD);
}

static void a_new_note_of_an_image_that_was_started_means_that_it_was_sent_home(void **state) {
    (void)state;
    assert_int_equal(trial(HOME, HOME, ALOFT_ENTRY_NEW), AL_MEANS_ROLLED_BACK);
}

static void home_that_runs_and_is_named_is_normal(void **state) {
    static const enum al_phase phases[] = {AL_IDLE, AL_FILL, AL_KEPT};

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        for (unsigned entry = 0; entry <= ALOFT_ENTRY_UNDEFINED; entry++) {
            assert_int_equal(
                ask(phases[i], HOME, HOME, (enum aloft_entry)entry, 0, ALOFT_RESET_POWER),
                AL_MEANS_NORMAL);
            assert_int_equal(
                ask(phases[i], HOME, NONE, (enum aloft_entry)entry, 0, ALOFT_RESET_POWER),
                AL_MEANS_NORMAL);
        }
}

static void the_other_slot_that_runs_outside_a_trial_is_a_fallback(void **state) {
    static const enum al_phase phases[] = {AL_IDLE, AL_FILL, AL_KEPT};

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        for (unsigned active = 0; active < 2; active++)
            for (unsigned entry = 0; entry <= ALOFT_ENTRY_UNDEFINED; entry++)
                assert_int_equal(
                    ask(phases[i], OTHER, active, (enum aloft_entry)entry, 0, ALOFT_RESET_POWER),
                    active == OTHER && entry == ALOFT_ENTRY_VALID ? AL_MEANS_FLASHED
                                                                  : AL_MEANS_FELL_BACK);
    assert_int_equal(trial(OTHER, HOME, ALOFT_ENTRY_FAILED), AL_MEANS_FELL_BACK);
}

static void notes_that_name_the_other_slot_while_home_runs_are_mended(void **state) {
    (void)state;
    assert_int_equal(ask(AL_IDLE, HOME, OTHER, ALOFT_ENTRY_VALID, 0, ALOFT_RESET_POWER),
                     AL_MEANS_DISAGREES);
    assert_int_equal(ask(AL_IDLE, NONE, HOME, ALOFT_ENTRY_VALID, 0, ALOFT_RESET_POWER),
                     AL_MEANS_DISAGREES);
    assert_int_equal(ask(AL_IDLE, NONE, NONE, ALOFT_ENTRY_VALID, 0, ALOFT_RESET_POWER),
                     AL_MEANS_NORMAL);
}

/* An image is called confirmed only where the loader says VALID; it is started again only on trial. */
static void no_combination_confirms_or_tries_what_it_may_not(void **state) {
    static const unsigned slots[] = {HOME, OTHER, NONE};
    unsigned n = 0;

    (void)state;
    for (unsigned i = 0; i < 4u * 3 * 3 * 6 * 5 * 5; i++) {
        const enum al_phase phase = (enum al_phase)(i % 4);
        const unsigned runs = slots[i / 4 % 3], active = slots[i / 12 % 3];
        const enum aloft_entry entry = (enum aloft_entry)(i / 36 % 6);
        const enum al_meaning means =
            ask(phase, runs, active, entry, i / 216 % 5, (enum aloft_reset)(i / 1080 % 5));
        if (means == AL_MEANS_CONFIRMED)
            assert_true(phase == AL_TRIAL && runs == OTHER && entry == ALOFT_ENTRY_VALID);
        if (phase == AL_TRIAL)
            assert_int_not_equal(means, AL_MEANS_NORMAL);
        else
            assert_true(means == AL_MEANS_NORMAL || means == AL_MEANS_FELL_BACK ||
                        means == AL_MEANS_FLASHED || means == AL_MEANS_DISAGREES);
        n++;
    }
    assert_int_equal(n, 5400);
}

/* ---- the whole device under a loader that says what the test wants */

static struct aloft_loader_view said;
static aloft_err answers;
static unsigned n_tries, n_backs, n_confirms;

static aloft_err look(void *self, struct aloft_loader_view *out, aloft_fault *why) {
    (void)self;
    *out = said;
    if (answers != ALOFT_OK)
        *why = (aloft_fault){.code = (uint16_t)answers, .origin = ALOFT_ORIGIN_ESP, .raw = 0x101};
    return answers;
}

static aloft_err try_slot(void *self, unsigned slot, aloft_fault *why) {
    (void)self;
    (void)slot;
    (void)why;
    n_tries++;
    return ALOFT_OK;
}

static aloft_err go_back(void *self, unsigned slot, aloft_fault *why) {
    (void)self;
    (void)slot;
    (void)why;
    n_backs++;
    return ALOFT_OK;
}

static aloft_err confirm(void *self, aloft_fault *why) {
    (void)self;
    (void)why;
    n_confirms++;
    said.entry[said.running] = ALOFT_ENTRY_VALID;
    return ALOFT_OK;
}

static void start_foreign(struct rig *rig) {
    static const struct rig_geometry geometry = {16, 4096, 65536, 4096, 4096};

    rig_start(rig, &geometry, 3000);
    rig_publish(rig, RIG_GOOD, 3000);
    rig->config.loader.look = look;
    rig->config.loader.try_slot = try_slot;
    rig->config.loader.go_back = go_back;
    rig->config.loader.confirm = confirm;
    rig->loader.running = 0;
    said = (struct aloft_loader_view){0, 0, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NONE}};
    answers = ALOFT_OK;
    n_tries = n_backs = n_confirms = 0;
}

/* Steps without the rig's own boot stage, until the device rests. */
static enum aloft_next run(struct rig *rig) {
    struct aloft_progress now = {ALOFT_WORK, 0};

    for (unsigned i = 0; i < 500 && (now.next == ALOFT_WORK || now.next == ALOFT_SLEEP); i++) {
        now = aloft_step(&rig->device);
        sim_clock_pass(&rig->clock, now.wait_ms);
    }
    return now.next;
}

static void no_update_begins_while_the_loader_waits_for_the_running_image(void **state) {
    static struct rig rig;
    struct aloft_status status;
    aloft_fault why = {0};

    (void)state;
    start_foreign(&rig);
    said.entry[0] = ALOFT_ENTRY_PENDING;
    assert_ok(aloft_start(&rig.device, &rig.config, &why));

    assert_int_equal(run(&rig), ALOFT_FAILED);
    aloft_status(&rig.device, &status);
    assert_provoked(status.fault.code, LOADER_WAITS);
    assert_int_equal(rig.slot[1].erases, 0);

    assert_ok(aloft_health(&rig.device, ALOFT_WELL, &why));
    assert_int_equal(n_confirms, 1);
    aloft_check_now(&rig.device);
    assert_int_equal(run(&rig), ALOFT_REBOOT);
    assert_int_equal(n_tries, 1);
    rig_end(&rig);
}

/* A record would make it home, and the start after that would call it confirmed. */
static void
an_image_that_the_loader_waits_for_is_not_made_home_by_a_fault_of_the_network(void **state) {
    static struct rig rig;
    struct aloft_status status;
    aloft_fault why = {0};

    (void)state;
    start_foreign(&rig);
    said.entry[0] = ALOFT_ENTRY_NEW;
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    rig.net.wrong.open = ALOFT_E_NET_REFUSED;
    for (unsigned hour = 0; hour < 3; hour++) {
        aloft_check_now(&rig.device);
        (void)run(&rig);
        sim_clock_pass(&rig.clock, 3600000);
    }
    aloft_status(&rig.device, &status);
    assert_int_equal(status.fault.code, ALOFT_E_NET_REFUSED);
    assert_int_equal(status.record_number, 0);

    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    assert_int_equal(n_confirms, 0);
    rig_end(&rig);
}

static void nor_by_a_release_that_names_these_very_bytes(void **state) {
    static struct rig rig;
    struct aloft_status status;
    aloft_fault why = {0};

    (void)state;
    start_foreign(&rig);
    rig_offer(&rig, 0, 2000, 0);
    said.entry[0] = ALOFT_ENTRY_NEW;
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    assert_int_equal(run(&rig), ALOFT_FAILED);
    aloft_status(&rig.device, &status);
    assert_int_equal(status.fault.code, ALOFT_E_LOADER_WAITS);
    assert_int_equal(status.record_number, 0);
    sim_net_reset(&rig.net);
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    assert_int_equal(n_confirms, 0);

    (void)run(&rig);
    assert_ok(aloft_health(&rig.device, ALOFT_WELL, &why));
    aloft_check_now(&rig.device);
    assert_int_equal(run(&rig), ALOFT_DONE);
    aloft_status(&rig.device, &status);
    assert_int_equal(status.running_sequence, 2000);
    rig_end(&rig);
}

static void nor_by_a_statement_of_freshness(void **state) {
    static struct rig rig;
    static uint8_t bytes[160];
    struct kit_statement say = {.sequence = 1001, .issued = 1795329000, .valid_s = 604800};
    struct aloft_status status;
    aloft_fault why = {0};

    (void)state;
    start_foreign(&rig);
    rig_trust(&rig, 0, &(struct rig_trust){.keys = 1, .fresh = 2, .epoch = 1});
    rig.config.trust = rig.image[0].trust;
    rig.config.fresh = &aloft_fresh_part;
    memcpy(say.class_id, rig.channel.class_id, sizeof say.class_id);
    sim_net_serve(&rig.net, "/acme.example/lamp/a/stable/fresh.cose",
                  (aloft_bytes){bytes, kit_statement_sign(&say, &rig.signer[1], bytes)});
    said.entry[0] = ALOFT_ENTRY_NEW;
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    (void)run(&rig);
    aloft_status(&rig.device, &status);
    assert_int_equal(status.record_number, 0);
    rig_end(&rig);
}

static void trial_of_the_other_slot(struct rig *rig, enum aloft_entry entry) {
    aloft_fault why = {0};

    start_foreign(rig);
    assert_ok(aloft_start(&rig->device, &rig->config, &why));
    assert_int_equal(run(rig), ALOFT_REBOOT);
    said.active = 1;
    said.entry[1] = entry;
}

static void an_image_that_the_loader_does_not_start_is_kept_and_said(void **state) {
    static struct rig rig;
    struct aloft_status status;
    aloft_fault why = {0};

    (void)state;
    trial_of_the_other_slot(&rig, ALOFT_ENTRY_PENDING);
    assert_ok(aloft_start(&rig.device, &rig.config, &why));

    aloft_status(&rig.device, &status);
    assert_provoked(status.fault.code, LOADER_REFUSED);
    assert_int_equal(status.outcome, ALOFT_ROLLED_BACK);
    assert_int_equal(n_tries, 1);
    assert_int_equal(n_backs, 1);
    assert_int_equal(n_confirms, 1);
    rig_end(&rig);
}

static void a_loader_that_takes_nothing_back_is_told_of_once(void **state) {
    static struct rig rig;
    struct aloft_status status;
    aloft_fault why = {0};

    (void)state;
    trial_of_the_other_slot(&rig, ALOFT_ENTRY_NEW);
    said.running = rig.loader.running = 1;
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    aloft_status(&rig.device, &status);
    assert_provoked(status.fault.code, LOADER_NO_NET);
    assert_int_equal(status.boots, 1);

    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    aloft_status(&rig.device, &status);
    assert_int_equal(status.fault.code, ALOFT_OK);
    rig_end(&rig);
}

static void notes_that_cannot_be_read_are_said_and_asked_for_again(void **state) {
    static struct rig rig;
    struct aloft_status status;
    aloft_fault why = {0};

    (void)state;
    start_foreign(&rig);
    answers = ALOFT_E_LOADER_FAILED;
    assert_ok(aloft_start(&rig.device, &rig.config, &why));
    assert_int_equal(run(&rig), ALOFT_FAILED);
    aloft_status(&rig.device, &status);
    assert_provoked(status.fault.code, LOADER_FAILED);
    assert_int_equal(rig.slot[1].erases, 0);

    answers = ALOFT_OK;
    aloft_check_now(&rig.device);
    assert_int_equal(run(&rig), ALOFT_REBOOT);
    rig_end(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pending_image_in_the_other_slot_is_the_normal_trial),
        cmocka_unit_test(a_valid_image_on_trial_was_confirmed_by_half),
        cmocka_unit_test(a_loader_without_rollback_leaves_new_and_the_starts_are_counted),
        cmocka_unit_test(and_the_fourth_start_sends_it_home),
        cmocka_unit_test(home_that_runs_while_the_other_is_named_means_that_the_loader_refused_it),
        cmocka_unit_test(an_aborted_image_was_rolled_back),
        cmocka_unit_test(an_aborted_image_after_a_loss_of_power_is_cold),
        cmocka_unit_test(a_note_that_is_gone_was_torn),
        cmocka_unit_test(a_note_that_is_gone_after_all_starts_is_no_new_trial),
        cmocka_unit_test(an_old_note_means_that_the_switch_was_cut_by_half),
        cmocka_unit_test(a_new_note_of_an_image_that_was_started_means_that_it_was_sent_home),
        cmocka_unit_test(home_that_runs_and_is_named_is_normal),
        cmocka_unit_test(the_other_slot_that_runs_outside_a_trial_is_a_fallback),
        cmocka_unit_test(notes_that_name_the_other_slot_while_home_runs_are_mended),
        cmocka_unit_test(no_combination_confirms_or_tries_what_it_may_not),
        cmocka_unit_test(no_update_begins_while_the_loader_waits_for_the_running_image),
        cmocka_unit_test(
            an_image_that_the_loader_waits_for_is_not_made_home_by_a_fault_of_the_network),
        cmocka_unit_test(nor_by_a_release_that_names_these_very_bytes),
        cmocka_unit_test(nor_by_a_statement_of_freshness),
        cmocka_unit_test(an_image_that_the_loader_does_not_start_is_kept_and_said),
        cmocka_unit_test(a_loader_that_takes_nothing_back_is_told_of_once),
        cmocka_unit_test(notes_that_cannot_be_read_are_said_and_asked_for_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

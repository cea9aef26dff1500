/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the component over the model: start, settings, facts, the watchdog of a trial, and
 * what a device says to what people do to it. */
#include "test/kit/kit.h"

#include <time.h>

#include "esp32/component/notes.h"
#include "test/esp/board.h"

#define SIZE 5000u

static struct aloft_esp esp;
static struct aloft_esp_facts facts;
static aloft_fault why;
static time_t now_s = 1795329000;

/* The chip's time of day, in place of this machine's. */
time_t time(time_t *out) {
    if (out != NULL)
        *out = now_s;
    return now_s;
}

/* ---- what a firmware holds */

const struct aloft_image aloft_image = {ALOFT_IMAGE_MAGIC,     1,       0,     {0, 0}, {1, 0, 0, 0},
                                        "acme.example/lamp/a", "1.0.0", "test"};
const uint8_t aloft_trust[] = {0};
const uint32_t aloft_trust_size = 0;
const struct aloft_channel aloft_channels[] = {{.name = "stable"}, {.name = "beta"}};
const uint32_t aloft_n_channels = 2;

/* No trust record here: the device says so (NO_KEYS or MISUSE) and runs on. */
static aloft_err start(const struct aloft_esp_config *config) {
    aloft_err e;

    if (!board_load())
        fail_msg("the loader starts nothing");
    board.reason = ESP_RST_POWERON;
    e = aloft_esp_start(&esp, config, &why);
    aloft_esp_facts(&esp, &facts);
    return e;
}

static const struct aloft_esp_config plain = {.ca_pem = "x"};

static const char *get(enum aloft_esp_setting setting) {
    static char text[ALOFT_BASE_MAX + 1];

    assert_ok(aloft_esp_get(setting, ALOFT_SPACE(text), &why));
    return text;
}

static void a_start_without_a_ca_is_a_bug(void **state) {
    const struct aloft_esp_config none = {0};

    (void)state;
    board_start(&(struct board_kind){0}, SIZE);
    assert_int_equal(start(&none), ALOFT_E_MISUSE);
    board_end();
}

static void settings_come_from_kconfig_then_the_application_then_nvs(void **state) {
    (void)state;
    board_start(&(struct board_kind){0}, SIZE);
    (void)!start(&plain);
    assert_string_equal(get(ALOFT_ESP_BASE), "https://update.example:4443");
    assert_string_equal(get(ALOFT_ESP_CHANNEL), "stable");
    assert_string_equal(get(ALOFT_ESP_POLL), "86400");
    assert_string_equal(get(ALOFT_ESP_ID), "esp32c3-10abcd");
    assert_string_equal(get(ALOFT_ESP_TOKEN), "");

    (void)!start(&(struct aloft_esp_config){.ca_pem = "x", .base = "https://a.example"});
    assert_string_equal(get(ALOFT_ESP_BASE), "https://a.example");

    assert_ok(aloft_esp_set(ALOFT_ESP_BASE, "https://b.example:8443/x", &why));
    assert_ok(aloft_esp_set(ALOFT_ESP_CHANNEL, "beta", &why));
    assert_ok(aloft_esp_set(ALOFT_ESP_TOKEN, "secret", &why));
    assert_ok(aloft_esp_set(ALOFT_ESP_POLL, "60", &why));
    (void)!start(&plain);
    assert_string_equal(esp.config.base, "https://b.example:8443/x");
    assert_string_equal(esp.config.channel, "beta");
    assert_string_equal(esp.config.token, "secret");
    assert_int_equal(esp.config.poll_s, 60);
    assert_string_equal(get(ALOFT_ESP_TOKEN), "set");

    assert_ok(aloft_esp_set(ALOFT_ESP_BASE, "", &why));
    assert_ok(aloft_esp_set(ALOFT_ESP_BASE, NULL, &why));
    assert_string_equal(get(ALOFT_ESP_BASE), "https://update.example:4443");
    board_end();
}

static void a_value_that_cannot_be_used_is_not_kept(void **state) {
    static const struct {
        enum aloft_esp_setting setting;
        const char *value;
    } rows[] = {{ALOFT_ESP_BASE, "http://a.example"},
                {ALOFT_ESP_BASE, "https://"},
                {ALOFT_ESP_BASE, "https://a b"},
                {ALOFT_ESP_BASE, "https://a?b"},
                {ALOFT_ESP_BASE, "https://a.example:99999"},
                {ALOFT_ESP_BASE, "https://a.example:4443:4443"},
                {ALOFT_ESP_BASE, "https://[fe80::1"},
                {ALOFT_ESP_BASE, "https://a,b"},
                {ALOFT_ESP_BASE, "https://a.example/100%"},
                {ALOFT_ESP_CHANNEL, "nightly"},
                {ALOFT_ESP_ID, "a/b"},
                {ALOFT_ESP_POLL, "59"},
                {ALOFT_ESP_POLL, "9999999"},
                {ALOFT_ESP_POLL, "1e3"},
                {ALOFT_ESP_TOKEN, "a b"}};

    (void)state;
    board_start(&(struct board_kind){0}, SIZE);
    (void)!start(&plain);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (aloft_esp_set(rows[i].setting, rows[i].value, &why) == ALOFT_OK)
            fail_msg("%s was kept", rows[i].value);
    assert_provoked(aloft_esp_set(ALOFT_ESP_ID, "a/b", &why), ESP_SETTING);
    assert_string_equal(get(ALOFT_ESP_BASE), "https://update.example:4443");
    board.nvs_answers = ESP_ERR_NVS_NOT_ENOUGH_SPACE;
    assert_int_equal(aloft_esp_set(ALOFT_ESP_POLL, "60", &why), ALOFT_E_ESP_NVS);
    board_end();
}

static void a_value_in_nvs_that_may_not_be_used_counts_as_none(void **state) {
    (void)state;
    board_start(&(struct board_kind){0}, SIZE);
    (void)!start(&plain);
    assert_ok(aloft_esp_set(ALOFT_ESP_BASE, "https://b.example", &why));
    board.nvs[0].bytes[0] = 'x'; /* another program writes there */
    assert_string_equal(get(ALOFT_ESP_BASE), "https://update.example:4443");
    board_end();
}

static void facts_tell_what_the_port_has_found(void **state) {
    (void)state;
    board_start(&(struct board_kind){.records_in_nvs = true, .is_encrypted = true}, SIZE);
    (void)!start(&plain);
    assert_string_equal(facts.chip, "esp32c3");
    assert_int_equal(facts.slot_size, 65536);
    assert_true(facts.records_in_nvs && facts.slots_encrypted && facts.has_rollback);
    assert_false(facts.ran_from_factory);
    assert_int_equal(facts.reset, ALOFT_RESET_POWER);
    board_end();

    board_start(&(struct board_kind){.has_factory = true}, SIZE);
    (void)!start(&plain);
    assert_true(facts.ran_from_factory);
    assert_false(facts.records_in_nvs);
    board_end();
}

static void a_table_that_does_not_do_is_said_for_ever_and_nothing_is_touched(void **state) {
    (void)state;
    board_start(&(struct board_kind){0}, SIZE);
    board.partition[BOARD_SLOT_1].size -= 4096;
    assert_int_equal(start(&plain), ALOFT_E_ESP_UNEQUAL);
    assert_int_equal(aloft_esp_step(&esp).next, ALOFT_FAILED);
    assert_int_equal(esp.status.fault.code, ALOFT_E_ESP_UNEQUAL);
    /* the loop of aloft_esp.h goes on to say how it is, whatever the start has given */
    assert_ok(aloft_health(&esp.device, ALOFT_WELL, &why));
    aloft_check_now(&esp.device);
    aloft_take_offer(&esp.device);
    assert_int_equal(esp.status.state, ALOFT_STOPPED);
    board_end();
}

/* ---- what people do to a device */

static void update_by_the_rig(const struct board_kind *kind) {
    board_start(kind, SIZE);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    rig_publish(&board.rig, RIG_GOOD, SIZE);
    assert_int_equal(rig_run(&board.rig, 4000), ALOFT_DONE);
    assert_int_equal(board.running, 1);
}

static void nvs_that_was_erased_is_told_where_it_held_the_records(void **state) {
    (void)state;
    update_by_the_rig(&(struct board_kind){.has_rollback = true, .records_in_nvs = true});
    (void)!start(&plain);
    assert_int_equal(facts.notice.code, ALOFT_OK);

    memset(board.nvs, 0, sizeof board.nvs); /* the usual nvs_flash_erase of an application */
    (void)!start(&plain);
    assert_provoked(facts.notice.code, ESP_RECORDS_GONE);
    assert_int_equal(esp.status.running, 1);
    board_end();
}

static void erasing_nvs_forgets_settings_only_where_there_is_a_partition(void **state) {
    (void)state;
    update_by_the_rig(&(struct board_kind){.has_rollback = true});
    memset(board.nvs, 0, sizeof board.nvs);
    (void)!start(&plain);
    assert_int_equal(facts.notice.code, ALOFT_OK);
    assert_true(esp.status.floor > 0);
    board_end();
}

/* idf.py flash: ota_0 is written, otadata is blank. */
static void a_serial_flash_makes_what_was_flashed_home_and_updates_go_on(void **state) {
    struct aloft_status status;

    (void)state;
    update_by_the_rig(&(struct board_kind){.has_rollback = true});
    sim_flash_load(&board.rig.slot[0], 0,
                   (aloft_bytes){board.rig.image[0].at, board.rig.image[0].size});
    memset(board.notes.bytes, 0xff, board.notes.size);
    memset(board.notes.used, 0, board.notes.size / board.notes.write_size);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    rig_status(&board.rig, &status);
    assert_int_equal(board.running, 0);
    assert_int_equal(status.fault.code, ALOFT_E_FLASHED);
    assert_int_equal(status.outcome, ALOFT_NO_ATTEMPT);

    rig_publish(&board.rig, RIG_GOOD, SIZE);
    assert_true(rig_pass(&board.rig, 600));
    rig_status(&board.rig, &status);
    assert_int_equal(rig_running_image(&board.rig), 2);
    assert_int_equal(status.outcome, ALOFT_CONFIRMED);
    board_end();
}

static void
an_image_that_is_too_large_for_the_slot_is_refused_before_anything_is_written(void **state) {
    struct aloft_status status;

    (void)state;
    board_start(&(struct board_kind){.has_rollback = true}, SIZE);
    assert_true(rig_boot(&board.rig, ALOFT_RESET_POWER));
    rig_publish(&board.rig, RIG_GOOD, 70000);
    assert_int_equal(rig_run(&board.rig, 4000), ALOFT_FAILED);
    rig_status(&board.rig, &status);
    assert_int_equal(status.fault.code, ALOFT_E_MANIFEST_SIZE);
    assert_int_equal(board.rig.slot[1].erases, 0);
    board_end();
}

static void a_clock_that_nobody_has_set_is_not_trusted(void **state) {
    struct aloft_clock clock = al_esp_clock();

    (void)state;
    assert_int_equal(clock.unix_s(clock.self), 1795329000);
    now_s = 120; /* two minutes since the chip was switched on */
    assert_int_equal(clock.unix_s(clock.self), 0);
    now_s = 1795329000;
}

/* ---- a whole update through the door */

static bool may_restart;
static unsigned n_asked;

static bool may_reboot(void *self) {
    (void)self;
    n_asked++;
    return may_restart;
}

/* The keys of the rig stand in for a trust record, its network for esp-tls. */
static void start_with_keys(void) {
    const struct aloft_esp_config config = {.ca_pem = "x", .may_reboot = may_reboot};

    (void)!start(&config);
    esp.config.keys = &board.rig.keys;
    esp.config.channels = &board.rig.channel;
    esp.config.n_channels = 1;
    esp.config.net = sim_net_port(&board.rig.net);
    sim_net_reset(&board.rig.net);
    esp.config.poll_s = 60;
    assert_ok(aloft_start(&esp.device, &esp.config, &why));
}

static void step(unsigned steps, bool is_well) {
    for (; steps > 0; steps--) {
        const struct aloft_progress now = aloft_esp_step(&esp);
        if (is_well && esp.status.server_reached)
            assert_ok(aloft_health(&esp.device, ALOFT_WELL, &why));
        board_tick(aloft_esp_pause_ms(&now) + 1);
    }
}

/* False: the chip has restarted. */
static bool live(unsigned steps, bool is_well) {
    jmp_buf back;

    board.restart_to = &back;
    if (setjmp(back) != 0)
        return false;
    step(steps, is_well);
    return true;
}

static void an_update_goes_through_the_door_and_is_confirmed(void **state) {
    (void)state;
    board_start(&(struct board_kind){.has_rollback = true}, SIZE);
    rig_publish(&board.rig, RIG_GOOD, SIZE);
    n_asked = 0;
    may_restart = false;
    start_with_keys();
    assert_false(
        live(3000, false)); /* the application held it back, for ten seconds and no longer */
    assert_in_range(n_asked, 50, 110);

    may_restart = true;
    start_with_keys();
    assert_int_equal(board.running, 1);
    assert_true(live(1, false));
    assert_int_equal(esp.status.state, ALOFT_TESTING);
    assert_true(live(300, true));
    assert_int_equal(esp.status.outcome, ALOFT_CONFIRMED);
    assert_int_equal(esp.status.running, 1);
    board_end();
}

static void a_new_image_that_takes_no_more_steps_is_taken_back(void **state) {
    jmp_buf back;

    (void)state;
    board_start(&(struct board_kind){.has_rollback = true}, SIZE);
    rig_publish(&board.rig, RIG_HANG, SIZE);
    may_restart = true;
    start_with_keys();
    assert_false(live(3000, false));
    start_with_keys();
    assert_true(live(2, false));
    board.restart_to = &back;
    if (setjmp(back) == 0) {
        board_tick(121000); /* nobody calls aloft_esp_step */
        fail_msg("nobody restarts it");
    }
    start_with_keys();
    assert_int_equal(board.running, 0);
    assert_true(live(1, false));
    assert_int_equal(esp.status.outcome, ALOFT_ROLLED_BACK);
    board_end();
}

/* A release is on trial in slot 1, and the restart into it has been. */
static void begin_trial(const struct board_kind *kind) {
    board_start(kind, SIZE);
    rig_publish(&board.rig, RIG_GOOD, SIZE);
    may_restart = true;
    start_with_keys();
    assert_false(live(3000, false));
}

static void begin_badly(const struct board_kind *kind, const struct aloft_esp_config *config,
                        esp_err_t nvs, aloft_err said) {
    begin_trial(kind);
    board.nvs_answers = nvs;
    assert_int_equal(start(config), said);
    assert_int_equal(board.running, 1);
    assert_int_equal(esp.status.state, ALOFT_TESTING);
    assert_false(live(2, true));
    board.nvs_answers = ESP_OK;
    start_with_keys();
    assert_int_equal(board.running, 0);
    aloft_status(&esp.device, &esp.status);
    assert_int_equal(esp.status.outcome, ALOFT_ROLLED_BACK);
    assert_int_equal(esp.status.fault.code, said);
    board_end();
}

static void a_new_image_that_cannot_begin_ends_its_trial(void **state) {
    const struct aloft_esp_config no_ca = {0};

    (void)state;
    for (unsigned rollback = 0; rollback < 2; rollback++) {
        const struct board_kind kind = {.has_rollback = rollback == 1};
        begin_badly(&kind, &plain, ESP_ERR_NVS_NOT_INITIALIZED, ALOFT_E_ESP_NVS);
        begin_badly(&kind, &no_ca, ESP_OK, ALOFT_E_MISUSE);
    }
}

static void make_records_encrypted(void) {
    board.partition[BOARD_RECORDS].encrypted = true;
}

static void make_slots_differ(void) {
    board.partition[BOARD_SLOT_1].size -= 4096;
}

static void add_a_third_slot(void) {
    board.has_third_slot = true;
}

static void let_nvs_fail(void) {
    board.nvs_answers = ESP_ERR_NVS_NOT_INITIALIZED;
}

/* Whoever was home before had no aloft, or nobody has looked at the table since. */
static void begin_without_records(const struct board_kind *kind, void (*spoil)(void),
                                  aloft_err said) {
    jmp_buf back;

    begin_trial(kind);
    spoil();
    assert_int_equal(start(&plain), said);
    assert_int_equal(board.running, 1);
    assert_int_equal(esp.status.state, ALOFT_STOPPED);
    board.restart_to = &back;
    if (setjmp(back) == 0) {
        for (unsigned i = 0; i < 130; i++) {
            assert_int_equal(aloft_esp_step(&esp).next, ALOFT_FAILED);
            board_tick(1000);
        }
        fail_msg("nobody ends its trial");
    }
    assert_true(board_load());
    assert_int_equal(board.running, 0);
    board_end();
}

static void a_new_image_that_finds_no_records_is_taken_back(void **state) {
    (void)state;
    for (unsigned rollback = 0; rollback < 2; rollback++) {
        const struct board_kind kind = {.has_rollback = rollback == 1};
        const struct board_kind in_nvs = {.has_rollback = rollback == 1, .records_in_nvs = true};
        begin_without_records(&kind, make_records_encrypted, ALOFT_E_ESP_RECORDS);
        begin_without_records(&kind, make_slots_differ, ALOFT_E_ESP_UNEQUAL);
        begin_without_records(&in_nvs, let_nvs_fail, ALOFT_E_ESP_NVS);
    }
    begin_without_records(&(struct board_kind){.has_rollback = true}, add_a_third_slot,
                          ALOFT_E_ESP_SLOTS);
}

static void a_home_that_cannot_begin_is_left_alone(void **state) {
    (void)state;
    board_start(&(struct board_kind){.has_rollback = true}, SIZE);
    board.nvs_answers = ESP_ERR_NVS_NOT_INITIALIZED;
    assert_int_equal(start(&plain), ALOFT_E_ESP_NVS);
    board_tick(500000);
    assert_int_equal(board.n_restarts, 0);
    board_end();
}

/* ---- restarts */

static void an_image_on_trial_that_takes_no_step_is_restarted(void **state) {
    static struct al_esp watched;
    jmp_buf back;

    (void)state;
    board_start(&(struct board_kind){0}, SIZE);
    memset(&watched, 0, sizeof watched);
    for (unsigned i = 0; i < 10; i++) { /* steps keep it away */
        al_esp_watch(&watched, true);
        board_tick(110000);
    }
    al_esp_watch(&watched, false); /* and the end of the trial */
    board_tick(500000);
    assert_int_equal(board.n_restarts, 0);

    al_esp_watch(&watched, true);
    board.restart_to = &back;
    if (setjmp(back) == 0)
        board_tick(121000);
    assert_int_equal(board.n_restarts, 1);
    board_end();
}

static void a_pause_is_none_where_there_is_work_and_at_most_a_second(void **state) {
    (void)state;
    assert_int_equal(aloft_esp_pause_ms(&(struct aloft_progress){ALOFT_WORK, 0}), 0);
    assert_int_equal(aloft_esp_pause_ms(&(struct aloft_progress){ALOFT_SLEEP, 20}), 20);
    assert_int_equal(aloft_esp_pause_ms(&(struct aloft_progress){ALOFT_DONE, 60000}), 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_without_a_ca_is_a_bug),
        cmocka_unit_test(settings_come_from_kconfig_then_the_application_then_nvs),
        cmocka_unit_test(a_value_that_cannot_be_used_is_not_kept),
        cmocka_unit_test(a_value_in_nvs_that_may_not_be_used_counts_as_none),
        cmocka_unit_test(facts_tell_what_the_port_has_found),
        cmocka_unit_test(a_table_that_does_not_do_is_said_for_ever_and_nothing_is_touched),
        cmocka_unit_test(nvs_that_was_erased_is_told_where_it_held_the_records),
        cmocka_unit_test(erasing_nvs_forgets_settings_only_where_there_is_a_partition),
        cmocka_unit_test(a_serial_flash_makes_what_was_flashed_home_and_updates_go_on),
        cmocka_unit_test(
            an_image_that_is_too_large_for_the_slot_is_refused_before_anything_is_written),
        cmocka_unit_test(a_clock_that_nobody_has_set_is_not_trusted),
        cmocka_unit_test(an_image_on_trial_that_takes_no_step_is_restarted),
        cmocka_unit_test(an_update_goes_through_the_door_and_is_confirmed),
        cmocka_unit_test(a_new_image_that_takes_no_more_steps_is_taken_back),
        cmocka_unit_test(a_new_image_that_cannot_begin_ends_its_trial),
        cmocka_unit_test(a_new_image_that_finds_no_records_is_taken_back),
        cmocka_unit_test(a_home_that_cannot_begin_is_left_alone),
        cmocka_unit_test(a_pause_is_none_where_there_is_work_and_at_most_a_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

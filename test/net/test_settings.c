/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of the settings that change while the device runs: nothing of them is copied, so a token may be replaced by the
 * next one at any time. One that is wrong is refused where it would be used, and nothing goes out. */
#include <aloft/diagnose.h>

#include "test/kit/frame.h"
#include "test/kit/kit.h"
#include "test/kit/rig_trust.h"

#include "device/device.h"

#define SIZE  70000u
#define STEPS 20000u

static struct aloft_config right;
static char endless[700], far[500], long_token[ALOFT_TOKEN_MAX + 1], too_long[ALOFT_TOKEN_MAX + 2];
static char name[101], endless_name[400];

static const struct al_device *device(void) {
    return (const struct al_device *)rig.device.room;
}

static void fill(char *text, size_t size, const char *begin) {
    memset(text, 'a', size - 1);
    memcpy(text, begin, strlen(begin));
}

static int set_up(void **state) {
    (void)state;
    fill(endless, sizeof endless, "https://update.example:4443/");
    fill(far, 466, "https://update.example:4443/");
    fill(long_token, sizeof long_token, "");
    fill(too_long, sizeof too_long, "");
    fill(name, sizeof name, "");
    fill(endless_name, sizeof endless_name, "");
    frame_begin(1500);
    rig.config.token = "first";
    rig.config.input.len = ALOFT_INPUT_MIN;
    right = rig.config;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_publish(&rig, RIG_GOOD, SIZE);
    return 0;
}

static int start_over(void) {
    frame_end(NULL);
    return set_up(NULL);
}

struct change {
    const char *base, *token, *id; /* NULL: as it was */
    aloft_err code;
};

static const struct change changes[] = {
    {.base = endless, .code = ALOFT_E_CONFIG_BASE},
    {.base = "http://update.example", .code = ALOFT_E_CONFIG_BASE},
    {.base = "", .code = ALOFT_E_CONFIG_BASE},
    {.token = "second\r\nX: y", .code = ALOFT_E_MISUSE},
    {.token = too_long, .code = ALOFT_E_MISUSE},
};

static void make(const struct change *change) {
    if (change->base != NULL)
        rig.config.base = change->base;
    if (change->token != NULL)
        rig.config.token = change->token;
    if (change->id != NULL)
        rig.config.id = change->id;
}

static void mend(void) {
    rig.config.base = right.base;
    rig.config.token = right.token;
    rig.config.id = right.id;
    rig.progress.next = ALOFT_WORK;
}

/* The device is about to begin what it does in this state. */
static void come_to(enum al_state state) {
    for (unsigned i = 0; i < STEPS && (device()->state != state || device()->has_begun); i++)
        assert_true(rig_step(&rig));
    assert_int_equal(device()->state, state);
}

/* Nothing went out, and the device says why. */
static void must_refuse(const struct change *change, enum aloft_step_name step) {
    const uint32_t sent = rig.net.n_sent;

    make(change);
    while (rig.progress.next != ALOFT_FAILED)
        assert_true(rig_step(&rig));
    assert_int_equal(rig.net.n_sent, sent);
    rig_status(&rig, &now);
    assert_string_equal(aloft_err_name(now.fault.code), aloft_err_name(change->code));
    assert_int_equal(now.fault.step, step);
}

static void must_update_when_mended(void) {
    mend();
    must_heal_within(300);
}

static void a_token_may_be_replaced_at_any_time(void **state) {
    char value[80];

    (void)state;
    come_to(AL_FETCH);
    rig.config.token = "second";
    assert_true(rig_step(&rig));
    assert_true(rig_step(&rig));
    assert_true(rig_step(&rig));
    assert_true(sim_net_field(&rig.net, "Authorization", value, sizeof value));
    assert_string_equal(value, "Bearer second");
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
}

static void what_becomes_wrong_before_a_check_is_refused(void **state) {
    (void)state;
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        come_to(AL_ASK);
        must_refuse(&changes[i], ALOFT_STEP_CHECK);
        must_update_when_mended();
        start_over();
    }
}

static void what_becomes_wrong_before_a_download_is_refused(void **state) {
    (void)state;
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        come_to(AL_FETCH);
        must_refuse(&changes[i], ALOFT_STEP_FETCH);
        must_update_when_mended();
        start_over();
    }
}

/* Within a download the token is written anew into each request: after a redirect, and where another part came. */
static void a_token_that_becomes_wrong_within_a_download_is_refused(void **state) {
    const struct change *token = &changes[3];

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        if (i == 1) {
            rig.net.wrong.cut_after = 68000;
            assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
            rig.progress.next = ALOFT_WORK;
            rig.net.wrong.range_shift = 1;
        } else {
            rig.net.wrong.location = "/elsewhere";
        }
        rig.net.wrong.only = rig.uri;
        rig.net.wrong.answers = 1;
        come_to(AL_FETCH);
        while (rig.net.wrong.answers > 0)
            assert_true(rig_step(&rig));
        must_refuse(token, ALOFT_STEP_FETCH);
        must_update_when_mended();
        start_over();
    }
}

/* Where home is not known any more nobody is at home: the payload comes all the same, for its digest is signed, and
 * whoever sends it gets no token. */
static void a_base_that_becomes_wrong_within_a_download_costs_the_token_only(void **state) {
    char value[80];

    (void)state;
    sim_net_serve(&rig.net, "/elsewhere", (aloft_bytes){rig.image[1].at, SIZE});
    rig.net.wrong.location = "/elsewhere";
    rig.net.wrong.only = rig.uri;
    rig.net.wrong.answers = 1;
    come_to(AL_FETCH);
    while (rig.net.wrong.answers > 0)
        assert_true(rig_step(&rig));
    assert_true(sim_net_field(&rig.net, "Authorization", value, sizeof value));
    rig.config.base = "";
    while (strcmp(rig.net.path, "/elsewhere") != 0)
        assert_true(rig_step(&rig));
    assert_false(sim_net_field(&rig.net, "Authorization", value, sizeof value));
    assert_true(rig.net.payload);

    must_update_when_mended();
}

/* A report is best effort: one that cannot be written is not sent, and nobody waits for it. */
static void a_report_that_cannot_be_written_is_left_out(void **state) {
    const struct change worse[] = {
        changes[0],
        changes[3],
        {.base = far, .token = long_token, .id = name}, /* longer than all together may be */
        {.id = endless_name},                           /* no report is so long */
    };

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        while (rig.n_trials == 0)
            assert_true(rig_step(&rig));
        come_to(AL_TELL);
        make(&worse[i]);
        assert_true(rig_step(&rig));
        assert_int_equal(device()->state, AL_REST);
        assert_int_equal(rig.net.report_len, 0);
        must_update_when_mended();
        assert_false(now.reported);
        start_over();
    }
}

static void a_statement_that_cannot_be_asked_for_is_left_out(void **state) {
    (void)state;
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        uint32_t sent;
        rig.config.fresh = &aloft_fresh_part;
        for (unsigned image = 0; image < 2; image++)
            rig_trust(&rig, image, &(struct rig_trust){.keys = 1, .fresh = 4, .epoch = 1});
        assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
        come_to(AL_FRESH);
        make(&changes[i]);
        sent = rig.net.n_sent;
        assert_true(rig_step(&rig));
        assert_int_equal(device()->state, AL_REST);
        assert_int_equal(rig.net.n_sent, sent);
        rig_status(&rig, &now);
        assert_int_equal(now.freshness, ALOFT_FRESH_UNKNOWN);
        must_update_when_mended();
        start_over();
    }
}

static void a_diagnosis_names_the_setting(void **state) {
    struct aloft_diagnosis seen;

    (void)state;
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const enum aloft_road_step at =
            changes[i].token != NULL ? ALOFT_ROAD_SETTINGS : ALOFT_ROAD_ADDRESS;
        make(&changes[i]);
        aloft_diagnose(&rig.device);
        do {
            assert_true(rig_step(&rig));
            aloft_diagnosis(&rig.device, &seen);
        } while (seen.state != ALOFT_DIAGNOSIS_DONE);
        assert_string_equal(aloft_err_name(seen.fault.code), aloft_err_name(changes[i].code));
        for (unsigned step = 0; step < ALOFT_ROAD_STEPS; step++)
            assert_int_equal(seen.mark[step], step < (unsigned)at    ? ALOFT_MARK_GOOD
                                              : step == (unsigned)at ? ALOFT_MARK_BROKEN
                                                                     : ALOFT_MARK_NOT_REACHED);
        mend();
    }
    must_update_when_mended();
}

/* Whoever answers as the payload's host may have been checked by another CA: its stream serves no check, even where the
 * settings now say that this host is home. */
static void a_stream_to_the_host_of_payloads_is_not_used_for_a_check(void **state) {
    uint32_t opens;

    (void)state;
    rig.image[1].at[SIZE - 1] ^= 1; /* so that the download ends in a check */
    sim_net_serve(&rig.net, "/fw.bin", (aloft_bytes){rig.image[1].at, SIZE});
    rig.net.wrong.location = "https://cdn.example:4443/fw.bin";
    rig.net.wrong.only = rig.uri;
    while (device()->state != AL_READBACK)
        assert_true(rig_step(&rig));
    assert_true(device()->talk.is_open);
    assert_true(rig.net.payload);
    opens = rig.net.n_opens;
    rig.config.base = "https://cdn.example:4443";
    come_to(AL_ASK);
    while (device()->talk.phase != AL_TALK_HEAD)
        assert_true(rig_step(&rig));
    assert_int_equal(rig.net.n_opens, opens + 1);
    assert_false(rig.net.payload);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(a_token_may_be_replaced_at_any_time),
        T(what_becomes_wrong_before_a_check_is_refused),
        T(what_becomes_wrong_before_a_download_is_refused),
        T(a_token_that_becomes_wrong_within_a_download_is_refused),
        T(a_base_that_becomes_wrong_within_a_download_costs_the_token_only),
        T(a_report_that_cannot_be_written_is_left_out),
        T(a_statement_that_cannot_be_asked_for_is_left_out),
        T(a_diagnosis_names_the_setting),
        T(a_stream_to_the_host_of_payloads_is_not_used_for_a_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Each exchange of an update, broken at each of its bytes in each way that a stream breaks: cut, ended, stalled, a
 * byte twice. The device updates all the same or stays as it was and says why, and what nobody signed leaves the
 * records as they were.
 *
 *   every_byte [STEP]     every STEPth byte (1) */
#include "test/kit/kit.h"
#include "test/kit/rig.h"

#include "device/device.h"

#define TINY   600u
#define LARGE  (65536u + TINY)
#define STEPS  100000u
#define HOUR_S 3600u

static const struct rig_geometry common = {.write_size = 32,
                                           .erase_size = 4096,
                                           .slot_size = 1u << 17,
                                           .log_erase_size = 4096,
                                           .page_size = 4096};

enum way { CUT, ENDED, STALLED, DOUBLED, WAYS };

/* An exchange: how the device comes to its beginning, and which answer is broken. */
struct exchange {
    const char *name, *only; /* the path of the answer ends so */
    const char *location;    /* the answer before it sends here */
    uint32_t size;           /* of the image */
    bool resumes;            /* a mark stands already */
};

static const struct exchange exchanges[] = {
    {.name = "manifest", .only = "manifest.suit", .size = TINY},
    {.name = "manifest elsewhere", .only = "/moved", .location = "/moved", .size = TINY},
    {.name = "payload", .only = ".bin", .size = TINY},
    {.name = "payload elsewhere",
     .only = "/cdn",
     .location = "https://cdn.example/cdn",
     .size = TINY},
    {.name = "rest of a payload", .only = ".bin", .size = LARGE, .resumes = true},
    {.name = "report", .only = "/report", .size = TINY},
};

static struct rig rig, saved;
static struct sim_flash saved_chip[3];
static unsigned long n_cases, n_untouched, n_lost;
static unsigned step = 1;
static uint32_t answer_len; /* of the answer that is to be broken */

static const struct al_device *device(void) {
    return (const struct al_device *)rig.device.room;
}

/* ---- a device before the answer that is to be broken, made once and copied */

static struct sim_flash *chip(unsigned i) {
    return i < 2 ? &rig.slot[i] : &rig.log;
}

static void copy_chips(bool back) {
    for (unsigned i = 0; i < 3; i++) {
        struct sim_flash *to = back ? chip(i) : &saved_chip[i],
                         *from = back ? &saved_chip[i] : chip(i);
        sim_flash_copy(to, from);
    }
}

static bool is_there(const struct exchange *x, uint32_t requests) {
    const size_t len = strlen(rig.net.path), only = strlen(x->only);

    return rig.net.n_requests > requests && len >= only &&
           strcmp(rig.net.path + len - only, x->only) == 0;
}

/* What sends on to the answer that is to be broken. */
static void send_on(const struct exchange *x) {
    if (x->location == NULL)
        return;
    rig.net.wrong.only = strcmp(x->only, "/moved") == 0 ? "manifest.suit" : ".bin";
    rig.net.wrong.location = x->location;
    sim_net_serve(&rig.net, x->only,
                  x->only[1] == 'm' ? rig.net.file[0].body
                                    : (aloft_bytes){rig.image[1].at, rig.image[1].size});
}

/* Up to the last step before the device takes the first byte of the answer. */
static void come_to(const struct exchange *x) {
    uint32_t requests;

    rig_start(&rig, &common, TINY);
    rig.config.poll_s = 86400;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    rig_publish(&rig, RIG_GOOD, x->size);
    send_on(x);
    if (x->resumes) {
        rig.net.wrong.cut_after = 65536 + 1000;
        assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
        assert_int_equal(device()->record.mark, 65536);
    }
    requests = rig.net.n_requests;
    do
        assert_true(rig_step(&rig));
    while (!is_there(x, requests));
    for (unsigned i = 0; i < 3; i++) {
        const struct sim_flash *c = chip(i);
        sim_flash_start(&saved_chip[i], &rig.power, c->size, c->write_size, c->erase_size);
    }
    copy_chips(false);
    saved = rig;
}

static void come_back(void) {
    struct sim_flash chips[3] = {rig.slot[0], rig.slot[1], rig.log};

    rig = saved; /* its pointers lead into itself, and it is where it was */
    rig.slot[0] = chips[0];
    rig.slot[1] = chips[1];
    rig.log = chips[2];
    copy_chips(true);
}

static void leave(void) {
    for (unsigned i = 0; i < 3; i++)
        sim_flash_end(&saved_chip[i]);
    rig_end(&rig);
}

/* ---- one case */

static void break_at(enum way way, uint32_t at) {
    rig.net.wrong.cut_after = way == CUT || way == ENDED ? at : SIM_NEVER;
    rig.net.wrong.cut_as = way == ENDED ? ALOFT_E_NET_CLOSED : ALOFT_E_NET_DROPPED;
    rig.net.wrong.stall_after = way == STALLED ? at : SIM_NEVER;
    rig.net.wrong.double_after = way == DOUBLED ? at + 1 : 0;
}

/* A stream that stands still is left alone for half a second at a time. */
static enum aloft_next go_on(uint64_t *passed_ms) {
    const uint32_t before = rig.clock.now_ms;

    assert_true(rig_step(&rig));
    if (rig.progress.wait_ms == 1)
        sim_clock_pass(&rig.clock, 499);
    *passed_ms += (uint32_t)(rig.clock.now_ms - before);
    return rig.progress.next;
}

static void pass(uint32_t seconds) {
    uint64_t passed_ms = 0;

    while (passed_ms < seconds * 1000ull)
        (void)go_on(&passed_ms);
}

/* Until the broken answer is behind the device: it has failed and says why, or it needed no more of it. */
static void live_through(const struct exchange *x) {
    static uint8_t log[8192];
    struct aloft_status now;
    enum aloft_next next = ALOFT_WORK;
    uint64_t passed_ms = 0;
    const bool is_idle = device()->record.phase == AL_IDLE && x->only[0] != '/';

    memcpy(log, rig.log.bytes, rig.log.size);
    while (next != ALOFT_DONE && next != ALOFT_FAILED)
        next = go_on(&passed_ms);
    assert_true(passed_ms < 400000);
    rig_status(&rig, &now);
    if (next == ALOFT_FAILED)
        assert_int_not_equal(now.fault.code, ALOFT_OK);
    /* nothing was signed yet: not one byte of the records has changed */
    if (is_idle && device()->record.phase == AL_IDLE && rig.n_starts == saved.n_starts) {
        assert_memory_equal(rig.log.bytes, log, rig.log.size);
        n_untouched++;
    }
}

static void one_case(const struct exchange *x, enum way way, uint32_t at) {
    come_back();
    break_at(way, at);
    live_through(x);
    rig.net.wrong.stall_after = rig.net.wrong.cut_after = SIM_NEVER;
    rig.net.wrong.double_after = 0;
    aloft_check_now(&rig.device);
    pass(HOUR_S);
    n_cases++;
    if (rig_running_image(&rig) != 1 || device()->record.phase != AL_IDLE || rig.n_trials != 1) {
        n_lost++;
        fail_msg("%s, way %d, byte %u: image %d, phase %d, %u trials", x->name, (int)way, at,
                 rig_running_image(&rig), device()->record.phase, rig.n_trials);
    }
    assert_true(rig_received(&rig) <= 2ull * x->size + 4096);
}

static void measure_answer(void) {
    const uint32_t requests = rig.net.n_requests;

    while (rig.net.n_requests == requests && rig.n_starts == saved.n_starts) {
        answer_len = rig.net.n_received - saved.net.n_received;
        assert_true(rig_step(&rig));
    }
    assert_in_range(answer_len, 90, 2000); /* a head at least */
}

static void one_exchange(const struct exchange *x) {
    come_to(x);
    measure_answer();
    for (enum way way = CUT; way < WAYS; way++)
        for (uint32_t at = 0; at < answer_len; at += step)
            one_case(x, way, at);
    leave();
}

static void every_exchange_may_break_at_every_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof exchanges / sizeof exchanges[0]; i++)
        one_exchange(&exchanges[i]);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_exchange_may_break_at_every_byte)};
    int failed;

    if (argc > 1 && atoi(argv[1]) > 0)
        step = (unsigned)atoi(argv[1]);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("broken exchanges\t%lu\tmanifest, redirect, payload, its rest, report; cut, ended, "
           "stalled, doubled "
           "at every byte\n",
           n_cases);
    printf("untouched\t%lu\tof them broke before anything signed had come: records equal to the "
           "byte\n",
           n_untouched);
    printf("lost\t%lu\tdevices that did not come to run the release\n", n_lost);
    return failed;
}

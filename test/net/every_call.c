/* SPDX-License-Identifier: Apache-2.0 */
/* Each call of the port fails once, in turn, and some two of them: reads, writes and erases of the three chips, the
 * stream, a boot loader that is not ours. Whatever it was, the device runs what it ran or what was signed, believes what
 * stands in its flash, says why where it stops, and comes to the end that it comes to when nothing fails. */
#include "test/kit/kit.h"
#include "test/kit/rig.h"
#include "test/kit/rig_trust.h"

#include "device/device.h"

#define SIZE     3000u
#define LARGE    (65536u + SIZE)
#define SEQUENCE 1001u
#define HOUR_S   3600u
#define STEPS    4000u
#define NEVER    UINT32_MAX
#define PAIRS    70u

static const struct rig_geometry common = {.write_size = 16,
                                           .erase_size = 4096,
                                           .slot_size = 1u << 17,
                                           .log_erase_size = 1024,
                                           .page_size = 4096};
static struct rig rig;
static struct aloft_status now;

/* ---- the port, of which one call fails, or two */

/* What is counted, and which fail: any call; only reads, and then the second try too; any two calls. */
enum way { ANY_ONCE, READ_TWICE, ANY_TWO, WAYS };

static struct aloft_config real;
static enum way way;
static uint32_t n_calls, fails_at, and_at;
static aloft_err failed_as[2]; /* OK: not yet */
static unsigned n_failed;

static bool fails(aloft_err as) {
    const uint32_t call = n_calls++;

    if (call != fails_at && call != and_at)
        return false;
    failed_as[n_failed++] = as;
    return true;
}

static aloft_err stream_fails(aloft_err as, aloft_fault *why) {
    real.net.close(real.net.self);
    *why = (aloft_fault){.code = (uint16_t)as};
    return as;
}

static bool is_log(const void *self) {
    return self == real.log.self;
}

/* A byte that cannot be corrected stays so. In a record it would be an older record that counts, and no failure of the
 * port: there the chip as a whole does not answer. */
static aloft_err chip_read(void *self, uint32_t at, aloft_space to) {
    const aloft_err as = way != ANY_ONCE && is_log(self) ? ALOFT_E_FLASH_ERASE : ALOFT_E_FLASH_READ;

    return fails(as) ? as : real.log.read(self, at, to);
}

static aloft_err chip_write(void *self, uint32_t at, aloft_bytes from) {
    if (way == READ_TWICE || !fails(ALOFT_E_FLASH_WRITE))
        return real.log.write(self, at, from);
    return ALOFT_E_FLASH_WRITE;
}

static aloft_err chip_erase(void *self, uint32_t at) {
    if (way == READ_TWICE || !fails(ALOFT_E_FLASH_ERASE))
        return real.log.erase(self, at);
    return ALOFT_E_FLASH_ERASE;
}

static aloft_err net_open(void *self, const struct aloft_peer *peer, aloft_fault *why) {
    return way != READ_TWICE && fails(ALOFT_E_NET_REFUSED) ? stream_fails(ALOFT_E_NET_REFUSED, why)
                                                           : real.net.open(self, peer, why);
}

static aloft_err net_send(void *self, aloft_bytes from, size_t *sent, aloft_fault *why) {
    return way != READ_TWICE && fails(ALOFT_E_NET_DROPPED) ? stream_fails(ALOFT_E_NET_DROPPED, why)
                                                           : real.net.send(self, from, sent, why);
}

static aloft_err net_recv(void *self, aloft_space to, size_t *got, aloft_fault *why) {
    return way != READ_TWICE && fails(ALOFT_E_NET_DROPPED) ? stream_fails(ALOFT_E_NET_DROPPED, why)
                                                           : real.net.recv(self, to, got, why);
}

/* ---- a boot loader that is not ours, and takes back what does not confirm itself */

static struct aloft_loader_view notes;
static bool starts_no_other; /* what is to be tried: it says nothing and starts home */

static bool refuses(aloft_fault *why) {
    if (way == READ_TWICE || !fails(ALOFT_E_LOADER_FAILED))
        return false;
    *why = (aloft_fault){.code = ALOFT_E_LOADER_FAILED};
    return true;
}

static aloft_err look(void *self, struct aloft_loader_view *out, aloft_fault *why) {
    (void)self;
    *out = notes;
    return refuses(why) ? ALOFT_E_LOADER_FAILED : ALOFT_OK;
}

static aloft_err try_slot(void *self, unsigned slot, aloft_fault *why) {
    (void)self;
    if (refuses(why))
        return ALOFT_E_LOADER_FAILED;
    notes.active = slot;
    notes.entry[slot] = ALOFT_ENTRY_NEW;
    return ALOFT_OK;
}

static aloft_err go_back(void *self, unsigned slot, aloft_fault *why) {
    (void)self;
    if (refuses(why))
        return ALOFT_E_LOADER_FAILED;
    notes.active = slot;
    notes.entry[slot] = ALOFT_ENTRY_VALID;
    notes.entry[1 - slot] = ALOFT_ENTRY_FAILED;
    return ALOFT_OK;
}

static aloft_err confirm(void *self, aloft_fault *why) {
    (void)self;
    if (refuses(why))
        return ALOFT_E_LOADER_FAILED;
    assert_int_equal(notes.active, notes.running);
    notes.entry[notes.running] = ALOFT_ENTRY_VALID;
    return ALOFT_OK;
}

static bool boot_by_loader(struct rig *r, enum aloft_reset reset) {
    aloft_fault why;

    if (starts_no_other) {
        /* nothing of it is noted */
    } else if (notes.entry[notes.active] == ALOFT_ENTRY_PENDING) {
        notes.entry[notes.active] = ALOFT_ENTRY_FAILED;
        notes.active = 1 - notes.active;
    } else if (notes.entry[notes.active] == ALOFT_ENTRY_NEW) {
        notes.entry[notes.active] = ALOFT_ENTRY_PENDING;
    }
    notes.running = r->loader.running = starts_no_other ? 0 : notes.active;
    r->n_starts++;
    r->config.reset = reset;
    r->received = rig_received(r);
    sim_net_reset(&r->net);
    r->started = aloft_start(&r->device, &r->config, &why);
    return true;
}

static void have_loader(void) {
    notes = (struct aloft_loader_view){0, 0, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NONE}};
    starts_no_other = false;
    rig.boot = boot_by_loader;
    rig.config.loader.look = look;
    rig.config.loader.try_slot = try_slot;
    rig.config.loader.go_back = go_back;
    rig.config.loader.confirm = confirm;
}

static void tap(void) {
    struct aloft_flash *chips[] = {&rig.config.slot[0], &rig.config.slot[1], &rig.config.log};

    real = rig.config;
    for (unsigned i = 0; i < 3; i++) {
        chips[i]->read = chip_read;
        chips[i]->write = chip_write;
        chips[i]->erase = chip_erase;
    }
    rig.config.net.open = net_open;
    rig.config.net.send = net_send;
    rig.config.net.recv = net_recv;
    n_calls = 0;
    failed_as[0] = failed_as[1] = ALOFT_OK;
    n_failed = 0;
}

/* ---- scenes */

struct scene {
    const char *name;
    void (*prepare)(void); /* before any call fails */
    bool (*heal)(void); /* asked where the device says that it failed, until true; NULL: no need */
    int image;          /* that runs in the end */
    enum aloft_outcome outcome;
    aloft_err also;         /* what it may say besides what failed */
    bool begins_by_a_start; /* the first calls are those of a start */
    bool reads_as_another;  /* its reads are those of a scene before */
};

static void update(void) {
    rig_publish(&rig, RIG_GOOD, SIZE);
}

static void bad_update(void) {
    rig_publish(&rig, RIG_SICK, SIZE);
}

static void second_update(void) {
    update();
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_publish(&rig, RIG_GOOD, SIZE + 1);
    aloft_check_now(&rig.device);
}

static void cut_behind_a_mark(void) {
    rig_publish(&rig, RIG_GOOD, LARGE);
    rig.net.wrong.cut_after = 65536 + 2000;
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_FAILED);
    rig.net.wrong.only = ".bin";
}

static void whole_file_for_the_rest(void) {
    cut_behind_a_mark();
    rig.net.wrong.ignores_range = true;
}

static void another_part_for_the_rest(void) {
    cut_behind_a_mark();
    rig.net.wrong.answers = 1;
    rig.net.wrong.range_shift = 1;
}

static void update_from_elsewhere(void) {
    update();
    sim_net_serve(&rig.net, "/fw.bin", (aloft_bytes){rig.image[1].at, SIZE});
    rig.net.wrong.only = rig.uri;
    rig.net.wrong.location = "https://cdn.example/fw.bin";
}

static void update_with_a_wrong_byte(void) {
    update();
    rig.image[1].at[SIZE - 1] ^= 1;
}

static bool the_right_byte(void) {
    rig.image[1].at[SIZE - 1] ^= 1;
    return true;
}

/* For so long that the device notes it (T12). */
static void update_behind_a_dead_network(void) {
    update();
    rig.net.wrong.open = ALOFT_E_NET_UNREACHABLE;
}

static bool a_network_after_half_an_hour(void) {
    if (rig.clock.now_ms > HOUR_S * 500)
        rig.net.wrong.open = ALOFT_OK;
    return rig.net.wrong.open == ALOFT_OK;
}

static void what_runs_under_a_number(void) {
    rig_offer(&rig, 0, 2000, 0);
}

static void what_runs_under_another_number(void) {
    what_runs_under_a_number();
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    rig_offer(&rig, 0, 2001, 0);
    aloft_check_now(&rig.device);
}

/* Two updates, so that an older image is there to fall back to; then home rots while the device is off. */
static void home_that_rots(void) {
    second_update();
    assert_true(rig_pass(&rig, 120));
    sim_flash_load(&rig.slot[0], 100, ALOFT_BYTES("rotten"));
    rig.check_always = true;
    rig_offer(&rig, 1, 1001, 0);
}

static void statement_of_freshness(void) {
    static uint8_t statement[160];
    struct kit_statement say = {.sequence = 1001, .issued = 1795329000, .valid_s = 7 * 86400};

    rig.config.fresh = &aloft_fresh_part;
    update();
    rig_trust(&rig, 0, &(struct rig_trust){.keys = 1, .fresh = 4, .epoch = 1});
    rig_trust(&rig, 1, &(struct rig_trust){.keys = 1, .fresh = 4, .epoch = 1});
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    assert_int_equal(rig_run(&rig, STEPS), ALOFT_DONE);
    memcpy(say.class_id, rig.channel.class_id, sizeof say.class_id);
    sim_net_serve(&rig.net, "/acme.example/lamp/a/stable/fresh.cose",
                  (aloft_bytes){statement, kit_statement_sign(&say, &rig.signer[2], statement)});
}

static void update_under_a_loader(void) {
    have_loader();
    update();
}

static void bad_update_under_a_loader(void) {
    have_loader();
    bad_update();
}

static void crash_under_a_loader(void) {
    have_loader();
    rig_publish(&rig, RIG_CRASH, SIZE);
}

static void loader_that_starts_no_other(void) {
    update_under_a_loader();
    starts_no_other = true;
}

/* What runs was flashed by something else, and the loader waits for its word. */
static void loader_that_waits(void) {
    update_under_a_loader();
    notes.entry[0] = ALOFT_ENTRY_PENDING;
}

/* clang-format off */
static const struct scene scenes[] = {
    {"update", update, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_OK},
    {"bad update", bad_update, NULL, 0, ALOFT_GIVEN_UP, .also = ALOFT_E_TRIAL_SICK},
    {"second update", second_update, NULL, 2, ALOFT_CONFIRMED, .also = ALOFT_OK},
    {"the rest of a payload", cut_behind_a_mark, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_E_NET_DROPPED,
     .begins_by_a_start = true},
    {"all for the rest", whole_file_for_the_rest, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_E_NET_DROPPED,
     .reads_as_another = true},
    {"another part for the rest", another_part_for_the_rest, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_E_NET_DROPPED,
     .reads_as_another = true},
    {"payload elsewhere", update_from_elsewhere, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_OK},
    {"wrong byte", update_with_a_wrong_byte, the_right_byte, 1, ALOFT_CONFIRMED, .also = ALOFT_E_DIGEST_MISMATCH},
    {"dead network", update_behind_a_dead_network, a_network_after_half_an_hour, 1, ALOFT_CONFIRMED,
     .also = ALOFT_E_NET_UNREACHABLE},
    {"number of what runs", what_runs_under_a_number, NULL, 0, ALOFT_CONFIRMED, .also = ALOFT_OK},
    {"another number of it", what_runs_under_another_number, NULL, 0, ALOFT_CONFIRMED, .also = ALOFT_OK},
    {"home that rots", home_that_rots, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_E_BOOT_FALLBACK,
     .begins_by_a_start = true},
    {"freshness", statement_of_freshness, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_OK},
    {"loader", update_under_a_loader, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_OK},
    {"loader, bad update", bad_update_under_a_loader, NULL, 0, ALOFT_GIVEN_UP, .also = ALOFT_E_TRIAL_SICK},
    {"loader, crash", crash_under_a_loader, NULL, 0, ALOFT_GIVEN_UP, .also = ALOFT_E_TRIAL_CRASHED},
    {"loader that starts no other", loader_that_starts_no_other, NULL, 0, ALOFT_GIVEN_UP,
     .also = ALOFT_E_LOADER_REFUSED},
    {"loader that waits", loader_that_waits, NULL, 1, ALOFT_CONFIRMED, .also = ALOFT_E_LOADER_WAITS},
};
/* clang-format on */

static const struct scene *scene;
static unsigned n_calls_failed, n_reads_failed, n_pairs_failed;

#define fail_case(...)                                                                             \
    do {                                                                                           \
        print_error("%s, way %d, calls %u and %u: ", scene->name, (int)way, fails_at, and_at);     \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

/* ---- judging */

static const struct al_device *device(void) {
    return (const struct al_device *)rig.device.room;
}

static bool is_over(void) {
    const struct al_record *r = &device()->record;

    rig_status(&rig, &now);
    if (rig.config.fresh != NULL && (r->issued == 0 || r->age_h == 0))
        return false;
    if (scene->outcome == ALOFT_GIVEN_UP)
        return r->phase == AL_IDLE && now.outcome == ALOFT_GIVEN_UP &&
               rig_running_image(&rig) == scene->image;
    return rig_running_image(&rig) == scene->image && now.outcome == scene->outcome &&
           now.floor == rig.image[rig.n_images - 1].sequence;
}

/* What the device believes is what stands in the log, where its last append was obeyed. */
static void must_believe_the_flash(void) {
    struct al_record stored;
    struct al_log log;
    enum al_log_found found;
    aloft_fault why;
    uint8_t a[AL_CELL_SIZE], b[AL_CELL_SIZE];

    if (device()->record.n == 0 || !al_log_settled(&device()->log))
        return;
    assert_ok(al_log_open(&log, &real.log, &stored, &found, &why));
    al_record_pack(&stored, a);
    al_record_pack(&device()->record, b);
    if (memcmp(a, b, AL_CELL_SIZE) != 0)
        fail_case("record %u in memory, %u in flash", device()->record.n, stored.n);
}

static uint64_t floor_of, skip_of, received_best;

/* A release that was tried and waits is no failure; what the scene is about may be one. */
static void must_say_why(void) {
    const aloft_err said = (aloft_err)now.fault.code;

    if (said != ALOFT_OK && now.fault.step == ALOFT_STEP_NONE)
        fail_case("it says %s, and not while doing what", aloft_err_name(said));
    if (rig.progress.next != ALOFT_FAILED || said == ALOFT_E_TRIAL_WAITS)
        return;
    if (said == ALOFT_OK || (said != failed_as[0] && said != failed_as[1] && said != scene->also))
        fail_case("it failed and says %s, not %s", aloft_err_name(said),
                  aloft_err_name(failed_as[0]));
}

static void judge(void) {
    rig_status(&rig, &now);
    if (rig_running_image(&rig) < 0)
        fail_case("what runs is no image");
    must_say_why();
    if (now.state == ALOFT_STOPPED) /* it could not read what it knows */
        return;
    if (now.floor < floor_of || now.skip < skip_of)
        fail_case("floor or skip fell");
    floor_of = now.floor;
    skip_of = now.skip;
}

static void start(void) {
    if (!rig_boot(&rig, ALOFT_RESET_POWER) && !rig_boot(&rig, ALOFT_RESET_POWER))
        fail_case("it does not start");
    rig.progress.next = ALOFT_WORK; /* what it answered before is over */
}

/* A device that could not begin stays as it is until it is started anew. */
static void step(void) {
    rig_status(&rig, &now);
    if (now.state == ALOFT_STOPPED || !rig_step(&rig))
        start();
    judge();
}

static void begin(void) {
    rig_start(&rig, &common, SIZE);
    rig.config.poll_s = 1800;
    rig.may_start_badly = true;
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    floor_of = skip_of = 0;
    scene->prepare();
    tap();
    if (scene->begins_by_a_start)
        start();
}

static void live(void) {
    bool is_healed = scene->heal == NULL;

    for (uint32_t n = 0; n < STEPS && !is_over(); n++) {
        step();
        if (!is_healed && rig.progress.next == ALOFT_FAILED)
            is_healed = scene->heal();
        if (n % 16 == 0)
            must_believe_the_flash();
    }
    if (!is_over())
        fail_case("it does not come to its end");
}

/* The scene with these two calls failing; each costs at most one more payload. */
static void one_case(uint32_t first, uint32_t second) {
    fails_at = first;
    and_at = second;
    begin();
    live();
    must_believe_the_flash();
    if (fails_at == NEVER)
        received_best = rig_received(&rig);
    if (rig_received(&rig) > received_best + n_failed * rig.image[rig.n_images - 1].size)
        fail_case("%u bytes were fetched", (unsigned)rig_received(&rig));
    rig_end(&rig);
}

/* Before anything fails: it comes to its end, and so many calls are made. */
static uint32_t begin_scene(const struct scene *s, enum way w) {
    scene = s;
    way = w;
    one_case(NEVER, NEVER);
    return n_calls;
}

static unsigned each_call(const struct scene *s, enum way w) {
    (void)begin_scene(s, w);
    for (uint32_t n = 0;; n++) {
        one_case(n, w == READ_TWICE ? n + 1 : NEVER);
        if (n_failed == 0)
            return n;
    }
}

static void a_call_that_fails_once_stops_no_update(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
        n_calls_failed += each_call(&scenes[i], ANY_ONCE);
}

static void a_chip_that_could_not_be_read_stops_no_update(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
        if (!scenes[i].reads_as_another)
            n_reads_failed += each_call(&scenes[i], READ_TWICE);
}

/* What the first one leaves behind the second one may meet: near behind it, or anywhere. */
static void two_calls_that_fail_stop_no_update(void **state) {
    uint32_t seed = 4711;

    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
        const uint32_t all = begin_scene(&scenes[i], ANY_TWO);
        for (unsigned n = 0; n < PAIRS; n++) {
            const uint32_t first = kit_random(&seed) % all;
            one_case(first, first + 1 + kit_random(&seed) % (n % 2 == 0 ? 8 : all));
            n_pairs_failed += n_failed == 2;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_that_fails_once_stops_no_update),
        cmocka_unit_test(a_chip_that_could_not_be_read_stops_no_update),
        cmocka_unit_test(two_calls_that_fail_stop_no_update),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    printf("failures\t%u\tof calls of the port, one or two in a life, in %u scenes: chips, stream, "
           "boot loader\n",
           n_calls_failed + n_reads_failed + n_pairs_failed,
           (unsigned)(sizeof scenes / sizeof scenes[0]));
    printf("single\t%u\teach call of each scene, once\n", n_calls_failed);
    printf("reads\t%u\teach read of a chip, which failed at the second try too\n", n_reads_failed);
    printf("pairs\t%u\ttwo calls by chance, near each other or not\n", n_pairs_failed);
    printf("lost\t%d\tdevices that did not come to their end, or did not say why they stopped\n",
           failed);
    return failed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The attacks that The Update Framework names (its specification, section 1.5.2), one test each, by somebody who
 * has the server and whatever else the name of the test says; then some of our own. */
#include "test/kit/frame.h"
#include "test/kit/kit.h"
#include "test/kit/rig_trust.h"

#include "device/device.h"

#define SIZE  9000u
#define STEPS 200000u
#define DAY_S 86400u

/* Signers: 0 is trusted, 1 the spare, 2 the key for statements on the server, 3 a stranger. */
enum { KEY = 1, SPARE = 2, ONLINE = 4, STRANGER = 8 };

static int set_up(void **state) {
    (void)state;
    frame_begin(SIZE);
    return 0;
}

static void ask(uint32_t seconds) {
    aloft_check_now(&rig.device);
    assert_true(rig_pass(&rig, seconds));
    rig_status(&rig, &now);
}

/* An honest release is published and installed; gives its image. */
static unsigned install(enum rig_nature nature) {
    unsigned image = rig_publish(&rig, nature, SIZE + rig.n_images);

    ask(200);
    return image;
}

/* For a day the device meets this, and afterwards it is what it was, to the last byte of its records; it says
 * why. `ops` is how many flash operations the attack may cost. */
static void must_stay(unsigned image, aloft_err why, uint32_t ops) {
    static uint8_t before[8192];
    const uint32_t ops_before = rig.power.ops;
    uint64_t floor, skip;

    memcpy(before, rig.log.bytes, rig.log.size);
    rig_status(&rig, &now);
    floor = now.floor;
    skip = now.skip;
    ask(DAY_S);
    assert_string_equal(aloft_err_name(now.fault.code), aloft_err_name(why));
    assert_int_equal(rig_running_image(&rig), image);
    assert_true(now.floor == floor && now.skip == skip);
    assert_true(rig.power.ops - ops_before <= ops);
    if (ops == 0)
        assert_memory_equal(rig.log.bytes, before, rig.log.size);
}

/* ---- those that The Update Framework names */

static void arbitrary_software_is_refused_whoever_serves_it(void **state) {
    unsigned mine = install(RIG_GOOD), theirs = rig_publish(&rig, RIG_GOOD, SIZE);

    (void)state;
    rig_offer(&rig, theirs, 9000, 3);
    must_stay(mine, ALOFT_E_SIGNER_UNKNOWN, 0);
}

static void arbitrary_software_under_an_honest_manifest_never_boots(void **state) {
    unsigned mine = install(RIG_GOOD), next = rig_publish(&rig, RIG_GOOD, SIZE);
    uint8_t *theirs = malloc(SIZE);

    (void)state;
    assert_non_null(theirs);
    memset(theirs, RIG_GOOD, SIZE);
    sim_net_serve(&rig.net, rig.path, (aloft_bytes){theirs, SIZE});
    must_stay(mine, ALOFT_E_PAYLOAD_LIMIT, 4 * 2 * (SIZE / 1024 + 20));
    assert_int_equal(rig.n_trials, 1);
    sim_net_serve(&rig.net, rig.path, (aloft_bytes){rig.image[next].at, SIZE});
    free(theirs);
    ask(DAY_S);
    must_run(next);
}

static void a_rollback_to_a_release_that_was_right_once_is_refused(void **state) {
    unsigned old = install(RIG_GOOD), mine = install(RIG_GOOD);

    (void)state;
    rig_offer(&rig, old, rig.image[old].sequence, 0);
    must_stay(mine, ALOFT_E_ROLLBACK_REFUSED, 0);
}

/* Who has the server can hide what is new. The device goes on asking, and takes it from whoever offers it. */
static void an_indefinite_freeze_ends_with_the_first_honest_answer(void **state) {
    unsigned mine = install(RIG_GOOD), hidden;
    uint32_t asked;

    (void)state;
    asked = rig.net.n_requests;
    assert_true(rig_pass(&rig, 3 * DAY_S)); /* the same manifest, again and again */
    must_run(mine);
    assert_true(rig.net.n_requests - asked > 30);
    hidden = rig_publish(&rig, RIG_GOOD, SIZE);
    ask(200);
    must_run(hidden);
}

static void endless_data_in_place_of_a_manifest_ends_at_4096_bytes(void **state) {
    unsigned mine = install(RIG_GOOD);
    uint32_t before = rig.net.n_received, asked = rig.net.n_requests;

    (void)state;
    rig.net.wrong.only = ".suit";
    rig.net.wrong.hides_length = true;
    rig.net.wrong.body_shift = INT32_MAX;
    must_stay(mine, ALOFT_E_MANIFEST_LONG, 0);
    assert_true(rig.net.n_received - before <=
                (rig.net.n_requests - asked) * (4096 + 2048 + 256)); /* one input buffer more */
}

static void endless_data_in_place_of_a_head_ends_at_8192_bytes(void **state) {
    unsigned mine = install(RIG_GOOD);
    uint32_t before = rig.net.n_received, asked = rig.net.n_requests;

    (void)state;
    rig.net.wrong.only = ".suit";
    rig.net.wrong.raw_head = "HTTP/1.1 200 OK\r\nX-Endless: ";
    rig.net.wrong.fill = 'a';
    rig.net.wrong.body_shift = INT32_MAX;
    sim_net_serve(&rig.net, RIG_MANIFEST, (aloft_bytes){NULL, 0});
    must_stay(mine, ALOFT_E_HTTP_HEAD_LONG, 0);
    assert_true(rig.net.n_received - before <= (rig.net.n_requests - asked) * (8192 + 2048));
}

static void endless_data_in_place_of_a_payload_ends_behind_its_signed_size(void **state) {
    unsigned mine = install(RIG_GOOD), next = rig_publish(&rig, RIG_GOOD, SIZE);

    (void)state;
    sim_net_serve(&rig.net, rig.path, (aloft_bytes){NULL, 0});
    rig.net.wrong.only = ".bin";
    rig.net.wrong.hides_length = true;
    rig.net.wrong.body_shift = INT32_MAX;
    ask(DAY_S);
    assert_int_equal(rig_running_image(&rig), mine);
    assert_int_equal(rig.n_trials, 1);
    assert_true(rig_received(&rig) <= SIZE + 1 + 4 * SIZE + 4 * 2048);
    sim_net_heal(&rig.net);
    sim_net_serve(&rig.net, rig.path, (aloft_bytes){rig.image[next].at, SIZE});
    ask(DAY_S);
    must_run(next);
}

/* A byte a second, in each exchange. The next check comes, and an honest server is taken at its word. */
static void slow_retrieval_holds_no_exchange_for_long(void **state) {
    static const char *const only[] = {".suit", ".bin", "/report"};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        unsigned next = rig_publish(&rig, RIG_GOOD, SIZE + i);
        rig.net.wrong.only =
            only[i]; /* of the stream's troubles only the head and so on come slowly */
        rig.net.wrong.piece = 1;
        rig.net.wrong.recv_waits = 1000;
        ask(600);
        assert_int_not_equal(now.state, ALOFT_CHECKING);
        assert_int_not_equal(now.state, ALOFT_DOWNLOADING);
        sim_net_heal(&rig.net);
        ask(3 * 3600);
        must_run(next);
    }
}

/* A manifest names one image; everything that could name another is refused by form (R14, R18; the vectors of
 * test/vectors hold each). Here: a signed envelope to which somebody has added one. */
static void extraneous_dependencies_cannot_be_named(void **state) {
    static uint8_t longer[ALOFT_MANIFEST_MAX];
    unsigned mine = install(RIG_GOOD);
    size_t len;

    (void)state;
    (void)rig_publish(&rig, RIG_GOOD, SIZE);
    len = rig.net.file[0].body.len;
    memcpy(longer, rig.site_manifest, len);
    longer[2] = 0xa3;                        /* one key more in the envelope */
    memcpy(longer + len, "\x0f\x41\x00", 3); /* 15: dependency-resolution */
    sim_net_serve(&rig.net, RIG_MANIFEST, (aloft_bytes){longer, len + 3});
    must_stay(mine, ALOFT_E_MANIFEST_FORM, 0);
}

/* Two honest releases, the manifest of one and the payload of the other. */
static void mix_and_match_of_two_honest_releases_never_boots(void **state) {
    unsigned mine = install(RIG_GOOD), one = rig_publish(&rig, RIG_GOOD, SIZE), two;
    char path[128];

    (void)state;
    two = rig_publish(&rig, RIG_GOOD, SIZE);
    memcpy(path, rig.path, sizeof path);
    sim_net_serve(&rig.net, path, (aloft_bytes){rig.image[one].at, SIZE});
    must_stay(mine, ALOFT_E_PAYLOAD_LIMIT, 4 * 2 * (SIZE / 1024 + 20));
    assert_int_equal(rig.n_trials, 1);
    sim_net_serve(&rig.net, path, (aloft_bytes){rig.image[two].at, SIZE});
    ask(DAY_S);
    must_run(two);
}

/* Signed by the right key, for another product, and for another channel of this one. */
static void wrong_software_for_another_product_or_channel_is_refused(void **state) {
    unsigned mine = install(RIG_GOOD), other = rig_publish(&rig, RIG_GOOD, SIZE);
    uint8_t *const id[] = {rig.channel.vendor_id, rig.channel.class_id};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        id[i][0] ^= 1;
        rig_offer(&rig, other, 9000, 0);
        id[i][0] ^= 1;
        must_stay(mine, ALOFT_E_MANIFEST_CLASS, 0);
    }
}

/* A mirror that is named by the server and serves no more than rubbish cannot stop the next try elsewhere. */
static void a_malicious_mirror_costs_time_and_nothing_else(void **state) {
    unsigned mine = install(RIG_GOOD), next = rig_publish(&rig, RIG_GOOD, SIZE);
    char value[80];

    (void)state;
    rig.config.token = "secret";
    rig.net.wrong.only = rig.path;
    rig.net.wrong.location = "https://mirror.example/fw.bin";
    sim_net_serve(&rig.net, "/fw.bin", (aloft_bytes){rig.image[mine].at, SIZE});
    ask(60);
    assert_int_equal(rig_running_image(&rig), mine);
    assert_int_not_equal(now.fault.code, ALOFT_OK);
    assert_int_equal(rig.n_trials, 1);
    if (strcmp(rig.net.host, "mirror.example") == 0)
        assert_false(sim_net_field(&rig.net, "Authorization", value, sizeof value));
    sim_net_heal(&rig.net);
    ask(3600);
    must_run(next);
}

static void a_key_compromise_below_the_threshold_signs_nothing(void **state) {
    unsigned mine, theirs;

    (void)state;
    rig.keys = (struct aloft_keys){
        .key = {rig.signer[0].key, rig.signer[1].key, rig.signer[2].key}, .n = 3, .threshold = 2};
    mine = rig_publish(&rig, RIG_GOOD, SIZE);
    sim_net_start(&rig.net);
    rig_offer_by(&rig, mine, 2000, 1 | 2);
    ask(200);
    must_run(mine);
    theirs = rig_publish(&rig, RIG_GOOD, SIZE + 1);
    for (unsigned stolen = 1; stolen <= 4; stolen <<= 1) {
        sim_net_start(&rig.net);
        rig_offer_by(&rig, theirs, 9000, stolen | STRANGER);
        must_stay(mine, ALOFT_E_SIGNER_UNKNOWN, 0);
    }
}

/* ---- and some of our own */

static void a_device_s_own_failed_release_is_not_tried_again(void **state) {
    unsigned mine = install(RIG_GOOD), sick = rig_publish(&rig, RIG_SICK, SIZE), trials;

    (void)state;
    ask(3 * DAY_S);
    assert_int_equal(now.outcome, ALOFT_GIVEN_UP);
    trials = rig.n_trials;
    must_stay(mine, ALOFT_E_SKIPPED, 0);
    (void)install(RIG_GOOD);
    rig_offer(&rig, sick, rig.image[sick].sequence, 0);
    must_stay(3, ALOFT_E_ROLLBACK_REFUSED, 0);
    assert_int_equal(rig.n_trials, trials + 1);
}

/* Two failed releases served in turn, so that each might make the device forget the other's count (I5). */
static void two_failed_releases_in_turn_come_to_an_end(void **state) {
    static uint8_t manifest[2][ALOFT_MANIFEST_MAX];
    size_t len[2];
    unsigned image[2];

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        image[i] = rig_publish(&rig, RIG_SICK, SIZE + i);
        len[i] = rig.net.file[0].body.len;
        memcpy(manifest[i], rig.site_manifest, len[i]);
    }
    for (unsigned turn = 0; turn < 60; turn++) {
        char uri[32], path[128];
        const unsigned i = turn % 2;
        kit_release_uri((aloft_bytes){rig.image[image[i]].at, rig.image[image[i]].size}, uri);
        snprintf(path, sizeof path, "/acme.example/lamp/a/stable/%s", uri);
        sim_net_start(&rig.net);
        sim_net_serve(&rig.net, RIG_MANIFEST, (aloft_bytes){manifest[i], len[i]});
        sim_net_serve(&rig.net, path,
                      (aloft_bytes){rig.image[image[i]].at, rig.image[image[i]].size});
        ask(8 * 3600);
    }
    assert_int_equal(rig_running_image(&rig), 0);
    assert_in_range(rig.n_trials, 2, 2 * 3);
    assert_int_equal(now.skip, rig.image[image[1]].sequence);
}

/* Both hold a right key and publish without a word to each other: the higher number wins, and the loser's release
 * is refused for good by who has the winner's; two of the same number are refused by who has one of them. */
static void two_publishers_never_make_a_device_swing(void **state) {
    unsigned mine = install(RIG_GOOD), theirs = rig_publish(&rig, RIG_GOOD, SIZE);

    (void)state;
    rig_offer(&rig, theirs, rig.image[mine].sequence, 0);
    must_stay(mine, ALOFT_E_ROLLBACK_REFUSED, 0);
    rig_offer(&rig, theirs, rig.image[mine].sequence - 1, 0);
    must_stay(mine, ALOFT_E_ROLLBACK_REFUSED, 0);
    rig_offer(&rig, theirs, rig.image[mine].sequence + 1, 0);
    ask(200);
    must_run(theirs);
}

/* The key that stands on the server signs statements, never a release. */
static void a_stolen_online_key_signs_no_release(void **state) {
    unsigned theirs;

    (void)state;
    rig_trust(&rig, 0, &(struct rig_trust){.keys = KEY | SPARE, .fresh = ONLINE, .epoch = 1});
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    theirs = rig_publish(&rig, RIG_GOOD, SIZE);
    sim_net_start(&rig.net);
    rig_offer_by(&rig, theirs, 9000, ONLINE);
    must_stay(0, ALOFT_E_SIGNER_UNKNOWN, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, frame_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(arbitrary_software_is_refused_whoever_serves_it),
        T(arbitrary_software_under_an_honest_manifest_never_boots),
        T(a_rollback_to_a_release_that_was_right_once_is_refused),
        T(an_indefinite_freeze_ends_with_the_first_honest_answer),
        T(endless_data_in_place_of_a_manifest_ends_at_4096_bytes),
        T(endless_data_in_place_of_a_head_ends_at_8192_bytes),
        T(endless_data_in_place_of_a_payload_ends_behind_its_signed_size),
        T(slow_retrieval_holds_no_exchange_for_long),
        T(extraneous_dependencies_cannot_be_named),
        T(mix_and_match_of_two_honest_releases_never_boots),
        T(wrong_software_for_another_product_or_channel_is_refused),
        T(a_malicious_mirror_costs_time_and_nothing_else),
        T(a_key_compromise_below_the_threshold_signs_nothing),
        T(a_device_s_own_failed_release_is_not_tried_again),
        T(two_failed_releases_in_turn_come_to_an_end),
        T(two_publishers_never_make_a_device_swing),
        T(a_stolen_online_key_signs_no_release),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    printf("attacks\t%zu\tby name; the first %u are those of The Update Framework\n",
           sizeof tests / sizeof tests[0], 13u);
    printf("lost\t%d\tdevices that an attack made run, skip or forget something\n", failed);
    return failed;
}

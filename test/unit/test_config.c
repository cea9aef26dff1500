/* SPDX-License-Identifier: Apache-2.0 */
/* Each field of struct aloft_config, wrong: aloft_start names it, and the device stays harmless. */
#include "test/kit/kit.h"
#include "test/kit/rig.h"

static const struct rig_geometry small = {.write_size = 16,
                                          .erase_size = 4096,
                                          .slot_size = 65536,
                                          .log_erase_size = 4096,
                                          .page_size = 1024};
static struct rig rig;
static struct aloft_config config;
static struct aloft_image image;
static struct aloft_keys keys;
static struct aloft_channel nameless;
static aloft_fault why;

static int set_up(void **state) {
    (void)state;
    rig_start(&rig, &small, 5000);
    config = rig.config;
    image = *config.image;
    keys = *config.keys;
    config.image = &image;
    config.keys = &keys;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_end(&rig);
    return 0;
}

/* What a device with wrong settings does: it says so for ever, and touches nothing. */
static void must_stay_harmless(void) {
    struct aloft_status now;

    for (unsigned i = 0; i < 5; i++) {
        struct aloft_progress progress = aloft_step(&rig.device);
        assert_int_equal(progress.next, ALOFT_FAILED);
        assert_true(progress.wait_ms > 0);
    }
    aloft_check_now(&rig.device);
    assert_int_equal(aloft_health(&rig.device, ALOFT_WELL, &why), ALOFT_OK);
    aloft_status(&rig.device, &now);
    assert_int_equal(now.state, ALOFT_STOPPED);
    assert_int_equal(rig.power.ops, 0);
    assert_int_equal(rig.net.n_opens, 0);
}

static void must_be(aloft_err code, uint32_t field) {
    memset(&why, 0xaa, sizeof why);
    assert_int_equal(aloft_start(&rig.device, &config, &why), code);
    assert_int_equal(why.code, code);
    assert_int_equal(why.step, ALOFT_STEP_START);
    if (field != 0)
        assert_int_equal(why.want, field);
    must_stay_harmless();
    tear_down(NULL);
    set_up(NULL);
}

static aloft_err look(void *self, struct aloft_loader_view *out, aloft_fault *fault) {
    (void)self;
    (void)fault;
    *out = (struct aloft_loader_view){0, 0, {ALOFT_ENTRY_VALID, ALOFT_ENTRY_NONE}};
    return ALOFT_OK;
}

static aloft_err slot_is_taken(void *self, unsigned slot, aloft_fault *fault) {
    (void)self;
    (void)slot;
    (void)fault;
    return ALOFT_OK;
}

static aloft_err it_stays(void *self, aloft_fault *fault) {
    (void)self;
    (void)fault;
    return ALOFT_OK;
}

/* A boot loader that is not ours, without its function number `missing`; 0: whole. */
static struct aloft_loader foreign(unsigned missing) {
    struct aloft_loader loader = rig.config.loader;

    loader.look = look;
    loader.try_slot = missing == 1 ? NULL : slot_is_taken;
    loader.go_back = missing == 2 ? NULL : slot_is_taken;
    loader.confirm = missing == 3 ? NULL : it_stays;
    return loader;
}

#define WRONG(field, change)                                                                       \
    do {                                                                                           \
        change;                                                                                    \
        must_be(ALOFT_E_MISUSE, field);                                                            \
    } while (0)

static void each_field_that_is_missing_is_named_by_its_number(void **state) {
    (void)state;
    WRONG(1, config.base = NULL);
    WRONG(2, config.channel = NULL);
    WRONG(6, config.image = NULL);
    WRONG(7, config.trust = ((aloft_bytes){NULL, 120}));
    WRONG(8, config.channels = NULL);
    WRONG(8, config.n_channels = 0);
    WRONG(8, config.channels = &nameless);
    WRONG(9, config.keys = NULL);
    WRONG(12, config.net.open = NULL);
    WRONG(12, config.net.send = NULL);
    WRONG(12, config.net.recv = NULL);
    WRONG(12, config.net.close = NULL);
    WRONG(13, config.clock.now_ms = NULL);
    WRONG(13, config.clock.unix_s = NULL);
    WRONG(14, config.random.fill = NULL);
    WRONG(15, config.loader.running = NULL);
    WRONG(15, config.loader.reboot = NULL);
    WRONG(15, config.loader.kick = NULL);
    WRONG(15,
          config.loader = foreign(1)); /* of a boot loader that is not ours all four are asked */
    WRONG(15, config.loader = foreign(2));
    WRONG(15, config.loader = foreign(3));
    WRONG(16, config.manifest.at = NULL);
    WRONG(17, config.input.at = NULL);
    WRONG(18, config.page.at = NULL);
    config.base = NULL;
    assert_provoked(aloft_start(&rig.device, &config, &why), MISUSE);
}

static void each_field_out_of_its_range_is_named_by_its_number(void **state) {
    static char long_id[66], long_token[202];

    (void)state;
    memset(long_id, 'i', 65);
    memset(long_token, 't', 201);
    WRONG(3, config.id = "");
    WRONG(3, config.id = "with space");
    WRONG(3, config.id = "two\r\nlines");
    WRONG(3, config.id = long_id);
    WRONG(4, config.token = "");
    WRONG(4, config.token = "a b");
    WRONG(4, config.token = "a\r\nX: y");
    WRONG(4, config.token = long_token);
    WRONG(9, keys.n = 0);
    WRONG(9, keys.n = ALOFT_KEYS_MAX + 1);
    WRONG(9, keys.threshold = 0);
    WRONG(9, keys.threshold = 2);
    WRONG(16, config.manifest.len = ALOFT_MANIFEST_MAX - 1);
    WRONG(17, config.input.len = ALOFT_INPUT_MIN - 1);
    WRONG(18, config.page.len = 0);
    WRONG(18, config.page.len = 48);
    WRONG(18, config.page.len = 96); /* a multiple of 32, but no divisor of 4096 */
    WRONG(19, config.poll_s = 59);
    WRONG(19, config.poll_s = 604801);
    WRONG(20, config.trial_s = 9);
    WRONG(20, config.trial_s = 86401);
}

static void flash_that_cannot_be_used_is_refused_by_its_field(void **state) {
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct aloft_flash *flash = i < 2 ? &config.slot[i] : &config.log;
        flash->read = NULL;
        must_be(ALOFT_E_FLASH_GEOMETRY, 2);
        flash->write = NULL;
        must_be(ALOFT_E_FLASH_GEOMETRY, 3);
        flash->erase = NULL;
        must_be(ALOFT_E_FLASH_GEOMETRY, 4);
        flash->write_size = 3;
        must_be(ALOFT_E_FLASH_GEOMETRY, 6);
        flash->erase_size = 0;
        must_be(ALOFT_E_FLASH_GEOMETRY, 7);
        flash->size = flash->erase_size * 2 + 1;
        must_be(ALOFT_E_FLASH_GEOMETRY, 5);
    }
    config.log.size = config.log.erase_size; /* the log needs two units */
    must_be(ALOFT_E_FLASH_GEOMETRY, 5);
}

static void an_address_that_cannot_be_called_is_refused(void **state) {
    static const char *const wrong[] = {"",
                                        "http://h",
                                        "https://",
                                        "https://h/a b",
                                        "https://h?q",
                                        "https://h/?q",
                                        "https://h/\x7f",
                                        "https://h/\xc3\xb6",
                                        "https://h#f",
                                        "https://u@h",
                                        "https://h:0",
                                        "ftp://h",
                                        "https://h:99999"};
    static char too_long[ALOFT_BASE_MAX + 2];

    (void)state;
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        config.base = wrong[i];
        must_be(ALOFT_E_CONFIG_BASE, 0);
    }
    memset(too_long, 'a', sizeof too_long - 1);
    memcpy(too_long, "https://h/", 10);
    config.base = too_long;
    must_be(ALOFT_E_CONFIG_BASE, 0);
}

static void an_image_record_that_is_wrong_is_refused(void **state) {
    (void)state;
    image.magic[12] ^= 1;
    assert_provoked(aloft_start(&rig.device, &config, &why), CONFIG_IMAGE);
    tear_down(NULL);
    set_up(NULL);
    image.layout = 2;
    must_be(ALOFT_E_CONFIG_IMAGE, 0);
    image.version[0] = 0;
    must_be(ALOFT_E_CONFIG_IMAGE, 0);
    image.version[0] = '\r';
    must_be(ALOFT_E_CONFIG_IMAGE, 0);
    image.device_class[0] = 0;
    must_be(ALOFT_E_CONFIG_IMAGE, 0);
    image.device_class[3] = ' ';
    must_be(ALOFT_E_CONFIG_IMAGE, 0);
}

static void a_channel_that_the_image_does_not_know_is_refused(void **state) {
    (void)state;
    config.channel = "stabl";
    must_be(ALOFT_E_CONFIG_CHANNEL, 0);
    config.channel = "stable1";
    must_be(ALOFT_E_CONFIG_CHANNEL, 0);
    config.channel = "";
    must_be(ALOFT_E_CONFIG_CHANNEL, 0);
}

static void a_trust_record_that_is_damaged_is_refused(void **state) {
    static const uint8_t damaged[120] = "ALOFTKEY";

    (void)state;
    config.trust = ALOFT_BYTES(damaged);
    must_be(ALOFT_E_CONFIG_TRUST, 0);
}

/* The device runs on: its trial, if it is one, must still end. */
static void a_key_that_the_crypto_cannot_check_is_said_so(void **state) {
    (void)state;
    keys.key[0].type = 77;
    assert_provoked(aloft_start(&rig.device, &config, &why), KEY_TYPE);
    assert_int_equal(why.got, 77);
    assert_int_not_equal(aloft_step(&rig.device).next, ALOFT_REBOOT);
}

/* The longest of everything, and the smallest input buffer: requests and report fit. */
static void the_longest_requests_fit_the_smallest_buffer(void **state) {
    static char base[ALOFT_BASE_MAX + 1], id[ALOFT_ID_MAX + 1], token[ALOFT_TOKEN_MAX + 1];
    struct aloft_status now;

    (void)state;
    memset(base, 'b', ALOFT_BASE_MAX);
    memcpy(base, "https://h.example:12345/", 24);
    memset(id, 'i', ALOFT_ID_MAX);
    memset(token, 't', ALOFT_TOKEN_MAX);
    memset(image.version, '9', sizeof image.version);
    memset(image.device_class, 'c', sizeof image.device_class);
    config.base = base;
    config.id = id;
    config.token = token;
    config.input.len = ALOFT_INPUT_MIN;
    rig.net.wrong.status = 200; /* words that are no manifest: refused, and told */
    assert_ok(aloft_start(&rig.device, &config, &why));
    rig.power.on = true;
    for (unsigned i = 0; i < 200; i++)
        (void)aloft_step(&rig.device);

    aloft_status(&rig.device, &now);
    assert_int_equal(now.fault.code, ALOFT_E_MANIFEST_FORM);
    assert_true(rig.net.report_len > 100);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(each_field_that_is_missing_is_named_by_its_number),
        T(each_field_out_of_its_range_is_named_by_its_number),
        T(flash_that_cannot_be_used_is_refused_by_its_field),
        T(an_address_that_cannot_be_called_is_refused),
        T(an_image_record_that_is_wrong_is_refused),
        T(a_channel_that_the_image_does_not_know_is_refused),
        T(a_trust_record_that_is_damaged_is_refused),
        T(a_key_that_the_crypto_cannot_check_is_said_so),
        T(the_longest_requests_fit_the_smallest_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The bridge: the identity of an old device is found in its slot, kept, and not lost whenever the
 * power goes. */
#include "test/kit/kit.h"

#include "esp32/ota_demo/parts/bridge.h"

#define SLOT 0x10000u

static const char identity[] = "{\n\t\"deviceInfo\": {\n\t\t\"firmwareVersion\": \"v1\",\n"
                               "\t\t\"privateKey\": \"q83vEjRWeJA=\",\n"
                               "\t\t\"publicKey\": \"abc=\",\n"
                               "\t\t\"serialNumber\": \"STDK001\"\n\t}\n}";

static uint8_t slot[SLOT];
static char kept[BRIDGE_TEXT_MAX];
static size_t kept_len;
static unsigned operations, cut_at;
static bool lies;
static struct bridge_room room;

/* Power goes at operation cut_at (from 1): that one is not done, or done and not told. */
static bool power(void) {
    return cut_at == 0 || ++operations < cut_at;
}

static bool read_slot(void *self, uint32_t at, void *to, uint32_t len) {
    (void)self;
    assert_true(len <= SLOT && at <= SLOT - len);
    memcpy(to, slot + at, len);
    return power();
}

static int load(void *self, char *out, size_t size) {
    (void)self;
    if (!power() || kept_len > size)
        return -1;
    memcpy(out, kept, kept_len);
    return (int)kept_len;
}

static bool store(void *self, const char *text, size_t len) {
    (void)self;
    bool on = power();
    if (on || operations % 2 == 0) { /* a cut before, and a cut after */
        memcpy(kept, text, len);
        kept_len = len;
    }
    if (lies)
        kept[3] ^= 1;
    return on;
}

static const struct bridge_port port = {NULL, SLOT, read_slot, load, store};

static int begin(void **state) {
    (void)state;
    memset(slot, 0xff, sizeof slot);
    kept_len = operations = cut_at = 0;
    lies = false;
    return 0;
}

static void put(uint32_t at, const char *text) {
    memcpy(slot + at, text, strlen(text));
}

static void it_is_found_at_every_place_of_the_slot(void **state) {
    (void)state;
    for (uint32_t at = 0; at + sizeof identity <= SLOT;
         at += at % BRIDGE_WINDOW_MAX < 4000 ? 97 : 1) {
        begin(NULL);
        put(at, identity);
        assert_int_equal(bridge_find(&port, &room), sizeof identity - 1);
        assert_memory_equal(room.text, identity, sizeof identity - 1);
    }
}

static void it_is_kept_once_and_then_taken_from_there(void **state) {
    (void)state;
    put(12345, identity);

    assert_int_equal(bridge_run(&port, &room), BRIDGE_SAVED);

    memset(slot, 0, sizeof slot); /* an update has overwritten it */
    assert_int_equal(bridge_run(&port, &room), BRIDGE_SAVED);
    assert_int_equal(kept_len, sizeof identity - 1);
    assert_memory_equal(kept, identity, kept_len);
}

static void a_cut_at_each_step_loses_nothing(void **state) {
    (void)state;
    unsigned cuts = 0;

    for (unsigned cut = 1; cut < 100; cut++) {
        begin(NULL);
        put(30000, identity);
        cut_at = cut;
        if (bridge_run(&port, &room) == BRIDGE_SAVED)
            break; /* it was done before the cut */
        cuts++;
        assert_true(kept_len == 0 || kept_len == sizeof identity - 1);
        cut_at = 0;
        assert_int_equal(bridge_run(&port, &room), BRIDGE_SAVED);
        assert_memory_equal(kept, identity, kept_len);
    }
    assert_true(cuts >= 10); /* load, eight windows, the place itself, store, load */
}

static void what_nvs_did_not_keep_is_not_saved(void **state) {
    (void)state;
    put(100, identity);
    lies = true;

    assert_int_equal(bridge_run(&port, &room), BRIDGE_FAILED);
}

static void no_identity_is_none(void **state) {
    (void)state;
    static const char *const texts[] = {
        "nothing",
        "{\"deviceInfo\": {\"firmwareVersion\": \"v2\"}}",
        "{\"deviceInfo\": {\"privateKey\": \"privateKey_here\", \"serialNumber\": \"S\"}}",
        "{\"deviceInfo\": {\"privateKey\": \"k\", \"serialNumber\": \"\"}}",
        "{\"deviceInfo\": {\"privateKey\": \"k\", \"serialNumber\": 7}}",
        "{\"deviceInfo\": {\"privateKey\": \"k\", \"x\": \"serialNumber\"}}",
        "{\"deviceInfo\": {\"privateKey\": \"k\", \"serialNumber\": \"S\"}",
        "{x\"deviceInfo\": {\"privateKey\": \"k\", \"serialNumber\": \"S\"}}",
        "{\"deviceInfo\": {\"privateKey\": \"k\", \"serialNumber\": \"S\x01\"}}",
        "\"deviceInfo\": {\"privateKey\": \"k\", \"serialNumber\": \"S\"}}",
        "{\"deviceInfo\": {{{{{{{{{{\"privateKey\": \"k\", \"serialNumber\": \"S\"}}}}}}}}}}}",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        begin(NULL);
        put(500, texts[i]);
        assert_int_equal(bridge_run(&port, &room), BRIDGE_NONE);
        assert_int_equal(kept_len, 0);
    }
}

static void what_is_damaged_in_nvs_is_found_again(void **state) {
    (void)state;
    put(500, identity);
    memcpy(kept, "{\"deviceInfo\"", 13);
    kept_len = 13;

    assert_int_equal(bridge_run(&port, &room), BRIDGE_SAVED);
    assert_memory_equal(kept, identity, kept_len);
}

static void the_shipped_one_does_not_hide_the_own_one_behind_it(void **state) {
    (void)state;
    put(100, "{\"deviceInfo\": {\"privateKey\": \"privateKey_here\"}}");
    put(9000, identity);

    assert_int_equal(bridge_find(&port, &room), sizeof identity - 1);
}

static void a_slot_full_of_fields_is_bounded(void **state) {
    (void)state;
    for (uint32_t at = 0; at + 14 <= SLOT; at += 13)
        put(at, "{\"deviceInfo\"");
    cut_at = 1000000;

    assert_int_equal(bridge_find(&port, &room), 0);
    assert_true(operations < 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_is_found_at_every_place_of_the_slot, begin),
        cmocka_unit_test_setup(it_is_kept_once_and_then_taken_from_there, begin),
        cmocka_unit_test_setup(a_cut_at_each_step_loses_nothing, begin),
        cmocka_unit_test_setup(what_nvs_did_not_keep_is_not_saved, begin),
        cmocka_unit_test_setup(no_identity_is_none, begin),
        cmocka_unit_test_setup(what_is_damaged_in_nvs_is_found_again, begin),
        cmocka_unit_test_setup(the_shipped_one_does_not_hide_the_own_one_behind_it, begin),
        cmocka_unit_test_setup(a_slot_full_of_fields_is_bounded, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

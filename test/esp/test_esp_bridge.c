/* SPDX-License-Identifier: Apache-2.0 */
/* The bridge over the model, on a device as the SmartThings ota_demo leaves it: no rollback, no place for
 * records but NVS, and its identity in the old image alone, which the first update overwrites. Whenever
 * the power goes, the identity is whole in one of the two places. */
#include "test/kit/kit.h"

#include <nvs.h>

#include "device/device.h"
#include "esp32/component/notes.h"
#include "esp32/ota_demo/chip/bridge_nvs.h"
#include "esp32/ota_demo/chip/console.h"
#include "test/esp/board.h"

#define SIZE     8192u
#define PLACE    1000u /* of the identity in the old image */
#define WAITS    3u    /* of a minute each, after which nobody waits for the bridge any longer */
#define CUTS_MIN 18u   /* two of the bridge, four of the slot, and six records of two each */

static const char own[] = "{\n\t\"deviceInfo\": {\n\t\t\"firmwareVersion\": \"v1\",\n"
                          "\t\t\"privateKey\": \"q83vEjRWeJA=\",\n\t\t\"publicKey\": \"abc=\",\n"
                          "\t\t\"serialNumber\": \"STDK001\"\n\t}\n}";

static const char *identity; /* in the old image; "": none */
static bool (*board_boot)(struct rig *rig, enum aloft_reset reset);
static jmp_buf gone;
static unsigned n_waits;
static enum word said;

/* ---- what the bridge asks of the application and of FreeRTOS */

void console_say(enum word word, const char *text) {
    (void)text;
    said = word;
}

void vTaskDelay(uint32_t ticks);

void vTaskDelay(uint32_t ticks) {
    (void)ticks;
    if (!board.rig.power.on || ++n_waits == WAITS)
        longjmp(gone, 1);
}

/* ---- the device */

static bool is_in_slot(void) {
    return identity[0] != 0 &&
           memcmp(board.rig.slot[0].bytes + PLACE, identity, strlen(identity)) == 0;
}

static bool is_in_nvs(void) {
    char text[BOARD_VALUE_MAX];
    size_t len = sizeof text;
    nvs_handle_t nvs;
    esp_err_t e = nvs_open("identity", NVS_READONLY, &nvs);

    if (e != ESP_OK)
        return false;
    e = nvs_get_blob(nvs, "device_info", text, &len);
    nvs_close(nvs);
    return e == ESP_OK && len == strlen(identity) && memcmp(text, identity, len) == 0;
}

/* False: it waits for ever, or the power went. */
static bool bridge(void) {
    n_waits = 0;
    if (setjmp(gone) != 0)
        return false;
    bridge_wait();
    return board.rig.power.on;
}

/* The updater's start writes to NVS only, so that the bridge may as well come behind it as before. */
static bool boot(struct rig *rig, enum aloft_reset reset) {
    if (reset == ALOFT_RESET_POWER) {
        sim_power_on(&rig->power);
        rig->power_is_back = true;
        board_nvs_wake();
        assert_true(is_in_slot() || is_in_nvs());
    }
    return board_boot(rig, reset) && bridge();
}

/* The old firmware is in ota_0 and has put the bridge into ota_1; a newer release waits on the server. */
static void move(const char *in_old_image) {
    struct rig *rig = &board.rig;

    identity = in_old_image;
    board_start(&(struct board_kind){.records_in_nvs = true}, SIZE);
    memcpy(rig->image[0].at + PLACE, identity, strlen(identity));
    sim_flash_load(&rig->slot[0], 0, (aloft_bytes){rig->image[0].at, rig->image[0].size});
    rig_publish(rig, RIG_GOOD, SIZE);
    sim_flash_load(&rig->slot[1], 0, (aloft_bytes){rig->image[1].at, rig->image[1].size});
    board_note(0, 1, ESP_OTA_IMG_VALID);
    board_note(1, 2, ESP_OTA_IMG_UNDEFINED);
    rig_publish(rig, RIG_GOOD, SIZE);
    board_boot = rig->boot;
    rig->boot = boot;
}

static bool is_updated(void) {
    struct aloft_status status;

    rig_status(&board.rig, &status);
    return rig_running_image(&board.rig) == 2 && status.outcome == ALOFT_CONFIRMED;
}

static bool live(enum aloft_reset reset) {
    return rig_boot(&board.rig, reset) && rig_pass(&board.rig, 1200);
}

static void an_identity_is_kept_before_the_old_image_is_overwritten(void **state) {
    (void)state;
    move(own);
    assert_true(live(ALOFT_RESET_POWER));
    assert_int_equal(said, WORD_BRIDGE_DONE);
    assert_true(is_updated());
    assert_false(is_in_slot());
    assert_true(is_in_nvs());
    board_end();
}

static void a_cut_in_each_operation_of_bridge_and_update_loses_no_identity(void **state) {
    unsigned n_cuts = 0;
    bool is_cut = true;

    (void)state;
    for (unsigned cut = 0; is_cut; cut++) {
        move(own);
        assert_true(board_load());
        sim_power_cut_after(&board.rig.power, cut, SIM_TORN_RANDOM, 0);
        board.rig.power.seed = cut + 1;
        is_cut = !live(ALOFT_RESET_SOFTWARE);
        n_cuts += is_cut;
        if (is_cut) {
            assert_true(live(ALOFT_RESET_POWER));
            assert_true(live(ALOFT_RESET_POWER)); /* and once more, for a trial that was cut */
        }
        assert_true(is_updated());
        assert_true(is_in_nvs());
        board_end();
    }
    assert_true(n_cuts >= CUTS_MIN);
}

/* As many bytes as a key of RSA and a certificate have, in PEM, with the line ends of JSON. */
static void an_identity_of_x509_is_kept_whole(void **state) {
    static char text[3600];
    char pem[1601];

    (void)state;
    for (unsigned i = 0; i < sizeof pem - 1; i++)
        pem[i] = i % 66 == 64 ? '\\' : i % 66 == 65 ? 'n' : 'a';
    pem[sizeof pem - 1] = 0;
    snprintf(
        text, sizeof text,
        "{\"deviceInfo\": {\"firmwareVersion\": \"v1\", \"privateKey\": \"%s\", \"deviceCert\": "
        "\"%s\", \"serialNumber\": \"STDK001\"}}",
        pem, pem);
    move(text);
    assert_true(live(ALOFT_RESET_POWER));
    assert_true(is_updated());
    assert_true(is_in_nvs());
    board_end();
}

static void without_an_identity_nothing_is_begun(void **state) {
    const uint32_t erases = 0;

    (void)state;
    move("");
    board.rig.boot = board_boot;
    assert_true(rig_boot(&board.rig, ALOFT_RESET_SOFTWARE));
    assert_false(bridge());
    assert_int_equal(said, WORD_BRIDGE_NONE);
    assert_int_equal(board.rig.slot[0].erases, erases);
    board_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_is_kept_before_the_old_image_is_overwritten),
        cmocka_unit_test(a_cut_in_each_operation_of_bridge_and_update_loses_no_identity),
        cmocka_unit_test(an_identity_of_x509_is_kept_whole),
        cmocka_unit_test(without_an_identity_nothing_is_begun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

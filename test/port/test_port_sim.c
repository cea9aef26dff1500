/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator is a port like any other, and its lies are those that sim.h names. */
#include "test/kit/kit.h"

#include "port/sim/sim.h"
#include "test/kit/port_suite.h"

static struct sim_power power;
static struct sim_flash chip;
static struct aloft_flash port;

static int blank_chip(void **state) {
    (void)state;
    sim_power_start(&power, 3);
    sim_flash_start(&chip, &power, 4096, 4, 1024);
    chip.tolerant = true;
    port = sim_flash_port(&chip);
    return 0;
}

static int end_chip(void **state) {
    (void)state;
    sim_flash_end(&chip);
    return 0;
}

static void every_geometry_passes_the_suite(void **state) {
    static const uint32_t erase[] = {256, 512, 4096, 131072};

    (void)state;
    for (uint32_t write = 1; write <= 32; write *= 2) {
        for (unsigned i = 0; i < 4; i++) {
            struct sim_flash other;
            struct aloft_flash flash;
            sim_flash_start(&other, &power, 3 * erase[i], write, erase[i]);
            other.tolerant = true;
            flash = sim_flash_port(&other);
            port_suite_flash(&flash, true);
            port_suite_flash_begin(&flash);
            sim_power_on(&power);
            port_suite_flash_end(&flash);
            sim_flash_end(&other);
        }
    }
}

static void pass(void *self) {
    sim_clock_pass(self, 20);
}

static void clock_random_and_loader_pass_the_suite(void **state) {
    struct sim_clock clock = {.now_ms = UINT32_MAX - 10, .unix_s = 1795330000};
    struct sim_random random = {.state = 9};
    struct sim_loader loader = {.running = 1};
    struct aloft_clock clock_port = sim_clock_port(&clock);
    struct aloft_random random_port = sim_random_port(&random);
    struct aloft_loader loader_port = sim_loader_port(&loader);

    (void)state;
    port_suite_clock(&clock_port, pass, &clock);
    port_suite_random(&random_port);
    port_suite_loader(&loader_port, false);
    assert_int_equal(loader.kicks, 3);
}

static void both_clocks_go_on_together_and_lose_nothing(void **state) {
    struct sim_clock clock = {.unix_s = 100};

    (void)state;
    for (unsigned i = 0; i < 5000; i++)
        sim_clock_pass(&clock, 7);
    assert_int_equal(clock.now_ms, 35000);
    assert_int_equal(clock.unix_s, 135);
}

static const uint8_t word[32] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* Write 32 bytes at 0 with the power going in between, and give what the chip reads after the
 * restart. */
static uint8_t *torn(enum sim_torn how, uint32_t prefix) {
    static uint8_t read[32];

    sim_power_cut_after(&power, 0, how, prefix);
    assert_int_equal(port.write(port.self, 0, ALOFT_BYTES(word)), ALOFT_E_FLASH_WRITE);
    assert_false(power.on);
    assert_int_equal(port.read(port.self, 0, ALOFT_SPACE(read)), ALOFT_E_FLASH_READ);
    assert_int_equal(port.erase(port.self, 0), ALOFT_E_FLASH_ERASE);
    sim_power_on(&power);
    assert_ok(port.read(port.self, 0, ALOFT_SPACE(read)));
    return read;
}

static bool is_blank(const uint8_t *at, size_t len) {
    while (len > 0 && at[len - 1] == 0xff)
        len--;
    return len == 0;
}

static void a_prefix_is_done_and_the_rest_is_not(void **state) {
    (void)state;
    for (uint32_t prefix = 0; prefix <= 32; prefix++) {
        const uint8_t *read = torn(SIM_TORN_PREFIX, prefix);
        assert_memory_equal(read, word, prefix);
        assert_true(is_blank(read + prefix, 32 - prefix));
        assert_ok(port.erase(port.self, 0));
    }
}

static void nothing_leaves_nothing(void **state) {
    (void)state;
    assert_true(is_blank(torn(SIM_TORN_NOTHING, 0), 32));
}

static void weak_new_bits_read_new_once_and_then_old(void **state) {
    uint8_t read[32];

    (void)state;
    assert_memory_equal(torn(SIM_TORN_WEAK_NEW, 0), word, 32);
    sim_power_on(&power);
    assert_ok(port.read(port.self, 0, ALOFT_SPACE(read)));
    assert_true(is_blank(read, 32));
}

static void weak_old_bits_read_old_once_and_then_new(void **state) {
    uint8_t read[32];

    (void)state;
    assert_true(is_blank(torn(SIM_TORN_WEAK_OLD, 0), 32));
    sim_power_on(&power);
    assert_ok(port.read(port.self, 0, ALOFT_SPACE(read)));
    assert_memory_equal(read, word, 32);
}

static void an_erase_ends_every_lie(void **state) {
    uint8_t read[32];

    (void)state;
    torn(SIM_TORN_WEAK_OLD, 0);
    assert_ok(port.erase(port.self, 0));
    sim_power_on(&power);
    assert_ok(port.read(port.self, 0, ALOFT_SPACE(read)));
    assert_true(is_blank(read, 32));
}

static void a_half_erased_unit_is_not_all_blank_and_refuses_writes(void **state) {
    uint8_t unit[1024];

    (void)state;
    memset(unit, 0, sizeof unit);
    assert_ok(port.write(port.self, 0, ALOFT_BYTES(unit)));
    sim_power_cut_after(&power, 0, SIM_TORN_HALF, 0);
    assert_int_equal(port.erase(port.self, 0), ALOFT_E_FLASH_ERASE);
    sim_power_on(&power);

    assert_ok(port.read(port.self, 0, ALOFT_SPACE(unit)));

    assert_true(is_blank(unit, 512));
    assert_false(is_blank(unit + 512, 512));
    assert_int_equal(port.write(port.self, 0, ALOFT_BYTES(word)), ALOFT_E_FLASH_WRITE);
}

static void an_unreadable_byte_fails_every_read_over_it_until_it_is_erased(void **state) {
    uint8_t read[8];

    (void)state;
    sim_flash_rot(&chip, 100, 1);
    assert_ok(port.read(port.self, 92, ALOFT_SPACE(read)));
    assert_int_equal(port.read(port.self, 93, ALOFT_SPACE(read)), ALOFT_E_FLASH_READ);
    assert_int_equal(port.read(port.self, 100, ALOFT_SPACE(read)), ALOFT_E_FLASH_READ);
    assert_ok(port.read(port.self, 101, ALOFT_SPACE(read)));
    assert_ok(port.erase(port.self, 0));
    assert_ok(port.read(port.self, 93, ALOFT_SPACE(read)));
}

static void the_cut_comes_after_just_so_many_operations(void **state) {
    (void)state;
    sim_power_cut_after(&power, 3, SIM_TORN_NOTHING, 0);
    assert_ok(port.erase(port.self, 0));
    assert_ok(port.write(port.self, 0, ALOFT_BYTES(word)));
    assert_ok(port.write(port.self, 32, ALOFT_BYTES(word)));
    assert_int_equal(port.write(port.self, 64, ALOFT_BYTES(word)), ALOFT_E_FLASH_WRITE);
    sim_power_on(&power);
    assert_ok(port.write(port.self, 64, ALOFT_BYTES(word)));
}

static void a_copy_brings_back_bytes_wear_and_lies(void **state) {
    struct sim_flash before;
    uint8_t read[32];

    (void)state;
    sim_flash_start(&before, &power, 4096, 4, 1024);
    torn(SIM_TORN_WEAK_OLD, 0);
    sim_flash_copy(&before, &chip);
    assert_ok(port.erase(port.self, 0));

    sim_flash_copy(&chip, &before);

    assert_int_equal(chip.wear[0], 0);
    sim_power_on(&power);
    assert_ok(port.read(port.self, 0, ALOFT_SPACE(read)));
    assert_memory_equal(read, word, 32);
    sim_flash_end(&before);
}

static void an_ecc_chip_refuses_a_unit_that_only_looks_unwritten(void **state) {
    (void)state;
    torn(SIM_TORN_WEAK_OLD, 0);
    chip.ecc = true;
    assert_int_equal(port.write(port.self, 0, ALOFT_BYTES(word)), ALOFT_E_FLASH_WRITE);
    chip.ecc = false;
    assert_ok(port.write(port.self, 0, ALOFT_BYTES(word)));
}

#define on_a_chip(test) cmocka_unit_test_setup_teardown(test, blank_chip, end_chip)

int main(void) {
    const struct CMUnitTest tests[] = {
        on_a_chip(every_geometry_passes_the_suite),
        on_a_chip(clock_random_and_loader_pass_the_suite),
        on_a_chip(both_clocks_go_on_together_and_lose_nothing),
        on_a_chip(a_prefix_is_done_and_the_rest_is_not),
        on_a_chip(nothing_leaves_nothing),
        on_a_chip(weak_new_bits_read_new_once_and_then_old),
        on_a_chip(weak_old_bits_read_old_once_and_then_new),
        on_a_chip(an_erase_ends_every_lie),
        on_a_chip(a_half_erased_unit_is_not_all_blank_and_refuses_writes),
        on_a_chip(an_unreadable_byte_fails_every_read_over_it_until_it_is_erased),
        on_a_chip(the_cut_comes_after_just_so_many_operations),
        on_a_chip(a_copy_brings_back_bytes_wear_and_lies),
        on_a_chip(an_ecc_chip_refuses_a_unit_that_only_looks_unwritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

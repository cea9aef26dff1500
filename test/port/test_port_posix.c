/* SPDX-License-Identifier: Apache-2.0 */
/* The posix port passes the suite that every port must pass, before and after its file is opened again. */
#include <test/kit/kit.h>
#include <test/kit/port_suite.h>

#include <sys/stat.h>
#include <unistd.h>

#include <posix/aloft_posix.h>
#include <posix/wire.h>

#define SLOT (256u << 10)

static struct aloft_posix_flash flash;

static void every_region_passes_for_each_write_size_and_survives_a_restart(void **state) {
    char dir[200];
    aloft_fault why = {0};
    (void)state;

    for (uint32_t write_size = 1; write_size <= 32; write_size *= 2) {
        struct aloft_flash region[3];
        snprintf(dir, sizeof dir, "%s/w%u", kit_folder(), write_size);
        assert_int_equal(mkdir(dir, 0755), 0);
        assert_ok(aloft_posix_flash_open(&flash, dir, SLOT, write_size, &why));
        for (unsigned i = 0; i < 3; i++) {
            region[i] = i == 2 ? aloft_posix_log(&flash) : aloft_posix_slot(&flash, i);
            port_suite_flash(&region[i], true);
            port_suite_flash_begin(&region[i]);
        }
        aloft_posix_flash_close(&flash);

        assert_ok(aloft_posix_flash_open(&flash, dir, 0, write_size, &why));
        for (unsigned i = 0; i < 3; i++)
            port_suite_flash_end(&region[i]);
        aloft_posix_flash_close(&flash);
    }
}

static void pass(void *self) {
    (void)self;
    usleep(20000);
}

static void clock_and_random_pass(void **state) {
    struct aloft_clock clock = aloft_posix_clock();
    struct aloft_random random = aloft_posix_random();
    (void)state;

    port_suite_clock(&clock, pass, NULL);
    port_suite_random(&random);
}

static void the_loader_passes_and_its_kick_reaches_the_boot_stage(void **state) {
    static struct aloft_posix posix;
    struct aloft_loader loader;
    uint8_t word[WIRE_SIZE] = {0};
    int wire[2];
    (void)state;

    assert_int_equal(pipe(wire), 0);
    posix.boot_stage = wire[1];
    posix.slot = 1;
    posix.config.clock = aloft_posix_clock();
    loader = al_posix_loader(&posix);

    port_suite_loader(&loader, false);
    assert_int_equal(loader.running(loader.self), 1);
    assert_int_equal(read(wire[0], word, sizeof word), sizeof word);
    assert_int_equal(word[0], WIRE_KICK);
    close(wire[0]), close(wire[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_region_passes_for_each_write_size_and_survives_a_restart),
        cmocka_unit_test(clock_and_random_pass),
        cmocka_unit_test(the_loader_passes_and_its_kick_reaches_the_boot_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Flash in a file holds to the rules of a chip, and outlives a killed process. */
#include <test/kit/kit.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <posix/aloft_posix.h>

#define SLOT (64u << 10)

static struct aloft_posix_flash flash;
static char dir[256];

static void open_fresh(uint32_t write_size) {
    static int n;
    aloft_fault why = {0};
    char command[300];

    snprintf(dir, sizeof dir, "%s/flash%d", kit_folder(), n++);
    snprintf(command, sizeof command, "mkdir %s", dir);
    assert_int_equal(system(command), 0);
    assert_ok(aloft_posix_flash_open(&flash, dir, SLOT, write_size, &why));
}

static void a_new_flash_is_blank_and_a_second_opening_finds_what_was_written(void **state) {
    uint8_t read[64], text[64];
    struct aloft_flash slot;
    aloft_fault why = {0};
    (void)state;

    open_fresh(16);
    slot = aloft_posix_slot(&flash, 1);
    memset(text, 0xff, sizeof text);
    assert_ok(slot.read(slot.self, SLOT - 64, ALOFT_SPACE(read)));
    assert_memory_equal(read, text, 64);

    memset(text, 0x5a, sizeof text);
    assert_ok(slot.write(slot.self, SLOT - 64, ALOFT_BYTES(text)));
    aloft_posix_flash_close(&flash);

    assert_ok(aloft_posix_flash_open(&flash, dir, 0, 16, &why));
    slot = aloft_posix_slot(&flash, 1);
    assert_int_equal(slot.size, SLOT);
    assert_ok(slot.read(slot.self, SLOT - 64, ALOFT_SPACE(read)));
    assert_memory_equal(read, text, 64);
    aloft_posix_flash_close(&flash);
}

static void bytes_that_are_not_erased_cannot_be_written(void **state) {
    uint8_t text[32] = {1, 2, 3};
    struct aloft_flash slot;
    (void)state;

    open_fresh(32);
    slot = aloft_posix_slot(&flash, 0);
    assert_ok(slot.write(slot.self, 4096, ALOFT_BYTES(text)));
    assert_provoked(slot.write(slot.self, 4096, ALOFT_BYTES(text)), FLASH_WRITE);

    assert_ok(slot.erase(slot.self, 4096));
    assert_ok(slot.write(slot.self, 4096, ALOFT_BYTES(text)));
    aloft_posix_flash_close(&flash);
}

static void what_lies_outside_or_askew_is_refused(void **state) {
    uint8_t text[32] = {0};
    struct aloft_flash slot;
    (void)state;

    open_fresh(16);
    slot = aloft_posix_slot(&flash, 0);
    assert_provoked(slot.write(slot.self, 8, ALOFT_BYTES(text)), FLASH_WRITE);
    assert_provoked(slot.write(slot.self, 0, (aloft_bytes){text, 8}), FLASH_WRITE);
    assert_provoked(slot.write(slot.self, SLOT - 16, ALOFT_BYTES(text)), FLASH_WRITE);
    assert_provoked(slot.read(slot.self, SLOT, ALOFT_SPACE(text)), FLASH_READ);
    assert_provoked(slot.read(slot.self, UINT32_MAX, ALOFT_SPACE(text)), FLASH_READ);
    assert_provoked(slot.erase(slot.self, 2048), FLASH_ERASE);
    assert_provoked(slot.erase(slot.self, SLOT), FLASH_ERASE);
    aloft_posix_flash_close(&flash);
}

static void regions_do_not_touch_each_other_and_wear_is_counted(void **state) {
    uint8_t text[16] = {0}, read[16], blank[16];
    struct aloft_flash log, a, b;
    (void)state;

    open_fresh(16);
    log = aloft_posix_log(&flash);
    a = aloft_posix_slot(&flash, 0);
    b = aloft_posix_slot(&flash, 1);
    memset(blank, 0xff, sizeof blank);
    assert_ok(a.write(a.self, 0, ALOFT_BYTES(text)));
    assert_ok(a.write(a.self, SLOT - 16, ALOFT_BYTES(text)));
    assert_ok(log.erase(log.self, 4096));
    assert_ok(b.erase(b.self, 0));
    assert_ok(b.erase(b.self, 0));

    assert_ok(a.read(a.self, SLOT - 16, ALOFT_SPACE(read)));
    assert_memory_equal(read, text, 16);
    assert_ok(b.read(b.self, 0, ALOFT_SPACE(read)));
    assert_memory_equal(read, blank, 16);
    assert_int_equal(aloft_posix_wear(&flash, 0), 0);
    assert_int_equal(aloft_posix_wear(&flash, 1), 1);
    assert_int_equal(aloft_posix_wear(&flash, 2 + SLOT / 4096), 2);
    aloft_posix_flash_close(&flash);
}

static void what_was_written_outlives_a_killed_process(void **state) {
    uint8_t text[256], read[256];
    struct aloft_flash slot;
    aloft_fault why = {0};
    int status;
    pid_t child;
    (void)state;

    open_fresh(16);
    memset(text, 0x17, sizeof text);
    child = fork();
    if (child == 0) {
        slot = aloft_posix_slot(&flash, 0);
        if (slot.write(slot.self, 512, ALOFT_BYTES(text)) == ALOFT_OK)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    aloft_posix_flash_close(&flash);

    assert_ok(aloft_posix_flash_open(&flash, dir, 0, 16, &why));
    slot = aloft_posix_slot(&flash, 0);
    assert_ok(slot.read(slot.self, 512, ALOFT_SPACE(read)));
    assert_memory_equal(read, text, sizeof text);
    aloft_posix_flash_close(&flash);
}

static void a_flash_that_is_not_there_or_not_right_is_told(void **state) {
    aloft_fault why = {0};
    char command[400];
    (void)state;

    assert_provoked(aloft_posix_flash_open(&flash, kit_folder(), 0, 16, &why), DEVICE_BLANK);
    assert_provoked(aloft_posix_flash_open(&flash, "/nonexistent", SLOT, 16, &why), DEVICE_FILE);
    assert_int_equal(why.raw, 2);
    assert_provoked(aloft_posix_flash_open(&flash, dir, 5000, 16, &why), DEVICE_FLASH_FILE);

    open_fresh(16);
    aloft_posix_flash_close(&flash);
    snprintf(command, sizeof command, "truncate -s 100000 %s/flash.bin", dir);
    assert_int_equal(system(command), 0);
    assert_provoked(aloft_posix_flash_open(&flash, dir, 0, 16, &why), DEVICE_FLASH_FILE);
    assert_int_equal(why.got, 100000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_flash_is_blank_and_a_second_opening_finds_what_was_written),
        cmocka_unit_test(bytes_that_are_not_erased_cannot_be_written),
        cmocka_unit_test(what_lies_outside_or_askew_is_refused),
        cmocka_unit_test(regions_do_not_touch_each_other_and_wear_is_counted),
        cmocka_unit_test(what_was_written_outlives_a_killed_process),
        cmocka_unit_test(a_flash_that_is_not_there_or_not_right_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

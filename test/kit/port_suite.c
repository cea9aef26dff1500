/* SPDX-License-Identifier: Apache-2.0 */
/* The conformance suite of flash, clock, random numbers and loader. */
#include "test/kit/port_suite.h"

#include <stdbool.h>
#include <time.h>

#include "test/kit/kit.h"

#define UNIT_MAX 131072u

static uint8_t was[UNIT_MAX];
static uint8_t is[UNIT_MAX];

/* Bytes that differ from place to place, so that a wrong offset is seen. */
static uint8_t pattern(uint32_t at) {
    return (uint8_t)(at * 31u + (at >> 8) * 7u + (at >> 16));
}

static void make_pattern(uint32_t at, uint32_t len) {
    for (uint32_t i = 0; i < len; i++)
        was[i] = pattern(at + i);
}

static void reads(const struct aloft_flash *flash, uint32_t at, uint32_t len, const char *what) {
    memset(is, 0x5a, sizeof is);
    assert_ok(flash->read(flash->self, at, (aloft_space){is, len}));
    if (memcmp(is, was, len) != 0)
        fail_msg("%s: %u bytes at %u", what, len, at);
    if (len < sizeof is && is[len] != 0x5a)
        fail_msg("a read writes behind its room: %u bytes at %u", len, at);
}

static void geometry_holds(const struct aloft_flash *flash) {
    uint32_t write = flash->write_size;
    uint32_t erase = flash->erase_size;

    assert_true(write >= 1 && write <= 32 && (write & (write - 1)) == 0);
    assert_true(erase > 0 && erase <= UNIT_MAX && erase % 256 == 0 && erase % write == 0);
    assert_true(flash->size % erase == 0 && flash->size / erase >= 2);
}

static void erased_bytes_read_ff(const struct aloft_flash *flash) {
    for (uint32_t at = 0; at < flash->size; at += flash->erase_size) {
        assert_ok(flash->erase(flash->self, at));
        memset(was, 0xff, flash->erase_size);
        reads(flash, at, flash->erase_size, "erased bytes do not read 0xff");
    }
}

static void write_pattern(const struct aloft_flash *flash, uint32_t at, uint32_t len) {
    make_pattern(at, len);
    assert_ok(flash->write(flash->self, at, (aloft_bytes){was, len}));
}

/* Writes of one unit, of a record's body and seal, and of all that is left. */
static void writes_of_every_size_are_taken(const struct aloft_flash *flash) {
    const uint32_t len[] = {flash->write_size, 192, 32, 32, flash->write_size};
    uint32_t at = 0;

    for (unsigned i = 0; i < 5 && at + len[i] <= flash->erase_size; i++) {
        write_pattern(flash, at, len[i]);
        at += len[i];
    }
    if (at < flash->erase_size)
        write_pattern(flash, at, flash->erase_size - at);
    make_pattern(0, flash->erase_size);
    reads(flash, 0, flash->erase_size, "written bytes read otherwise");
}

static void any_range_can_be_read(const struct aloft_flash *flash) {
    static const uint32_t len[] = {0, 1, 2, 3, 5, 31, 33, 255};

    for (uint32_t at = 0; at < 70 && at < flash->erase_size; at++) {
        for (unsigned i = 0; i < 8 && at + len[i] <= flash->erase_size; i++) {
            make_pattern(at, len[i]);
            reads(flash, at, len[i], "an unaligned range reads otherwise");
        }
    }
    make_pattern(flash->erase_size - 3, 3);
    reads(flash, flash->erase_size - 3, 3, "the end of a unit reads otherwise");
}

static void an_erase_takes_its_unit_and_no_other(const struct aloft_flash *flash) {
    uint32_t last = flash->size - flash->erase_size;

    write_pattern(flash, last, flash->erase_size);
    assert_ok(flash->erase(flash->self, 0));
    make_pattern(last, flash->erase_size);
    reads(flash, last, flash->erase_size, "an erase took another unit");
    memset(was, 0xff, flash->erase_size);
    reads(flash, 0, flash->erase_size, "an erase left bytes");
}

static void what_is_outside_is_refused(const struct aloft_flash *flash) {
    assert_ok(flash->erase(flash->self, 0));
    assert_int_not_equal(flash->read(flash->self, flash->size - 1, (aloft_space){is, 2}), ALOFT_OK);
    assert_int_not_equal(flash->read(flash->self, UINT32_MAX, (aloft_space){is, 2}), ALOFT_OK);
    assert_int_not_equal(flash->write(flash->self, flash->size, (aloft_bytes){was, 32}), ALOFT_OK);
    assert_int_not_equal(flash->write(flash->self, UINT32_MAX - 31, (aloft_bytes){was, 32}),
                         ALOFT_OK);
    assert_int_not_equal(flash->erase(flash->self, flash->size), ALOFT_OK);
}

static void unerased_bytes_are_refused_and_stay(const struct aloft_flash *flash) {
    assert_ok(flash->erase(flash->self, 0));
    write_pattern(flash, 0, 32);
    memset(was, 0, 32);
    assert_int_equal(flash->write(flash->self, 0, (aloft_bytes){was, 32}), ALOFT_E_FLASH_WRITE);
    make_pattern(0, 32);
    reads(flash, 0, 32, "a refused write changed bytes");
}

static void crooked_writes_are_refused(const struct aloft_flash *flash) {
    if (flash->write_size == 1)
        return;
    assert_ok(flash->erase(flash->self, 0));
    assert_int_equal(flash->write(flash->self, 1, (aloft_bytes){was, flash->write_size}),
                     ALOFT_E_FLASH_WRITE);
    assert_int_equal(flash->write(flash->self, 0, (aloft_bytes){was, flash->write_size - 1}),
                     ALOFT_E_FLASH_WRITE);
}

void port_suite_flash(const struct aloft_flash *flash, bool refuses_unerased) {
    geometry_holds(flash);
    erased_bytes_read_ff(flash);
    writes_of_every_size_are_taken(flash);
    any_range_can_be_read(flash);
    an_erase_takes_its_unit_and_no_other(flash);
    what_is_outside_is_refused(flash);
    if (refuses_unerased) {
        unerased_bytes_are_refused_and_stay(flash);
        crooked_writes_are_refused(flash);
    }
}

void port_suite_flash_begin(const struct aloft_flash *flash) {
    assert_ok(flash->erase(flash->self, flash->erase_size));
    write_pattern(flash, flash->erase_size, flash->erase_size);
}

void port_suite_flash_end(const struct aloft_flash *flash) {
    make_pattern(flash->erase_size, flash->erase_size);
    reads(flash, flash->erase_size, flash->erase_size, "bytes did not outlive a restart");
}

static void pass_a_little(void) {
    const struct timespec some = {.tv_nsec = 20000000};

    nanosleep(&some, NULL);
}

void port_suite_clock(const struct aloft_clock *clock, void (*pass)(void *self), void *self) {
    uint32_t start = clock->now_ms(clock->self);
    uint64_t unix_start = clock->unix_s(clock->self);
    uint32_t last = start;

    /* 250 x 20 ms = 5 s: a clock that stands that long does not count. */
    for (unsigned i = 0; i < 250 && last - start < 40; i++) {
        uint32_t now;
        if (pass != NULL)
            pass(self);
        else
            pass_a_little();
        now = clock->now_ms(clock->self);
        if (now - last > 0x80000000u)
            fail_msg("the clock went back from %u to %u", last, now);
        last = now;
    }
    assert_true(last - start >= 40);
    /* 2020-01-01: a trusted clock knows at least the year it was built in; 0 is "not trusted". */
    assert_true(unix_start == 0 || unix_start > 1577836800u);
}

void port_suite_random(const struct aloft_random *random) {
    uint8_t room[2][64];
    unsigned same = 0;

    for (unsigned i = 0; i < 2; i++) {
        memset(room[i], 0, sizeof room[i]);
        random->fill(random->self, (aloft_space){room[i], sizeof room[i] - 1});
        assert_int_equal(room[i][63], 0);
    }
    for (unsigned i = 0; i < 63; i++)
        same += room[0][i] == room[1][i];
    /* Two fills of 63 random bytes have more than 15 places alike once in 10^21 runs. */
    assert_true(same <= 15);
    random->fill(random->self, (aloft_space){room[0], 0});
}

void port_suite_loader(const struct aloft_loader *loader, bool foreign) {
    unsigned running = loader->running(loader->self);

    assert_true(running == 0 || running == 1 || running == ALOFT_SLOT_NONE);
    assert_int_equal(loader->running(loader->self), running);
    assert_int_equal(loader->try_slot != NULL, foreign);
    assert_int_equal(loader->go_back != NULL, foreign);
    assert_int_equal(loader->confirm != NULL, foreign);
    assert_int_equal(loader->look != NULL, foreign);
    assert_non_null(loader->reboot);
    for (unsigned i = 0; i < 3; i++)
        loader->kick(loader->self);
}

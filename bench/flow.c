/* SPDX-License-Identifier: Apache-2.0 */
/* Work of a download, in instructions, under callgrind. Counts of one run, each dumped under its name:
 *   hash          one SHA-256 of the image by the same adapter
 *   copy          one memcpy of the image
 *   device        every call of aloft_step from the first step of the download (its record, its request) to the record
 *                 that makes the slot bootable, with all that the simulated network and chips do in them
 *   device-alone  the same, without what runs inside the port: a second update, the port's functions left out
 *   small, small-alone  both again with the smallest input buffer and a page of 256 bytes
 * flow.sh divides. The network is the simulated one: no TLS. */
#include <valgrind/callgrind.h>

#include "test/kit/kit.h"
#include "test/kit/rig.h"

#define IMAGE_SIZE (1u << 20)
#define STEPS_MAX  1000000u

/* The port, with counting paused inside it. */
static struct aloft_net net;
static struct aloft_flash slot, record_log;

static aloft_err net_recv(void *self, aloft_space to, size_t *got, aloft_fault *why) {
    aloft_err e;

    CALLGRIND_TOGGLE_COLLECT;
    e = net.recv(self, to, got, why);
    CALLGRIND_TOGGLE_COLLECT;
    return e;
}

static aloft_err net_send(void *self, aloft_bytes from, size_t *sent, aloft_fault *why) {
    aloft_err e;

    CALLGRIND_TOGGLE_COLLECT;
    e = net.send(self, from, sent, why);
    CALLGRIND_TOGGLE_COLLECT;
    return e;
}

static const struct aloft_flash *chip_of(const struct rig *rig, const void *self) {
    return self == &rig->log ? &record_log : &slot;
}

static struct rig rig;

static aloft_err flash_read(void *self, uint32_t at, aloft_space to) {
    aloft_err e;

    CALLGRIND_TOGGLE_COLLECT;
    e = chip_of(&rig, self)->read(self, at, to);
    CALLGRIND_TOGGLE_COLLECT;
    return e;
}

static aloft_err flash_write(void *self, uint32_t at, aloft_bytes from) {
    aloft_err e;

    CALLGRIND_TOGGLE_COLLECT;
    e = chip_of(&rig, self)->write(self, at, from);
    CALLGRIND_TOGGLE_COLLECT;
    return e;
}

static aloft_err flash_erase(void *self, uint32_t at) {
    aloft_err e;

    CALLGRIND_TOGGLE_COLLECT;
    e = chip_of(&rig, self)->erase(self, at);
    CALLGRIND_TOGGLE_COLLECT;
    return e;
}

static void leave_port_out(void) {
    net = rig.config.net;
    slot = rig.config.slot[1];
    record_log = rig.config.log;
    rig.config.net.recv = net_recv;
    rig.config.net.send = net_send;
    rig.config.slot[1].read = rig.config.log.read = flash_read;
    rig.config.slot[1].write = rig.config.log.write = flash_write;
    rig.config.slot[1].erase = rig.config.log.erase = flash_erase;
}

static enum aloft_state state(void) {
    struct aloft_status status;

    aloft_status(&rig.device, &status);
    return status.state;
}

static void count_from_here(void) {
    CALLGRIND_ZERO_STATS;
    CALLGRIND_TOGGLE_COLLECT;
}

static void count_to_here(const char *name) {
    CALLGRIND_TOGGLE_COLLECT;
    CALLGRIND_DUMP_STATS_AT(name);
}

/* A device that has just learnt of the image, and from there to the restart. */
static void download(const struct rig_geometry *geometry, bool port_counts, size_t input,
                     const char *name) {
    enum aloft_next next = ALOFT_WORK;
    unsigned steps = 0;

    rig_start(&rig, geometry, 65536);
    rig.config.input.len = input;
    rig_publish(&rig, RIG_GOOD, IMAGE_SIZE);
    if (!port_counts)
        leave_port_out();
    assert_true(rig_boot(&rig, ALOFT_RESET_POWER));
    for (steps = 0; state() != ALOFT_DOWNLOADING && steps < STEPS_MAX; steps++)
        assert_true(rig_step(&rig));
    count_from_here();
    for (steps = 0; next != ALOFT_REBOOT && steps < STEPS_MAX; steps++)
        next = aloft_step(&rig.device).next;
    count_to_here(name);
    assert_int_equal(next, ALOFT_REBOOT);
    assert_int_equal(rig_image_in(&rig, 1), 1);
    printf("steps %s %u\n", name, steps);
    rig_end(&rig);
}

/* What no updater can do without. */
static void least(void) {
    static uint8_t from[IMAGE_SIZE], to[IMAGE_SIZE];
    uint8_t digest[ALOFT_DIGEST_SIZE];
    struct aloft_hash hash;
    uint32_t seed = 2;

    for (uint32_t i = 0; i < IMAGE_SIZE; i++)
        from[i] = (uint8_t)kit_random(&seed);
    count_from_here();
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, ALOFT_BYTES(from));
    aloft_hash_end(&hash, digest);
    count_to_here("hash");
    count_from_here();
    memcpy(to, from, IMAGE_SIZE);
    count_to_here("copy");
    assert_memory_equal(to, from, IMAGE_SIZE);
}

int main(void) {
    struct rig_geometry geometry = {.write_size = 16,
                                    .erase_size = 4096,
                                    .slot_size = IMAGE_SIZE,
                                    .log_erase_size = 4096,
                                    .page_size = 4096};

    least();
    download(&geometry, true, 2048, "device");
    download(&geometry, false, 2048, "device-alone");
    geometry.page_size = 256;
    download(&geometry, true, ALOFT_INPUT_MIN, "small");
    download(&geometry, false, ALOFT_INPUT_MIN, "small-alone");
    return 0;
}

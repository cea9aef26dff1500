/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. The clock and the random bytes of this machine.
 * Knows: the kernel's clocks.   Never knows: who asks. */
#include "aloft_posix.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

/* 2024-01-01T00:00:00Z: a machine without a clock starts in 1970 or at its last shutdown, before this. */
#define TRUSTED_FROM 1704067200

static uint32_t now_ms(void *self) {
    struct timespec now;

    (void)self;
    clock_gettime(CLOCK_BOOTTIME, &now); /* counts in sleep too */
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

static uint64_t unix_s(void *self) {
    time_t now = time(NULL);

    (void)self;
    return now >= TRUSTED_FROM ? (uint64_t)now : 0;
}

static void fill(void *self, aloft_space to) {
    (void)self;
    /* getrandom gives up to 256 bytes whole (getrandom(2)); jitter takes 8. Left zero without it. */
    memset(to.at, 0, to.len);
    (void)!getrandom(to.at, to.len < 256 ? to.len : 256, 0);
}

struct aloft_clock aloft_posix_clock(void) {
    return (struct aloft_clock){NULL, now_ms, unix_s};
}

struct aloft_random aloft_posix_random(void) {
    return (struct aloft_random){NULL, fill};
}

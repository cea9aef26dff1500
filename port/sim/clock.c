/* SPDX-License-Identifier: Apache-2.0 */
/* Port: sim. A clock, random numbers and a loader that do just what a test says.
 * Knows: port.h.   Never knows: flash, network. */
#include "port/sim/sim.h"

static uint32_t now_ms(void *self) {
    return ((struct sim_clock *)self)->now_ms;
}

static uint64_t unix_s(void *self) {
    return ((struct sim_clock *)self)->unix_s;
}

struct aloft_clock sim_clock_port(struct sim_clock *clock) {
    return (struct aloft_clock){.self = clock, .now_ms = now_ms, .unix_s = unix_s};
}

void sim_clock_pass(struct sim_clock *clock, uint32_t ms) {
    /* Whole seconds by the millisecond clock, so that many small steps lose nothing. */
    uint32_t seconds = ms / 1000 + (clock->now_ms % 1000 + ms % 1000) / 1000;

    clock->now_ms += ms;
    if (clock->unix_s != 0)
        clock->unix_s += seconds;
}

uint32_t sim_random_next(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void fill(void *self, aloft_space to) {
    struct sim_random *random = self;

    for (size_t i = 0; i < to.len; i++)
        to.at[i] = (uint8_t)(sim_random_next(&random->state) >> 11);
}

struct aloft_random sim_random_port(struct sim_random *random) {
    return (struct aloft_random){.self = random, .fill = fill};
}

static unsigned running(void *self) {
    return ((struct sim_loader *)self)->running;
}

static void reboot(void *self) {
    ((struct sim_loader *)self)->reboots++;
}

static void kick(void *self) {
    ((struct sim_loader *)self)->kicks++;
}

struct aloft_loader sim_loader_port(struct sim_loader *loader) {
    return (struct aloft_loader){
        .self = loader, .running = running, .reboot = reboot, .kick = kick};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. The program's end of the wire to its boot stage: kick, restart, done, failed.
 * Knows: the four-byte words of wire.h.   Never knows: what the boot stage makes of them. */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KICK_EVERY_MS 100u /* aloft_step kicks at each of thousands of steps a second */

void al_posix_tell(const struct aloft_posix *posix, char word, unsigned value) {
    const uint8_t bytes[WIRE_SIZE] = {(uint8_t)word, (uint8_t)value, (uint8_t)(value >> 8), 0};

    fflush(stdout);
    if (posix->boot_stage >= 0) /* fewer than PIPE_BUF bytes go whole or not at all (pipe(7)) */
        (void)!write(posix->boot_stage, bytes, sizeof bytes);
}

static unsigned running(void *self) {
    return ((const struct aloft_posix *)self)->slot;
}

static void restart(void *self) {
    al_posix_tell(self, WIRE_RESTART, 0);
    exit(0);
}

static void kick(void *self) {
    struct aloft_posix *posix = self;
    uint32_t now = posix->config.clock.now_ms(posix->config.clock.self);

    if (posix->has_kicked && now - posix->kicked_ms < KICK_EVERY_MS)
        return;
    posix->has_kicked = true;
    posix->kicked_ms = now;
    al_posix_tell(posix, WIRE_KICK, 0);
}

struct aloft_loader al_posix_loader(struct aloft_posix *posix) {
    return (struct aloft_loader){
        .self = posix, .running = running, .reboot = restart, .kick = kick};
}

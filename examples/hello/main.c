/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest firmware: says hello, counts its starts of the loop, updates itself.
 *
 *     examples/build.sh PROJECT examples/hello/main.c hello.bin
 *     aloft -C PROJECT device --flash hello.bin
 */
#include <stdio.h>

#include <posix/aloft_posix.h>

#include "aloft_trust.h" /* written by `aloft key image`: the keys whose updates it takes */

ALOFT_IMAGE(FIRMWARE_CLASS, "1.0.0", "my first firmware");

static struct aloft_posix device;

int main(void) {
    unsigned count = 0;

    if (!aloft_posix_start(&device))
        return 1;
    for (;;) {
        if (count++ % 100 == 0)
            printf("hello, %u\n", count / 100 + 1); /* your own work */
        if (device.status.server_reached)
            aloft_posix_health(&device, ALOFT_WELL); /* it can be updated again: keep it */
        aloft_posix_step(&device);
    }
}

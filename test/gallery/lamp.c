/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware of the gallery's device: says nothing of its own, and fails in the way that it was built for.
 * VERSION its version; DOES one of well, sick, crash, hang, silent; BALLAST bytes that make it larger. */
#include <stdlib.h>

#include <posix/aloft_posix.h>

#include "aloft_trust.h"

ALOFT_IMAGE(FIRMWARE_CLASS, VERSION, "gallery");

enum { well, sick, crash, hang, silent };

#ifdef BALLAST
/* random-looking, so that no encoding makes it small again; kept by the use in main */
static volatile const unsigned char ballast[BALLAST] = {1};
#endif

static struct aloft_posix device;

static void fail(void) {
    if (DOES == crash)
        abort();
    while (DOES == hang)
        ;
}

int main(void) {
    if (!aloft_posix_start(&device))
        return 1;
#ifdef BALLAST
    if (ballast[0] == 0)
        return 1;
#endif
    for (;;) {
        if (device.status.state == ALOFT_TESTING)
            fail();
        if (DOES != silent && device.status.server_reached)
            aloft_posix_health(&device, DOES == sick ? ALOFT_SICK : ALOFT_WELL);
        aloft_posix_step(&device);
    }
}

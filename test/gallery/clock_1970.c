/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded before a device: its clock was never set and counts from 1970, as on a chip without a battery. */
#include <time.h>

time_t time(time_t *out) {
    struct timespec since_boot;

    clock_gettime(CLOCK_MONOTONIC, &since_boot);
    if (out != NULL)
        *out = since_boot.tv_sec;
    return since_boot.tv_sec;
}

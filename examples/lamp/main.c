/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware of the demo: a lamp whose light follows the day, by a table of 16384 moments (128 KiB).
 * Built with -DLAMP_VERSION=1.1.0; with -DLAMP_FAULT=crash, hang, sick, mute or leave it is a release
 * that should never have left the house. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <posix/aloft_posix.h>

#include "aloft_trust.h"

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)

#ifndef LAMP_VERSION
#define LAMP_VERSION 1.0.0
#endif
#ifndef LAMP_FAULT
#define LAMP_FAULT none
#endif

ALOFT_IMAGE(FIRMWARE_CLASS, TEXT(LAMP_VERSION), "lamp of the demo");

/* ---- the day: moment 0 is midnight, 8192 is noon; the light is a parabola over the hours of day */

#define MOMENTS 16384u

struct light {
    uint16_t red, green, blue, white;
};

#define FROM_NOON(i) ((i) < 8192u ? 8192u - (i) : (i)-8192u)
#define DAYLIGHT(i)  (65535u - (uint32_t)(65535u * (uint64_t)FROM_NOON(i) * FROM_NOON(i) >> 26))
#define LIGHT(i)                                                                                   \
    {(uint16_t)(DAYLIGHT(i) | 0x3000u), (uint16_t)(DAYLIGHT(i) * 3 / 4),                           \
     (uint16_t)(DAYLIGHT(i) / 2), (uint16_t)((i)*40503u >> 4)},
#define L4(i)   LIGHT(i) LIGHT((i) + 1u) LIGHT((i) + 2u) LIGHT((i) + 3u)
#define L16(i)  L4(i) L4((i) + 4u) L4((i) + 8u) L4((i) + 12u)
#define L64(i)  L16(i) L16((i) + 16u) L16((i) + 32u) L16((i) + 48u)
#define L256(i) L64(i) L64((i) + 64u) L64((i) + 128u) L64((i) + 192u)
#define L1K(i)  L256(i) L256((i) + 256u) L256((i) + 512u) L256((i) + 768u)
#define L4K(i)  L1K(i) L1K((i) + 1024u) L1K((i) + 2048u) L1K((i) + 3072u)

static const struct light day[MOMENTS] = {L4K(0u) L4K(4096u) L4K(8192u) L4K(12288u)};

static const struct light *light_now(void) {
    uint64_t second = (uint64_t)time(NULL) % 86400;

    return &day[second * MOMENTS / 86400];
}

/* A lamp as text, brighter by day. */
static void draw(const struct light *light) {
    static const char *const picture[] = {"( . )", "( o )", "( O )", "(\\O/)"};
    static const char *drawn;
    const char *now = picture[light->red >> 14];

    if (now == drawn)
        return;
    drawn = now;
    printf("lamp %s  red %u green %u blue %u\n", now, light->red >> 8, light->green >> 8,
           light->blue >> 8);
}

/* ---- what a bad release does */

static void misbehave(void) {
    static const char fault[] = TEXT(LAMP_FAULT);

    if (strcmp(fault, "crash") == 0)
        abort();
    if (strcmp(fault, "leave") == 0)
        exit(7);
    while (strcmp(fault, "hang") == 0)
        pause(); /* for ever: only a watchdog ends it */
}

static void say_health(struct aloft_posix *device) {
    static const char fault[] = TEXT(LAMP_FAULT);

    if (strcmp(fault, "sick") == 0)
        aloft_posix_health(device, ALOFT_SICK);
    else if (strcmp(fault, "mute") != 0 && device->status.server_reached)
        aloft_posix_health(device, ALOFT_WELL);
}

int main(void) {
    static struct aloft_posix device;

    if (!aloft_posix_start(&device))
        return 1;
    misbehave();
    for (;;) {
        draw(light_now());
        say_health(&device);
        aloft_posix_step(&device);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Walks a device's road to an update, step by step, and stops at the first step
 * that does not hold: what was seen, what was expected, what to do.
 *
 * Example:
 *     struct road *road;
 *     struct road_wish wish = {.base = "https://lab.local:4443", .dir = "."};
 *     if (road_walk(&wish, &road, trouble) != ALOFT_OK) ...       // a setting cannot be used
 *     road_say(road, stdout);
 *     code = road_exit(road);
 *     road_free(road);
 */
#ifndef HOST_DOCTOR_ROAD_H
#define HOST_DOCTOR_ROAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include <aloft/error.h>

#include "host/trouble.h"

/** In the order in which they are walked, which is a device's. */
enum road_step {
    ROAD_NAME,
    ROAD_ROUTE,
    ROAD_TCP,
    ROAD_TLS,
    ROAD_CHAIN,
    ROAD_HOST,
    ROAD_DATES,
    ROAD_HTTP,
    ROAD_CLOCK,
    ROAD_MANIFEST,
    ROAD_DECISION,
    ROAD_PAYLOAD,
    ROAD_STEPS
};

enum road_state { ROAD_NOT_REACHED, ROAD_GOOD, ROAD_NOT_CHECKED, ROAD_BROKEN };

struct road_row {
    enum road_state state;
    char what[400];   /* what was seen, and where it is broken what was expected */
    char remark[300]; /* worth knowing though the step holds; may be empty */
};

/** One address of a name. */
struct road_peer {
    struct sockaddr_storage at;
    socklen_t len;
};

struct road_wish {
    const char *base; /* NULL: the project's */
    const char *ca;   /* file; NULL: the project's pki/ca.crt */
    const char *dir;  /* of the project; one that is none is no error if the rest is named */
    const char *device_class; /* NULL: that of `running`, else the project's first */
    const char *channel;      /* NULL: stable */
    const char *running;      /* image that the device runs; NULL: fresh from the factory */
    bool has_now;
    int64_t now_s; /* the device's clock, seconds since 1970; without has_now this machine's */
    /** Asked for a NAME.local that the resolver does not know; NULL: nobody is. */
    unsigned (*find_local)(const char *host, struct road_peer *out, unsigned max);
};

struct road;

/** Walk. Fails only where a setting cannot be used: CONFIG_BASE, NO_PROJECT, FILE_READ, CERT_FORM,
 *  DOCTOR_NEEDS, and as image_record_find does. What the road is like is told by the rows. */
ALOFT_MUST_USE aloft_err road_walk(const struct road_wish *wish, struct road **out,
                                   struct trouble *trouble);
void road_free(struct road *road);

const struct road_row *road_row_at(const struct road *road, enum road_step step);
const char *road_step_name(enum road_step step);

/** Of the broken step; code ALOFT_OK: none is. */
const struct trouble *road_trouble(const struct road *road);

/** The step that is broken, ROAD_STEPS: none. */
enum road_step road_broken_at(const struct road *road);

/** What a device would do now, in a sentence; "" where the road did not lead that far. */
const char *road_would(const struct road *road);

/** 0 every step holds, 2 the world, 3 alarm. */
int road_exit(const struct road *road);

/** The rows for people (the sentence of the broken step is the caller's to print), and all of it as
 *  JSON. */
void road_say(const struct road *road, FILE *to);
void road_json(const struct road *road, FILE *to);

#endif

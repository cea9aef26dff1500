/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the diagnosis. A device walks its road to an update once and says of each step whether it holds,
 * as it sees it itself: for a console, a button, a support call. It speaks as a check speaks, and stops
 * before it would act: no record is written, no payload fetched, no offer taken, no time of a check moved.
 *
 * Example: a console's command; aloft_step runs on in its own loop.
 *     aloft_diagnose(&device);
 *     do {
 *         sleep_ms(100);
 *         aloft_diagnosis(&device, &seen);
 *     } while (seen.state != ALOFT_DIAGNOSIS_DONE);
 *     for (unsigned i = 0; i < ALOFT_ROAD_STEPS; i++)
 *         printf("%-9s %s\n", aloft_road_name(i), aloft_mark_word(seen.mark[i]));
 *     if (seen.fault.code != ALOFT_OK)
 *         puts(aloft_explain(&seen.fault, facts, n_facts, text, sizeof text));
 *     else
 *         puts(aloft_would_text(&seen, text, sizeof text));
 */
#ifndef ALOFT_DIAGNOSE_H
#define ALOFT_DIAGNOSE_H

#include "aloft.h"

/** The steps of the road, in the order in which a device meets them. A port opens its stream in one call, so
 *  which of NETWORK to CLOCK is broken is told by the code that it gives. */
enum aloft_road_step {
    ALOFT_ROAD_SETTINGS, /* what aloft_start checks, but for the address */
    ALOFT_ROAD_ADDRESS,  /* the base is there and well formed */
    ALOFT_ROAD_NETWORK,  /* the device has a network at all */
    ALOFT_ROAD_NAME,     /* the name has an address */
    ALOFT_ROAD_CONNECT,  /* something answers there, on that port */
    ALOFT_ROAD_TLS,      /* it speaks TLS, with a version and ciphers in common */
    ALOFT_ROAD_CHAIN,    /* its certificate comes from the CA in this firmware */
    ALOFT_ROAD_HOST,     /* and holds the name that is called */
    ALOFT_ROAD_CLOCK,    /* and is valid at the time of this device's clock */
    ALOFT_ROAD_HTTP,     /* the answer is one of an update server */
    ALOFT_ROAD_MANIFEST, /* signed by keys that this firmware trusts, of a form that it reads */
    ALOFT_ROAD_DECISION, /* this device wants it */
    ALOFT_ROAD_STEPS
};

enum aloft_mark {
    ALOFT_MARK_NOT_REACHED, /* behind the broken step, or nothing was there to look at */
    ALOFT_MARK_GOOD,        /* nothing was found against it, as far as the port looks */
    ALOFT_MARK_BROKEN,      /* aloft_diagnosis.fault says how */
    ALOFT_MARK_NOT_SEEN,    /* passed without a look: the clock, where none is trusted */
};

/** What the device would do with the answer if this had been a check. */
enum aloft_would {
    ALOFT_WOULD_NOT_KNOWN, /* the road did not lead that far */
    ALOFT_WOULD_NOTHING,   /* it runs what is on offer, or nothing is there for it */
    ALOFT_WOULD_ADOPT,     /* it runs these very bytes and would note their new number */
    ALOFT_WOULD_COMPARE,   /* compare what runs with the offer, and fetch that where they differ */
    ALOFT_WOULD_FETCH,     /* fetch `bytes` */
    ALOFT_WOULD_GO_ON,     /* go on with a download; `bytes` are left */
    ALOFT_WOULD_ASK,       /* wait for aloft_take_offer */
    ALOFT_WOULD_PROVE,     /* nothing before this image, which is on trial, has confirmed itself */
};

enum aloft_diagnosis_state {
    ALOFT_DIAGNOSIS_NONE,    /* none since the start */
    ALOFT_DIAGNOSIS_WAITING, /* it begins when a check or an update under way is over */
    ALOFT_DIAGNOSIS_WALKING,
    ALOFT_DIAGNOSIS_DONE,
};

struct aloft_diagnosis {
    enum aloft_diagnosis_state state;
    enum aloft_mark mark[ALOFT_ROAD_STEPS]; /* grows while it walks */
    aloft_fault fault;                      /* of the broken step; code 0: none is */
    enum aloft_would would;
    char version[ALOFT_VERSION_MAX + 1]; /* on offer; "" where none was read */
    uint32_t bytes;                      /* see enum aloft_would; else 0 */
};

/**
 * Ask for a diagnosis. aloft_step walks it, one piece a call, when it next rests: an update under way is
 * never disturbed. Asked again before it is done, it is the same one.
 *
 * Gives   a diagnosis that is DONE within 3 minutes of its beginning whatever the network does, and 3 more
 *         for each of at most 3 redirects. A device that aloft_start has stopped is DONE at once.
 * Power   writes nothing; a restart forgets it.
 * Costs   what one check costs: the connection, one answer of at most ALOFT_MANIFEST_MAX bytes, the
 *         signatures. The connection that was kept for the next exchange is closed.
 */
void aloft_diagnose(struct aloft *device);

/** What is known of it. Cheap; copies. Host and port for sentences stand in aloft_status. */
void aloft_diagnosis(const struct aloft *device, struct aloft_diagnosis *out);

/** "settings", "address", ... and "good", "broken", "not reached", "not looked at". Static text. */
const char *aloft_road_name(unsigned step);
const char *aloft_mark_word(unsigned mark);

/** What the device would do, in a sentence of at most 120 bytes; "" where that is not known, or the room too
 *  small. Always terminated; gives out. */
const char *aloft_would_text(const struct aloft_diagnosis *seen, char *out, size_t out_size);

#endif

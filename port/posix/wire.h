/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. What the program in the slot says to its boot stage, and the names of the settings that
 * it is given. Both are frozen: an old firmware may run under a newer `aloft device`. */
#ifndef POSIX_WIRE_H
#define POSIX_WIRE_H

#include "aloft_posix.h"

/* A word is four bytes: kind, value (little endian), zero. */
#define WIRE_SIZE    4u
#define WIRE_KICK    'K' /* the watchdog is fed */
#define WIRE_RESTART 'R' /* start again; the program ends itself */
#define WIRE_DONE    'D' /* ALOFT_ONCE: nothing more to do; value: enum aloft_outcome */
#define WIRE_FAILED  'F' /* ALOFT_ONCE: the attempt failed; value: the fault's code */
#define WIRE_UNFIT   'U' /* it cannot start with these settings; value: the fault's code */

#define SET_DIR       "ALOFT_DEVICE_DIR" /* the folder of flash.bin */
#define SET_URL       "ALOFT_URL"        /* base address */
#define SET_CA        "ALOFT_CA"         /* PEM file */
#define SET_CHANNEL   "ALOFT_CHANNEL"    /* default: stable */
#define SET_ID        "ALOFT_ID"         /* default: none */
#define SET_TOKEN     "ALOFT_TOKEN"      /* default: none */
#define SET_KEYS      "ALOFT_KEYS"       /* PEM files with ':' between; only without trust record */
#define SET_THRESHOLD "ALOFT_THRESHOLD"  /* default: 1 */
#define SET_POLL      "ALOFT_POLL_S"     /* default: a day */
#define SET_TRIAL     "ALOFT_TRIAL_S"    /* default: the library's */
#define SET_ONCE      "ALOFT_ONCE"       /* 1: end when there is nothing more to do */
#define SET_DIAGNOSE  "ALOFT_DIAGNOSE"   /* 1: walk the road once (aloft/diagnose.h) and end */
#define SET_SLOT      "ALOFT_SLOT"       /* 0 or 1: the one that runs; default: none */
#define SET_RESET     "ALOFT_RESET"      /* enum aloft_reset as a number; default: power */
#define SET_TOLD      "ALOFT_TOLD" /* code of the fault that the boot stage has said; default: 0 */
#define SET_WIRE      "ALOFT_WATCHDOG_FD" /* descriptor of the wire; default: none */

/* loader.c */
struct aloft_loader al_posix_loader(struct aloft_posix *posix);
void al_posix_tell(const struct aloft_posix *posix, char word, unsigned value);

/* settings.c: environment -> struct aloft_config */
aloft_err al_posix_settings(struct aloft_posix *posix, aloft_fault *why, const char **file);

/* say.c: one calm line per change */
void al_posix_say_start(struct aloft_posix *posix);
void al_posix_say_step(struct aloft_posix *posix, struct aloft_progress progress);
void al_posix_say_fault(struct aloft_posix *posix, const aloft_fault *why, const char *file);
/* say_diagnosis.c: the steps passed since the last call. True: it is done, with this code. */
bool al_posix_say_diagnosis(struct aloft_posix *posix, uint32_t *code);

const char *al_posix_duration(uint32_t s, char out[16]);

#endif

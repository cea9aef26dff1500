/* SPDX-License-Identifier: Apache-2.0 */
/* Room: base. The rules that a manifest must keep, by the numbers that FORMAT.md and the test vectors give
 * them. A fault carries the number of the rule that was broken. */
#ifndef AL_BASE_RULE_H
#define AL_BASE_RULE_H

enum al_rule {
    /* before the signature counts */
    AL_R1 = 1,   /* at most ALOFT_MANIFEST_MAX bytes */
    AL_R2 = 2,   /* begins with the envelope's tag */
    AL_R3 = 3,   /* keys of the envelope: 2, 3, maybe 23 */
    AL_R4 = 4,   /* each value is a byte string */
    AL_R5 = 5,   /* deterministic CBOR, at every level */
    AL_R6 = 6,   /* authentication: 2 to 5 byte strings */
    AL_R7 = 7,   /* first of them: a SHA-256 digest */
    AL_R8 = 8,   /* that is the manifest's */
    AL_R9 = 9,   /* the others: COSE_Sign1 of just one form */
    AL_R10 = 10, /* known algorithm, that fits the key */
    AL_R11 = 11, /* no key twice */
    AL_R12 = 12, /* signatures of known keys are right */
    AL_R13 = 13, /* and enough */
    /* after the signature, before anything is done */
    AL_R14 = 14, /* keys of the manifest */
    AL_R15 = 15, /* manifest version 1 */
    AL_R16 = 16, /* sequence number: range, floor, the one that is installed */
    AL_R17 = 17, /* above the highest that was given up */
    AL_R18 = 18, /* keys of common */
    AL_R19 = 19, /* components */
    AL_R20 = 20, /* shared sequence */
    AL_R21 = 21, /* its parameters; image size */
    AL_R22 = 22, /* set-version */
    AL_R23 = 23, /* text digest */
    AL_R24 = 24, /* a sequence has just its form */
    AL_R25 = 25, /* try-each: 2 to 4 branches, not nested */
    AL_R26 = 26, /* pairs of items, at most 32 items */
    AL_R27 = 27, /* begins with a component index that exists */
    AL_R28 = 28, /* parameters as named for each place */
    AL_R29 = 29, /* policy 0..15 */
    AL_R31 = 31, /* URI */
    AL_R32 = 32, /* fetch arguments */
    /* while running */
    AL_R34 = 34, /* vendor and class */
    AL_R35 = 35, /* use-before */
    AL_R36 = 36, /* encoding */
    AL_R38 = 38, /* a branch matches */
    AL_R39 = 39, /* payload digest */
    AL_R41 = 41, /* image digest */
};

#endif

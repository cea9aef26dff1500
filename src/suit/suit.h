/* SPDX-License-Identifier: Apache-2.0 */
/* Room: suit. Reads an envelope of this profile, one file for each part of it, in the order of FORMAT.md:
 *
 *     envelope.c    the envelope and its authentication; the signatures      R1 to R13
 *     manifest.c    the manifest's keys, common, version, text digest        R14 to R19, R22, R23
 *     sequence.c    what all command sequences have in common                R24, R26, R27, R29
 *     shared.c      the shared sequence, validate and invoke                 R20, R21
 *     install.c     install, its branches and their arguments                R25, R28, R32
 *     uri.c         R31
 *
 * Every part has one legal form, so the reader walks it as a template and fills struct aloft_manifest.
 * Nothing is executed here. One cursor (struct al_cbor) goes through the envelope and keeps the first
 * failure, so functions return nothing; each sets the rule that it is about to check. */
#ifndef AL_SUIT_SUIT_H
#define AL_SUIT_SUIT_H

#include <aloft/manifest.h>

#include "base/rule.h"
#include "cbor/cbor.h"

enum { AL_SUIT_SHA256 = -16 }; /* digest algorithm */

/* Commands */
enum {
    AL_SUIT_IF_VENDOR = 1,
    AL_SUIT_IF_CLASS = 2,
    AL_SUIT_IF_IMAGE = 3,
    AL_SUIT_IF_BEFORE = 4,
    AL_SUIT_COMPONENT = 12,
    AL_SUIT_TRY_EACH = 15,
    AL_SUIT_OVERRIDE = 20,
    AL_SUIT_FETCH = 21,
    AL_SUIT_INVOKE = 23,
};

/* Parameters */
enum {
    AL_SUIT_P_VENDOR = 1,
    AL_SUIT_P_CLASS = 2,
    AL_SUIT_P_DIGEST = 3,
    AL_SUIT_P_BEFORE = 4,
    AL_SUIT_P_SIZE = 14,
    AL_SUIT_P_URI = 21,
    AL_SUIT_P_ARGUMENTS = 25,
};

/* Components: what is installed, and what runs now (the base of patches). */
enum { AL_SUIT_APP = 0, AL_SUIT_APP_CURRENT = 1 };

/** An envelope that is being read. Spans are views of it. */
struct al_suit {
    struct al_cbor r;
    struct aloft_manifest *m;
    aloft_bytes manifest; /* the map, behind the head of its byte string */
    aloft_bytes
        text_string;       /* the severable text with the head of its byte string; len 0: severed */
    unsigned n_components; /* 1, or 2 with patches */
    size_t components_at;
};

/** Read the manifest behind right signatures. */
void al_suit_manifest_read(struct al_suit *s);

/* ---- parts of a manifest: each reads its byte string's inside, which begins at `inside` */

void al_suit_shared_read(struct al_suit *s, aloft_bytes inside);
/** [12, 0, command, policy]: validate and invoke. */
void al_suit_short_read(struct al_suit *s, aloft_bytes inside, unsigned command);
void al_suit_install_read(struct al_suit *s, aloft_bytes inside);

/* ---- command sequences: [command, argument, command, argument, ...] */

struct al_suit_sequence {
    struct al_cbor *r;
    size_t left;    /* items */
    uint16_t rule;  /* that an unexpected command breaks */
    bool is_branch; /* of a try-each: there is none inside it */
};

/** Begin a sequence at hand (R24, R26, R27); gives the component index that it begins with. */
uint64_t al_suit_begin(struct al_suit_sequence *q, unsigned n_components);
/** Pass this command; its argument comes next. */
void al_suit_command(struct al_suit_sequence *q, unsigned command);
/** Pass set-component-index with this index. */
void al_suit_component(struct al_suit_sequence *q, unsigned index);
/** Pass this command with a policy (R29). */
void al_suit_policy(struct al_suit_sequence *q, unsigned command);
/** Nothing may be left. */
void al_suit_finish(struct al_suit_sequence *q);

/* ---- values; each fails with r->rule */

/** [-16, 32 bytes]; gives the 32. */
aloft_bytes al_suit_digest(struct al_cbor *r);
/** The same in a byte string. */
aloft_bytes al_suit_wrapped_digest(struct al_cbor *r);
/** A byte string of this length. */
aloft_bytes al_suit_bytes(struct al_cbor *r, size_t len);
/** A size: 1 to 2^32 - 1. */
uint32_t al_suit_size(struct al_cbor *r);
/** Whether a digest is that of these bytes. */
ALOFT_MUST_USE bool al_suit_digest_is(aloft_bytes digest, aloft_bytes of);

/** Whether a text is a URI reference of this profile: a relative path of unreserved characters and '/',
 *  1 to ALOFT_URI_MAX bytes, no segment empty, "." or ".." (R31). */
ALOFT_MUST_USE bool al_suit_uri_is_legal(aloft_bytes uri);

#endif

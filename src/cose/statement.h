/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cose. The statement of freshness: "at this time, for this class, nothing newer than this sequence
 * exists". COSE_Sign1 with its payload (FORMAT.md), in one form:
 *
 *     18([ << {1: alg, 4: kid} >>, {}, << [1, class-id, sequence, issued, valid-for] >>, signature ])
 *
 * Signed is ["Signature1", protected, "aloft-fresh-1", payload]: never what a manifest's signature signs,
 * whose third place is empty. */
#ifndef AL_COSE_STATEMENT_H
#define AL_COSE_STATEMENT_H

#include <stdbool.h>

#include <aloft/crypto.h>

#define AL_STATEMENT_MAX         160u /* the longest has 123: a sequence of 9 bytes, two times 5 */
#define AL_STATEMENT_PAYLOAD_MAX 40u
#define AL_STATEMENT_TO_SIGN_MAX 96u
#define AL_STATEMENT_AAD         "aloft-fresh-1"

/* A day: a device asks at most four times a day, and nobody listens to one that always calls its news
 * old. */
#define AL_VALID_MIN_S     86400u
#define AL_VALID_MAX_S     7776000u /* 90 days */
#define AL_VALID_DEFAULT_S 604800u

/** What it says. Spans are views of the bytes that were read. */
struct al_statement {
    aloft_bytes class_id; /* 16 bytes */
    uint64_t sequence;
    uint32_t issued, valid_s; /* seconds since 1970; seconds */
    uint8_t key_type;         /* that the algorithm asks for */
    aloft_bytes kid, signature;
    aloft_bytes protected_head, payload;
};

/** Read one; false: it is none. Nothing is proven by that but its form. */
ALOFT_MUST_USE bool al_statement_read(aloft_bytes in, struct al_statement *out);

/** What its key has signed, into room of AL_STATEMENT_TO_SIGN_MAX bytes. */
aloft_bytes al_statement_to_sign(const struct al_statement *statement,
                                 uint8_t room[AL_STATEMENT_TO_SIGN_MAX]);

#endif

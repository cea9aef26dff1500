/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Which keys the next image trusts: those in keys/, without those that are gone. The
 * last record that was made is remembered in keys/trust.hex, so that epoch and keys that are gone
 * survive a lost header. */
#ifndef HOST_TRUST_PLAN_H
#define HOST_TRUST_PLAN_H

#include "keys.h"
#include "project.h"
#include "trust.h"

#define TRUST_WISHES_MAX 8u

/** What was asked for on the command line. Keys are named by their file's name or their kid in
 *  hex. */
struct trust_wish {
    unsigned threshold; /* 0: as in the last record, 1 without one */
    const char *gone[TRUST_WISHES_MAX];
    const char *again[TRUST_WISHES_MAX]; /* gone by mistake: trusted again if in keys/ */
    unsigned n_gone, n_again;
    uint64_t now_s;                   /* lowest sequence of a record that is new */
    const struct trust_draft *header; /* what an existing header says, or NULL */
};

/** What comes of it. */
struct trust_plan {
    struct trust_draft draft;
    bool is_new;        /* keys, threshold or gone differ from the last record, or there is none */
    bool had_one;       /* there was a last record */
    bool must_remember; /* keys/trust.hex does not hold this record */
    struct trust_draft last;
};

/**
 * Plan the record of the next image. With nothing changed it is the last one, byte for byte.
 *
 * Fails   KEYS_MANY (more than 4 firmware, 2 freshness or 4 gone keys), KEYS_FEW (fewer than the
 *         threshold), KEY_GONE, TRUST_FORM (keys/trust.hex is damaged) and as keys_known does.
 */
ALOFT_MUST_USE aloft_err trust_plan(const struct project *project, const struct trust_wish *wish,
                                    struct trust_plan *plan, struct trouble *trouble);

/** Remember a record as the last one made. */
ALOFT_MUST_USE aloft_err trust_remember(const struct project *project,
                                        const struct trust_draft *draft, struct trouble *trouble);

/** The last record made. Fails TRUST_FORM; FILE_READ with ENOENT: there is none. */
ALOFT_MUST_USE aloft_err trust_last(const struct project *project, struct trust_draft *draft,
                                    struct trouble *trouble);

#endif

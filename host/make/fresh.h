/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Makes statements of freshness with keys/fresh.key, and keeps them on the site: fresh.cose
 * beside manifest.suit of each channel with something on offer.
 *
 * Example:
 *     struct fresh_order order = {.now_s = time(NULL), .valid_s = AL_VALID_DEFAULT_S};
 *     struct fresh_answer answer;
 *     if (fresh_run(&project, &order, &answer, &trouble) != ALOFT_OK) ...
 */
#ifndef HOST_MAKE_FRESH_H
#define HOST_MAKE_FRESH_H

#include "cose/statement.h"
#include "host/keys.h"
#include "host/project.h"

#define FRESH_FILE     "fresh.cose"
#define FRESH_JUMP_S   2592000u /* 30 days: a clock that jumped further is not believed */
#define FRESH_MADE_MAX (PROJECT_CLASSES_MAX * PROJECT_CHANNELS_MAX)

struct fresh_order {
    uint64_t now_s;
    uint32_t valid_s;  /* AL_VALID_MIN_S to AL_VALID_MAX_S */
    bool trusts_clock; /* --yes: also a clock that jumped ahead */
    bool only_if_due;  /* only where the statement is a day old or speaks of another sequence */
};

struct fresh_made {
    char device_class[ALOFT_CLASS_MAX];
    char channel[PROJECT_WORD_MAX + 1];
    uint64_t sequence;
    uint32_t issued;
};

struct fresh_answer {
    struct fresh_made made[FRESH_MADE_MAX];
    unsigned n;
};

/** One statement into `out`; gives its length. Fails CRYPTO_FAILED. */
ALOFT_MUST_USE aloft_err fresh_write(const struct fresh_made *what, uint32_t valid_s,
                                     const struct signer *with, uint8_t out[AL_STATEMENT_MAX],
                                     size_t *len, struct trouble *trouble);

/** Whether this project has the key on this machine. */
bool fresh_has_key(const struct project *project);

/**
 * A new statement for each channel of the project that has a release on offer.
 *
 * Fails   FRESH_KEY (no private half here), FRESH_CLOCK (this machine's clock is before the last
 *         statement, or 30 days behind it), FILE_*, RELEASES_FORM. Those that were made before stay good.
 * Power   each file is whole or not there.
 */
ALOFT_MUST_USE aloft_err fresh_run(const struct project *project, const struct fresh_order *order,
                                   struct fresh_answer *answer, struct trouble *trouble);

#endif

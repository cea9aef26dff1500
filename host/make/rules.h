/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. What no device should get: the rules by which `publish` refuses an image for the keys that
 * it trusts (keys-and-freshness §1, a to d). Pure functions.
 *
 * Example:
 *     e = rules_trust(&release.trust, last, &kids, trouble);
 */
#ifndef HOST_MAKE_RULES_H
#define HOST_MAKE_RULES_H

#include "host/make/release.h"

#define RULES_KIDS_MAX 32u

/** Some keys by their ids. */
struct kid_list {
    uint8_t kid[RULES_KIDS_MAX][ALOFT_KID_SIZE];
    unsigned n;
};

bool kid_list_has(const struct kid_list *list, const uint8_t kid[ALOFT_KID_SIZE]);

/** Add a key id unless it is there; one too many is left out. */
void kid_list_add(struct kid_list *list, const uint8_t kid[ALOFT_KID_SIZE]);

/** What the rules look at. */
struct rules_case {
    const struct release_trust *trust; /* of the image */
    const struct release *last;        /* newest release of the channel; NULL: none */
    const struct kid_list *held;   /* private half in this project, or marked as held elsewhere */
    const struct kid_list *forget; /* --forget */
    uint64_t sequence;             /* that the release would get */
};

/** Fails PUBLISH_KEYS_AWAY (a), PUBLISH_EPOCH_LOWER, PUBLISH_EPOCH_SAME (b), PUBLISH_KEY_DROPPED (c),
 *  PUBLISH_LOWEST (d). An image without a trust record passes: whether it may, the caller knows. */
ALOFT_MUST_USE aloft_err rules_trust(const struct rules_case *c, struct trouble *trouble);

/** Whether a device that runs this release takes what these keys sign: enough of its keys are there.
 *  True too where the release has no trust record: then it cannot be known. */
bool rules_would_take(const struct release_trust *trust, const struct kid_list *signers);

#endif

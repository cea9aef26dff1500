/* SPDX-License-Identifier: Apache-2.0 */
/* Trust records for the images of a rig, written as the tools write them. */
#ifndef TEST_RIG_TRUST_H
#define TEST_RIG_TRUST_H

#include "test/kit/rig.h"

/** Bits of the rig's signers. */
struct rig_trust {
    unsigned keys, fresh, gone;
    unsigned threshold; /* 0: one */
    uint32_t epoch;
    uint64_t lowest;
};

/** From its next start on the image has this record. */
void rig_trust(struct rig *rig, unsigned image, const struct rig_trust *plan);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Trust records for the images of a rig. */
#include "test/kit/rig_trust.h"

#include "host/trust.h"
#include "test/kit/kit.h"

void rig_trust(struct rig *rig, unsigned image, const struct rig_trust *plan) {
    static uint8_t records[RIG_IMAGES_MAX][AL_TRUST_MAX_SIZE];
    struct trust_draft draft = {.threshold = plan->threshold == 0 ? 1 : plan->threshold,
                                .epoch = plan->epoch,
                                .lowest_sequence = plan->lowest};

    for (unsigned i = 0; i < RIG_SIGNERS; i++) {
        if ((plan->keys >> i & 1) != 0)
            draft.firmware[draft.n_firmware++] = rig->signer[i].key;
        if ((plan->fresh >> i & 1) != 0)
            draft.fresh[draft.n_fresh++] = rig->signer[i].key;
        if ((plan->gone >> i & 1) != 0)
            memcpy(draft.gone[draft.n_gone++], rig->signer[i].key.kid, ALOFT_KID_SIZE);
    }
    rig->image[image].trust = (aloft_bytes){records[image], trust_write(&draft, records[image])};
}

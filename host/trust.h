/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The trust record: made for the header of a firmware, found in an image. Its layout
 * is read by the device's own code (src/device/trust.h). */
#ifndef HOST_TRUST_H
#define HOST_TRUST_H

#include "device/trust.h"

#include "trouble.h"

/** What goes into a record. */
struct trust_draft {
    struct aloft_key firmware[ALOFT_KEYS_MAX];
    struct aloft_key fresh[AL_TRUST_FRESH_MAX];
    uint8_t gone[AL_TRUST_GONE_MAX][ALOFT_KID_SIZE];
    unsigned n_firmware, n_fresh, n_gone;
    unsigned threshold;
    uint64_t lowest_sequence;
    uint32_t epoch;
};

/** Write the record; gives its length. The draft must be one that al_trust_read would take. */
size_t trust_write(const struct trust_draft *draft, uint8_t out[AL_TRUST_MAX_SIZE]);

/** What a record says, back into a draft. */
void trust_draft_of(const struct al_trust *trust, struct trust_draft *draft);

/** Whether two drafts trust the same: keys in any order, threshold, gone. Epoch and lowest
 *  sequence do not count. */
bool trust_is_same(const struct trust_draft *a, const struct trust_draft *b);

/** Read a record strictly, and that each kid is the one of its key. `file` is for the sentence.
 *  Fails TRUST_FORM; *trust points into `record`. */
ALOFT_MUST_USE aloft_err trust_read(aloft_bytes record, const char *file, struct al_trust *trust,
                                    struct trouble *trouble);

/**
 * Find the one trust record in a firmware image. What merely has the magic is none: the head must
 * be one and the hash behind it right, else it is text of a program.
 *
 * Takes   image  must outlive *trust, which points into it. `file` is for the sentence.
 * Fails   TRUST_NONE (is normal for classes with keys = device), TRUST_TWO, TRUST_FORM.
 */
ALOFT_MUST_USE aloft_err trust_find(aloft_bytes image, const char *file, struct al_trust *trust,
                                    struct trouble *trouble);

#endif

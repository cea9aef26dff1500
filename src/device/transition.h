/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The transitions T1 to T11: pure functions on a record. Each is followed by ONE
 * al_log_append of the same record, and that append is the commit point; what must be true in flash
 * before it stands at each function. Boot stage and application use the same ones.
 *
 * Example:
 *     al_record_mark(&record, at);                      // all bytes below `at` are in flash
 *     err = al_log_append(&log, &record, why);          // now a restart resumes there
 */
#ifndef AL_DEVICE_TRANSITION_H
#define AL_DEVICE_TRANSITION_H

#include <aloft/port.h>

#include "device/record.h"

/** What an accepted manifest says about the image on offer. */
struct al_candidate {
    struct al_record_slot image;
    uint8_t manifest[AL_HEAD_SIZE]; /* first bytes of the manifest digest */
    uint8_t payload[AL_HEAD_SIZE];  /* first bytes of payload-sha256 */
};

/** The state of a device without records (L5): `running` is confirmed because it runs. A running
 * slot of ALOFT_SLOT_NONE (a factory image) gives home 0. Keeps record->n. */
void al_record_anew(struct al_record *record, unsigned running);

/** Whether T1 is allowed now: not in a trial; and while the present candidate has failed or was cut
 * (fails or cold > 0), another manifest only with a sequence above the candidate's. Floor and skip
 * (R16, R17) are the manifest's matter, not asked here; but a candidate whose trials are used up never
 * begins again. */
ALOFT_MUST_USE bool al_record_may_begin(const struct al_record *record,
                                        const struct al_candidate *candidate);

/** T1 begin: the other slot is given to this candidate, mark 0, one more attempt. A new candidate
 * clears fails, cold and the flags about the bytes; where the replaced one had failed or was cut,
 * skip rises to its sequence. Also begins the same candidate over (fails and cold stay).
 * Before: al_record_may_begin; nothing of the other slot touched. */
void al_record_begin(struct al_record *record, const struct al_candidate *candidate);

/** T2 mark. Before: FILL; all bytes of the other slot below `mark` are programmed and returned;
 * `mark` is a multiple of the erase size and of 64 KiB. */
void al_record_mark(struct al_record *record, uint32_t mark);

/** T3 switch: the next start tries the other slot. Before: FILL; the digest of what the chip
 * returns is slot[other]'s. */
void al_record_switch(struct al_record *record);

/** T4 try, in the boot stage before the jump: counts this start. A power-on after a start without
 * verdict counts as cold, at most AL_COLD_MAX times, in place of boots; a power-on before the first
 * start of the candidate (boots and cold 0) counts as boots, like every other reset.
 * Before: TRIAL, boots < AL_BOOTS_MAX; the digest of the other slot is right. */
void al_record_try(struct al_record *record, enum aloft_reset reset);

/** T5 confirm: the other slot is home. Floor rises to its sequence, fails and cold are 0, the kids
 * that the image calls gone join the record (at most four are kept: the latest), and an epoch that
 * grew forgets the freshness statement. `gone` is ALOFT_KID_SIZE bytes for each kid, as in the
 * trust record. Before: TRIAL; it runs, and is well. */
void al_record_confirm(struct al_record *record, uint16_t epoch, aloft_bytes gone);

/** T6 fail: the trial is over, home stays. `cause` is the code that tells why.
 * Before: TRIAL; nothing. */
void al_record_fail(struct al_record *record, aloft_err cause);

/** T6 where a loader that gives one start only lost that to the power: no failure, KEPT without a
 * back-off, at most AL_COLD_MAX times; then as T6. Before: TRIAL; home runs. */
void al_record_cold(struct al_record *record);

/** Why a trial ended of which only the reset is known. */
aloft_err al_record_cause(enum aloft_reset reset);

/** T7 again: another trial of the image that is still there. Before: KEPT, fails < AL_FAILS_MAX,
 * al_record_back_off_s is over, the other slot read back right. */
void al_record_again(struct al_record *record);

/** T8 skip: this release is given up for good. Before: KEPT, fails = AL_FAILS_MAX. */
void al_record_skip(struct al_record *record);

/** T9 adopt: a manifest names the very image that runs at home: no download, only the new sequence. What
 * the other slot holds is at its end, unless its sequence is higher.
 * Before: any phase but TRIAL; image->image_digest is that of the running home slot. */
void al_record_adopt(struct al_record *record, const struct al_record_slot *image,
                     const uint8_t manifest[AL_HEAD_SIZE]);

/** T10 rehome: the boot stage fell back, `running` (0 or 1) is home now and the damaged slot the
 * one to write; a download or a kept image in it is forgotten. Floor stays. Before: any phase but TRIAL;
 * this program runs from `running`, which is not home. */
void al_record_rehome(struct al_record *record, unsigned running);

/** T13 flashed: what runs in `running` (0 or 1) was put there by somebody else, so it is home and nothing is
 * known of it. What the other slot holds and the floor stay. Before: this program runs from `running`. */
void al_record_flashed(struct al_record *record, unsigned running);

/** Whether a code may be noted: a fault of the network or of TLS. What HTTP says the server knows, and what
 * a trial ended by is no note. */
bool al_record_is_note(aloft_err code);

/** T12 note: a fault of the network to be told after a restart, or ALOFT_OK: it was told. Nothing is decided
 * by it. Before: IDLE or FILL, and no release that was given up; al_record_is_note(code), or ALOFT_OK. */
void al_record_note(struct al_record *record, aloft_err code);

/** T11 fresh: a statement of freshness newer than the last one. Before: its signature is right; any phase
 * but TRIAL. Nothing but what the device tells depends on these fields. */
void al_record_fresh(struct al_record *record, uint64_t sequence, uint32_t issued);

/** T11 too: so many more hours awake without a newer one. Stops at the top. Before: any phase but TRIAL. */
void al_record_age(struct al_record *record, uint64_t hours);

/** Seconds that a kept candidate waits for T7: 1 h after the first failed trial, 6 h after the
 * second, none after one that the loss of power ended. 0 outside KEPT. */
uint32_t al_record_back_off_s(const struct al_record *record);

#endif

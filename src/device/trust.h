/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The trust record of the running image: whose updates it takes. Nothing is copied;
 * keys are read out of the record one at a time, so trusting costs no memory.
 *
 * Example:
 *     struct al_trust trust;
 *     struct aloft_keys keys;
 *     if (al_trust_read(config->trust, &trust, why) != ALOFT_OK) return stop(why);
 *     al_trust_in_force(&trust, record.gone, &keys);
 *     if (keys.n < keys.threshold) ... ALOFT_E_NO_KEYS
 */
#ifndef AL_DEVICE_TRUST_H
#define AL_DEVICE_TRUST_H

#include <aloft/crypto.h>
#include <aloft/error.h>
#include <aloft/manifest.h>

#define AL_TRUST_FRESH_MAX 2u /* freshness keys in a record */
#define AL_TRUST_GONE_MAX  4u /* keys that a record revokes */
#define AL_TRUST_HEAD_SIZE 32u
#define AL_TRUST_MIN_SIZE  120u /* head 32, one key 80, digest 8 */
#define AL_TRUST_MAX_SIZE  552u /* head 32, (4 + 2) keys of 80, 4 gone kids of 8, digest 8 */

/** What a trust record says; `record` must stay where it is. */
struct al_trust {
    aloft_bytes record;
    uint64_t lowest_sequence; /* that this image accepts, 0 none */
    uint32_t epoch;
    uint8_t threshold;  /* 1..n_firmware */
    uint8_t n_firmware; /* keys 0..n_firmware - 1 sign manifests */
    uint8_t n_fresh;    /* the keys behind them sign statements of freshness */
    uint8_t n_gone;
};

/** How many bytes a record has by its first AL_TRUST_HEAD_SIZE bytes, or 0 where they are no head
 *  of a record (magic, layout, or counts are wrong). */
size_t al_trust_size(aloft_bytes head);

/** Read a record of exactly its size, strictly. Gives ALOFT_OK: *out is filled. Fails
 *  ALOFT_E_CONFIG_TRUST; why->at is the byte. Costs one hash of at most 544 bytes. */
ALOFT_MUST_USE aloft_err al_trust_read(aloft_bytes record, struct al_trust *out, aloft_fault *why);

/** Key number i, 0..n_firmware + n_fresh - 1; firmware keys first. */
void al_trust_key(const struct al_trust *trust, unsigned i, struct aloft_key *out);

/** Kid number i, 0..n_gone - 1, of the keys that this image revokes: ALOFT_KID_SIZE bytes. */
const uint8_t *al_trust_gone(const struct al_trust *trust, unsigned i);

/** The firmware keys that count: those of the record whose kid begins with no entry of `gone` (the
 *  record log's; four zero bytes are an unused entry), and the threshold. out->n may be less than
 *  out->threshold: then nothing can be accepted, which is ALOFT_E_NO_KEYS. */
void al_trust_in_force(const struct al_trust *trust, const uint8_t gone[AL_TRUST_GONE_MAX][4],
                       struct aloft_keys *out);

/** The same for keys that stand in the settings, where the image has no trust record. */
void al_trust_without_gone(const struct aloft_keys *keys, const uint8_t gone[AL_TRUST_GONE_MAX][4],
                           struct aloft_keys *out);

#endif

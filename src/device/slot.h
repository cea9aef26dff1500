/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. What the chip returns for a slot, hashed: the only thing that makes an image
 * bootable. */
#ifndef AL_DEVICE_SLOT_H
#define AL_DEVICE_SLOT_H

#include <aloft/crypto.h>
#include <aloft/port.h>

#include "device/record.h"

/**
 * SHA-256 of the first `size` bytes of a slot, in one call: for the boot stage.
 *
 * Takes   size    at most flash->size.
 *         buffer  at least 1 byte; larger reads fewer times.
 * Fails   ALOFT_E_FLASH_READ or what the port gave; `digest` is not written then.
 * Costs   reads and hashes all of it before it returns.
 */
ALOFT_MUST_USE aloft_err al_slot_digest(const struct aloft_flash *flash, uint32_t size,
                                        aloft_space buffer, uint8_t digest[ALOFT_DIGEST_SIZE],
                                        aloft_fault *why);

/** A slot that is being compared with what is said of it, one buffer at a time. */
struct al_slot_check {
    const struct aloft_flash *flash;
    const struct al_record_slot *image;
    uint32_t at; /* bytes read so far, for progress */
    struct aloft_hash hash;
};

/** Begin. Both pointers must live until the last step; a start drops what was under way. */
void al_slot_check_start(struct al_slot_check *check, const struct aloft_flash *flash,
                         const struct al_record_slot *image);

/**
 * Read and hash the next buffer.
 *
 * Takes   buffer  at least 1 byte; the room need not be the same at each step.
 * Gives   ALOFT_WAIT: call again. ALOFT_OK: the slot holds the image. Then start anew.
 * Fails   ALOFT_E_DIGEST_MISMATCH  it does not. An image of no bytes, or of more than the slot
 *                                  has, is in no slot: `got` is its size then, `want` the slot's.
 *         ALOFT_E_FLASH_READ or what the port gave; start anew.
 * Costs   one read; at most image_size / buffer.len + 1 steps.
 */
ALOFT_MUST_USE aloft_err al_slot_check_step(struct al_slot_check *check, aloft_space buffer,
                                            aloft_fault *why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Reads a slot back and hashes it.
 * Knows: sizes, digests.   Never knows: which slot it is, what happens when it is right. */
#include "device/slot.h"

#include <string.h>

#include "device/flash.h"

/* Hash the next buffer of a slot and advance *at; never reads past `size`. */
static aloft_err hash_next(struct aloft_hash *hash, const struct aloft_flash *flash, uint32_t *at,
                           uint32_t size, aloft_space buffer, aloft_fault *why) {
    aloft_err err;

    if (buffer.len > size - *at)
        buffer.len = size - *at;
    err = al_flash_read(flash, *at, buffer, why);
    if (err != ALOFT_OK)
        return err;
    aloft_hash_add(hash, (aloft_bytes){buffer.at, buffer.len});
    *at += (uint32_t)buffer.len;
    return ALOFT_OK;
}

aloft_err al_slot_digest(const struct aloft_flash *flash, uint32_t size, aloft_space buffer,
                         uint8_t digest[ALOFT_DIGEST_SIZE], aloft_fault *why) {
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    for (uint32_t at = 0; at < size;) {
        aloft_err err = hash_next(&hash, flash, &at, size, buffer, why);
        if (err != ALOFT_OK)
            return err;
    }
    aloft_hash_end(&hash, digest);
    return ALOFT_OK;
}

static aloft_err mismatch(uint32_t want, uint32_t got, aloft_fault *why) {
    *why = (aloft_fault){.code = ALOFT_E_DIGEST_MISMATCH, .want = want, .got = got};
    return ALOFT_E_DIGEST_MISMATCH;
}

void al_slot_check_start(struct al_slot_check *check, const struct aloft_flash *flash,
                         const struct al_record_slot *image) {
    check->flash = flash;
    check->image = image;
    check->at = 0;
    aloft_hash_start(&check->hash);
}

aloft_err al_slot_check_step(struct al_slot_check *check, aloft_space buffer, aloft_fault *why) {
    uint32_t size = check->image->image_size;
    uint8_t digest[ALOFT_DIGEST_SIZE];
    aloft_err err;

    /* Size 0 is "not known" in a record; an empty image would match any slot. */
    if (size == 0 || size > check->flash->size)
        return mismatch(check->flash->size, size, why);
    err = hash_next(&check->hash, check->flash, &check->at, size, buffer, why);
    if (err != ALOFT_OK)
        return err;
    if (check->at < size)
        return ALOFT_WAIT;
    aloft_hash_end(&check->hash, digest);
    if (memcmp(digest, check->image->image_digest, sizeof digest) != 0)
        return mismatch(0, 0, why);
    return ALOFT_OK;
}

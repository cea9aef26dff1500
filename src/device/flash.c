/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Checks the geometry that a port describes, and fills the faults of its flash.
 * Knows: struct aloft_flash.   Never knows: what the bytes are. */
#include "device/flash.h"

#include "device/record.h"

#define ERASE_MAX 131072u /* the largest erase unit that port.h allows */

/* The fields of struct aloft_flash by their place in it. */
enum field { FINE, SELF, READ, WRITE, ERASE, SIZE, WRITE_SIZE, ERASE_SIZE };

static aloft_err fault(aloft_err code, uint32_t at, aloft_fault *why) {
    if (code != ALOFT_OK)
        *why = (aloft_fault){.code = (uint16_t)code, .at = at};
    return code;
}

static enum field wrong_function(const struct aloft_flash *flash) {
    if (flash->read == NULL)
        return READ;
    if (flash->write == NULL)
        return WRITE;
    return flash->erase == NULL ? ERASE : FINE;
}

static enum field wrong_size(const struct aloft_flash *flash, uint32_t units) {
    uint32_t write = flash->write_size;
    uint32_t erase = flash->erase_size;

    if (write == 0 || write > 32 || (write & (write - 1)) != 0)
        return WRITE_SIZE;
    if (erase == 0 || erase > ERASE_MAX || erase % AL_CELL_SIZE != 0)
        return ERASE_SIZE;
    if (flash->size % erase != 0 || flash->size / erase < units)
        return SIZE;
    return FINE;
}

aloft_err al_flash_check(const struct aloft_flash *flash, uint32_t units, aloft_fault *why) {
    const uint32_t value[] = {
        [SIZE] = flash->size, [WRITE_SIZE] = flash->write_size, [ERASE_SIZE] = flash->erase_size};
    enum field wrong = wrong_function(flash);

    if (wrong == FINE)
        wrong = wrong_size(flash, units);
    if (wrong == FINE)
        return ALOFT_OK;
    *why = (aloft_fault){.code = ALOFT_E_FLASH_GEOMETRY, .want = wrong, .got = value[wrong]};
    return ALOFT_E_FLASH_GEOMETRY;
}

/* Twice before it counts: a bus that slipped once must not look like bytes that are gone, for then an older
 * record counts, or an older image. What the chip cannot correct it cannot correct twice. */
aloft_err al_flash_read(const struct aloft_flash *flash, uint32_t at, aloft_space to,
                        aloft_fault *why) {
    aloft_err err = flash->read(flash->self, at, to);

    if (err != ALOFT_OK)
        err = flash->read(flash->self, at, to);
    return fault(err, at, why);
}

aloft_err al_flash_write(const struct aloft_flash *flash, uint32_t at, aloft_bytes from,
                         aloft_fault *why) {
    return fault(flash->write(flash->self, at, from), at, why);
}

aloft_err al_flash_erase(const struct aloft_flash *flash, uint32_t at, aloft_fault *why) {
    return fault(flash->erase(flash->self, at), at, why);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The port's flash with its faults filled in: the one place that knows which offset
 * was read, written or erased. */
#ifndef AL_DEVICE_FLASH_H
#define AL_DEVICE_FLASH_H

#include <aloft/port.h>

/** Whether the relations of struct aloft_flash hold. Fails with ALOFT_E_FLASH_GEOMETRY: `want` is
 * the number of the field in the struct (self is 1, erase_size 7), `got` its value. `units` is how
 * many erase units there must be. */
ALOFT_MUST_USE aloft_err al_flash_check(const struct aloft_flash *flash, uint32_t units,
                                        aloft_fault *why);

/** The three operations of the port; the code that the port gave, and where, go into the fault. */
ALOFT_MUST_USE aloft_err al_flash_read(const struct aloft_flash *flash, uint32_t at, aloft_space to,
                                       aloft_fault *why);
ALOFT_MUST_USE aloft_err al_flash_write(const struct aloft_flash *flash, uint32_t at,
                                        aloft_bytes from, aloft_fault *why);
ALOFT_MUST_USE aloft_err al_flash_erase(const struct aloft_flash *flash, uint32_t at,
                                        aloft_fault *why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Door: spans. Two words that travel together, so that no function takes a pointer here and its
 * length three arguments later.
 *
 * Example:
 *     static const uint8_t hello[] = {'h', 'i'};
 *     aloft_bytes text = ALOFT_BYTES(hello);
 */
#ifndef ALOFT_BYTES_H
#define ALOFT_BYTES_H

#include <stddef.h>
#include <stdint.h>

/** Bytes to read. A view: it never owns, and lives as long as what it points into. */
typedef struct {
    const uint8_t *at;
    size_t len; /* bytes; 0 allowed, then `at` is not read */
} aloft_bytes;

/** Room to fill. `len` is the capacity in bytes. */
typedef struct {
    uint8_t *at;
    size_t len;
} aloft_space;

/** A view of a whole array. */
#define ALOFT_BYTES(array) ((aloft_bytes){(const uint8_t *)(array), sizeof(array)})
#define ALOFT_SPACE(array) ((aloft_space){(uint8_t *)(array), sizeof(array)})

#if defined(__GNUC__)
#define ALOFT_MUST_USE __attribute__((warn_unused_result))
#else
#define ALOFT_MUST_USE
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Bytes as lower-case hexadecimal digits, and back. */
#ifndef HOST_HEX_H
#define HOST_HEX_H

#include <stdbool.h>

#include <aloft/bytes.h>

/** 2 * from.len digits and a zero into `out`. */
void hex_write(aloft_bytes from, char *out);

/** True if the text is exactly 2 * len hexadecimal digits, in either case; then `out` is filled. */
bool hex_read(const char *text, uint8_t *out, size_t len);

#endif

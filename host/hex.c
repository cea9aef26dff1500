/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Writes and reads hexadecimal digits.
 * Knows: digits.   Never knows: what the bytes are. */
#include "host/hex.h"

void hex_write(aloft_bytes from, char *out) {
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < from.len; i++) {
        *out++ = digits[from.at[i] >> 4];
        *out++ = digits[from.at[i] & 15];
    }
    *out = 0;
}

static int value_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_read(const char *text, uint8_t *out, size_t len) {
    for (size_t i = 0; i < len; i++) {
        int high = value_of(text[2 * i]);
        int low = high < 0 ? -1 : value_of(text[2 * i + 1]);
        if (low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return text[2 * len] == 0;
}

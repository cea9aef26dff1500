/* SPDX-License-Identifier: Apache-2.0 */
/* Room: suit. Checks the place of a payload.
 * Knows: RFC 3986 §2.3 and §3.3.   Never knows: where it leads. */
#include "suit/suit.h"

/* RFC 3986 §2.3. No '%', so a path has one spelling; no ':' or leading '/', so it stays below the
 * manifest's own address. */
static bool is_unreserved(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '~' || c == '-';
}

static bool segment_is_legal(const uint8_t *at, size_t len) {
    bool is_dots = (len == 1 && at[0] == '.') || (len == 2 && at[0] == '.' && at[1] == '.');

    return len > 0 && !is_dots;
}

bool al_suit_uri_is_legal(aloft_bytes uri) {
    size_t begin = 0;

    if (uri.len == 0 || uri.len > ALOFT_URI_MAX)
        return false;
    for (size_t i = 0; i < uri.len; i++) {
        if (uri.at[i] == '/') {
            if (!segment_is_legal(uri.at + begin, i - begin))
                return false;
            begin = i + 1;
        } else if (!is_unreserved(uri.at[i])) {
            return false;
        }
    }
    return segment_is_legal(uri.at + begin, uri.len - begin);
}

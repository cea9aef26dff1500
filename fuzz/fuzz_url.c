/* SPDX-License-Identifier: Apache-2.0 */
/* An address, a line feed, and a reference that is resolved against it. */
#include <stdlib.h>
#include <string.h>

#include "http/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_so) {
    if (!is_so)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t len = end == NULL ? size : (size_t)(end - data);
    struct al_http_url base, url;
    uint8_t room[480], again[480];
    aloft_space out = ALOFT_SPACE(room), same = ALOFT_SPACE(again);
    aloft_fault why = {0};

    if (end == NULL || al_http_url_split((aloft_bytes){data, len}, &base, &why) != ALOFT_OK)
        return 0;
    must(base.host.len > 0 && base.host.len <= 253 && base.port > 0);
    if (al_http_url_resolve(&base, (aloft_bytes){end + 1, size - len - 1}, &out, &why) != ALOFT_OK)
        return 0;
    must(out.len <= sizeof room);
    must(al_http_url_split((aloft_bytes){room, out.len}, &url, &why) == ALOFT_OK);
    /* what has been resolved resolves to itself */
    must(al_http_url_resolve(&base, (aloft_bytes){room, out.len}, &same, &why) == ALOFT_OK);
    must(same.len == out.len && memcmp(room, again, out.len) == 0);
    return 0;
}

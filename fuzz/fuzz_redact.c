/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as lines: what was told is gone, nothing with @ and a host is left, the room is enough. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/report/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *out) {
    size_t len = strlen(out);

    if (len > REDACT_LINE_MAX || strcasestr(out, "hunter") != NULL)
        abort();
    for (size_t i = 0; i < len; i++)
        if (out[i] < ' ' || out[i] > '~')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct redact redact = {.is_foreign = size > 0 && (data[0] & 1u) != 0};
    char *out = malloc(REDACT_LINE_MAX + 1);

    if (out == NULL || !redact_word(&redact, "hunter", "<that>"))
        abort();
    while (size > 0) {
        const uint8_t *feed = memchr(data, '\n', size);
        size_t len = feed != NULL ? (size_t)(feed - data) : size;
        (void)redact_line(&redact, (aloft_bytes){data, len}, out);
        check(out);
        len += feed != NULL;
        data += len;
        size -= len;
    }
    free(out);
    return 0;
}

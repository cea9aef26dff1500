/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a log, and as a question. */
#include <stdlib.h>
#include <string.h>

#include "host/explain/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *nowhere;
    struct explain *log = explain_new();
    size_t half = size / 2;
    char *text = malloc(size + 1);

    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    if (log == NULL || text == NULL || nowhere == NULL)
        abort();
    explain_read(log, (aloft_bytes){data, half});
    explain_read(log, (aloft_bytes){data + half, size - half});
    explain_end(log);
    explain_say(log, nowhere);
    explain_free(log);
    memcpy(text, data, size);
    text[size] = 0;
    log = explain_new();
    if (log == NULL)
        abort();
    explain_ask(log, text);
    explain_end(log);
    explain_json(log, nowhere);
    explain_free(log);
    free(text);
    return 0;
}

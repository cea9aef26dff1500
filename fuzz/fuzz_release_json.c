/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as release.json: what is read is written and read again as the same. */
#include <stdlib.h>
#include <string.h>

#include "host/make/release_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct releases one = {0}, two = {0};
    struct trouble trouble;
    char *text = malloc(size + 1), *written;

    if (text == NULL)
        abort();
    memcpy(text, data, size);
    text[size] = 0;
    if (release_json_read(text, &one, &trouble) == ALOFT_OK) {
        written = release_json_write("a.example/b/c", "stable", &one);
        if (written == NULL || release_json_read(written, &two, &trouble) != ALOFT_OK ||
            one.n != two.n || memcmp(one.list, two.list, one.n * sizeof one.list[0]) != 0)
            abort();
        free(written);
    }
    releases_free(&one);
    releases_free(&two);
    free(text);
    return 0;
}

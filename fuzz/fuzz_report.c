/* SPDX-License-Identifier: Apache-2.0 */
/* What devices say to the server. Byte 0: 'r' a report follows, else the head of a check. */
#include <stdlib.h>
#include <string.h>

#include "http/server_request.h"
#include "server/api/api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_so) {
    if (!is_so)
        abort();
}

/* What goes into the database and onto the terminal. */
static void check_word(const struct store_word *word) {
    const char *const texts[] = {word->id, word->device_class, word->channel, word->version,
                                 word->state};
    char said[ALOFT_SENTENCE_MAX + 64];

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (const char *c = texts[i]; *c != 0; c++)
            must(*c > ' ' && *c < 0x7f && *c != '%' && *c != '"' && *c != '<');
    must(strlen(word_for_people(word, said, sizeof said)) < sizeof said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct al_http_request request;
    struct exchange x = {.peer = "192.0.2.7", .request = &request};
    struct store_word word = {0};
    aloft_fault why = {0};

    if (size == 0)
        return 0;
    if (data[0] == 'r') {
        if (report_read((aloft_bytes){data + 1, size - 1}, &word, &why))
            check_word(&word);
        else
            must(why.code == ALOFT_E_REPORT_FORM && why.at <= size - 1);
        return 0;
    }
    if (al_http_request_read((aloft_bytes){data + 1, size - 1}, &request, &why) != ALOFT_OK)
        return 0;
    x.path = request.path;
    if (word_from_heads(&x, &word))
        check_word(&word);
    return 0;
}

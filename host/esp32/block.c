/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/esp32. Finds and replaces the lines that are ours.
 * Knows: two marks.   Never knows: what stands between them, files. */
#include "host/esp32/block.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#define BEGIN "# aloft: begin "
#define END   "# aloft: end\n"
#define WORDS " (made by `aloft esp32` and made again by it: your own lines go outside)\n"

#define SUM_CHARS 8u

static void sum_of(const char *lines, size_t len, char out[SUM_CHARS + 1]) {
    uint8_t digest[EVP_MAX_MD_SIZE] = {0};

    (void)EVP_Digest(lines, len, digest, NULL, EVP_sha256(), NULL);
    snprintf(out, SUM_CHARS + 1, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}

/* The next line that begins with this mark, from `from` on; NULL: there is none. */
static const char *line_of(const char *from, const char *mark) {
    size_t len = strlen(mark) - (mark[strlen(mark) - 1] == '\n');

    while (*from != 0) {
        const char *end = strchr(from, '\n');
        if (strncmp(from, mark, len) == 0)
            return from;
        if (end == NULL)
            return NULL;
        from = end + 1;
    }
    return NULL;
}

static const char *behind_line(const char *at) {
    const char *end = strchr(at, '\n');

    return end == NULL ? at + strlen(at) : end + 1;
}

static bool is_ours(const char *begin, const char *end) {
    const char *lines = behind_line(begin);
    char sum[SUM_CHARS + 1];

    sum_of(lines, (size_t)(end - lines), sum);
    return strncmp(begin + strlen(BEGIN), sum, SUM_CHARS) == 0;
}

struct block block_find(const char *text) {
    struct block out = {BLOCK_NONE, 0, 0, 1};
    const char *begin = line_of(text, BEGIN), *end = line_of(text, END);
    const char *first = begin == NULL || (end != NULL && end < begin) ? end : begin;

    if (first == NULL)
        return out;
    for (const char *c = text; c < first; c++)
        out.line += *c == '\n';
    out.begin = (size_t)(first - text);
    out.end = out.begin;
    out.state = BLOCK_BROKEN;
    if (begin == NULL || end == NULL || end < begin || line_of(behind_line(begin), BEGIN) != NULL ||
        line_of(behind_line(end), END) != NULL)
        return out;
    out.end = (size_t)(behind_line(end) - text);
    out.state = is_ours(begin, end) ? BLOCK_OURS : BLOCK_EDITED;
    return out;
}

size_t block_put(const char *text, const struct block *block, const char *lines, char *out,
                 size_t out_size) {
    bool is_there = block->state != BLOCK_NONE;
    size_t before = is_there ? block->begin : strlen(text);
    const char *after = is_there ? text + block->end : "";
    const char *gap = "";
    char sum[SUM_CHARS + 1];
    int len;

    sum_of(lines, strlen(lines), sum);
    if (!is_there && before > 0)
        gap = text[before - 1] == '\n' ? "\n" : "\n\n";
    if (lines[0] == 0) {
        if (is_there && before > 1 && text[before - 1] == '\n' && text[before - 2] == '\n')
            before--;
        len = snprintf(out, out_size, "%.*s%s", (int)before, text, after);
    } else {
        len = snprintf(out, out_size, "%.*s%s" BEGIN "%s" WORDS "%s" END "%s", (int)before, text,
                       gap, sum, lines, after);
    }
    return len > 0 && (size_t)len < out_size ? (size_t)len : 0;
}

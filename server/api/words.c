/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. What devices say, from bytes to words. All of it is hostile until it has been
 * here.
 * Knows: the sets of characters of protocol.md.   Never knows: HTTP, CBOR, the database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api.h"
#include "host/hex.h"
#include "host/project.h"

static bool is_plain(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

static bool copy(aloft_bytes from, char also, char *out, size_t max) {
    if (from.len == 0 || from.len > max)
        return false;
    for (size_t i = 0; i < from.len; i++)
        if (!is_plain(from.at[i]) && (also == 0 || from.at[i] != (uint8_t)also))
            return false;
    memcpy(out, from.at, from.len);
    out[from.len] = 0;
    return true;
}

bool word_id(aloft_bytes from, char out[ALOFT_ID_MAX + 1]) {
    return copy(from, 0, out, ALOFT_ID_MAX);
}

bool word_version(aloft_bytes from, char out[STORE_WORD_MAX + 1]) {
    return copy(from, '+', out, STORE_WORD_MAX);
}

bool word_channel(aloft_bytes from, char out[STORE_WORD_MAX + 1]) {
    return copy(from, 0, out, STORE_WORD_MAX) && project_channel_is_legal(out);
}

bool word_class(aloft_bytes from, char out[ALOFT_CLASS_MAX]) {
    return copy(from, '/', out, ALOFT_CLASS_MAX - 1) && project_class_is_legal(out);
}

bool word_number(aloft_bytes from, uint64_t max, uint64_t *out) {
    uint64_t number = 0;

    if (from.len == 0 || from.len > 19) /* 10^19 - 1 < 2^64 */
        return false;
    for (size_t i = 0; i < from.len; i++) {
        if (from.at[i] < '0' || from.at[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(from.at[i] - '0');
    }
    *out = number;
    return number <= max;
}

/* "0x0204" or "516". */
static bool read_code(aloft_bytes from, uint16_t *out) {
    char text[8], *end;
    unsigned long code;

    if (from.len == 0 || from.len >= sizeof text)
        return false;
    memcpy(text, from.at, from.len);
    text[from.len] = 0;
    code = strtoul(text, &end, 0);
    *out = (uint16_t)code;
    return *end == 0 && text[0] >= '0' && text[0] <= '9' && code <= 0xffff;
}

bool word_state(aloft_bytes from, struct store_word *word) {
    static const char *const states[] = {"idle",        "downloading", "testing",  "confirmed",
                                         "rolled-back", "stale",       "withheld", "failed"};
    const uint8_t *colon = from.len > 0 ? memchr(from.at, ':', from.len) : NULL;
    aloft_bytes code = {0};

    if (colon != NULL) {
        code = (aloft_bytes){colon + 1, from.len - (size_t)(colon + 1 - from.at)};
        from.len = (size_t)(colon - from.at);
    }
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (strlen(states[i]) != from.len || memcmp(states[i], from.at, from.len) != 0)
            continue;
        if (colon != NULL && !read_code(code, &word->fault.code))
            return false;
        snprintf(word->state, sizeof word->state, "%s", states[i]);
        return true;
    }
    return false;
}

void word_begin(const struct exchange *x, bool waits, struct store_word *word) {
    memset(word, 0, sizeof *word);
    word->conn_id = waits ? x->conn_id : STORE_NO_CONN;
    word->generation = x->generation;
    word->when_s = (uint64_t)time(NULL);
    word->is_report = waits;
    snprintf(word->address, sizeof word->address, "%s", x->peer);
}

/* Cut off what stands before the next separator; all of it where there is none. */
static aloft_bytes cut(aloft_bytes *from, uint8_t separator) {
    const uint8_t *at = from->len > 0 ? memchr(from->at, separator, from->len) : NULL;
    aloft_bytes part = *from;

    if (at == NULL) {
        *from = (aloft_bytes){0};
        return part;
    }
    part.len = (size_t)(at - from->at);
    from->at = at + 1;
    from->len -= part.len + 1;
    return part;
}

/* VERSION;SEQUENCE;16 hex digits. One wrong part and nothing was said. */
static void read_running(aloft_bytes from, struct store_word *word) {
    aloft_bytes version = cut(&from, ';'), sequence = cut(&from, ';');
    char hex[2 * STORE_DIGEST_LEN + 1];

    if (from.len == sizeof hex - 1 && word_version(version, word->version) &&
        word_number(sequence, INT64_MAX, &word->sequence)) {
        memcpy(hex, from.at, from.len);
        hex[from.len] = 0;
        if (hex_read(hex, word->digest, sizeof word->digest))
            return;
    }
    word->version[0] = 0;
    word->sequence = 0;
}

/* /VENDOR/MODEL/REVISION/CHANNEL/manifest.suit */
bool word_place(aloft_bytes path, struct store_word *word) {
    const uint8_t *end = path.len > 0 ? memrchr(path.at, '/', path.len) : NULL;
    const uint8_t *middle;

    if (end == NULL || end == path.at)
        return false;
    middle = memrchr(path.at, '/', (size_t)(end - path.at));
    if (middle == NULL || middle == path.at)
        return false;
    return word_channel((aloft_bytes){middle + 1, (size_t)(end - middle - 1)}, word->channel) &&
           word_class((aloft_bytes){path.at + 1, (size_t)(middle - path.at - 1)},
                      word->device_class);
}

bool word_from_heads(const struct exchange *x, struct store_word *word) {
    uint64_t record;

    word_begin(x, false, word);
    if (!word_id(exchange_field(x, "aloft-device"), word->id) || !word_place(x->path, word))
        return false;
    read_running(exchange_field(x, "aloft-running"), word);
    if (!word_state(exchange_field(x, "aloft-state"), word))
        word->state[0] = 0;
    word->has_record = word_number(exchange_field(x, "aloft-record"), UINT32_MAX, &record);
    word->record = word->has_record ? (uint32_t)record : 0;
    return true;
}

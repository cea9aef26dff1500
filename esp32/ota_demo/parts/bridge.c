/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/parts. Finds device_info.json among the bytes of an image, and has it kept.
 * Knows: the SDK's names, JSON as far as braces and strings go.   Never knows: partitions, NVS. */
#include "bridge.h"

#include <string.h>

#define FIELD     "\"deviceInfo\""
#define FIELD_LEN (sizeof FIELD - 1)
#define BLANKS    32u /* between the brace and the field; the SDK's file has three */
#define PLACES    64u /* more are no firmware; bounds the work in a slot made to hold only fields */
#define DEPTH     8u

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- a text that begins with { */

/* Length of the string that begins with a quote here, quotes included; 0: it does not end. */
static size_t string_len(const char *at, size_t len) {
    for (size_t i = 1; i < len; i++) {
        if ((unsigned char)at[i] < 0x20)
            return 0;
        if (at[i] == '"')
            return i + 1;
        i += at[i] == '\\';
    }
    return 0;
}

/* Length of the object that begins here; 0: it does not end, or is no text. */
static size_t object_len(const char *text, size_t len) {
    unsigned depth = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        size_t n = c == '"' ? string_len(text + i, len - i) : 1;
        if (n == 0 || ((unsigned char)c < 0x20 && !is_blank(c)))
            return 0;
        if (c == '{' || c == '[')
            depth++;
        if (c == '}' || c == ']')
            depth--;
        if (depth == 0)
            return i + 1;
        if (depth > DEPTH)
            return 0;
        i += n - 1;
    }
    return 0;
}

static size_t skip_blanks(const char *text, size_t len, size_t at) {
    while (at < len && is_blank(text[at]))
        at++;
    return at;
}

/* Whether "name" : "value" stands there with a value of its own; the SDK ships each value as
 * NAME_here. */
static bool has_own(const char *text, size_t len, const char *name) {
    size_t n, want = strlen(name);

    for (size_t i = 0; i < len; i++) {
        bool is_name;
        if (text[i] != '"')
            continue;
        n = string_len(text + i, len - i);
        if (n == 0)
            return false;
        is_name = n == want + 2 && memcmp(text + i + 1, name, want) == 0;
        i = skip_blanks(text, len, i + n);
        if (!is_name || i >= len || text[i] != ':') {
            i--;
            continue;
        }
        i = skip_blanks(text, len, i + 1);
        n = i < len && text[i] == '"' ? string_len(text + i, len - i) : 0;
        return n > 2 && !(n >= 7 && memcmp(text + i + n - 6, "_here", 5) == 0);
    }
    return false;
}

bool bridge_is_identity(const char *text, size_t len) {
    return len > 1 && len <= BRIDGE_TEXT_MAX && text[0] == '{' && object_len(text, len) == len &&
           has_own(text, len, "privateKey") && has_own(text, len, "serialNumber");
}

/* ---- the slot */

static uint32_t size_of(const struct bridge_port *port) {
    return port->size < BRIDGE_SLOT_MAX ? port->size : BRIDGE_SLOT_MAX;
}

/* The field stands at `at`: where its object begins, or `at` where it is no first field of one. */
static bool begin_of(const struct bridge_port *port, uint32_t at, uint32_t *begin) {
    char before[BLANKS];
    uint32_t n = at < BLANKS ? at : BLANKS;

    *begin = at;
    if (n > 0 && !port->read(port->self, at - n, before, n))
        return false;
    while (n > 0 && is_blank(before[n - 1]))
        n--;
    if (n > 0 && before[n - 1] == '{')
        *begin = at - ((at < BLANKS ? at : BLANKS) - (n - 1));
    return true;
}

/* The text that a field at `at` belongs to, into room->text: its length, 0 none, -1 unreadable. */
static int take(const struct bridge_port *port, uint32_t at, struct bridge_room *room) {
    uint32_t begin, len;
    size_t n;

    if (!begin_of(port, at, &begin))
        return -1;
    if (begin == at)
        return 0;
    len = size_of(port) - begin;
    if (len > BRIDGE_TEXT_MAX)
        len = BRIDGE_TEXT_MAX;
    if (!port->read(port->self, begin, room->text, len))
        return -1;
    n = object_len(room->text, len);
    return bridge_is_identity(room->text, n) ? (int)n : 0;
}

/* The first one counts: a slot that was flashed over the cable may hold the end of an older image
 * behind it. */
int bridge_find(const struct bridge_port *port, struct bridge_room *room) {
    uint32_t size = size_of(port), len;
    unsigned places = 0;

    for (uint32_t at = 0; at + FIELD_LEN <= size; at += BRIDGE_WINDOW_MAX - (FIELD_LEN - 1)) {
        len = size - at < BRIDGE_WINDOW_MAX ? size - at : BRIDGE_WINDOW_MAX;
        if (!port->read(port->self, at, room->window, len))
            return -1;
        for (uint32_t i = 0; i + FIELD_LEN <= len; i++) {
            int n;
            if (room->window[i] != '"' || memcmp(room->window + i, FIELD, FIELD_LEN) != 0)
                continue;
            n = take(port, at + i, room);
            if (n != 0 || ++places == PLACES)
                return n;
        }
    }
    return 0;
}

/* ---- the steps; each may be the last one before the power goes */

enum bridge_word bridge_run(const struct bridge_port *port, struct bridge_room *room) {
    int n = port->load(port->self, room->text, BRIDGE_TEXT_MAX);

    if (n > 0 && bridge_is_identity(room->text, (size_t)n))
        return BRIDGE_SAVED;
    if (n < 0)
        return BRIDGE_FAILED;
    n = bridge_find(port, room);
    if (n <= 0)
        return n < 0 ? BRIDGE_FAILED : BRIDGE_NONE;
    /* If power goes here: nothing is kept, and the old slot is whole. */
    if (!port->store(port->self, room->text, (size_t)n))
        return BRIDGE_FAILED;
    /* If power goes here: it is kept. */
    if (port->load(port->self, room->window, BRIDGE_TEXT_MAX) != n ||
        memcmp(room->window, room->text, (size_t)n) != 0)
        return BRIDGE_FAILED;
    return BRIDGE_SAVED;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Reads one file of a source folder: C, sdkconfig.
 * Knows: comments, string literals, lines.   Never knows: which server is right. */
#include "host/doctor/room.h"

#include <stdlib.h>
#include <string.h>

/* ---- C: an address counts only inside a string literal, not in a comment */

enum state { CODE, LINE_COMMENT, COMMENT, STRING, LETTER };

struct lexer {
    enum state state;
    unsigned line;
    size_t begin; /* of the literal */
};

/* A blank ends an address, unless more of it follows, or nothing: then it stands inside the text
 * that the firmware uses, and the address leads nowhere. */
static bool has_blank_inside(aloft_bytes text, size_t end) {
    if (end >= text.len || text.at[end] != ' ')
        return false;
    return end + 1 == text.len || strchr(":/0123456789", text.at[end + 1]) != NULL;
}

static void literal(struct doctor *d, const char *name, unsigned line, aloft_bytes text) {
    char where[96];
    struct scan_hit hit;

    snprintf(where, sizeof where, "%s", name);
    if (line > 0)
        snprintf(where, sizeof where, "%.80s:%u", name, line);
    for (size_t from = 0; scan_next(text, from, &hit); from = hit.at + hit.len)
        if (hit.what == SCAN_ADDRESS && address_is_for_updates(hit.address))
            doctor_see_address(d, where, hit.address, has_blank_inside(text, hit.at + hit.len));
}

static enum state in_code(aloft_bytes file, size_t *at) {
    uint8_t c = file.at[*at], next = *at + 1 < file.len ? file.at[*at + 1] : 0;

    if (c == '/' && next == '/')
        return LINE_COMMENT;
    if (c == '/' && next == '*') {
        ++*at;
        return COMMENT;
    }
    return c == '"' ? STRING : c == '\'' ? LETTER : CODE;
}

/* An unended literal ends with its line: what follows is read again as code. */
static void in_literal(struct doctor *d, const char *name, aloft_bytes file, size_t *at,
                       struct lexer *l) {
    uint8_t c = file.at[*at], quote = l->state == STRING ? '"' : '\'';

    if (c == '\\') {
        ++*at;
    } else if (c == quote || c == '\n') {
        if (l->state == STRING)
            literal(d, name, l->line, (aloft_bytes){file.at + l->begin, *at - l->begin});
        l->state = CODE;
    }
}

void doctor_see_source(struct doctor *d, const char *name, aloft_bytes file) {
    struct lexer l = {CODE, 1, 0};

    if (memmem(file.at, file.len, "signed_ota_demo.bin", 19) != NULL)
        d->is_ota_demo = true;
    for (size_t at = 0; at < file.len; at++) {
        size_t here = at;
        if (l.state == CODE) {
            l.state = in_code(file, &at);
            l.begin = at + 1;
        } else if (l.state == STRING || l.state == LETTER) {
            in_literal(d, name, file, &at, &l);
        } else if (l.state == LINE_COMMENT) {
            l.state = file.at[at] == '\n' ? CODE : LINE_COMMENT;
        } else if (file.at[at] == '*' && at + 1 < file.len && file.at[at + 1] == '/') {
            at++;
            l.state = CODE;
        }
        for (; here <= at && here < file.len; here++)
            l.line += file.at[here] == '\n';
    }
}

/* ---- sdkconfig */

static const char *value_of(const char *line, const char *key) {
    size_t len = strlen(key);

    return strncmp(line, key, len) == 0 && line[len] == '=' ? line + len + 1 : NULL;
}

static void see_version(struct doctor *d, const char *where, const char *text) {
    char version[24];
    unsigned long major, minor;
    char *end;

    snprintf(version, sizeof version, "%.*s", (int)strspn(text, "0123456789."), text);
    major = strtoul(version, &end, 10);
    if (end == version || *end != '.' || end[1] < '0' || end[1] > '9')
        return;
    minor = strtoul(end + 1, NULL, 10);
    if (major > 5 || (major == 5 && minor >= 3))
        doctor_add(d, DOCTOR_FINE, DOCTOR_IDF, where, "ESP-IDF %s", version);
    else
        doctor_add(d, DOCTOR_NOTE, DOCTOR_IDF, where,
                   "ESP-IDF %s: aloft serves, checks and signs for it; aloft's own component needs "
                   "5.3",
                   version);
}

static void see_setting(struct doctor *d, const char *where, const char *line) {
    static const char header[] = "(ESP-IDF) ";
    const char *value = value_of(line, "CONFIG_IDF_INIT_VERSION"), *idf = strstr(line, header);
    const char *quote = strchr(line, '"');

    if (value != NULL)
        see_version(d, where, value + (*value == '"'));
    else if (line[0] == '#' && idf != NULL)
        see_version(d, where, idf + sizeof header - 1);
    if (value_of(line, "CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE") != NULL ||
        value_of(line, "CONFIG_BOOTLOADER_APP_ROLLBACK") != NULL)
        d->saw_rollback = strchr(line, 'y') != NULL;
    if (strncmp(line, "CONFIG_", 7) == 0 && quote != NULL)
        literal(d, where, 0, (aloft_bytes){(const uint8_t *)quote + 1, strcspn(quote + 1, "\"")});
}

void doctor_see_sdkconfig(struct doctor *d, const char *name, aloft_bytes file) {
    const char *text = (const char *)file.at;
    unsigned number = 0;
    char line[512], where[96];

    d->saw_sdkconfig = d->saw_sdkconfig || strstr(name, "defaults") == NULL;
    for (size_t at = 0; at < file.len; number++) {
        size_t len = strcspn(text + at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(len < 500 ? len : 500), text + at);
        snprintf(where, sizeof where, "%s:%u", name, number + 1);
        see_setting(d, where, line);
        at += len + 1;
    }
}

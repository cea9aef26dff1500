/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. Finds known texts, numbers and names in one clean line.
 * Knows: the tables, how logs write numbers.   Never knows: where lines come from. */
#include "log.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers as logs write them */

static bool begins_number(const char *at) {
    if (*at == '-')
        at++;
    return isdigit((unsigned char)*at);
}

bool explain_number_in(const char *text, int64_t *number) {
    const char *digits;
    char *end;

    for (size_t i = 0; i < 40 && text[i] != 0; i++) {
        if (!begins_number(text + i))
            continue;
        digits = text[i] == '-' ? text + i + 1 : text + i;
        *number = strtoll(digits, &end,
                          digits[0] == '0' && tolower((unsigned char)digits[1]) == 'x' ? 16 : 10);
        if (*number > UINT32_MAX)
            return false;
        if (text[i] == '-')
            *number = -*number;
        return true;
    }
    return false;
}

static bool last_number_in(const char *text, int64_t *number) {
    bool found = false;
    size_t i = 0;

    while (text[i] != 0) {
        if (begins_number(text + i) && (i == 0 || !isalnum((unsigned char)text[i - 1]))) {
            found = explain_number_in(text + i, number) || found;
            i += text[i] == '-';
            while (isalnum((unsigned char)text[i]))
                i++;
        } else {
            i++;
        }
    }
    return found;
}

/* ---- what a chip id says: two letters are the middle of a text */

static const char *chip_named(int64_t id) {
    static const struct {
        int id;
        const char *name;
    } chips[] = {{0, "ESP32"},      {2, "ESP32-S2"},  {5, "ESP32-C3"},   {9, "ESP32-S3"},
                 {12, "ESP32-C2"},  {13, "ESP32-C6"}, {16, "ESP32-H2"},  {18, "ESP32-P4"},
                 {20, "ESP32-C61"}, {23, "ESP32-C5"}, {25, "ESP32-H21"}, {28, "ESP32-H4"}};

    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++)
        if (chips[i].id == id)
            return chips[i].name;
    return NULL;
}

static bool is_two_letters(int64_t id) {
    return id > 0 && id < 0x10000 && isgraph((int)(id & 0xff)) && isgraph((int)(id >> 8));
}

static void note_chip(struct explain *log, const struct explain_line *line, int64_t id,
                      const char *text) {
    struct explain_finding *f = explain_note(log, line, NULL, (int32_t)id, text);
    const char *chip = chip_named(id);
    unsigned mark = is_two_letters(id) ? MARK_TEXT_IMAGE
                    : chip != NULL     ? MARK_WRONG_CHIP
                                       : MARK_BAD_IMAGE;

    explain_mark(log, mark);
    if (f == NULL)
        return;
    f->mark = (uint8_t)mark;
    if (is_two_letters(id))
        snprintf(f->own, sizeof f->own,
                 "%lld is no chip: its two bytes are the letters \"%c%c\", so what came is text%s.",
                 (long long)id, (int)(id & 0xff), (int)(id >> 8),
                 id == 27757 ? ": they stand at byte 12 of <!DOCTYPE html, a web page" : "");
    else if (id == 0xffff)
        snprintf(f->own, sizeof f->own, "65535 is erased flash: no image stands there.");
    else if (chip != NULL)
        snprintf(f->own, sizeof f->own, "chip id %lld is %s: the image was built for that chip.",
                 (long long)id, chip);
    else
        snprintf(f->own, sizeof f->own, "%lld is the id of no chip: this is not an image.",
                 (long long)id);
}

/* ---- progress: a download that went on from byte 0 passes its end */

static void note_percent(struct explain *log, const struct explain_line *line, int64_t percent,
                         const char *text, const char *rest) {
    struct explain_finding *f;

    if (percent <= 100 || percent > 1000 || strchr(rest, '%') == NULL)
        return;
    explain_mark(log, MARK_NO_RANGES);
    f = explain_note(log, line, NULL, 0, text);
    if (f == NULL)
        return;
    f->mark = MARK_NO_RANGES;
    snprintf(f->own, sizeof f->own,
             "%d %% is more than there is: the server gave the file from its beginning (200) where "
             "the download was to go on (206), and it was written behind what was there.",
             (int)percent);
}

/* ---- one number of a family */

static bool is_before_tls(const struct explain_code *code) {
    return code->mark == MARK_PEM || code->mark == MARK_SIGNATURE || code->mark == MARK_NAME ||
           code->mark == MARK_NO_CONNECTION || code->mark == MARK_MEMORY;
}

/* mbedTLS adds a low number (-0x0002..-0x007f) to a high one (multiples of 0x80), error.h */
static void note_mbedtls(struct explain *log, const struct explain_line *line, int64_t number,
                         const char *text) {
    int32_t size = (int32_t)(number < 0 ? -number : number);
    const struct explain_code *high = explain_code_of(EXPLAIN_MBEDTLS, -(size & 0x7f80));
    const struct explain_code *low = explain_code_of(EXPLAIN_MBEDTLS, -(size & 0x7f));
    const struct explain_code *code = high != NULL ? high : low;
    struct explain_finding *f;

    if (code == NULL || size > 0x7fff)
        return;
    f = explain_note(log, line, code, -size, text);
    if (f != NULL && high != NULL)
        f->part = low;
    explain_mark(log, code->mark);
    if (!is_before_tls(code))
        explain_mark(log, MARK_TLS);
}

static void note_errno(struct explain *log, const struct explain_line *line, int64_t number,
                       const char *text) {
    const struct explain_code *code = explain_code_of(EXPLAIN_NEWLIB, (int32_t)number);

    if (code == NULL)
        code = explain_code_of(EXPLAIN_LINUX, (int32_t)number);
    if (code == NULL)
        return;
    explain_note(log, line, code, (int32_t)number, text);
    explain_mark(log, code->mark);
}

void explain_number(struct explain *log, const struct explain_line *line, int64_t number,
                    const char *text) {
    const struct explain_code *code;

    if (line->family == EXPLAIN_OTADATA && number == UINT32_MAX)
        number = -1; /* erased flash, printed without a sign */
    if (line->family == EXPLAIN_CHIP) {
        note_chip(log, line, number, text);
    } else if (line->family == EXPLAIN_MBEDTLS) {
        note_mbedtls(log, line, number, text);
    } else if (line->family == EXPLAIN_NEWLIB) {
        note_errno(log, line, number, text);
    } else if (number >= INT32_MIN && number <= INT32_MAX) {
        code = explain_code_of((enum explain_family)line->family, (int32_t)number);
        if (code == NULL)
            return;
        explain_note(log, line, code, (int32_t)number, text);
        explain_mark(log, code->mark);
        if (line->family == EXPLAIN_OTADATA)
            explain_trial_state(log, (int32_t)number);
    }
}

/* ---- known texts */

static void copy_word(const char *from, char *out, size_t out_size) {
    size_t n = strspn(from, " ");
    size_t len = strcspn(from + n, " ,;\"'<>)`");

    snprintf(out, out_size, "%.*s", (int)(len < 200 ? len : 200), from + n);
}

/* Inside a bracket of aloft stands what its sentence is made of, in the port's numbering. */
static bool is_in_own(const char *text, const char *at) {
    while (at > text && *at != '[' && *at != ']')
        at--;
    return explain_is_own(at);
}

static void see_row(struct explain *log, const struct explain_line *row, const char *text,
                    const char *rest) {
    int64_t number;

    if (row->mark == MARK_REFUSED && log->arduino_line == log->n_lines)
        return; /* Arduino calls every failure to connect so */
    if (row->family == EXPLAIN_ARDUINO || strstr(row->text, "HTTP error: ") != NULL)
        log->arduino_line = log->n_lines;
    if (row->family == EXPLAIN_PERCENT) {
        if (explain_number_in(rest, &number))
            note_percent(log, row, number, text, rest);
        return;
    }
    if (row->mark != MARK_NONE)
        explain_mark(log, row->mark);
    if (row->mark == MARK_ADDRESS)
        copy_word(rest, log->device, sizeof log->device);
    if (row->family == EXPLAIN_CHIP    ? last_number_in(rest, &number)
        : row->family == EXPLAIN_WORDS ? false
                                       : explain_number_in(rest, &number))
        explain_number(log, row, number, text);
    else if (row->means[0] != 0)
        explain_note(log, row, NULL, 0, text);
}

/* ---- names and numbers that stand anywhere: ESP_ERR_..., MBEDTLS_ERR_..., -0x2700, [0x0203 ...] */

static const struct explain_line anywhere[] = {
    {"", EXPLAIN_MBEDTLS, MARK_NONE, "", "", ""},
    {"", EXPLAIN_ESP, MARK_NONE, "", "", ""},
};

static bool tells_of_trouble(const char *small) {
    return strstr(small, "err") != NULL || strstr(small, "fail") != NULL;
}

static void see_hex(struct explain *log, const char *at, const char *text, bool is_trouble) {
    int64_t number = strtoll(at + (at[0] == '-'), NULL, 16);

    if (at[0] == '-')
        note_mbedtls(log, &anywhere[0], number, text);
    else if (at > text && explain_is_own(at - 1))
        explain_own(log, (unsigned)number, text, at - 1);
    else if (is_trouble && number >= 0x1101 && number <= 0x9001)
        explain_number(log, &anywhere[1], number, text);
}

static void see_name(struct explain *log, const char *at, size_t len, const char *text) {
    const struct explain_code *code = explain_code_named((aloft_bytes){(const uint8_t *)at, len});
    unsigned own = strncmp(at, "ALOFT_E_", 8) == 0 ? explain_own_named(at, len) : 0;

    if (own != 0)
        explain_own(log, own, text, NULL);
    if (code == NULL)
        return;
    explain_note(log, NULL, code, code->number, text);
    explain_mark(log, code->mark);
    if (code->family == EXPLAIN_MBEDTLS && !is_before_tls(code))
        explain_mark(log, MARK_TLS);
}

static void see_words(struct explain *log, const char *text, const char *small) {
    bool is_trouble = tells_of_trouble(small);
    const char *at = text;

    while (*at != 0) {
        size_t len = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        if (strncmp(at, "0x", 2) == 0 || strncmp(at, "-0x", 3) == 0) {
            see_hex(log, at, text, is_trouble);
            at += 2 + strspn(at + 2, "x0123456789abcdefABCDEF");
        } else if (len >= 5) {
            see_name(log, at, len, text);
            at += len;
        } else {
            at++;
        }
    }
}

/* wifi: connected with workshop, aid = 3, channel 6, ... */
static void see_wifi(struct explain *log, const char *text, const char *small) {
    static const char words[] = "connected with ";
    const char *at = strstr(small, "wifi") != NULL ? strstr(small, words) : NULL;
    const char *name = at != NULL ? text + (at - small) + sizeof words - 1 : NULL;
    const char *end = name != NULL ? strstr(name, ", aid") : NULL;

    if (end != NULL && (size_t)(end - name) < sizeof log->wifi)
        snprintf(log->wifi, sizeof log->wifi, "%.*s", (int)(end - name), name);
}

static void see_address(struct explain *log, const char *text, const char *small) {
    const char *at = strstr(small, "https://");

    if (at == NULL)
        at = strstr(small, "http://");
    if (at != NULL)
        copy_word(text + (at - small), log->url, sizeof log->url);
}

static bool looks_like_esp(const char *text) {
    return strstr(text, "esp-tls") != NULL || strstr(text, "[IoT]") != NULL ||
           ((text[0] == 'E' || text[0] == 'I' || text[0] == 'W') && text[1] == ' ' &&
            text[2] == '(' && isdigit((unsigned char)text[3]));
}

void explain_line_of(struct explain *log, const char *text) {
    char small[EXPLAIN_LINE_MAX + 1];
    size_t n = 0;
    const char *found;

    for (; n < EXPLAIN_LINE_MAX && text[n] != 0; n++)
        small[n] = (char)tolower((unsigned char)text[n]);
    small[n] = 0;
    log->is_esp = log->is_esp || looks_like_esp(text);
    explain_trial_line(log, text);
    for (size_t i = 0; i < explain_n_lines && i < EXPLAIN_LINES_MAX; i++)
        if ((found = strstr(small, log->needle[i])) != NULL && !is_in_own(small, found))
            see_row(log, &explain_lines[i], text, text + (found - small) + strlen(log->needle[i]));
    see_words(log, text, small);
    see_address(log, text, small);
    see_wifi(log, text, small);
}

/* ---- a number or a name alone */

static void ask_number(struct explain *log, int64_t number, const char *text) {
    static const uint8_t families[] = {
        EXPLAIN_NEWLIB,   EXPLAIN_LINUX, EXPLAIN_LWIP,     EXPLAIN_ESP,     EXPLAIN_PSA,
        EXPLAIN_LWIP_ERR, EXPLAIN_CURL,  EXPLAIN_RESOLVER, EXPLAIN_ARDUINO, EXPLAIN_ALERT};
    const struct explain_code *code;
    size_t before = log->n;
    bool is_hex = strstr(text, "0x") != NULL;

    for (size_t i = 0; i < sizeof families; i++) {
        code = explain_code_of((enum explain_family)families[i], (int32_t)number);
        if (code != NULL && !(is_hex && code->family <= EXPLAIN_LWIP)) {
            explain_note(log, NULL, code, (int32_t)number, text);
            explain_mark(log, code->mark);
        }
    }
    if (number < 0 || (is_hex && log->n == before))
        note_mbedtls(log, &anywhere[0], number, text);
    if (is_hex && number > 0xff)
        explain_own(log, (unsigned)number, text, NULL);
    if (log->n == before && is_two_letters(number))
        note_chip(log, NULL, number, text);
}

/* A row of errors.def, as ERRORS.md, --json and the tests call it. In a log such a word could be any word. */
static bool ask_name(struct explain *log, const char *word, size_t len, const char *text) {
    unsigned own = explain_own_named(word, len);

    if (own == 0)
        return false;
    log->asked = true;
    log->n_lines = 1;
    explain_own(log, own, text, NULL);
    return true;
}

/* alert 46, TLS alert 46 */
static bool ask_alert(struct explain *log, const char *word, const char *text) {
    static const struct explain_line any = {"", EXPLAIN_ALERT, MARK_NONE, "", "", ""};
    int64_t number;
    size_t digits;

    if (strncasecmp(word, "tls ", 4) == 0)
        word += 4;
    if (strncasecmp(word, "alert ", 6) != 0)
        return false;
    word += 6;
    digits = strspn(word, "0123456789");
    if (digits == 0 || word[digits] != 0 || !explain_number_in(word, &number))
        return false;
    log->asked = true;
    log->n_lines = 1;
    explain_number(log, &any, number, text);
    return true;
}

void explain_ask(struct explain *log, const char *text) {
    static const char spaces[] = " \t";
    const char *word = text + strspn(text, spaces);
    int64_t number;
    size_t len;

    if (ask_alert(log, word, text))
        return;
    if (strncasecmp(word, "errno", 5) == 0)
        word += 5 + strspn(word + 5, " =:");
    len = strcspn(word, spaces);
    if (word[len + strspn(word + len, spaces)] == 0 && ask_name(log, word, len, text))
        return;
    if (word[len + strspn(word + len, spaces)] != 0 || !begins_number(word) ||
        len != strspn(word, "-0123456789xXabcdefABCDEF") || !explain_number_in(word, &number) ||
        number > INT32_MAX || number < INT32_MIN) {
        explain_read(log, (aloft_bytes){(const uint8_t *)text, strlen(text)});
        return;
    }
    log->asked = true;
    log->n_lines = 1;
    ask_number(log, number, text);
}

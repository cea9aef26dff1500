/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/report. What private things look like.
 * Knows: the forms of addresses, keys, names.   Never knows: lines, words that a caller names. */
#include "redact.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Shortest runs that are taken for a key or a token: a device's 12 hex digits are its MAC address, and a
 * password of 20 mixed letters has no other reading. A version or a name of ESP-IDF is neither. */
#define HEX_MIN    12u
#define MIXED_MIN  20u
#define BASE64_MIN 40u
/* An e-mail address has at most 254 characters, a URL's user and password hardly more. */
#define MAIL_MAX 320u

static bool is_blank(char c) {
    return c == 0 || c == ' ' || c == '"' || c == '\'' || c == '`';
}

/* Whether a token can begin here. */
static bool is_start(const struct redact_place *p) {
    return p->at == p->text || !isalnum((unsigned char)p->at[-1]);
}

static size_t run(const char *at, const char *set) {
    return strspn(at, set);
}

#define DIGITS  "0123456789"
#define HEX     "0123456789abcdefABCDEF"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HOST    LETTERS DIGITS ".-"

static size_t starts(const char *at, const char *with) {
    size_t len = strlen(with);

    /* asked at each place of a line: the first letter answers nearly always */
    return ((*at ^ *with) & ~0x20) == 0 && strncasecmp(at, with, len) == 0 ? len : 0;
}

/* ---- what a name stands before */

static const struct {
    const char *name;
    bool always; /* the rest goes also without ':' or '=' behind the name */
} secrets[] = {
    {"password", false},     {"passphrase", false},  {"passwd", false},     {"secret", false},
    {"token", false},        {"private_key", false}, {"privatekey", false}, {"private-key", false},
    {"api_key", false},      {"apikey", false},      {"credential", false}, {"serialnumber", false},
    {"authorization", true}, {"bearer ", true},      {"ssid", true},        {"psk", true},
    {"pwd", false},          {"pass", false},        {"key", false},
};

/* "name": ..., name = ..., in any quotes */
static bool has_value(const char *behind) {
    behind += run(behind, "s\"'`]) ");
    return *behind == ':' || *behind == '=';
}

/* What a Wi-Fi driver, an example or a console says before a network's name. */
static size_t before_network(const struct redact_place *p) {
    static const char *const words[] = {"connected with ", "connected to ", "connecting to ",
                                        "joined ", "joining "};
    const char *before = p->at;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = starts(p->at, words[i]);
        const char *next = p->at + len;
        if (len > 0 && starts(next, "http") == 0 && !isdigit((unsigned char)*next))
            return len;
    }
    while (before > p->text && (before[-1] == ' ' || before[-1] == '>' || before[-1] == '$'))
        before--;
    return before == p->text ? starts(p->at, "wifi ") : 0; /* a console's command */
}

/* The value runs to the end of the line: a Wi-Fi name may hold any character. */
static size_t secret(struct redact_place *p) {
    size_t keep = 0;

    for (size_t i = 0; i < sizeof secrets / sizeof *secrets && keep == 0; i++) {
        size_t len = starts(p->at, secrets[i].name);
        bool is_short = len > 0 && len <= 4;
        if (len == 0 || (is_short && !is_start(p)))
            continue;
        if (has_value(p->at + len) || secrets[i].always || (p->is_foreign && !is_short))
            keep = len;
    }
    if (keep == 0 && p->is_foreign && is_start(p))
        keep = before_network(p);
    if (keep == 0 || p->at[keep] == 0)
        return 0;
    snprintf(p->room, sizeof p->room, "%.*s%s<taken out>", (int)keep, p->at,
             p->at[keep - 1] == ' ' ? "" : " ");
    p->instead = p->room;
    return strlen(p->at);
}

/* ---- addresses */

/* name@host, and user:password@host of a URL, whose colons and slashes are part of it */
static size_t mail(struct redact_place *p) {
    size_t n = 0;

    if (!is_start(p) || p->at[0] == '@')
        return 0;
    while (n < MAIL_MAX && !is_blank(p->at[n]) && p->at[n] != '@') {
        if (strncmp(p->at + n, "://", 3) == 0)
            return 0; /* what begins behind it */
        n++;
    }
    while (n < MAIL_MAX && p->at[n] == '@') {
        size_t host = run(p->at + n + 1, HOST);
        if (host == 0)
            return 0;
        n += 1 + host;
        p->instead = "<e-mail>";
    }
    return p->instead[0] != 0 ? n : 0;
}

static size_t mac(struct redact_place *p) {
    size_t n = 0;
    unsigned pairs = 0;

    if (!is_start(p))
        return 0;
    while (run(p->at + n, HEX) == 2) {
        pairs++;
        n += 2;
        if (p->at[n] != ':' && p->at[n] != '-')
            break;
        n++;
    }
    p->instead = "<MAC>";
    return pairs >= 6 ? n : 0;
}

static bool is_private_v4(const uint8_t a[4]) {
    return a[0] == 10 || a[0] == 127 || a[0] == 0 || (a[0] == 172 && a[1] >= 16 && a[1] < 32) ||
           (a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254);
}

/* A run of digits and dots: each four numbers of it that are an address. */
static size_t v4(struct redact_place *p) {
    char text[INET_ADDRSTRLEN];
    uint8_t a[4];
    size_t n = 0;

    if (!isdigit((unsigned char)p->at[0]) || (p->at > p->text && isdigit((unsigned char)p->at[-1])))
        return 0;
    for (unsigned i = 0; i < 4; i++) {
        size_t digits = run(p->at + n, DIGITS);
        if (digits == 0 || digits > 3)
            return 0;
        n += digits + (i < 3);
        if (i < 3 && p->at[n - 1] != '.')
            return 0;
    }
    memcpy(text, p->at, n);
    text[n] = 0;
    p->instead = "<public address>";
    if (inet_pton(AF_INET, text, a) == 1 && is_private_v4(a)) {
        memcpy(p->room, text, n + 1);
        p->instead = p->room;
    }
    return n;
}

/* An address on the link or in a site holds the MAC address, so only ::1 and :: stay. */
static size_t v6(struct redact_place *p) {
    char text[INET6_ADDRSTRLEN];
    size_t n = run(p->at, HEX ":.");
    uint8_t a[16], own[16] = {[15] = 1};

    if (!is_start(p) || (p->at > p->text && p->at[-1] == ':') || memchr(p->at, ':', n) == NULL)
        return 0;
    for (n = n < sizeof text - 1 ? n : sizeof text - 1; n >= 2; n--) {
        memcpy(text, p->at, n);
        text[n] = 0;
        if (inet_pton(AF_INET6, text, a) == 1)
            break;
    }
    if (n < 2 || isalnum((unsigned char)p->at[n]))
        return 0;
    if (memcmp(a, own, 15) == 0 && a[15] <= 1)
        return 0;
    p->instead =
        a[0] == 0xfe || (a[0] & 0xfeu) == 0xfcu ? "<local IPv6 address>" : "<public address>";
    return n;
}

/* ---- names of machines and people */

static bool is_ip(const char *at, size_t len) {
    return run(at, DIGITS ".") >= len;
}

static size_t host(struct redact_place *p) {
    size_t n = run(p->at, HOST);
    bool is_url = p->at - p->text >= 3 && strncmp(p->at - 3, "://", 3) == 0;

    while (n > 0 && (p->at[n - 1] == '.' || p->at[n - 1] == '-'))
        n--;
    if (n == 0 || !is_start(p) || is_ip(p->at, n))
        return 0;
    if (n > 6 && strncasecmp(p->at + n - 6, ".local", 6) == 0) {
        p->instead = "<host>.local";
        return n;
    }
    p->instead = "<host>";
    return is_url && !(n == 9 && starts(p->at, "localhost") > 0) ? n : 0;
}

static size_t home(struct redact_place *p) {
    static const char *const folders[] = {"/home/", "/Users/", "\\Users\\"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t len = starts(p->at, folders[i]);
        if (len == 0)
            continue;
        snprintf(p->room, sizeof p->room, "%s<user>", folders[i]);
        p->instead = p->room;
        return len + strcspn(p->at + len, "/\\:;,\"'` ");
    }
    return 0;
}

/* ---- keys, tokens, digests */

static bool is_mixed(const char *at, size_t n) {
    unsigned digits = 0, small = 0, big = 0;

    for (size_t i = 0; i < n; i++) {
        digits += isdigit((unsigned char)at[i]) != 0;
        small += islower((unsigned char)at[i]) != 0;
        big += isupper((unsigned char)at[i]) != 0;
    }
    return digits >= 6 || (digits > 0 && small > 0 && big > 0);
}

static size_t code(struct redact_place *p) {
    size_t hex = run(p->at, HEX), word = run(p->at, LETTERS DIGITS "_-");
    size_t base64 = run(p->at, LETTERS DIGITS "+/_=-");

    if (hex >= HEX_MIN) {
        snprintf(p->room, sizeof p->room, "<%zu hex digits>", hex);
        p->instead = p->room;
        return hex;
    }
    if (!is_start(p))
        return 0;
    word = base64 >= BASE64_MIN && p->at[0] != '/' ? base64 : word;
    if (word < MIXED_MIN || !is_mixed(p->at, word))
        return 0;
    snprintf(p->room, sizeof p->room, "<%zu letters>", word);
    p->instead = p->room;
    return word;
}

size_t redact_mark(struct redact_place *place) {
    static size_t (*const marks[])(struct redact_place *) = {secret, mail, mac,  v6,
                                                             v4,     host, home, code};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n;
        place->instead = "";
        n = marks[i](place);
        if (n > 0)
            return n;
    }
    place->instead = "";
    return 0;
}

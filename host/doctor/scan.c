/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Finds web addresses and PEM texts among any bytes.
 * Knows: how they are written.   Never knows: files, servers. */
#include "host/doctor/scan.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PEM_MAX 16384u /* a chain of certificates; keys are shorter */

static bool begins(aloft_bytes file, size_t at, const char *word) {
    size_t len = strlen(word);

    return file.len - at >= len && memcmp(file.at + at, word, len) == 0;
}

/* ---- addresses */

static bool is_address_letter(uint8_t c) {
    return isalnum(c) || (c != 0 && strchr("-._~:/?#[]@!$&()*+,;=", c) != NULL);
}

/* https://NAME:PORT: how a sentence writes an address. This library's own are in every image. */
static bool is_in_a_sentence(const char *address) {
    const char *host = strstr(address, "://") + 3;
    const char *port = host + strcspn(host, *host == '[' ? "]" : ":/");

    port += *port == ']';
    return *port == ':' && isalpha((unsigned char)port[1]) && strchr(port, '@') == NULL;
}

/* A pattern such as https://%s:%d/ ends at the % and has no host; one that goes on behind its host
 * is still worth knowing. */
static bool read_address(aloft_bytes file, size_t at, struct scan_hit *hit) {
    size_t scheme = begins(file, at, "https://") ? 8 : 7, len = scheme;

    while (at + len < file.len && len < SCAN_ADDRESS_MAX && is_address_letter(file.at[at + len]))
        len++;
    if (len < scheme + 3 || !(isalnum(file.at[at + scheme]) || file.at[at + scheme] == '['))
        return false;
    hit->what = SCAN_ADDRESS;
    hit->at = at;
    hit->len = len;
    memcpy(hit->address, file.at + at, len);
    hit->address[len] = 0;
    return !is_in_a_sentence(hit->address);
}

bool address_of(const char *text, struct address *out) {
    const char *host = strstr(text, "://"), *end;
    size_t len;

    memset(out, 0, sizeof *out);
    if (host == NULL)
        return false;
    out->is_https = strncasecmp(text, "https", 5) == 0;
    host += 3;
    end = host[0] == '[' && strchr(host, ']') != NULL ? strchr(host, ']') + 1
                                                      : host + strcspn(host, ":/?#");
    len = (size_t)(end - host);
    if (host[0] == '[' && len > 2) {
        host++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof out->host)
        return false;
    for (size_t i = 0; i < len; i++)
        out->host[i] = (char)tolower((unsigned char)host[i]);
    out->port = *end == ':' ? (unsigned)strtoul(end + 1, NULL, 10) : out->is_https ? 443 : 80;
    return true;
}

static bool ends_with(const char *text, const char *end) {
    size_t len = strcspn(text, "?#"), n = strlen(end);

    return len >= n && strncasecmp(text + len - n, end, n) == 0;
}

bool address_is_for_updates(const char *text) {
    struct address a;
    struct in_addr four;

    if (!address_of(text, &a))
        return false;
    return inet_pton(AF_INET, a.host, &four) == 1 || strchr(a.host, ':') != NULL ||
           strchr(a.host, '.') == NULL || ends_with(a.host, ".local") ||
           (a.port != 443 && a.port != 80) || ends_with(text, ".bin") || ends_with(text, ".json") ||
           ends_with(text, ".suit");
}

/* ---- PEM */

static bool is_base64(uint8_t c) {
    return isalnum(c) || c == '+' || c == '/' || c == '=';
}

/* Between the lines: all base64 (a key, a certificate), other printable text (a placeholder), or
 * neither (the words of a PEM reader's own code, with zeros between). */
static bool judge_body(aloft_bytes body, size_t *n_base64) {
    *n_base64 = 0;
    for (size_t i = 0; i < body.len; i++) {
        uint8_t c = body.at[i];
        if (is_base64(c))
            ++*n_base64;
        else if (!isprint(c) && !isspace(c))
            return false;
    }
    return body.len > 0 && isspace(body.at[0]);
}

static enum scan_what what_of(const char *label) {
    if (strstr(label, "PRIVATE KEY") != NULL)
        return SCAN_PRIVATE_KEY;
    return strstr(label, "PUBLIC KEY") != NULL ? SCAN_PUBLIC_KEY : SCAN_CERTIFICATE;
}

/* A body holds no dash, so the first one behind it must begin the END line: each byte is looked at
 * once, also in a file that is made of BEGIN lines. */
static bool read_pem(aloft_bytes file, size_t at, struct scan_hit *hit) {
    char label[40], last[60];
    size_t n = 0, body = at + 11, room, n_base64;
    const uint8_t *end;

    while (body + n < file.len && n + 1 < sizeof label && file.at[body + n] != '-') {
        label[n] = (char)file.at[body + n];
        n++;
    }
    label[n] = 0;
    if (n == 0 || !begins(file, body + n, "-----"))
        return false;
    body += n + 5;
    room = file.len - body < PEM_MAX ? file.len - body : PEM_MAX;
    snprintf(last, sizeof last, "-----END %s-----", label);
    end = memchr(file.at + body, '-', room);
    if (end == NULL || !begins(file, (size_t)(end - file.at), last) ||
        !judge_body((aloft_bytes){file.at + body, (size_t)(end - (file.at + body))}, &n_base64))
        return false;
    hit->at = at;
    hit->len = (size_t)(end - (file.at + at)) + strlen(last);
    hit->what = n_base64 < 64 ? SCAN_PLACEHOLDER : what_of(label);
    hit->is_certificate = what_of(label) == SCAN_CERTIFICATE;
    return true;
}

bool scan_next(aloft_bytes file, size_t from, struct scan_hit *hit) {
    for (size_t at = from; at + 7 < file.len; at++) {
        uint8_t c = file.at[at];
        if (c == 'h' && (begins(file, at, "https://") || begins(file, at, "http://")) &&
            read_address(file, at, hit))
            return true;
        if (c == '-' && begins(file, at, "-----BEGIN ") && read_pem(file, at, hit))
            return true;
    }
    return false;
}

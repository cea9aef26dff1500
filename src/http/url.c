/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Splits and resolves https addresses.
 * Knows: RFC 3986 as far as https needs it.   Never knows: which addresses a device may call. */
#include "http/url.h"

#include <aloft/port.h>

#include <string.h>

#include "http/text.h"

static const char scheme[] = "https://";
#define SCHEME_LEN (sizeof scheme - 1)

static aloft_bytes from(aloft_bytes text, size_t at) {
    return (aloft_bytes){text.at + at, text.len - at};
}

static size_t find_any(aloft_bytes text, const char *set) {
    size_t i = 0;

    for (; i < text.len; i++)
        for (const char *s = set; *s != 0; s++)
            if (text.at[i] == (uint8_t)*s)
                return i;
    return i;
}

/* ---- split. Each reader gives the number of bytes that are right: all, or where it goes wrong. */

/* A DNS name or an IPv4 address: letters, digits, "-", ".", and "_", which some networks have. */
static size_t name_len(aloft_bytes host) {
    size_t i = 0;

    while (i < host.len && i < ALOFT_HOST_MAX &&
           (al_http_is_alpha(host.at[i]) || al_http_is_digit(host.at[i]) || host.at[i] == '-' ||
            host.at[i] == '.' || host.at[i] == '_'))
        i++;
    return i;
}

/* RFC 3986 §3.2.2, IPv6address as far as its bytes go; the port's resolver knows the rest. A zone
 * is refused (RFC 6874 §4: it means nothing to anybody else). */
static size_t v6_len(aloft_bytes host) {
    size_t i = 0, colons = 0;

    for (; i < host.len && i < 45; i++) { /* INET6_ADDRSTRLEN - 1 */
        colons += host.at[i] == ':';
        if (!al_http_is_hex(host.at[i]) && host.at[i] != ':' && host.at[i] != '.')
            break;
    }
    return colons >= 2 ? i : 0;
}

static bool read_port(aloft_bytes digits, uint16_t *port) {
    uint64_t number;

    if (digits.len > 5 || !al_http_number(digits, &number) || number == 0 || number > UINT16_MAX)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* HOST[:PORT]. Gives the length up to the first wrong byte. */
static size_t read_authority(aloft_bytes text, struct al_http_url *url) {
    size_t open = text.len > 0 && text.at[0] == '[';
    size_t host = find_any(text, open ? "]" : ":");
    aloft_bytes inside = {text.at + open, host - open};
    size_t after = host + open; /* behind the "]" */

    url->is_v6 = open;
    url->host = inside;
    url->port = AL_HTTP_PORT;
    if (inside.len == 0 || (open && host == text.len))
        return 0;
    if ((open ? v6_len(inside) : name_len(inside)) < inside.len)
        return open + (open ? v6_len(inside) : name_len(inside));
    if (after == text.len)
        return after;
    return text.at[after] == ':' && read_port(from(text, after + 1), &url->port) ? text.len : after;
}

/* Also the query. Each "%" needs two digits. */
static size_t path_len(aloft_bytes path) {
    size_t i = 0;

    while (i < path.len) {
        if (path.at[i] == '%' && path.len - i > 2 && al_http_is_hex(path.at[i + 1]) &&
            al_http_is_hex(path.at[i + 2]))
            i += 3;
        else if (al_http_is_path(path.at[i]))
            i++;
        else
            break;
    }
    return i;
}

static aloft_err wrong_at(size_t at, aloft_fault *why) {
    *why = (aloft_fault){.code = ALOFT_E_CONFIG_BASE, .at = (uint32_t)at};
    return ALOFT_E_CONFIG_BASE;
}

aloft_err al_http_url_split(aloft_bytes text, struct al_http_url *url, aloft_fault *why) {
    aloft_bytes rest;
    size_t authority, right;

    if (!al_http_begins(text, scheme))
        return wrong_at(0, why);
    rest = from(text, SCHEME_LEN);
    authority = find_any(rest, "/?#");
    right = read_authority((aloft_bytes){rest.at, authority}, url);
    if (authority == 0 || right < authority)
        return wrong_at(SCHEME_LEN + right, why);
    url->path = from(rest, authority);
    url->has_query = find_any(url->path, "?") < url->path.len;
    right = path_len(url->path);
    if (right < url->path.len)
        return wrong_at(SCHEME_LEN + authority + right, why);
    if (url->path.len > 0 && url->path.at[0] != '/') /* a query without a path names nothing here */
        return wrong_at(SCHEME_LEN + authority, why);
    return ALOFT_OK;
}

bool al_http_url_is_base(const struct al_http_url *url) {
    return !url->has_query;
}

bool al_http_url_same_origin(const struct al_http_url *a, const struct al_http_url *b) {
    return a->port == b->port && a->is_v6 == b->is_v6 && al_http_same(a->host, b->host);
}

/* ---- resolve */

static aloft_bytes without_query(aloft_bytes path) {
    return (aloft_bytes){path.at, find_any(path, "?")};
}

static void put_authority(struct al_http_out *out, const struct al_http_url *url) {
    al_http_put_text(out, scheme);
    al_http_put_text(out, url->is_v6 ? "[" : "");
    al_http_put(out, url->host);
    al_http_put_text(out, url->is_v6 ? "]" : "");
    if (url->port != AL_HTTP_PORT) {
        al_http_put_text(out, ":");
        al_http_put_number(out, url->port);
    }
}

/* RFC 3986 §5.2.3: the base's path up to its last "/". */
static void put_folder(struct al_http_out *out, const struct al_http_url *base) {
    aloft_bytes path = without_query(base->path);

    while (path.len > 0 && path.at[path.len - 1] != '/')
        path.len--;
    al_http_put(out, path);
    al_http_put_text(out, path.len == 0 ? "/" : "");
}

/* RFC 3986 §5.2.4 in place: `path` begins with "/". Gives the new length. What is kept never
 * reaches beyond what was read. */
static size_t remove_dots(aloft_space path) {
    size_t kept = 0, at = 0;

    while (at < path.len) {
        const aloft_bytes rest = {path.at + at + 1, path.len - at - 1};
        const aloft_bytes segment = {rest.at, find_any(rest, "/")};
        bool is_last = segment.len == rest.len;

        at += 1 + segment.len;
        if (al_http_equals(segment, "..")) {
            while (kept > 0 && path.at[--kept] != '/')
                ;
        } else if (!al_http_equals(segment, ".")) {
            path.at[kept] = '/';
            memmove(path.at + kept + 1, segment.at, segment.len);
            kept += 1 + segment.len;
            continue;
        }
        if (is_last) /* "/a/.." names the folder "/": its slash stays */
            path.at[kept++] = '/';
    }
    return kept;
}

/* Whether a reference begins with a scheme (RFC 3986 §3.1 and §4.2). */
static bool has_scheme(aloft_bytes reference) {
    size_t end = find_any(reference, ":/?");

    return end > 0 && end < reference.len && reference.at[end] == ':';
}

/* An absolute reference, or one that begins with "//". */
static bool put_other_origin(struct al_http_out *out, aloft_bytes reference) {
    struct al_http_url url;
    aloft_fault why;

    if (reference.at[0] == '/')
        al_http_put_text(out, "https:");
    al_http_put(out, reference);
    return !out->is_full &&
           al_http_url_split((aloft_bytes){out->room.at, out->len}, &url, &why) == ALOFT_OK;
}

/* RFC 3986 §5.2.2 for a reference without an authority. */
static void put_same_origin(struct al_http_out *out, const struct al_http_url *base,
                            aloft_bytes reference) {
    put_authority(out, base);
    if (reference.len == 0) {
        al_http_put(out, base->path);
    } else if (reference.at[0] == '?') {
        al_http_put(out, without_query(base->path));
        al_http_put_text(out, base->path.len == 0 ? "/" : "");
    } else if (reference.at[0] != '/') {
        put_folder(out, base);
    }
    al_http_put(out, reference);
}

/* Take the dot segments out of the path that stands in `text`, behind which its query closes up. */
static bool close_up(aloft_space *text) {
    struct al_http_url url;
    aloft_fault why;
    size_t start, before, after;

    if (al_http_url_split((aloft_bytes){text->at, text->len}, &url, &why) != ALOFT_OK)
        return false;
    start = text->len - url.path.len;
    before = without_query(url.path).len;
    after = remove_dots((aloft_space){text->at + start, before});
    memmove(text->at + start + after, text->at + start + before, url.path.len - before);
    text->len -= before - after;
    return true;
}

aloft_err al_http_url_resolve(const struct al_http_url *base, aloft_bytes reference,
                              aloft_space *out, aloft_fault *why) {
    struct al_http_out text = {.room = *out};
    bool is_right = true;

    reference.len = find_any(reference, "#"); /* RFC 9110 §10.2.2: it is for people's browsers */
    if (has_scheme(reference) || al_http_begins(reference, "//"))
        is_right = put_other_origin(&text, reference);
    else
        put_same_origin(&text, base, reference);
    out->len = text.len;
    if (is_right && !text.is_full && close_up(out))
        return ALOFT_OK;
    *why = (aloft_fault){.code = ALOFT_E_HTTP_REDIRECT, .want = 3};
    return ALOFT_E_HTTP_REDIRECT;
}

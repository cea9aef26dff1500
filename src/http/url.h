/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Addresses: https only, split into what a device needs, compared, and resolved.
 *
 * Example:
 *     struct al_http_url url;
 *     if (al_http_url_split(base, &url, why) != ALOFT_OK || !al_http_url_is_base(&url))
 *         return refuse(why);
 */
#ifndef AL_HTTP_URL_H
#define AL_HTTP_URL_H

#include <stdbool.h>

#include <aloft/error.h>

/** Port of https where none is written, RFC 9110 §4.2.2. */
#define AL_HTTP_PORT 443u

/** Spans point into the text that was split. */
struct al_http_url {
    aloft_bytes host; /* 1..ALOFT_HOST_MAX bytes: a name, IPv4, or IPv6 without its brackets */
    uint16_t port;    /* 1..65535 */
    aloft_bytes path; /* begins with "/", or empty; with its query */
    bool is_v6;
    bool has_query;
};

/**
 * Split https://HOST[:PORT][/PATH][?QUERY].
 *
 * Fails   CONFIG_BASE  why->at is the first byte that is wrong: another scheme, user information, a
 *                      fragment, port 0 or none behind a colon, a host that is no name and no
 *                      address, a space, a control byte, a byte that RFC 3986 does not let stand
 *                      there.
 */
ALOFT_MUST_USE aloft_err al_http_url_split(aloft_bytes text, struct al_http_url *url,
                                           aloft_fault *why);

/** Whether paths can be put behind it: it has no query. */
bool al_http_url_is_base(const struct al_http_url *url);

/** Same host, but for case, and same port. Both are https. */
bool al_http_url_same_origin(const struct al_http_url *a, const struct al_http_url *b);

/**
 * Resolve a reference (RFC 3986 §5.2, with dot segments) against a base. Its fragment is dropped.
 *
 * Takes   out  room that overlaps neither; out->len becomes the length of the new URL.
 * Fails   HTTP_REDIRECT  it leads to another scheme, is not a reference at all, or does not fit.
 *                        What is in `out` then means nothing.
 */
ALOFT_MUST_USE aloft_err al_http_url_resolve(const struct al_http_url *base, aloft_bytes reference,
                                             aloft_space *out, aloft_fault *why);

#endif

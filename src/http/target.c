/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. What a request asks for: path, query, host.
 * Knows: RFC 9112 §3.2, RFC 3986.   Never knows: what is served. */
#include "http/target.h"

#include "http/text.h"

/* A name, IPv4 or [IPv6] with an optional port: only its bytes count here. */
bool al_http_is_host(aloft_bytes text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (!al_http_is_alpha(c) && !al_http_is_digit(c) && c != '-' && c != '.' && c != '_' &&
            c != ':' && c != '[' && c != ']')
            return false;
    }
    return true;
}

/* Where the authority of an absolute form begins, 0: it is none. */
static size_t authority_at(aloft_bytes target) {
    if (al_http_begins(target, "https://"))
        return sizeof "https://" - 1;
    return al_http_begins(target, "http://") ? sizeof "http://" - 1 : 0;
}

/* Gives the number of right bytes. */
static size_t read_path(aloft_bytes path) {
    size_t segment = 1; /* where the present one begins */

    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/') {
            if (!al_http_is_path(path.at[i])) /* "?" is not here any more; "%" and "\" end it too */
                return i;
            continue;
        }
        if (i > 0 && (al_http_equals((aloft_bytes){path.at + segment, i - segment}, ".") ||
                      al_http_equals((aloft_bytes){path.at + segment, i - segment}, "..")))
            return segment;
        segment = i + 1;
    }
    return path.len;
}

static size_t read_query(aloft_bytes query) {
    size_t i = 0;

    while (i < query.len && (al_http_is_path(query.at[i]) || query.at[i] == '%'))
        i++;
    return i;
}

size_t al_http_target_read(aloft_bytes target, struct al_http_request *request) {
    static const uint8_t slash[] = {'/'};
    size_t start = authority_at(target), right;
    aloft_bytes rest;

    if (start > 0) {
        size_t end = start;
        while (end < target.len && target.at[end] != '/' && target.at[end] != '?')
            end++;
        request->host = (aloft_bytes){target.at + start, end - start};
        if (end == start) /* not `start`: that may be all of the target, which means "right" */
            return 0;
        if (!al_http_is_host(request->host))
            return start;
        start = end;
    }
    rest = (aloft_bytes){target.at + start, target.len - start};
    al_http_cut(&rest, '?', &request->path);
    request->query = rest;
    if (request->path.len == 0 && start > 0) /* RFC 9110 §4.2.3: an empty path is "/" */
        request->path = ALOFT_BYTES(slash);
    else if (request->path.len == 0 || request->path.at[0] != '/')
        return start;
    right = read_path(request->path);
    if (right < request->path.len)
        return start + right;
    return target.len - request->query.len + read_query(request->query);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. A file of the site, or a part of it.
 * Knows: ranges, what kinds of files there are.   Never knows: who asks. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "server/net/content.h"

bool payload_matches(const struct exchange *x) {
    (void)x;
    return true;
}

static bool ends_with(aloft_bytes path, const char *ending) {
    size_t len = strlen(ending);

    return path.len > len && memcmp(path.at + path.len - len, ending, len) == 0;
}

static bool names_its_content(aloft_bytes path) {
    const char folder[] = "/fw/";

    return memmem(path.at, path.len, folder, sizeof folder - 1) != NULL;
}

static const char *type_of(aloft_bytes path) {
    if (ends_with(path, ".suit"))
        return "application/suit-envelope+cose";
    if (ends_with(path, ".json"))
        return "application/json";
    if (ends_with(path, ".cose"))
        return "application/cose";
    return "application/octet-stream";
}

/* RFC 9110 §13.1.5: If-Range holds a validator; with another one the whole file is sent. */
static bool range_counts(const struct exchange *x) {
    aloft_bytes if_range = x->request->if_range;
    size_t len = strlen(x->answer.etag);

    return if_range.len == 0 ||
           (if_range.len == len && memcmp(if_range.at, x->answer.etag, len) == 0);
}

static void choose_part(struct exchange *x, const struct content *c) {
    static const struct al_http_range all = {.kind = AL_HTTP_RANGE_NONE};
    struct al_http_part part =
        al_http_range_pick(range_counts(x) ? &x->request->range : &all, c->size);

    x->answer.status = part.status;
    x->answer.at = part.at;
    x->answer.len = part.len;
}

void payload_run(struct exchange *x) {
    struct content *c;
    struct answer *a = &x->answer;
    int shut;

    if (!exchange_is(x, "GET") && !exchange_is(x, "HEAD")) {
        answer_text(x, 405, "Files are read with GET or HEAD.");
        a->allow = "GET, HEAD";
        return;
    }
    c = content_open(x->server, x->path, &shut);
    if (shut != 0) {
        knock_shut(x, x->path, shut);
        return;
    }
    if (c == NULL) {
        answer_text(x, 404, "There is no such file on this site.");
        knock_path(x);
        return;
    }
    snprintf(a->etag, sizeof a->etag, "\"%llx-%llx-%llx\"", (unsigned long long)c->changed_s,
             (unsigned long long)c->changed_ns, (unsigned long long)c->size);
    a->content = c;
    a->type = type_of(x->path);
    a->is_told = names_its_content(x->path);
    a->cache = a->is_told ? "public, max-age=31536000, immutable" : "max-age=60";
    if (exchange_has_match(x, a->etag))
        a->status = 304;
    else
        choose_part(x, c);
}

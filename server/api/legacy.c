/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. The two files of the SmartThings ota_demo, for devices that know nothing else.
 * They ask by GET, want Content-Length, and look at no status; so what is not these two files has
 * a short body.
 * Knows: the two names.   Never knows: what stands in them. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "server/net/content.h"

static const struct {
    const char *path, *file, *type;
} files[] = {
    {"/version_info.json", "/legacy/version_info.json", "application/json"},
    {"/signed_ota_demo.bin", "/legacy/signed_ota_demo.bin", "application/octet-stream"},
};

static bool is_path(const struct exchange *x, const char *path) {
    return x->path.len == strlen(path) && memcmp(x->path.at, path, x->path.len) == 0;
}

static bool legacy_matches(const struct exchange *x) {
    (void)x;
    return true;
}

static void give(struct exchange *x, const char *file, const char *type) {
    const aloft_bytes path = {(const uint8_t *)file, strlen(file)};
    int shut;
    struct content *c = content_open(x->server, path, &shut);

    if (shut != 0) {
        knock_shut(x, path, shut);
        return;
    }
    if (c == NULL) {
        answer_text(x, 404, "nothing is published");
        return;
    }
    x->answer.status = 200;
    x->answer.content = c;
    x->answer.is_told = true;
    x->answer.at = 0;
    x->answer.len = c->size;
    x->answer.type = type;
}

static void legacy_run(struct exchange *x) {
    if (!exchange_is(x, "GET") && !exchange_is(x, "HEAD")) {
        answer_text(x, 405, "GET or HEAD");
        x->answer.allow = "GET, HEAD";
        return;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (is_path(x, files[i].path)) {
            give(x, files[i].file, files[i].type);
            return;
        }
    answer_text(x, 404, "not here");
}

const struct call legacy_calls[] = {
    {legacy_matches, legacy_run},
    {0},
};

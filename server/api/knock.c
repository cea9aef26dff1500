/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. A client that came through TLS and asked for what is not here, or shut: a line.
 * Knows: classes of the project, paths.   Never knows: files. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "host/trouble.h"
#include "server/net/server.h"

#define RETRY_S    60u
#define PATH_SHOWN 96u /* a class and a channel, and room for what people mistype */

static void show_path(aloft_bytes path, char out[PATH_SHOWN + 4]) {
    size_t n = path.len < PATH_SHOWN ? path.len : PATH_SHOWN;

    memcpy(out, path.at, n);
    snprintf(out + n, 4, "%s", path.len > n ? "..." : "");
}

static void say_knock(const struct exchange *x, unsigned code, const char *path) {
    const struct aloft_fact facts[] = {
        {"peer", x->peer}, {"path", path}, {"class", x->server->project->classes[0].name}};
    aloft_fault why = {.code = (uint16_t)code};

    say_trouble_of(x->server, x->peer, &why, facts, sizeof facts / sizeof facts[0]);
}

void knock_class(const struct exchange *x, const char *device_class) {
    if (project_class_of(x->server->project, device_class) == NULL)
        say_knock(x, ALOFT_E_CLIENT_OTHER_CLASS, device_class);
}

void knock_path(const struct exchange *x) {
    char path[PATH_SHOWN + 4];

    show_path(x->path, path);
    say_knock(x, ALOFT_E_CLIENT_WRONG_PATH, path);
}

void knock_shut(struct exchange *x, aloft_bytes path, int number) {
    char below[PATH_SHOWN + 4 + sizeof "site"], file[PATH_MAX];
    struct trouble why;

    answer_text(x, 503, "The server cannot read this file at the moment.");
    x->answer.retry_after_s = RETRY_S;
    memcpy(below, "site", sizeof "site" - 1);
    show_path(path, below + sizeof "site" - 1);
    if (project_path(x->server->project, below, file, &why) == ALOFT_OK)
        trouble_file(&why, ALOFT_E_FILE_READ, file, number);
    say_trouble_of(x->server, x->peer, &why.fault, why.fact, why.n);
}

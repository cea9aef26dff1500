/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. The page for a person who opens the base address.
 * Knows: the address.   Never knows: devices. */
#include <stdio.h>

#include "api.h"
#include "server/net/server.h"

bool page_matches(const struct exchange *x) {
    return x->path.len == 1;
}

void page_run(struct exchange *x) {
    char page[1024];
    int len = snprintf(page, sizeof page,
                       "<!doctype html><meta name=viewport content=\"width=device-width\">"
                       "<title>aloft</title><h1>You have reached aloft</h1>"
                       "<p>The network and the firewall are fine. Devices call %s.</p>\n",
                       x->server->project->base);

    if (!exchange_is(x, "GET") && !exchange_is(x, "HEAD")) {
        answer_text(x, 405, "This address knows GET and HEAD.");
        x->answer.allow = "GET, HEAD";
        return;
    }
    answer_bytes(x, 200, "text/html; charset=utf-8", (aloft_bytes){(uint8_t *)page, (size_t)len});
    if (!exchange_field(x, "aloft-device").len)
        say_of(x->peer, "%s opened the page: the path is open", x->peer);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. Once an hour: a new statement where the last one is a day old, or names another release.
 * Knows: when.   Never knows: what a statement is. */
#include "server/fresh.h"

#include <time.h>

#include "host/make/fresh.h"
#include "server/net/server.h"

#define HOUR_MS 3600000u

static void renew(uv_timer_t *timer) {
    const struct server *server = timer->data;
    const struct fresh_order order = {
        .now_s = (uint64_t)time(NULL), .valid_s = AL_VALID_DEFAULT_S, .only_if_due = true};
    static struct fresh_answer answer;
    char text[ALOFT_SENTENCE_MAX];
    struct trouble trouble;

    if (!fresh_has_key(server->project))
        return; /* then another machine does it, or nobody asked for it */
    if (fresh_run(server->project, &order, &answer, &trouble) != ALOFT_OK)
        say("no new statement of freshness: %s", trouble_text(&trouble, text, sizeof text));
    else if (answer.n > 0)
        say("statement of freshness renewed");
}

void fresh_start(struct server *server) {
    uv_timer_init(&server->loop, &server->renewal);
    server->renewal.data = server;
    uv_timer_start(&server->renewal, renew, 0, HOUR_MS);
    uv_unref((uv_handle_t *)&server->renewal); /* it keeps no loop going */
}

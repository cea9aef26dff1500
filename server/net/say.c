/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Lines for the person who looks at the terminal.
 * Knows: the clock, standard output.   Never knows: why something is said. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "server.h"

#define LINE_MAX_LEN 1024

/* Sentences come with line feeds between them; here one event is one line. */
static void make_one_line(char *text) {
    size_t len = strlen(text);

    while (len > 0 && text[len - 1] == '\n')
        text[--len] = 0;
    for (char *p = text; *p != 0; p++)
        if (*p == '\n')
            *p = ' ';
        else if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
}

void say(const char *format, ...) {
    char text[LINE_MAX_LEN], clock[16];
    time_t now = time(NULL);
    struct tm parts;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    make_one_line(text);
    localtime_r(&now, &parts);
    strftime(clock, sizeof clock, "%H:%M:%S", &parts);
    printf("%s  %s\n", clock, text);
    fflush(stdout);
}

void say_trouble(struct server *server, const char *peer, const aloft_fault *why) {
    const struct aloft_fact facts[] = {{"peer", peer}};
    char text[ALOFT_SENTENCE_MAX];
    uint64_t second = uv_now(&server->loop) / 1000;

    if (second != server->trouble_second) {
        if (server->n_trouble > SERVER_TROUBLE_A_SECOND)
            say("%u more lines like these within a second are not shown",
                server->n_trouble - SERVER_TROUBLE_A_SECOND);
        server->trouble_second = second;
        server->n_trouble = 0;
    }
    if (++server->n_trouble > SERVER_TROUBLE_A_SECOND)
        return;
    say("%s", aloft_explain(why, facts, 1, text, sizeof text));
}

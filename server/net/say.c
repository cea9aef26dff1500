/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Lines for the person who looks at the terminal.
 * Knows: the clock, standard output.   Never knows: why something is said. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "host/journal.h"
#include "server.h"

/* One program is one server: what it says goes to the terminal and into one journal. */
static struct journal *journal;

void say_keep_in(struct journal *kept) {
    journal = kept;
}

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

static void say_line(struct journal_line *line) {
    time_t now = time(NULL);
    struct tm parts;
    char clock[16];

    make_one_line(line->text);
    localtime_r(&now, &parts);
    strftime(clock, sizeof clock, "%H:%M:%S", &parts);
    printf("%s  %s\n", clock, line->text);
    fflush(stdout);
    line->at_ms = journal_now_ms();
    journal_write(journal, line);
}

void say(const char *format, ...) {
    struct journal_line line = {.peer = "-"};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line.text, sizeof line.text, format, arguments);
    va_end(arguments);
    say_line(&line);
}

void say_of(const char *peer, const char *format, ...) {
    struct journal_line line = {0};
    va_list arguments;

    snprintf(line.peer, sizeof line.peer, "%s", peer[0] != 0 ? peer : "-");
    va_start(arguments, format);
    vsnprintf(line.text, sizeof line.text, format, arguments);
    va_end(arguments);
    say_line(&line);
}

void say_trouble(struct server *server, const char *peer, const aloft_fault *why) {
    const struct aloft_fact facts[] = {{"peer", peer}};

    say_trouble_of(server, peer, why, facts, 1);
}

void say_trouble_of(struct server *server, const char *peer, const aloft_fault *why,
                    const struct aloft_fact *facts, size_t n) {
    struct journal_line line = {.code = why->code};
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
    snprintf(line.peer, sizeof line.peer, "%s", peer[0] != 0 ? peer : "-");
    aloft_explain(why, facts, n, line.text, sizeof line.text);
    say_line(&line);
}

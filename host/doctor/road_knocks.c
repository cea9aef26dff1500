/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Where the road holds and a device has failed at TLS all the same: its CA and its
 * clock are its own.
 * Knows: the lines of `aloft serve`.   Never knows: networks. */
#include "host/doctor/road_room.h"

#include <string.h>
#include <time.h>

#include "host/journal.h"

#define DAY_MS 86400000u

/* What the other side found wrong with this server. Strangers who speak no TLS are not devices. */
static bool is_about_trust(unsigned code) {
    return code == ALOFT_E_CLIENT_OTHER_CA || code == ALOFT_E_CLIENT_REFUSED_US ||
           code == ALOFT_E_CLIENT_EXPIRED;
}

/* The last such line of a day. Who was heard since then has been mended; a download may be a doctor's. */
static void read_lines(const char *path, struct journal_line *last) {
    struct journal_tail *tail = journal_tail(path, true);
    uint64_t since_ms = journal_now_ms() - DAY_MS;
    struct journal_line line;

    while (tail != NULL && journal_next(tail, &line)) /* bounded by the size of a journal's file */
        if (is_about_trust(line.code) && line.at_ms >= since_ms)
            *last = line;
        else if (line.code == 0 && strcmp(line.peer, last->peer) == 0 &&
                 strstr(line.text, " fetched ") == NULL)
            last->code = 0;
    journal_tail_free(tail);
}

/* The line begins with what happened; its advice is for a server that is not looked at. */
static size_t first_sentence(const char *text) {
    const char *end = strstr(text, ". ");

    return end != NULL ? (size_t)(end - text) : strlen(text);
}

void road_look_at_knocks(struct road *road) {
    static struct journal_line last;
    char path[PATH_MAX], clock[16];
    struct trouble unused;
    struct tm parts;
    time_t second;

    memset(&last, 0, sizeof last);
    if (!road->has_project || road->broken_at != ROAD_STEPS ||
        project_path(&road->project, JOURNAL_NAME, path, &unused) != ALOFT_OK)
        return;
    read_lines(path, &last);
    if (last.code == 0)
        return;
    second = (time_t)(last.at_ms / 1000u);
    localtime_r(&second, &parts);
    strftime(clock, sizeof clock, "%H:%M", &parts);
    snprintf(
        road->hint, sizeof road->hint,
        "This road holds, and a device failed on it at %s: %.*s.\n"
        "What a device holds cannot be seen from here: `--ca FILE` walks the road with the CA that "
        "is in it,\n`--now UNIX_S` with its clock (0: never set).",
        clock, (int)first_sentence(last.text), last.text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Who knocked at the server and could not be served: one row for each address and reason.
 * Knows: the journal's lines.   Never knows: how the server found out. */
#include "knocks.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/journal.h"

#define KNOCKS_MAX 16u /* rows; the newest count. More than a screen of strangers helps nobody */
#define DAY_MS     86400000u

struct knock {
    struct journal_line last;
    unsigned n;
};

struct knocks {
    struct knock row[KNOCKS_MAX];
    unsigned n;
    uint64_t since_ms;
};

static struct knock *row_for(struct knocks *all, const struct journal_line *line) {
    struct knock *oldest = &all->row[0];

    for (unsigned i = 0; i < all->n; i++) {
        struct knock *row = &all->row[i];
        if (row->last.code == line->code && strcmp(row->last.peer, line->peer) == 0)
            return row;
        if (row->last.at_ms < oldest->last.at_ms)
            oldest = row;
    }
    if (all->n < KNOCKS_MAX)
        oldest = &all->row[all->n++];
    memset(oldest, 0, sizeof *oldest);
    return oldest;
}

static void read_file(struct knocks *all, const char *path) {
    struct journal_tail *tail = journal_tail(path, true);
    struct journal_line line;

    /* bounded by the size of a journal's file */
    while (tail != NULL && journal_next(tail, &line)) {
        struct knock *row;
        if (line.code == 0 || line.peer[0] == '-' || line.at_ms < all->since_ms)
            continue;
        row = row_for(all, &line);
        row->last = line;
        row->n++;
    }
    journal_tail_free(tail);
}

static int newest_first(const void *a, const void *b) {
    const struct knock *one = a, *two = b;

    return one->last.at_ms < two->last.at_ms ? 1 : one->last.at_ms > two->last.at_ms ? -1 : 0;
}

static void read_all(const struct project *project, struct knocks *all) {
    char path[PATH_MAX];
    struct trouble ignored;

    memset(all, 0, sizeof *all);
    all->since_ms = journal_now_ms() - DAY_MS;
    if (project_path(project, JOURNAL_NAME ".1", path, &ignored) == ALOFT_OK)
        read_file(all, path);
    if (project_path(project, JOURNAL_NAME, path, &ignored) == ALOFT_OK)
        read_file(all, path);
    qsort(all->row, all->n, sizeof all->row[0], newest_first);
}

void knocks_print(const struct project *project, FILE *to) {
    static struct knocks all;

    read_all(project, &all);
    if (all.n > 0)
        fprintf(to, "\nWho knocked in the last 24 hours and could not be served:\n");
    for (unsigned i = 0; i < all.n; i++) {
        time_t second = (time_t)(all.row[i].last.at_ms / 1000u);
        struct tm parts;
        char clock[16];
        localtime_r(&second, &parts);
        strftime(clock, sizeof clock, "%H:%M:%S", &parts);
        fprintf(to, "  %s  %u x  %s\n", clock, all.row[i].n, all.row[i].last.text);
    }
}

cJSON *knocks_json(const struct project *project) {
    static struct knocks all;
    cJSON *array = cJSON_CreateArray();

    read_all(project, &all);
    for (unsigned i = 0; i < all.n; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "address", all.row[i].last.peer);
        cJSON_AddNumberToObject(o, "code", all.row[i].last.code);
        cJSON_AddNumberToObject(o, "times", all.row[i].n);
        cJSON_AddNumberToObject(o, "last_ms", (double)all.row[i].last.at_ms);
        cJSON_AddStringToObject(o, "text", all.row[i].last.text);
        cJSON_AddItemToArray(array, o);
    }
    return array;
}

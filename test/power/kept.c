/* SPDX-License-Identifier: Apache-2.0 */
/* A long run in parts: what a unit (a scene on a chip) came to is kept when it is done, and is taken over by the next
 * run of the same program with the same plan. No case of one unit is one of another, so the numbers add up. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "test/power/power.h"

static char made_by[160]; /* the plan and the program */
static const char *folder;

/* FNV-1a. */
static uint64_t hash_of_program(void) {
    FILE *file = fopen("/proc/self/exe", "rb");
    uint64_t hash = 0xcbf29ce484222325u;
    int c;

    if (file == NULL)
        world_fail("what program this is cannot be read");
    while ((c = getc(file)) != EOF)
        hash = (hash ^ (uint64_t)c) * 0x100000001b3u;
    (void)fclose(file);
    return hash;
}

void kept_start(const char *where, const struct plan *plan, uint64_t cases) {
    folder = where;
    snprintf(made_by, sizeof made_by, "%" PRIu64 " %u %u %d%d%d %016" PRIx64, cases, plan->seed,
             plan->prefixes, plan->random_only, plan->no_pairs, plan->all_pairs, hash_of_program());
}

static void path_of(unsigned unit, const char *ending, char *out, size_t size) {
    snprintf(out, size, "%s/%s-%u%s", folder, scenes[unit / N_CHIPS].name, unit % N_CHIPS, ending);
}

bool kept_take(unsigned unit, struct tally *tally) {
    char path[512], line[sizeof made_by + 2] = "";
    struct tally t = {0};
    struct worst w;
    FILE *file;
    bool is_ours;

    if (folder == NULL)
        return false;
    path_of(unit, "", path, sizeof path);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    is_ours = fgets(line, sizeof line, file) != NULL &&
              strncmp(line, made_by, strlen(made_by)) == 0 && line[strlen(made_by)] == '\n' &&
              fscanf(file,
                     "%" SCNu64 "%" SCNu64 "%" SCNu64 "%" SCNu64 "%" SCNu64 "%" SCNu32 "%" SCNu32
                     "%" SCNu32,
                     &t.tried, &t.distinct, &t.cuts, &t.used_up, &t.left_out, &w.again, &w.records,
                     &w.trials) == 8;
    (void)fclose(file);
    if (!is_ours)
        return false;
    *tally = t;
    worst_join(&worst, &w);
    return true;
}

void kept_put(unsigned unit, const struct tally *t) {
    char path[512], whole[512];
    FILE *file;

    if (folder == NULL)
        return;
    path_of(unit, ".new", path, sizeof path);
    path_of(unit, "", whole, sizeof whole);
    file = fopen(path, "w");
    if (file == NULL)
        world_fail("what was counted cannot be kept");
    fprintf(file,
            "%s\n%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu32 " %" PRIu32
            " %" PRIu32 "\n",
            made_by, t->tried, t->distinct, t->cuts, t->used_up, t->left_out, worst.again,
            worst.records, worst.trials);
    if (fclose(file) != 0 || rename(path, whole) != 0)
        world_fail("what was counted cannot be kept");
}

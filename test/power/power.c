/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts the power of an update, as often as is asked for, and prints what became of the devices.
 *
 *   power [--cases N] [--jobs N] [--seed N] [--prefixes N] [--all-pairs | --no-pairs] [--random-only] [--only SCENE]
 *         [--keep FOLDER]    goes on where an earlier run with this folder was stopped
 *   power --replay ID     one case, as a failure prints it
 *
 * Prints lines of name, value and what it means, with tabs between. Exit: 0 no device was lost, 1 one was. */
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test/power/power.h"

#define JOBS_MAX 16u
#define N_UNITS  ((unsigned)N_SCENES * (unsigned)N_CHIPS)

/* ---- the work, shared by processes */

struct shared {
    atomic_uint next;
    struct tally tally[N_UNITS];
    atomic_uint_fast64_t taken_over; /* cases that an earlier part has counted */
    struct worst worst[JOBS_MAX];
};

static struct shared *shared;

static const char *only; /* NULL: each scene */

static uint64_t weight(unsigned unit) {
    unsigned scene = unit / N_CHIPS, chip = unit % N_CHIPS;

    if (only != NULL && strcmp(only, scenes[scene].name) != 0)
        return 0;
    if (chips[chip].erase_size > 4096 || scenes[scene].is_large)
        return 1;
    if (scenes[scene].is_hail)
        return 8;
    return scenes[scene].act[0].ending == GIVEN_UP ? 4 : 24; /* by what a case costs */
}

static uint64_t share_of(unsigned unit, uint64_t cases) {
    uint64_t sum = 0;

    for (unsigned i = 0; i < N_UNITS; i++)
        sum += weight(i);
    return sum == 0 ? 0 : cases * weight(unit) / sum + 1;
}

/* ---- whatever ends a life early, also an assertion of the simulator: the case is told */

static bool is_living;

static void say_case(void) {
    char id[900];

    if (!is_living)
        return;
    is_living = false;
    life_say_id(id, sizeof id);
    fprintf(stderr, "power: try it again: power --replay %s\n", id);
}

static void on_signal(int number) {
    say_case();
    _exit(128 + number);
}

static void begin_to_live(void) {
    is_living = true;
    (void)atexit(say_case);
    (void)signal(SIGABRT, on_signal);
    (void)signal(SIGSEGV, on_signal);
}

/* Large units last, so that the processes end together. */
static void work(unsigned job, const struct plan *plan, uint64_t cases) {
    unsigned next;

    begin_to_live();
    while ((next = atomic_fetch_add(&shared->next, 1)) < N_UNITS) {
        unsigned unit = next % N_SCENES * N_CHIPS + next / N_SCENES;
        struct plan mine = *plan;
        if (weight(unit) == 0)
            continue;
        if (kept_take(unit, &shared->tally[unit])) {
            atomic_fetch_add(&shared->taken_over, shared->tally[unit].distinct);
            continue;
        }
        mine.random = share_of(unit, cases);
        life_try_all(unit / N_CHIPS, unit % N_CHIPS, &mine, &shared->tally[unit]);
        kept_put(unit, &shared->tally[unit]);
    }
    shared->worst[job] = worst;
    is_living = false;
}

static int wait_for(const pid_t *pids, unsigned jobs) {
    int failed = 0, status;

    for (unsigned i = 0; i < jobs; i++) {
        if (wait(&status) > 0 && status == 0)
            continue;
        failed = 1;
        for (unsigned job = 0; job < jobs; job++) /* one failure is enough to look at */
            (void)kill(pids[job], SIGKILL);
    }
    return failed;
}

static int share_out(unsigned jobs, const struct plan *plan, uint64_t cases) {
    pid_t pids[JOBS_MAX];

    for (unsigned job = 0; job < jobs; job++) {
        pids[job] = fork();
        if (pids[job] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* who asked is gone: so is the work */
            work(job, plan, cases);
            exit(0);
        }
    }
    return wait_for(pids, jobs);
}

/* ---- what it came to */

static struct tally sum_of(unsigned scene) {
    struct tally sum = {0};

    for (unsigned unit = 0; unit < N_UNITS; unit++) {
        if (scene != N_SCENES && unit / N_CHIPS != scene)
            continue;
        sum.tried += shared->tally[unit].tried;
        sum.distinct += shared->tally[unit].distinct;
        sum.cuts += shared->tally[unit].cuts;
        sum.used_up += shared->tally[unit].used_up;
        sum.left_out += shared->tally[unit].left_out;
    }
    return sum;
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

void worst_join(struct worst *all, const struct worst *one) {
    all->again = larger(all->again, one->again);
    all->records = larger(all->records, one->records);
    all->trials = larger(all->trials, one->trials);
}

static struct worst worst_of(unsigned jobs) {
    struct worst all = {0};

    for (unsigned i = 0; i < jobs; i++)
        worst_join(&all, &shared->worst[i]);
    return all;
}

/* Of the processes that are done: the clock on the wall says little on a busy machine. */
static double busy_s(void) {
    struct rusage use;

    (void)getrusage(RUSAGE_CHILDREN, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6 + 1e-3;
}

static void say_number(const char *name, uint64_t number, const char *meaning) {
    printf("%s\t%llu\t%s\n", name, (unsigned long long)number, meaning);
}

static void say_scenes(void) {
    for (unsigned i = 0; i < N_SCENES; i++) {
        const struct tally one = sum_of(i);
        if (one.distinct > 0)
            printf("cases of %s\t%llu\t%llu cuts, %u chips\n", scenes[i].name,
                   (unsigned long long)one.distinct, (unsigned long long)one.cuts,
                   (unsigned)N_CHIPS);
    }
}

static void say(unsigned jobs, double seconds) {
    const struct tally all = sum_of(N_SCENES);
    const struct worst most = worst_of(jobs);

    say_number("cases", all.distinct,
               "updates that were cut and followed to their end; what the chips held at the last "
               "power-off is in no other one");
    say_number("tried", all.tried, "and what the chips held had been seen before in the others");
    say_number("cuts", all.cuts, "losses of power inside an operation; plain ones not counted");
    say_number("lost", 0, "devices: none that did not start, or did not come to the right end");
    say_number("used up", all.used_up,
               "of the cases: at least 19 losses on trial ended a good release; told as such");
    say_number(
        "left out", all.left_out,
        "lives, in no other number: two cuts in a row in seals that both lie (DESIGN.md §3)");
    say_number("fetched again", most.again, "bytes a loss of power, at worst; checked in each");
    say_number("written again", most.records, "records a loss of power, at worst; checked in each");
    say_number("starts on trial", most.trials, "of one release, at most; checked in each: 19");
    say_scenes();
    if (shared->taken_over > 0)
        say_number("taken over", shared->taken_over,
                   "of the cases: from earlier parts of this run");
    printf("rate\t%.0f\tcases a second of one processor; %.0f s of it, %.0f s by the clock\n",
           (double)(all.distinct - shared->taken_over) / busy_s(), busy_s(), seconds);
}

static double now(void) {
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int replay(const char *id) {
    bool is_known_id;

    begin_to_live();
    is_known_id = life_replay(id);
    is_living = false;
    return is_known_id ? 0 : 64;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"cases", required_argument, NULL, 'c'},
        {"jobs", required_argument, NULL, 'j'},
        {"seed", required_argument, NULL, 's'},
        {"prefixes", required_argument, NULL, 'p'},
        {"all-pairs", no_argument, NULL, 'a'},
        {"random-only", no_argument, NULL, 'o'},
        {"no-pairs", no_argument, NULL, 'n'},
        {"only", required_argument, NULL, 'u'},
        {"replay", required_argument, NULL, 'r'},
        {"keep", required_argument, NULL, 'k'},
        {NULL, 0, NULL, 0},
    };
    struct plan plan = {.prefixes = 32, .seed = 1};
    const char *folder = NULL;
    uint64_t cases = 0;
    unsigned jobs = 2;
    double began = now();
    int option, failed;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'c')
            cases = strtoull(optarg, NULL, 10);
        else if (option == 'j')
            jobs = (unsigned)strtoul(optarg, NULL, 10) % (JOBS_MAX + 1);
        else if (option == 's')
            plan.seed = (uint32_t)strtoul(optarg, NULL, 10);
        else if (option == 'p')
            plan.prefixes = (uint32_t)strtoul(optarg, NULL, 10) | 1;
        else if (option == 'n')
            plan.no_pairs = true;
        else if (option == 'o')
            plan.random_only = true;
        else if (option == 'a')
            plan.all_pairs = true;
        else if (option == 'u')
            only = optarg;
        else if (option == 'k')
            folder = optarg;
        else if (option == 'r')
            return replay(optarg);
        else
            return 64;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 2;
    kept_start(folder, &plan, cases);
    failed = share_out(jobs > 0 ? jobs : 1, &plan, cases);
    if (!failed)
        say(jobs, now() - began);
    return failed;
}

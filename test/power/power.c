/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts the power of an update, as often as is asked for, and prints what became of the devices.
 *
 *   power [--cases N] [--jobs N] [--seed N] [--prefixes N] [--all-pairs | --no-pairs] [--random-only]
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
    struct worst worst[JOBS_MAX];
};

static struct shared *shared;

static uint64_t weight(unsigned unit) {
    unsigned scene = unit / N_CHIPS, chip = unit % N_CHIPS;

    if (chips[chip].erase_size > 4096 || scenes[scene].is_large)
        return 1;
    return scenes[scene].act[0].ending == GIVEN_UP ? 12 : 24; /* by what a case costs */
}

static uint64_t share_of(unsigned unit, uint64_t cases) {
    uint64_t sum = 0;

    for (unsigned i = 0; i < N_UNITS; i++)
        sum += weight(i);
    return cases * weight(unit) / sum + 1;
}

/* Large units last, so that the processes end together. */
static void work(unsigned job, const struct plan *plan, uint64_t cases) {
    unsigned next;

    while ((next = atomic_fetch_add(&shared->next, 1)) < N_UNITS) {
        unsigned unit = next % N_SCENES * N_CHIPS + next / N_SCENES;
        struct plan mine = *plan;
        mine.random = share_of(unit, cases);
        life_try_all(unit / N_CHIPS, unit % N_CHIPS, &mine, &shared->tally[unit]);
    }
    shared->worst[job] = worst;
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
        sum.cases += shared->tally[unit].cases;
        sum.distinct += shared->tally[unit].distinct;
        sum.cuts += shared->tally[unit].cuts;
    }
    return sum;
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static struct worst worst_of(unsigned jobs) {
    struct worst all = {0};

    for (unsigned i = 0; i < jobs; i++) {
        all.again = larger(all.again, shared->worst[i].again);
        all.records = larger(all.records, shared->worst[i].records);
        all.trials = larger(all.trials, shared->worst[i].trials);
    }
    return all;
}

/* Of the processes that are done: the clock on the wall says little on a busy machine. */
static double busy_s(void) {
    struct rusage use;

    (void)getrusage(RUSAGE_CHILDREN, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6 + 1e-3;
}

static void say(unsigned jobs, double seconds) {
    const struct tally all = sum_of(N_SCENES);
    const struct worst most = worst_of(jobs);

    for (unsigned i = 0; i < N_SCENES; i++) {
        const struct tally one = sum_of(i);
        printf("cases of %s\t%llu\t%llu cuts, %u chips\n", scenes[i].name,
               (unsigned long long)one.distinct, (unsigned long long)one.cuts, (unsigned)N_CHIPS);
    }
    printf("cases\t%llu\tdistinct by what the chips hold at the last power-off, of %llu tried\n",
           (unsigned long long)all.distinct, (unsigned long long)all.cases);
    printf("cuts\t%llu\tlosses of power in these cases, plain restarts not counted\n",
           (unsigned long long)all.cuts);
    printf("lost\t0\tdevices: none that did not start, or did not come to the right end\n");
    printf("fetched again\t%u\tbytes a loss of power, at worst\n", most.again);
    printf("written again\t%u\trecords a loss of power, at worst\n", most.records);
    printf("starts on trial\t%u\tof one release, at most\n", most.trials);
    printf(
        "rate\t%.0f\tdistinct cases a second of one processor; %.0f s of it, %.0f s by the clock\n",
        (double)all.distinct / busy_s(), busy_s(), seconds);
}

static double now(void) {
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
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
        {"replay", required_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    struct plan plan = {.prefixes = 32, .seed = 1};
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
        else if (option == 'r')
            return life_replay(optarg) ? 0 : 64;
        else
            return 64;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 2;
    failed = share_out(jobs > 0 ? jobs : 1, &plan, cases);
    if (!failed)
        say(jobs, now() - began);
    return failed;
}

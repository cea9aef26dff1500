/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. A whole device for a firmware: start, step, health.
 * Knows: what to do after a step.   Never knows: what is printed, what the firmware is for. */
#include "wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <aloft/diagnose.h>

#define NAP_MS      200u /* so that the firmware's own loop goes round */
#define TRIES_ONCE  4u   /* downloads that break, before ALOFT_ONCE gives up for now */
#define CATEGORY(c) ((unsigned)(c) >> 8)

/* What a button or a console on a device would: SIGUSR1 is "check now", SIGUSR2 "what is wrong?" */
static volatile sig_atomic_t is_asked, is_questioned;

static void note_asked(int signal_number) {
    if (signal_number == SIGUSR1)
        is_asked = 1;
    else
        is_questioned = 1;
}

bool aloft_posix_start(struct aloft_posix *posix) {
    struct sigaction action = {.sa_handler = note_asked, .sa_flags = SA_RESTART};
    const char *about;
    aloft_fault why = {.step = ALOFT_STEP_START};

    setvbuf(stdout, NULL, _IOLBF, 0);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    posix->boot_stage = -1;
    if (al_posix_settings(posix, &why, &about) != ALOFT_OK) {
        al_posix_say_fault(posix, &why, about);
        al_posix_tell(posix, WIRE_UNFIT, why.code);
        return false;
    }
    posix->on_a_terminal = isatty(STDOUT_FILENO) != 0;
    /* a device that can take no updates goes on with its own work, so this is no reason to end */
    if (aloft_start(&posix->device, &posix->config, &why) != ALOFT_OK) {
        al_posix_say_fault(posix, &why, NULL);
        posix->told_at_start = why.code;
    }
    aloft_status(&posix->device, &posix->status);
    al_posix_say_start(posix);
    is_questioned = posix->diagnoses_only;
    return true;
}

void aloft_posix_health(struct aloft_posix *posix, enum aloft_health_word word) {
    aloft_fault why = {0};

    if (aloft_health(&posix->device, word, &why) != ALOFT_OK)
        al_posix_say_fault(posix, &why, NULL);
}

static void nap(struct aloft_posix *posix, struct aloft_progress progress) {
    uint32_t ms = progress.wait_ms < NAP_MS ? progress.wait_ms : NAP_MS;
    struct timespec time = {0, (long)ms * 1000000};

    if (progress.next == ALOFT_WORK)
        (void)aloft_tls_wait(&posix->tls, NAP_MS);
    else if (!aloft_tls_wait(&posix->tls, ms))
        nanosleep(&time, NULL);
}

/* A download that breaks is gone on with; everything else has had its one try. */
static bool is_worth_another(const struct aloft_posix *posix) {
    const aloft_fault *fault = &posix->status.fault;
    bool network = CATEGORY(fault->code) == CATEGORY(ALOFT_E_NET_NAME) ||
                   fault->code == ALOFT_E_HTTP_SLOW || fault->code == ALOFT_E_PAYLOAD_SHORT;

    return fault->step == ALOFT_STEP_FETCH && network && posix->failures < TRIES_ONCE;
}

static void end_once(struct aloft_posix *posix, struct aloft_progress progress) {
    /* a trial goes on whatever the network does, until the image is confirmed or goes back */
    if (posix->status.state == ALOFT_TESTING)
        return;
    if (progress.next == ALOFT_DONE)
        al_posix_tell(posix, WIRE_DONE, posix->status.outcome);
    else if (progress.next == ALOFT_FAILED && !is_worth_another(posix))
        al_posix_tell(posix, WIRE_FAILED, posix->status.fault.code);
    else
        return;
    exit(0);
}

static void do_as_asked(struct aloft_posix *posix) {
    if (is_asked != 0)
        aloft_check_now(&posix->device);
    if (is_questioned != 0) {
        aloft_diagnose(&posix->device);
        posix->diagnoses = true;
        posix->told_steps = 0;
    }
    is_asked = is_questioned = 0;
}

static void tell_diagnosis(struct aloft_posix *posix) {
    uint32_t code;

    posix->diagnoses = !al_posix_say_diagnosis(posix, &code);
    if (posix->diagnoses || !posix->diagnoses_only)
        return;
    al_posix_tell(posix, code == ALOFT_OK ? WIRE_DONE : WIRE_FAILED,
                  code == ALOFT_OK ? (unsigned)posix->status.outcome : code);
    exit(0);
}

void aloft_posix_step(struct aloft_posix *posix) {
    struct aloft_progress progress;

    do_as_asked(posix);
    progress = aloft_step(&posix->device);
    aloft_status(&posix->device, &posix->status);
    if (progress.next == ALOFT_FAILED && posix->last != ALOFT_FAILED)
        posix->failures++;
    al_posix_say_step(posix, progress);
    posix->last = progress.next;
    if (posix->diagnoses)
        tell_diagnosis(posix);
    if (progress.next == ALOFT_REBOOT)
        posix->config.loader.reboot(posix);
    if (posix->once)
        end_once(posix, progress);
    nap(posix, progress);
}

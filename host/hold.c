/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Holds back the signals by which people end a program.
 * Knows: signals.   Never knows: what is being made. */
#include "hold.h"

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
#define N_ENDING (sizeof ending / sizeof ending[0])

void hold_begin(struct hold *hold) {
    sigset_t these;

    sigemptyset(&these);
    for (unsigned i = 0; i < N_ENDING; i++)
        sigaddset(&these, ending[i]);
    pthread_sigmask(SIG_BLOCK, &these, &hold->before);
}

/* A signal that is held back waits also where it will be ignored (`nohup`). */
bool hold_is_asked(void) {
    struct sigaction action;
    sigset_t waiting;

    if (sigpending(&waiting) != 0)
        return false;
    for (unsigned i = 0; i < N_ENDING; i++)
        if (sigismember(&waiting, ending[i]) == 1 && sigaction(ending[i], NULL, &action) == 0 &&
            action.sa_handler != SIG_IGN)
            return true;
    return false;
}

void hold_end(const struct hold *hold) {
    pthread_sigmask(SIG_SETMASK, &hold->before, NULL);
}

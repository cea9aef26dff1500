/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. Runs an image as a program and watches over it.
 * Knows: processes, the wire.   Never knows: slots' records, what is said to people. */
#include "child.h"

#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRACE_MS 1000 /* between SIGTERM and SIGKILL */

static uint32_t now_ms(void) {
    struct aloft_clock clock = aloft_posix_clock();

    return clock.now_ms(clock.self);
}

static aloft_err start_fault(aloft_fault *why, aloft_err code, int number) {
    *why = (aloft_fault){.code = (uint16_t)code, .step = ALOFT_STEP_BOOT, .raw = number};
    why->origin = number != 0 ? ALOFT_ORIGIN_LINUX : ALOFT_ORIGIN_NONE;
    return code;
}

/* ---- starting */

/* The image in a file of its own without a name: the flash may change while the program runs. */
static int image_file(aloft_bytes image) {
    int file = memfd_create("aloft-slot", MFD_CLOEXEC);

    while (file >= 0 && image.len > 0) {
        ssize_t n = write(file, image.at, image.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            close(file);
            return -1;
        }
        image.at += n;
        image.len -= (size_t)n;
    }
    return file;
}

static void set_number(const char *name, unsigned value) {
    char text[16];

    snprintf(text, sizeof text, "%u", value);
    setenv(name, text, 1);
}

/* In the new process. `report` closes by itself when the program has begun; else it carries errno. */
static void become(int image, int wire, int report, pid_t parent) {
    static char name[] = "firmware";
    char *const arguments[] = {name, NULL};
    sigset_t none;
    int number;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_IGN); /* a Ctrl-C is for the boot stage, which ends the program */
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    set_number(SET_WIRE, (unsigned)wire);
    /* the parent may have been killed before prctl took effect */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(127);
    fexecve(image, arguments, environ);
    number = errno;
    (void)!write(report, &number, sizeof number);
    _exit(127);
}

/* 0: the program runs. Else errno of what kept it from starting. */
static int await_start(int report) {
    int number = 0;
    ssize_t n;

    do
        n = read(report, &number, sizeof number);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof number ? number : 0;
}

static int launch(struct child *child, int image) {
    int wire[2], report[2], number;
    pid_t parent = getpid();

    if (pipe(wire) != 0)
        return errno;
    if (pipe2(report, O_CLOEXEC) != 0) {
        number = errno;
        close(wire[0]), close(wire[1]);
        return number;
    }
    fcntl(wire[0], F_SETFD, FD_CLOEXEC);
    fcntl(wire[1], F_SETFL,
          O_NONBLOCK); /* a boot stage that is stopped must not stop the program */
    fflush(stdout);
    child->id = fork();
    if (child->id == 0)
        become(image, wire[1], report[1], parent);
    number = child->id < 0 ? errno : 0;
    close(wire[1]), close(report[1]);
    if (number == 0)
        number = await_start(report[0]);
    close(report[0]);
    child->wire = wire[0];
    if (number != 0 && child->id > 0)
        waitpid(child->id, NULL, 0);
    if (number != 0)
        close(wire[0]);
    return number;
}

aloft_err al_posix_child_start(struct child *child, aloft_bytes image,
                               const struct child_start *how, aloft_fault *why) {
    static const uint8_t elf[4] = {0x7f, 'E', 'L', 'F'};
    int file, number;

    if (image.len < sizeof elf || memcmp(image.at, elf, sizeof elf) != 0)
        return start_fault(why, ALOFT_E_DEVICE_PROGRAM, 0);
    file = image_file(image);
    if (file < 0)
        return start_fault(why, ALOFT_E_DEVICE_FILE, errno);
    set_number(SET_SLOT, how->slot);
    set_number(SET_RESET, how->reset);
    set_number(SET_TOLD, how->told);
    number = launch(child, file);
    close(file);
    return number == 0 ? ALOFT_OK : start_fault(why, ALOFT_E_DEVICE_PROGRAM, number);
}

/* ---- watching */

static void read_words(const struct child *child, struct child_end *end, bool *open) {
    uint8_t bytes[WIRE_SIZE * 64];
    ssize_t n = read(child->wire, bytes, sizeof bytes);

    *open = n > 0 || (n < 0 && errno == EINTR);
    for (ssize_t at = 0; at + (ssize_t)WIRE_SIZE <= n; at += WIRE_SIZE)
        if (bytes[at] != WIRE_KICK) {
            end->word = (char)bytes[at];
            end->value = bytes[at + 1] | (unsigned)bytes[at + 2] << 8;
        }
}

/* Whether it has ended within so many milliseconds; then `status` says how. */
static bool has_ended(const struct child *child, int *status, int within_ms) {
    struct timespec nap = {0, 10000000};

    for (int waited = 0;; waited += 10) {
        pid_t ended = waitpid(child->id, status, WNOHANG);
        if (ended == child->id || (ended < 0 && errno == ECHILD))
            return true;
        if (waited >= within_ms)
            return false;
        nanosleep(&nap, NULL);
    }
}

static void judge(struct child_end *end, int status) {
    end->is_signal = WIFSIGNALED(status);
    end->number = end->is_signal ? WTERMSIG(status) : WEXITSTATUS(status);
    if (end->is_hung)
        end->reset = ALOFT_RESET_WATCHDOG;
    else if (end->word == WIRE_RESTART)
        end->reset = ALOFT_RESET_SOFTWARE;
    else
        end->reset = end->is_signal ? ALOFT_RESET_CRASH : ALOFT_RESET_ENDED;
}

/* SIGTERM or SIGINT: true. SIGUSR1 and SIGUSR2 go on to the program. */
static bool is_told_to_end(const struct child *child, int signals) {
    struct signalfd_siginfo what;

    if (read(signals, &what, sizeof what) != (ssize_t)sizeof what)
        return false;
    if (what.ssi_signo != SIGUSR1 && what.ssi_signo != SIGUSR2)
        return true;
    kill(child->id, (int)what.ssi_signo);
    return false;
}

static void kill_off(const struct child *child, int *status) {
    kill(child->id, SIGKILL);
    waitpid(child->id, status, 0);
}

/* Listens to one word, one signal, or nothing until the watchdog's time is up: then false. */
static bool listen_once(const struct child *child, int signals, uint32_t left_ms,
                        struct child_end *end, bool *open) {
    struct pollfd poller[2] = {{.fd = child->wire, .events = POLLIN},
                               {.fd = signals, .events = POLLIN}};

    if (poll(poller, 2, (int)left_ms) <= 0)
        return false;
    if (poller[1].revents != 0)
        end->is_told = is_told_to_end(child, signals);
    if (poller[0].revents == 0)
        return false;
    read_words(child, end, open);
    return true;
}

/* Until it closes its wire, or is to end, or has been silent for too long. */
static void listen_to(const struct child *child, uint32_t limit, int signals,
                      struct child_end *end) {
    uint32_t fed = now_ms(), hungry = 0;
    bool open = true;

    /* goes on as long as the program lives and feeds its watchdog */
    while (open && !end->is_told && hungry < limit) {
        if (listen_once(child, signals, limit - hungry, end, &open))
            fed = now_ms();
        hungry = now_ms() - fed;
    }
    end->is_hung = open && !end->is_told;
}

void al_posix_child_watch(struct child *child, uint32_t watchdog_s, int signals,
                          struct child_end *end) {
    uint32_t began = now_ms(), limit = watchdog_s * 1000;
    int status = 0;

    *end = (struct child_end){0};
    listen_to(child, limit, signals, end);
    if (end->is_told)
        kill(child->id, SIGTERM);
    /* a program that has closed its wire has as long to end as one that is silent */
    if (end->is_hung || !has_ended(child, &status, end->is_told ? GRACE_MS : (int)limit)) {
        end->is_hung = !end->is_told;
        kill_off(child, &status);
    }
    judge(end, status);
    end->lived_ms = now_ms() - began;
    close(child->wire);
}

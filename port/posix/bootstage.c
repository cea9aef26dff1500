/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. The boot stage: choose a slot, run it, see how it ends, choose again.
 * Knows: aloft_boot, programs.   Never knows: updates, network, projects. */
#include "bootstage.h"

#include "child.h"
#include "wire.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define QUICK_MS  1000u /* a program that ends sooner did nothing */
#define QUICK_MAX 5u    /* such ends in a row, outside of a trial, before the device is stopped */

static const char slot_letter[] = "AB";

static aloft_err fault(aloft_fault *why, aloft_err code, int number) {
    *why = (aloft_fault){.code = (uint16_t)code, .step = ALOFT_STEP_BOOT, .raw = number};
    why->origin = number != 0 ? ALOFT_ORIGIN_LINUX : ALOFT_ORIGIN_NONE;
    return code;
}

/* ---- one start */

struct session {
    struct aloft_posix_machine *machine;
    struct aloft_boot_choice choice;
    int signals;
    unsigned quick;                      /* quick ends in a row */
    char running[ALOFT_VERSION_MAX + 1]; /* of the chosen slot */
    char other[ALOFT_VERSION_MAX + 1];   /* of the other one */
};

static bool looks_like_program(void *self, unsigned slot) {
    struct aloft_flash flash = aloft_posix_slot(self, slot);
    uint8_t head[4];

    return flash.read(flash.self, 0, ALOFT_SPACE(head)) == ALOFT_OK && memcmp(head,
                                                                              "\x7f"
                                                                              "ELF",
                                                                              4) == 0;
}

/* The whole slot without the erased bytes at its end: a program's file may be longer than what is
 * loaded of it, so the image's own size need not be known. Free .at; NULL: it cannot be read. */
static aloft_space read_slot(struct aloft_posix_machine *machine, unsigned slot) {
    struct aloft_flash flash = aloft_posix_slot(&machine->flash, slot);
    aloft_space image = {malloc(flash.size), flash.size};

    if (image.at == NULL || flash.read(flash.self, 0, image) != ALOFT_OK) {
        free(image.at);
        return (aloft_space){NULL, 0};
    }
    while (image.len > 0 && image.at[image.len - 1] == 0xff)
        image.len--;
    return image;
}

static void read_version(struct session *s, aloft_space image, char out[ALOFT_VERSION_MAX + 1]) {
    out[0] = 0;
    if (image.at == NULL || s->machine->version == NULL ||
        !s->machine->version((aloft_bytes){image.at, image.len}, out))
        snprintf(out, ALOFT_VERSION_MAX + 1, "an unknown version");
}

static void say_why(const struct session *s) {
    static const char *const back_off[] = {"its back-off", "1 h", "6 h"}; /* records.md: T7 */
    uint8_t fails = s->choice.fails;
    const struct aloft_fact facts[] = {
        {"version", s->other}, {"running", s->running}, {"wait", back_off[fails < 3 ? fails : 0]}};
    char text[ALOFT_SENTENCE_MAX];

    if (s->choice.why.code == ALOFT_OK)
        return;
    fflush(stdout);
    fprintf(stderr, "boot: %s\n", aloft_explain(&s->choice.why, facts, 3, text, sizeof text));
    if (s->choice.why.code >> 8 != ALOFT_E_TRIAL_CRASHED >> 8 || s->choice.slot > 1)
        return;
    if (fails >= 3)
        printf("boot: back on %s: %s failed three trials and is given up\n", s->running, s->other);
    else if (fails > 0)
        printf("boot: back on %s: %s did not confirm; next try in %s\n", s->running, s->other,
               back_off[fails]);
}

static void say_choice(const struct session *s) {
    say_why(s);
    if (s->choice.slot > 1)
        return;
    printf("boot: %s in slot %c", s->running, slot_letter[s->choice.slot]);
    if (s->choice.trial)
        printf(", on trial (start %u of 3)", (unsigned)s->choice.boots);
    printf("\n");
}

static void say_end(const struct session *s, const struct child_end *end) {
    if (end->is_told)
        return;
    if (end->reset == ALOFT_RESET_WATCHDOG)
        printf("boot: %s hung: nothing was heard of it for %u s, so it was ended\n", s->running,
               s->machine->watchdog_s);
    else if (end->reset == ALOFT_RESET_CRASH)
        printf("boot: %s crashed: %s\n", s->running, strsignal(end->number));
    else if (end->reset == ALOFT_RESET_ENDED && end->word == 0)
        printf("boot: %s ended by itself with code %d\n", s->running, end->number);
}

static aloft_err choose(struct session *s, enum aloft_reset reset, aloft_fault *why) {
    struct aloft_posix_flash *flash = &s->machine->flash;
    const struct aloft_boot_config config = {
        .slot = {aloft_posix_slot(flash, 0), aloft_posix_slot(flash, 1)},
        .log = aloft_posix_log(flash),
        .reset = reset,
        .check_always = true,
        .looks_like_image = looks_like_program,
        .self = flash,
    };

    /* a fault of the log: home was chosen, no trial is started, and `why` says it */
    if (aloft_boot(&config, &s->choice) != ALOFT_OK && s->choice.slot > 1)
        printf("boot: the record log cannot be used\n");
    if (s->choice.slot <= 1)
        return ALOFT_OK;
    *why = s->choice.why;
    if (why->code == ALOFT_OK)
        return fault(why, ALOFT_E_NO_BOOTABLE, 0);
    return (aloft_err)why->code;
}

static aloft_err start(struct session *s, enum aloft_reset reset, struct child *child,
                       aloft_fault *why) {
    aloft_err code = choose(s, reset, why);
    struct child_start how;
    aloft_space image, other;

    if (code != ALOFT_OK)
        return code;
    s->machine->slot = s->choice.slot;
    image = read_slot(s->machine, s->choice.slot);
    other = read_slot(s->machine, s->choice.slot ^ 1);
    read_version(s, image, s->running);
    read_version(s, other, s->other);
    free(other.at);
    say_choice(s);
    how = (struct child_start){s->choice.slot, reset, s->choice.why.code};
    code = al_posix_child_start(child, (aloft_bytes){image.at, image.at == NULL ? 0 : image.len},
                                &how, why);
    free(image.at);
    return code;
}

/* ---- the life */

static bool is_over(struct session *s, const struct child_end *end, aloft_fault *why) {
    struct aloft_posix_machine *machine = s->machine;

    *why = (aloft_fault){0};
    if (end->is_told)
        return true;
    if (end->word == WIRE_DONE && machine->once) {
        machine->outcome = (enum aloft_outcome)end->value;
        machine->has_verdict = true;
        return true;
    }
    /* a trial that cannot start with these settings goes back like any other that ends */
    if ((end->word == WIRE_FAILED && machine->once) ||
        (end->word == WIRE_UNFIT && !s->choice.trial)) {
        why->code = (uint16_t)end->value;
        machine->has_verdict = true;
        return true;
    }
    s->quick = end->lived_ms < QUICK_MS && end->word == 0 && !s->choice.trial ? s->quick + 1 : 0;
    if (s->quick < QUICK_MAX)
        return false;
    (void)fault(why, ALOFT_E_DEVICE_ENDS, 0);
    why->got = s->quick;
    return true;
}

static aloft_err live(struct session *s, aloft_fault *why) {
    enum aloft_reset reset = ALOFT_RESET_POWER;

    /* as long as a device lives; each round starts a program, and quick ends in a row are counted */
    for (;;) {
        struct child child;
        struct child_end end = {.reset = ALOFT_RESET_CRASH};
        aloft_err code = start(s, reset, &child, why);
        if (code != ALOFT_OK && !(s->choice.slot <= 1 && s->choice.trial))
            return code;
        if (code == ALOFT_OK) { /* a trial that is no program counts as one that crashed */
            al_posix_child_watch(&child, s->machine->watchdog_s, s->signals, &end);
            say_end(s, &end);
            if (is_over(s, &end, why))
                return (aloft_err)why->code;
        }
        reset = end.reset;
    }
}

static int open_signals(void) {
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

aloft_err aloft_posix_machine_run(struct aloft_posix_machine *machine, aloft_fault *why) {
    struct session session = {.machine = machine};
    aloft_err code =
        aloft_posix_flash_open(&machine->flash, machine->dir, 0, ALOFT_POSIX_WRITE_SIZE, why);

    if (code != ALOFT_OK)
        return code;
    setvbuf(stdout, NULL, _IOLBF, 0);
    session.signals = open_signals();
    if (session.signals < 0)
        code = fault(why, ALOFT_E_DEVICE_FILE, errno);
    else
        code = live(&session, why);
    close(session.signals);
    aloft_posix_flash_close(&machine->flash);
    return code;
}

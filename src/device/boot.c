/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The boot stage: chooses which slot starts, after counting the start of a trial.
 * Knows: the record log, digests of slots.   Never knows: how to jump, what an image is. */
#include <string.h>

#include <aloft/aloft.h>

#include "device/log.h"
#include "device/slot.h"
#include "device/transition.h"

#define BUFFER_SIZE 512u /* on the stack of the boot stage, which has little else there */

/* What one start knows. */
struct boot {
    const struct aloft_boot_config *config;
    struct aloft_boot_choice *choice;
    struct al_log log;
    struct al_record record;
};

enum held { RIGHT, WRONG, UNKNOWN };

/* A slot whose bytes cannot be read is as wrong as one that reads wrong: neither may start. */
static enum held digest_of(const struct boot *boot, unsigned slot) {
    const struct al_record_slot *image = &boot->record.slot[slot];
    const struct aloft_flash *flash = &boot->config->slot[slot];
    uint8_t buffer[BUFFER_SIZE];
    uint8_t digest[ALOFT_DIGEST_SIZE];
    aloft_fault ignored;

    if (image->image_size == 0)
        return UNKNOWN;
    if (image->image_size > flash->size ||
        al_slot_digest(flash, image->image_size, ALOFT_SPACE(buffer), digest, &ignored) != ALOFT_OK)
        return WRONG;
    return memcmp(digest, image->image_digest, sizeof digest) == 0 ? RIGHT : WRONG;
}

static bool looks_right(const struct boot *boot, unsigned slot) {
    const struct aloft_boot_config *config = boot->config;

    return config->looks_like_image == NULL ? slot == 0
                                            : config->looks_like_image(config->self, slot);
}

static void learn(struct boot *boot, aloft_err code) {
    boot->choice->why = (aloft_fault){.code = (uint16_t)code};
}

/* No record says which slot is confirmed: the first that looks like an image. */
static void start_any(struct boot *boot) {
    if (looks_right(boot, 0))
        boot->choice->slot = 0;
    else if (looks_right(boot, 1))
        boot->choice->slot = 1;
    else
        learn(boot, ALOFT_E_NO_BOOTABLE);
}

/* Whether home may start. Hashing it at each start is a build choice; after a fallback there is no
 * second image to fall back to without knowing, so it is always done. */
static bool home_is_right(const struct boot *boot) {
    const struct al_record *record = &boot->record;

    if (record->slot[record->home].image_size == 0)
        return boot->config->looks_like_image == NULL || looks_right(boot, record->home);
    if (!boot->config->check_always && (record->flags & AL_FLAG_FALLBACK) == 0)
        return true;
    return digest_of(boot, record->home) == RIGHT;
}

/* Only in IDLE: in FILL the other slot is scrap, in TRIAL and KEPT it has not proven itself. In IDLE it
 * holds the image that ran here before, or one that was given up or replaced before its trial: signed, whole,
 * and better than a device that does not start. */
static void start_home(struct boot *boot) {
    const struct al_record *record = &boot->record;
    unsigned other = al_record_other(record);

    if (home_is_right(boot)) {
        boot->choice->slot = record->home;
    } else if (record->phase == AL_IDLE && digest_of(boot, other) == RIGHT) {
        boot->choice->slot = other;
        boot->choice->fallback = true;
        learn(boot, ALOFT_E_BOOT_FALLBACK);
    } else {
        learn(boot, ALOFT_E_NO_BOOTABLE);
    }
}

static aloft_err append(struct boot *boot, const struct al_record *next) {
    struct al_record record = *next;
    aloft_err err = al_log_append(&boot->log, &record, &boot->choice->why);

    /* If power goes here: counted, but never started. It costs the trial one of its starts. */
    if (err == ALOFT_OK)
        boot->record = record;
    return err;
}

/* T6. If power goes before its append: tried once more, or failed again. */
static aloft_err fail(struct boot *boot, aloft_err cause) {
    struct al_record next = boot->record;
    aloft_err err;

    al_record_fail(&next, cause);
    err = append(boot, &next);
    if (err == ALOFT_OK)
        learn(boot, cause);
    return err;
}

/* T4: counted before the jump, so that an image which breaks everything is counted too. */
static aloft_err try_other(struct boot *boot) {
    struct al_record next = boot->record;
    aloft_err err;

    al_record_try(&next, boot->config->reset);
    err = append(boot, &next);
    if (err != ALOFT_OK)
        return err;
    boot->choice->slot = al_record_other(&boot->record);
    boot->choice->trial = true;
    return ALOFT_OK;
}

static aloft_err trial(struct boot *boot) {
    if (boot->record.boots >= AL_BOOTS_MAX)
        return fail(boot, al_record_cause(boot->config->reset));
    if (digest_of(boot, al_record_other(&boot->record)) != RIGHT)
        return fail(boot, ALOFT_E_DIGEST_MISMATCH);
    return try_other(boot);
}

static aloft_err choose(struct boot *boot) {
    enum al_log_found found;
    aloft_err err =
        al_log_open(&boot->log, &boot->config->log, &boot->record, &found, &boot->choice->why);

    if (found == AL_LOG_LOST)
        learn(boot, ALOFT_E_RECORDS_LOST);
    if (found == AL_LOG_FOUND) {
        if (err == ALOFT_OK && boot->record.phase == AL_TRIAL)
            err = trial(boot);
        if (!boot->choice->trial)
            start_home(boot);
    } else if (err == ALOFT_OK) {
        start_any(boot);
    }
    /* Else the log cannot be read and nothing is known: a slot that looks like an image may be one
     * that was being written. Stay in the loader; the fault is in `why`. */
    return err;
}

aloft_err aloft_boot(const struct aloft_boot_config *config, struct aloft_boot_choice *choice) {
    struct boot boot = {.config = config, .choice = choice};
    aloft_err err;

    *choice = (struct aloft_boot_choice){.slot = ALOFT_SLOT_NONE};
    err = choose(&boot);
    if (choice->why.code != 0)
        choice->why.step = ALOFT_STEP_BOOT;
    choice->boots = boot.record.boots;
    choice->fails = boot.record.fails;
    choice->cold = boot.record.cold;
    return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. What the boot loader has noted: the two entries of otadata. */
#ifndef AL_ESP_NOTES_H
#define AL_ESP_NOTES_H

#include "inside.h"

#include <esp_flash_partitions.h>

struct al_esp_notes {
    const esp_partition_t *partition;
    esp_ota_select_entry_t entry[2];
    int active; /* the entry that decides; -1: none does */
};

/** Read both entries as they stand in flash now. Fails LOADER_FAILED. */
ALOFT_MUST_USE aloft_err al_esp_notes_read(struct al_esp_notes *notes,
                                           const esp_partition_t *partition, aloft_fault *why);

/** The slot that an entry names; no meaning where it is not readable. */
unsigned al_esp_notes_slot(const esp_ota_select_entry_t *entry);

/** Whether the boot loader would start what this entry names. */
bool al_esp_notes_may_start(const esp_ota_select_entry_t *entry);

/** What is noted about a slot. */
enum aloft_entry al_esp_notes_of(const struct al_esp_notes *notes, unsigned slot);

/**
 * Call an entry invalid, so that it does not decide. One that cannot be read is erased. Fails LOADER_FAILED.
 *
 * Power   a cut leaves it as it was, or unreadable, or invalid: in the last two cases the other one decides.
 */
ALOFT_MUST_USE aloft_err al_esp_notes_bury(struct al_esp_notes *notes, int which, aloft_fault *why);

/** The highest number that can be read, 0: none. */
uint32_t al_esp_notes_highest(const struct al_esp_notes *notes);

/** An entry with this number, which names slot (number - 1) % 2. */
void al_esp_notes_make(esp_ota_select_entry_t *entry, uint32_t number, uint32_t state);

/** Write an entry: its sector is erased, then the 32 bytes are written. Fails LOADER_FAILED. */
ALOFT_MUST_USE aloft_err al_esp_notes_write(struct al_esp_notes *notes, int which,
                                            const esp_ota_select_entry_t *entry, aloft_fault *why);

/* ---- who reads the notes: loader_idf.c, or loader_linux.c on target linux */
unsigned al_esp_loader_running(const struct al_esp_table *table);
/** Note this slot as the one to start next, to be tried. Fails LOADER_REFUSED, LOADER_SECURE,
 *  LOADER_FAILED. */
ALOFT_MUST_USE aloft_err al_esp_loader_set_boot(const esp_partition_t *partition, aloft_fault *why);
/** The active entry says VALID from now on. Fails LOADER_FAILED. */
ALOFT_MUST_USE aloft_err al_esp_loader_mark_valid(struct al_esp_notes *notes, aloft_fault *why);
void al_esp_loader_restart(const struct al_esp_table *table);
/** Before anything else at a start: on target linux the loader itself. */
void al_esp_loader_begin(const struct al_esp_table *table);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. Reads otadata as the boot loader reads it.
 * Knows: the entries' form.   Never knows: records, and what is decided.
 *
 * Raw entries, because esp_ota_get_state_partition gives the first one that names a slot, which
 * need not be the one that decides. The check covers the number only: a state that was torn is not
 * noticed, and the boot loader starts what it does not know as if nothing had been noted; so does
 * this file. */
#include "notes.h"

#include <string.h>

#include <esp_rom_crc.h>

#define NO_NUMBER 0xffffffffu

static uint32_t check_of(uint32_t number) {
    uint8_t bytes[4];

    memcpy(bytes, &number, sizeof bytes); /* every chip of ESP-IDF is little endian */
    return esp_rom_crc32_le(UINT32_MAX, bytes, sizeof bytes);
}

static bool is_readable(const esp_ota_select_entry_t *entry) {
    return entry->ota_seq != NO_NUMBER && entry->crc == check_of(entry->ota_seq);
}

void al_esp_notes_make(esp_ota_select_entry_t *entry, uint32_t number, uint32_t state) {
    memset(entry, 0xff, sizeof *entry);
    entry->ota_seq = number;
    entry->ota_state = state;
    entry->crc = check_of(number);
}

bool al_esp_notes_may_start(const esp_ota_select_entry_t *entry) {
    return is_readable(entry) && entry->ota_state != ESP_OTA_IMG_INVALID &&
           entry->ota_state != ESP_OTA_IMG_ABORTED;
}

unsigned al_esp_notes_slot(const esp_ota_select_entry_t *entry) {
    return (entry->ota_seq - 1) % 2; /* exactly two slots: table.c */
}

static int find_active(const esp_ota_select_entry_t entry[2]) {
    const bool first = al_esp_notes_may_start(&entry[0]),
               second = al_esp_notes_may_start(&entry[1]);

    if (first && second)
        return entry[1].ota_seq > entry[0].ota_seq;
    if (first)
        return 0;
    return second ? 1 : -1;
}

aloft_err al_esp_notes_read(struct al_esp_notes *notes, const esp_partition_t *partition,
                            aloft_fault *why) {
    notes->partition = partition;
    for (unsigned i = 0; i < 2; i++) {
        esp_err_t e = esp_partition_read(partition, i * partition->erase_size, &notes->entry[i],
                                         sizeof notes->entry[i]);
        if (e != ESP_OK)
            return al_esp_fault(why, ALOFT_E_LOADER_FAILED, e);
    }
    notes->active = find_active(notes->entry);
    return ALOFT_OK;
}

static enum aloft_entry meaning(uint32_t state) {
    switch (state) {
    case ESP_OTA_IMG_NEW:
        return ALOFT_ENTRY_NEW;
    case ESP_OTA_IMG_PENDING_VERIFY:
        return ALOFT_ENTRY_PENDING;
    case ESP_OTA_IMG_VALID:
        return ALOFT_ENTRY_VALID;
    case ESP_OTA_IMG_INVALID:
    case ESP_OTA_IMG_ABORTED:
        return ALOFT_ENTRY_FAILED;
    default:
        return ALOFT_ENTRY_UNDEFINED;
    }
}

/* Two entries may name one slot; the one that decides says more. */
enum aloft_entry al_esp_notes_of(const struct al_esp_notes *notes, unsigned slot) {
    const esp_ota_select_entry_t *found = NULL;

    for (int i = 1; i >= 0; i--) {
        const esp_ota_select_entry_t *entry = &notes->entry[i];
        if (is_readable(entry) && al_esp_notes_slot(entry) == slot &&
            (found == NULL || i == notes->active))
            found = entry;
    }
    return found == NULL ? ALOFT_ENTRY_NONE : meaning(found->ota_state);
}

uint32_t al_esp_notes_highest(const struct al_esp_notes *notes) {
    uint32_t highest = 0;

    for (unsigned i = 0; i < 2; i++)
        if (is_readable(&notes->entry[i]) && notes->entry[i].ota_seq > highest)
            highest = notes->entry[i].ota_seq;
    return highest;
}

static esp_err_t erase(const struct al_esp_notes *notes, int which) {
    const uint32_t unit = notes->partition->erase_size;

    return esp_partition_erase_range(notes->partition, (uint32_t)which * unit, unit);
}

aloft_err al_esp_notes_write(struct al_esp_notes *notes, int which,
                             const esp_ota_select_entry_t *entry, aloft_fault *why) {
    const uint32_t at = (uint32_t)which * notes->partition->erase_size;
    esp_err_t e = erase(notes, which);

    if (e == ESP_OK)
        e = esp_partition_write(notes->partition, at, entry, sizeof *entry);
    return e == ESP_OK ? ALOFT_OK : al_esp_fault(why, ALOFT_E_LOADER_FAILED, e);
}

aloft_err al_esp_notes_bury(struct al_esp_notes *notes, int which, aloft_fault *why) {
    esp_ota_select_entry_t entry = notes->entry[which];
    esp_err_t e;

    entry.ota_state = ESP_OTA_IMG_INVALID;
    if (is_readable(&entry))
        return al_esp_notes_write(notes, which, &entry, why);
    e = erase(notes, which);
    return e == ESP_OK ? ALOFT_OK : al_esp_fault(why, ALOFT_E_LOADER_FAILED, e);
}

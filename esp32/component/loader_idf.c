/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. The chips' boot loader: what only ESP-IDF's app_update can do.
 * Knows: app_update.   Never knows: which note is to be written. */
#include "notes.h"

#include <esp_ota_ops.h>
#include <esp_system.h>

unsigned al_esp_loader_running(const struct al_esp_table *table) {
    const esp_partition_t *found = esp_ota_get_running_partition();

    for (unsigned i = 0; i < 2; i++)
        if (found != NULL && found->address == table->slot[i]->address)
            return i;
    return ALOFT_SLOT_NONE;
}

/* ESP-IDF reads the whole image first: checksum, chip, signature, secure version. */
aloft_err al_esp_loader_set_boot(const esp_partition_t *partition, aloft_fault *why) {
    const esp_err_t e = esp_ota_set_boot_partition(partition);

    if (e == ESP_OK)
        return ALOFT_OK;
    if (e == ESP_ERR_OTA_SMALL_SEC_VER) /* ESP-IDF has erased the slot */
        return al_esp_fault(why, ALOFT_E_LOADER_SECURE, e);
    if (e == ESP_ERR_OTA_VALIDATE_FAILED)
        return al_esp_fault(why, ALOFT_E_LOADER_REFUSED, e);
    return al_esp_fault(why, ALOFT_E_LOADER_FAILED, e);
}

/* With anti-rollback ESP-IDF raises the fuse here too. */
aloft_err al_esp_loader_mark_valid(struct al_esp_notes *notes, aloft_fault *why) {
    const esp_err_t e = esp_ota_mark_app_valid_cancel_rollback();

    (void)notes;
    return e == ESP_OK ? ALOFT_OK : al_esp_fault(why, ALOFT_E_LOADER_FAILED, e);
}

void al_esp_loader_restart(const struct al_esp_table *table) {
    (void)table;
    esp_restart();
}

/* The boot loader has run before. */
void al_esp_loader_begin(const struct al_esp_table *table) {
    (void)table;
}

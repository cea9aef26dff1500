/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. Finds the slots, the boot loader's notes and the records in the partition
 * table.
 * Knows: esp_partition.   Never knows: what stands in them. */
#include "inside.h"

#include <string.h>

#define RECORDS_SUBTYPE ((esp_partition_subtype_t)0x40)
#define RECORDS_SIZE    8192u /* two erase units */
#define SLOTS_MAX       16u   /* ota_0 to ota_15: ESP-IDF knows no more */

static const esp_partition_t *app(unsigned subtype) {
    return esp_partition_find_first(ESP_PARTITION_TYPE_APP, (esp_partition_subtype_t)subtype, NULL);
}

/* The boot loader counts a slot by its number among all there are, so a third one changes which
 * slot a note names. */
static unsigned count_slots(void) {
    unsigned n = 0;

    while (n < SLOTS_MAX && app(ESP_PARTITION_SUBTYPE_APP_OTA_0 + n) != NULL)
        n++;
    return n;
}

static aloft_err find_slots(struct al_esp_table *table, aloft_fault *why) {
    unsigned n = count_slots();

    table->notes =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, NULL);
    table->factory = app(ESP_PARTITION_SUBTYPE_APP_FACTORY);
    if (n != 2 || table->notes == NULL || table->notes->erase_size == 0 ||
        table->notes->size < 2 * table->notes->erase_size) {
        *why = (aloft_fault){.code = ALOFT_E_ESP_SLOTS, .want = 2, .got = n};
        return ALOFT_E_ESP_SLOTS;
    }
    for (unsigned i = 0; i < 2; i++)
        table->slot[i] = app(ESP_PARTITION_SUBTYPE_APP_OTA_0 + i);
    if (table->slot[0]->size == table->slot[1]->size)
        return ALOFT_OK;
    *why = (aloft_fault){
        .code = ALOFT_E_ESP_UNEQUAL, .want = table->slot[0]->size, .got = table->slot[1]->size};
    return ALOFT_E_ESP_UNEQUAL;
}

/* An encrypted partition never reads as blank, so a log in it could not be told from a damaged one. */
static aloft_err find_records(struct al_esp_table *table, aloft_fault *why) {
    const esp_partition_t *found =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, RECORDS_SUBTYPE, "aloft");

    table->records = found;
    if (found == NULL || (found->size >= RECORDS_SIZE && !found->encrypted && !found->readonly))
        return ALOFT_OK;
    *why = (aloft_fault){.code = ALOFT_E_ESP_RECORDS, .want = RECORDS_SIZE, .got = found->size};
    return ALOFT_E_ESP_RECORDS;
}

aloft_err al_esp_table_find(struct al_esp_table *table, aloft_fault *why) {
    aloft_err e;

    memset(table, 0, sizeof *table);
    e = find_slots(table, why);
    return e == ALOFT_OK ? find_records(table, why) : e;
}

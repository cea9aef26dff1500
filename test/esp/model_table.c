/* SPDX-License-Identifier: Apache-2.0 */
/* The partition table of the board. */
#include "test/esp/board.h"

#include <string.h>

#define UNIT 4096u

static void list(enum board_partition which, uint32_t address, uint32_t size) {
    static const struct {
        esp_partition_type_t type;
        uint8_t subtype;
        const char *label;
    } entries[] = {
        [BOARD_SLOT_0] = {ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_0, "ota_0"},
        [BOARD_SLOT_1] = {ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_1, "ota_1"},
        [BOARD_NOTES] = {ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, "otadata"},
        [BOARD_RECORDS] = {ESP_PARTITION_TYPE_DATA, 0x40, "aloft"},
        [BOARD_FACTORY] = {ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_FACTORY, "factory"},
    };
    esp_partition_t *partition = &board.partition[which];

    partition->type = entries[which].type;
    partition->subtype = (esp_partition_subtype_t)entries[which].subtype;
    partition->address = address;
    partition->size = size;
    partition->erase_size = UNIT;
    partition->encrypted = board.kind.is_encrypted && which <= BOARD_NOTES;
    strcpy(partition->label, entries[which].label);
    board.is_listed[which] = true;
}

void board_list(uint32_t slot_size) {
    list(BOARD_NOTES, 0xf000, 2 * UNIT);
    list(BOARD_SLOT_0, 0x20000, slot_size);
    list(BOARD_SLOT_1, 0x20000 + slot_size, slot_size);
    if (!board.kind.records_in_nvs)
        list(BOARD_RECORDS, 0x12000, 2 * UNIT);
    if (board.kind.has_factory)
        list(BOARD_FACTORY, 0x400000, slot_size);
}

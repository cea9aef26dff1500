/* SPDX-License-Identifier: Apache-2.0 */
/* esp_partition and app_update over the simulated chips, as ESP-IDF's sources have them. */
#include "test/esp/board.h"

#include <assert.h>
#include <string.h>

#include <esp_ota_ops.h>
#include <esp_partition.h>
#include <esp_rom_crc.h>

struct sim_flash *board_chip(const esp_partition_t *partition) {
    const long which = partition - board.partition;

    assert(which >= 0 && which < BOARD_FACTORY);
    if (which <= BOARD_SLOT_1)
        return &board.rig.slot[which];
    return which == BOARD_NOTES ? &board.notes : &board.rig.log;
}

/* ---- esp_partition.h */

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype,
                                                const char *label) {
    for (unsigned i = 0; i <= BOARD_FACTORY; i++) {
        const esp_partition_t *found = &board.partition[i];
        if (board.is_listed[i] && found->type == type && found->subtype == subtype &&
            (label == NULL || strcmp(label, found->label) == 0))
            return found;
    }
    if (board.has_third_slot && type == ESP_PARTITION_TYPE_APP &&
        subtype == ESP_PARTITION_SUBTYPE_APP_OTA_2)
        return &board.third_slot;
    return NULL;
}

static bool is_inside(const esp_partition_t *partition, size_t at, size_t size) {
    return at <= partition->size && size <= partition->size - at;
}

static bool is_crooked(const esp_partition_t *partition, size_t at, size_t size) {
    return partition->encrypted && (at % 16 != 0 || size % 16 != 0);
}

esp_err_t esp_partition_read(const esp_partition_t *partition, size_t src_offset, void *dst,
                             size_t size) {
    const struct aloft_flash flash = sim_flash_port(board_chip(partition));

    if (!is_inside(partition, src_offset, size))
        return src_offset > partition->size ? ESP_ERR_INVALID_ARG : ESP_ERR_INVALID_SIZE;
    if (board.flash_answers != ESP_OK)
        return board.flash_answers;
    return flash.read(flash.self, (uint32_t)src_offset, (aloft_space){dst, size}) == ALOFT_OK
               ? ESP_OK
               : ESP_ERR_FLASH_OP_FAIL;
}

esp_err_t esp_partition_write(const esp_partition_t *partition, size_t dst_offset, const void *src,
                              size_t size) {
    const struct aloft_flash flash = sim_flash_port(board_chip(partition));

    if (!is_inside(partition, dst_offset, size))
        return dst_offset > partition->size ? ESP_ERR_INVALID_ARG : ESP_ERR_INVALID_SIZE;
    if (is_crooked(partition, dst_offset, size))
        return ESP_ERR_INVALID_ARG;
    if (board.flash_answers != ESP_OK)
        return board.flash_answers;
    return flash.write(flash.self, (uint32_t)dst_offset, (aloft_bytes){src, size}) == ALOFT_OK
               ? ESP_OK
               : ESP_ERR_FLASH_OP_FAIL;
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size) {
    const struct aloft_flash flash = sim_flash_port(board_chip(partition));

    if (!is_inside(partition, offset, size))
        return offset > partition->size ? ESP_ERR_INVALID_ARG : ESP_ERR_INVALID_SIZE;
    if (offset % partition->erase_size != 0 || size % partition->erase_size != 0)
        return ESP_ERR_INVALID_ARG;
    if (board.flash_answers != ESP_OK)
        return board.flash_answers;
    for (size_t at = offset; at < offset + size; at += partition->erase_size)
        if (flash.erase(flash.self, (uint32_t)at) != ALOFT_OK)
            return ESP_ERR_FLASH_OP_FAIL;
    return ESP_OK;
}

/* The ROM's table-driven one gives the same: reflected 0x04c11db7, start and end inverted by the
 * caller's value. */
uint32_t esp_rom_crc32_le(uint32_t crc, uint8_t const *buf, uint32_t len) {
    crc = ~crc;
    for (uint32_t i = 0; i < len; i++) {
        crc ^= buf[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* ---- esp_ota_ops.h */

typedef esp_ota_select_entry_t note;

static bool may_start(const note *n) {
    uint8_t bytes[4];

    memcpy(bytes, &n->ota_seq, sizeof bytes);
    return n->ota_seq != UINT32_MAX && n->ota_state != ESP_OTA_IMG_INVALID &&
           n->ota_state != ESP_OTA_IMG_ABORTED &&
           n->crc == esp_rom_crc32_le(UINT32_MAX, bytes, sizeof bytes);
}

static esp_err_t read_notes(note n[2], int *active) {
    const esp_partition_t *partition = &board.partition[BOARD_NOTES];

    for (unsigned i = 0; i < 2; i++) {
        esp_err_t e = esp_partition_read(partition, i * partition->erase_size, &n[i], sizeof n[i]);
        if (e != ESP_OK)
            return e;
    }
    *active = may_start(&n[0]) ? 0 : may_start(&n[1]) ? 1 : -1;
    if (may_start(&n[0]) && may_start(&n[1]))
        *active = n[0].ota_seq >= n[1].ota_seq ? 0 : 1;
    return ESP_OK;
}

static esp_err_t write_note(int which, note *n) {
    const esp_partition_t *partition = &board.partition[BOARD_NOTES];
    const uint32_t at = (uint32_t)which * partition->erase_size;
    uint8_t bytes[4];
    esp_err_t e;

    memcpy(bytes, &n->ota_seq, sizeof bytes);
    n->crc = esp_rom_crc32_le(UINT32_MAX, bytes, sizeof bytes);
    e = esp_partition_erase_range(partition, at, partition->erase_size);
    return e == ESP_OK ? esp_partition_write(partition, at, n, sizeof *n) : e;
}

const esp_partition_t *esp_ota_get_running_partition(void) {
    return board.running > 1 ? &board.partition[BOARD_FACTORY] : &board.partition[board.running];
}

/* Only the application calls it: test/ota_demo/idf/app_calls.h. */
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from);

const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from) {
    (void)start_from;
    return &board.partition[board.running == BOARD_SLOT_0 ? BOARD_SLOT_1 : BOARD_SLOT_0];
}

/* As the application is built: with rollback, or for a loader that has none. */
#ifdef CONFIG_ALOFT_BRIDGE
#define TO_BE_TRIED ESP_OTA_IMG_UNDEFINED
#else
#define TO_BE_TRIED ESP_OTA_IMG_NEW
#endif

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition) {
    const esp_partition_t *notes = &board.partition[BOARD_NOTES];
    const uint32_t slot = (uint32_t)(partition - board.partition);
    int active, which;
    note n[2];
    esp_err_t e;

    if (slot == BOARD_FACTORY)
        return esp_partition_erase_range(notes, 0, notes->size);
    if (!board.rig.power.on || !board_is_bootable(slot))
        return ESP_ERR_OTA_VALIDATE_FAILED;
    if (!board_is_secure(slot)) {
        (void)esp_partition_erase_range(partition, 0, partition->size);
        return ESP_ERR_OTA_SMALL_SEC_VER;
    }
    e = read_notes(n, &active);
    if (e != ESP_OK)
        return e;
    which = active < 0 ? 0 : active;
    if (active < 0)
        n[which].ota_seq = slot + 1;
    else if ((n[active].ota_seq - 1) % 2 != slot) {
        which = 1 - active;
        n[which].ota_seq = n[active].ota_seq + 1;
    }
    n[which].ota_state = TO_BE_TRIED;
    return write_note(which, &n[which]);
}

esp_err_t esp_ota_mark_app_valid_cancel_rollback(void) {
    int active;
    note n[2];
    esp_err_t e = read_notes(n, &active);

    if (e != ESP_OK)
        return e;
    if (active < 0)
        return ESP_FAIL;
    if (n[active].ota_state == ESP_OTA_IMG_VALID)
        return ESP_OK;
    n[active].ota_state = ESP_OTA_IMG_VALID;
    e = write_note(active, &n[active]);
    if (e == ESP_OK)
        board_burn((n[active].ota_seq - 1) % 2);
    return e;
}

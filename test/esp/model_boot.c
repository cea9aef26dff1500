/* SPDX-License-Identifier: Apache-2.0 */
/* ESP-IDF's second-stage boot loader, as its sources have it: bootloader_utility.c (which slot, in
 * which order), and bootloader_common.c (which note decides). With and without rollback. */
#include "test/esp/board.h"

#include <string.h>

#include <esp_rom_crc.h>

#define FACTORY -1

typedef esp_ota_select_entry_t note;

static uint32_t check_of(const note *n) {
    uint8_t bytes[4];

    memcpy(bytes, &n->ota_seq, sizeof bytes);
    return esp_rom_crc32_le(UINT32_MAX, bytes, sizeof bytes);
}

static bool is_invalid(const note *n) {
    return n->ota_seq == UINT32_MAX || n->ota_state == ESP_OTA_IMG_INVALID ||
           n->ota_state == ESP_OTA_IMG_ABORTED;
}

static bool is_blank(const note *n) {
    return n->ota_seq == UINT32_MAX || n->crc != check_of(n);
}

static int active_of(const note n[2]) {
    const bool first = !is_invalid(&n[0]) && n[0].crc == check_of(&n[0]);
    const bool second = !is_invalid(&n[1]) && n[1].crc == check_of(&n[1]);

    if (first && second)
        return n[0].ota_seq >= n[1].ota_seq ? 0 : 1;
    return first ? 0 : second ? 1 : -1;
}

/* False: the power went. */
static bool write_note(int which, const note *n) {
    const struct aloft_flash flash = sim_flash_port(&board.notes);
    const uint32_t at = (uint32_t)which * flash.erase_size;

    return flash.erase(flash.self, at) == ALOFT_OK &&
           flash.write(flash.self, at, (aloft_bytes){(const uint8_t *)n, sizeof *n}) == ALOFT_OK;
}

static bool is_there(int index) {
    return index == FACTORY
               ? board.kind.has_factory
               : board_is_bootable((unsigned)index) && board_is_secure((unsigned)index);
}

/* The order of bootloader_utility_load_boot_image: down to the factory image, then up. */
static bool load(int start, bool is_new, bool *power) {
    const int order[2][3] = {{start, start - 1, start - 2}, {start + 1, start + 2, start + 3}};

    for (unsigned i = 0; i < 6; i++) {
        const int index = order[i / 3][i % 3];
        if (index < FACTORY || index > 1 || !is_there(index))
            continue;
        if (is_new && index > FACTORY) {
            note n;
            memset(&n, 0xff, sizeof n);
            n.ota_seq = (uint32_t)index + 1;
            n.ota_state = ESP_OTA_IMG_VALID;
            n.crc = check_of(&n);
            *power = write_note(0, &n);
        }
        board.running = index == FACTORY ? ALOFT_SLOT_NONE : (unsigned)index;
        return *power;
    }
    return false;
}

/* What was being tried has had its one start. */
static bool take_back(note n[2]) {
    for (int i = 0; i < 2; i++) {
        if (n[i].ota_state != ESP_OTA_IMG_PENDING_VERIFY)
            continue;
        n[i].ota_state = ESP_OTA_IMG_ABORTED;
        if (!write_note(i, &n[i]))
            return false;
    }
    return true;
}

bool board_load(void) {
    const struct aloft_flash flash = sim_flash_port(&board.notes);
    bool is_new = false, power = true;
    int start = FACTORY, active;
    note n[2];

    for (unsigned i = 0; i < 2; i++)
        if (flash.read(flash.self, i * flash.erase_size,
                       (aloft_space){(uint8_t *)&n[i], sizeof n[i]}) != ALOFT_OK)
            return false;
    if (board.kind.has_rollback && !take_back(n))
        return false;
    active = active_of(n);
    if (is_invalid(&n[0]) && is_invalid(&n[1])) {
        start = board.kind.has_factory ? FACTORY : 0;
        is_new = start == 0 && is_blank(&n[0]) && is_blank(&n[1]);
    } else if (active >= 0) {
        start = (int)((n[active].ota_seq - 1) % 2);
        if (n[active].ota_state == ESP_OTA_IMG_VALID)
            board_burn((unsigned)start);
        if (board.kind.has_rollback && n[active].ota_state == ESP_OTA_IMG_NEW) {
            n[active].ota_state = ESP_OTA_IMG_PENDING_VERIFY;
            if (!write_note(active, &n[active]))
                return false;
        }
    }
    return load(start, is_new, &power);
}

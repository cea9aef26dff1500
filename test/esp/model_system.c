/* SPDX-License-Identifier: Apache-2.0 */
/* What ESP-IDF tells about the chip that it runs on. */
#include "test/esp/board.h"

#include <string.h>

#include <esp_mac.h>
#include <esp_system.h>

esp_reset_reason_t esp_reset_reason(void) {
    return board.reason;
}

uint32_t esp_get_free_heap_size(void) {
    return 180000;
}

uint32_t esp_get_minimum_free_heap_size(void) {
    return 120000;
}

const char *esp_get_idf_version(void) {
    return "model";
}

esp_err_t esp_efuse_mac_get_default(uint8_t *mac) {
    static const uint8_t some[6] = {0x02, 0x00, 0x5e, 0x10, 0xab, 0xcd};

    memcpy(mac, some, sizeof some);
    return ESP_OK;
}

/* ---- the fuse of anti-rollback */

bool board_is_secure(unsigned slot) {
    return !board.kind.has_fuse || board_secure_version(slot) >= board.fuse;
}

void board_burn(unsigned slot) {
    if (board.kind.has_fuse && board_secure_version(slot) > board.fuse)
        board.fuse = board_secure_version(slot);
}

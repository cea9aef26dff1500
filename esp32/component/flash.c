/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. A partition as a region of flash.
 * Knows: esp_partition.   Never knows: what the bytes are. */
#include "inside.h"

/* Flash encryption works on blocks of 16 bytes; without it the SPI flash driver takes any length,
 * and 4 keeps its transfers whole words. */
static uint32_t write_size(const esp_partition_t *partition) {
    return partition->encrypted ? 16 : 4;
}

static aloft_err read(void *self, uint32_t at, aloft_space to) {
    if (to.len == 0)
        return ALOFT_OK;
    return esp_partition_read(self, at, to.at, to.len) == ESP_OK ? ALOFT_OK : ALOFT_E_FLASH_READ;
}

static aloft_err write(void *self, uint32_t at, aloft_bytes from) {
    const uint32_t unit = write_size(self);

    if (at % unit != 0 || from.len % unit != 0)
        return ALOFT_E_FLASH_WRITE;
    return esp_partition_write(self, at, from.at, from.len) == ESP_OK ? ALOFT_OK
                                                                      : ALOFT_E_FLASH_WRITE;
}

static aloft_err erase(void *self, uint32_t at) {
    const esp_partition_t *partition = self;

    return esp_partition_erase_range(partition, at, partition->erase_size) == ESP_OK
               ? ALOFT_OK
               : ALOFT_E_FLASH_ERASE;
}

struct aloft_flash al_esp_flash(const esp_partition_t *partition) {
    return (struct aloft_flash){.self = (void *)(uintptr_t)partition,
                                .read = read,
                                .write = write,
                                .erase = erase,
                                .size = partition->size,
                                .write_size = write_size(partition),
                                .erase_size = partition->erase_size};
}

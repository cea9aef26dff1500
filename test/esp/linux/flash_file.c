/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of ESP-IDF's flash in a file (partition_linux.c): named before it is opened, or made
 * anew; NOR rules. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <idf_types.h>

#include <esp_partition.h>
#include <esp_private/partition_linux.h>

#define SLOT  (4u << 20)
#define UNIT  4096u
#define WHOLE (2 * SLOT + 4 * UNIT)

static esp_partition_file_mmap_ctrl_t input, act;
static uint8_t *flash;
static const esp_partition_t table[] = {
    {.type = ESP_PARTITION_TYPE_DATA,
     .subtype = ESP_PARTITION_SUBTYPE_DATA_OTA,
     .size = 2 * UNIT,
     .erase_size = UNIT},
    {.type = ESP_PARTITION_TYPE_DATA,
     .subtype = (esp_partition_subtype_t)0x40,
     .address = 2 * UNIT,
     .size = 2 * UNIT,
     .erase_size = UNIT,
     .label = "aloft"},
    {.subtype = ESP_PARTITION_SUBTYPE_APP_OTA_0,
     .address = 4 * UNIT,
     .size = SLOT,
     .erase_size = UNIT},
    {.subtype = ESP_PARTITION_SUBTYPE_APP_OTA_1,
     .address = 4 * UNIT + SLOT,
     .size = SLOT,
     .erase_size = UNIT},
};

esp_partition_file_mmap_ctrl_t *esp_partition_get_file_mmap_ctrl_input(void) {
    return &input;
}

esp_partition_file_mmap_ctrl_t *esp_partition_get_file_mmap_ctrl_act(void) {
    return &act;
}

static void open_flash(void) {
    const bool is_new = input.flash_file_name[0] == 0;
    int file;

    act = input;
    if (is_new)
        strcpy(act.flash_file_name, "flash.bin");
    file = open(act.flash_file_name, is_new ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0644);
    if (file < 0 || (is_new && ftruncate(file, WHOLE) != 0))
        abort();
    flash = mmap(NULL, WHOLE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (flash == MAP_FAILED)
        abort();
    close(file);
    if (is_new)
        memset(flash, 0xff, WHOLE);
}

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype,
                                                const char *label) {
    (void)label;
    if (flash == NULL)
        open_flash();
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].type == type && table[i].subtype == subtype)
            return &table[i];
    return NULL;
}

esp_err_t esp_partition_read(const esp_partition_t *partition, size_t src_offset, void *dst,
                             size_t size) {
    memcpy(dst, flash + partition->address + src_offset, size);
    return ESP_OK;
}

esp_err_t esp_partition_write(const esp_partition_t *partition, size_t dst_offset, const void *src,
                              size_t size) {
    const uint8_t *from = src;

    for (size_t i = 0; i < size; i++) {
        if (flash[partition->address + dst_offset + i] != 0xff)
            return ESP_ERR_FLASH_OP_FAIL;
        flash[partition->address + dst_offset + i] = from[i];
    }
    return ESP_OK;
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size) {
    memset(flash + partition->address + offset, 0xff, size);
    return ESP_OK;
}

uint32_t esp_rom_crc32_le(uint32_t crc, uint8_t const *buf, uint32_t len) {
    crc = ~crc;
    for (uint32_t i = 0; i < len; i++) {
        crc ^= buf[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
    }
    return ~crc;
}

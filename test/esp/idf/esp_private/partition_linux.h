/* SPDX-License-Identifier: Apache-2.0 */
/* ESP-IDF's flash in a file, on its target linux: what loader_linux.c takes from it. */
#ifndef TEST_ESP_PARTITION_LINUX_H
#define TEST_ESP_PARTITION_LINUX_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char flash_file_name[PATH_MAX];
    size_t flash_file_size;
    char partition_file_name[PATH_MAX];
    bool remove_dump;
} esp_partition_file_mmap_ctrl_t;

esp_partition_file_mmap_ctrl_t *esp_partition_get_file_mmap_ctrl_input(void);
esp_partition_file_mmap_ctrl_t *esp_partition_get_file_mmap_ctrl_act(void);

#endif

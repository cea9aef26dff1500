/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of what ESP-IDF's flash on a PC (partition_linux.c) has beside flash: a file, named before
 * it is first asked for a partition, or made anew. The flash itself is the model's. And a stand-in of
 * ESP-IDF's restart on a PC, which ends the program. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <esp_partition.h>
#include <esp_private/partition_linux.h>

#include "test/ota_demo/kept.h"

static esp_partition_file_mmap_ctrl_t input, act;

esp_partition_file_mmap_ctrl_t *esp_partition_get_file_mmap_ctrl_input(void) {
    return &input;
}

esp_partition_file_mmap_ctrl_t *esp_partition_get_file_mmap_ctrl_act(void) {
    return &act;
}

static void open_flash(void) {
    act = input;
    if (input.flash_file_name[0] == 0)
        strcpy(act.flash_file_name, "flash.bin");
    if ((access(act.flash_file_name, F_OK) == 0) != (input.flash_file_name[0] != 0))
        abort();
    kept_open(act.flash_file_name);
}

const esp_partition_t *__real_esp_partition_find_first(esp_partition_type_t type,
                                                       esp_partition_subtype_t subtype,
                                                       const char *label);
const esp_partition_t *__wrap_esp_partition_find_first(esp_partition_type_t type,
                                                       esp_partition_subtype_t subtype,
                                                       const char *label);

const esp_partition_t *__wrap_esp_partition_find_first(esp_partition_type_t type,
                                                       esp_partition_subtype_t subtype,
                                                       const char *label) {
    if (act.flash_file_name[0] == 0)
        open_flash();
    return __real_esp_partition_find_first(type, subtype, label);
}

static shutdown_handler_t asked_first;

esp_err_t esp_register_shutdown_handler(shutdown_handler_t handle) {
    asked_first = handle;
    return ESP_OK;
}

void esp_restart(void) {
    if (asked_first != NULL)
        asked_first();
    exit(0);
}

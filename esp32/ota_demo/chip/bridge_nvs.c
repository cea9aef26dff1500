/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. The old slot and NVS, for the bridge.
 * Knows: partitions, NVS.   Never knows: what an identity looks like. */
#include "bridge_nvs.h"

#include <sdkconfig.h>

#ifdef CONFIG_ALOFT_BRIDGE
#include <bridge.h>
#include <esp_ota_ops.h>
#include <esp_partition.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <nvs.h>
#include <stdio.h>

#include "console.h"

#define AGAIN_MS 60000u

/* What old devices compare, and `aloft publish --legacy` reads in the image. No identity is in it. */
static const char own_info[] = "{\"deviceInfo\":{\"firmwareVersion\":\"" PROJECT_VER "\"}}";

static bool read_slot(void *self, uint32_t at, void *to, uint32_t len) {
    return esp_partition_read(self, at, to, len) == ESP_OK;
}

static int load(void *self, char *out, size_t room) {
    nvs_handle_t nvs;
    esp_err_t e = nvs_open("identity", NVS_READONLY, &nvs);

    (void)self;
    if (e == ESP_OK) {
        e = nvs_get_blob(nvs, "device_info", out, &room);
        nvs_close(nvs);
    }
    if (e == ESP_ERR_NVS_NOT_FOUND)
        return 0;
    return e == ESP_OK ? (int)room : -1;
}

/* NVS replaces a blob whole: its index is written after its data. */
static bool store(void *self, const char *text, size_t len) {
    nvs_handle_t nvs;
    esp_err_t e = nvs_open("identity", NVS_READWRITE, &nvs);

    (void)self;
    if (e != ESP_OK)
        return false;
    e = nvs_set_blob(nvs, "device_info", text, len);
    if (e == ESP_OK)
        e = nvs_commit(nvs);
    nvs_close(nvs);
    return e == ESP_OK;
}

void bridge_wait(void) {
    static struct bridge_room room;
    const esp_partition_t *old = esp_ota_get_next_update_partition(NULL);
    const struct bridge_port port = {.self = (void *)(uintptr_t)old,
                                     .size = old == NULL ? 0 : old->size,
                                     .read = read_slot,
                                     .load = load,
                                     .store = store};
    enum bridge_word word;

    puts(own_info); /* named here, so that the linker keeps it */
    console_say(WORD_BRIDGE_SEEKS, NULL);
    while ((word = bridge_run(&port, &room)) != BRIDGE_SAVED) {
        console_say(word == BRIDGE_NONE ? WORD_BRIDGE_NONE : WORD_BRIDGE_FAILED, NULL);
        vTaskDelay(pdMS_TO_TICKS(AGAIN_MS));
    }
    console_say(WORD_BRIDGE_DONE, NULL);
}
#else
void bridge_wait(void) {}
#endif

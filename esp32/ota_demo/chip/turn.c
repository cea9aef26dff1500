/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. One mutex, which whoever has it may take again.
 * Knows: FreeRTOS.   Never knows: who takes a turn. */
#include "turn.h"

#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>

static SemaphoreHandle_t mutex;

void turn_start(void) {
    mutex = xSemaphoreCreateRecursiveMutex();
}

void turn_take(void) {
    while (xSemaphoreTakeRecursive(mutex, portMAX_DELAY) != pdTRUE)
        ;
}

void turn_give(void) {
    (void)xSemaphoreGiveRecursive(mutex);
}

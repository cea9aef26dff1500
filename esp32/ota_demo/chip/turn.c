/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. One mutex.
 * Knows: FreeRTOS.   Never knows: who takes a turn. */
#include "turn.h"

#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>

static SemaphoreHandle_t mutex;

void turn_start(void) {
    mutex = xSemaphoreCreateMutex();
}

void turn_take(void) {
    while (xSemaphoreTake(mutex, portMAX_DELAY) != pdTRUE)
        ;
}

void turn_give(void) {
    (void)xSemaphoreGive(mutex);
}

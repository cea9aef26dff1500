/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the board under the application. One file for each kind of target: board_pins.c,
 * board_linux.c. */
#ifndef OTA_DEMO_BOARD_H
#define OTA_DEMO_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_err.h>

void board_start(void);

/** nvs_flash_init. An NVS of another layout is erased and begun anew, and that is said; not by a
 * bridge, which keeps the device's identity there. */
void board_nvs(void);

void board_led(bool is_on);
bool board_button(void);
uint32_t board_now_ms(void); /* since the start; wraps at 2^32 */

/** Begin a console on what the configuration names: UART, USB, or the terminal of a PC. Commands are
 * registered between these two. */
esp_err_t board_console(void);
void board_console_run(void);

#endif

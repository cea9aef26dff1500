/* SPDX-License-Identifier: Apache-2.0 */
/* The board of test/esp, its flash and NVS kept in a file, so that they outlive the programs that
 * run on it. */
#ifndef TEST_OTA_DEMO_KEPT_H
#define TEST_OTA_DEMO_KEPT_H

#include "test/esp/board.h"

#define KEPT_SLOT (4u << 20)

/** The chips of `board` out of this file, which is made blank where it is new. Ends the program
 *  where that fails. */
void kept_open(const char *path);

/** What is committed in NVS goes into the file. */
void kept_nvs(void);

/** The length of the ELF file at the beginning of a slot; 0: there is none that is whole. It stands
 *  in for the boot loader's look at an image. */
size_t kept_image(unsigned slot);

#endif

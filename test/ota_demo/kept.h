/* SPDX-License-Identifier: Apache-2.0 */
/* The board of test/esp, its flash and NVS kept in a file, so that they outlive the programs that
 * run on it. */
#ifndef TEST_OTA_DEMO_KEPT_H
#define TEST_OTA_DEMO_KEPT_H

#include "test/esp/board.h"

#define KEPT_SLOT (6u << 20)

/** What the file holds beside the chips. */
struct kept_made {
    uint8_t records_in_nvs; /* its partition table has no "aloft" */
    uint8_t is_legacy;      /* its loader has no rollback: it came from the SmartThings ota_demo */
    uint8_t slots_differ;   /* in its partition table */
    uint8_t nvs_is_foreign; /* of another layout: it starts only once it was erased */
};
struct kept_made *kept_board(void);

/** The chips of `board` out of this file, which is made blank where it is new. Ends the program
 *  where that fails. */
void kept_open(const char *path);

/** What is committed in NVS goes into the file. */
void kept_nvs(void);

/** The length of the ELF file at the beginning of a slot; 0: there is none that is whole and for
 *  this machine. It stands in for the boot loader's look at an image, and at the chip that it names. */
size_t kept_image(unsigned slot);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A chip as ESP-IDF shows it, in memory: partitions with the rules of NOR that can be cut and lie
 * afterwards, otadata, NVS, and the boot loader's choice, with and without rollback. The
 * component's files run on it unchanged. A model: what it does is what ESP-IDF's sources do, and no
 * chip has been asked. */
#ifndef TEST_ESP_BOARD_H
#define TEST_ESP_BOARD_H

#include <setjmp.h>

#include <idf_types.h>

#include "esp32/component/inside.h"
#include "test/kit/rig.h"

#define RIG_REFUSED                                                                                \
    'X' /* a nature: the boot loader does not start it (another chip, a wrong signature) */

#define BOARD_NVS_MAX   12u
#define BOARD_VALUE_MAX 4096u

/** One value in NVS. While it is not committed, a loss of power leaves the old one or the new one. */
struct board_value {
    char name[2][16]; /* namespace, key */
    bool is_there, was_there, is_open;
    size_t len, old_len;
    uint8_t bytes[BOARD_VALUE_MAX], old[BOARD_VALUE_MAX];
};

enum board_partition { BOARD_SLOT_0, BOARD_SLOT_1, BOARD_NOTES, BOARD_RECORDS, BOARD_FACTORY };

/** How a board is made. */
struct board_kind {
    bool has_rollback;   /* its boot loader takes images back */
    bool records_in_nvs; /* its table has no partition "aloft" */
    bool has_factory;    /* it was delivered with a factory image, and empty slots */
    bool is_encrypted;   /* slots and otadata */
    bool has_fuse; /* its boot loader starts no image of a lower secure version (anti-rollback) */
    uint32_t slot_size; /* 0: 64 KiB */
};

struct board {
    struct board_kind kind;
    struct rig rig; /* its two slots and its log are the chips below the partitions */
    struct sim_flash notes;
    struct board_value nvs[BOARD_NVS_MAX];
    esp_partition_t partition[BOARD_FACTORY + 1];
    bool is_listed[BOARD_FACTORY + 1]; /* in the partition table */
    bool has_third_slot;
    esp_partition_t third_slot;
    unsigned fuse, secure_version[RIG_IMAGES_MAX]; /* burnt in; of each image */
    bool nvs_is_ready;                             /* nvs_flash_init was called */
    bool minds_dates; /* of certificates; ESP-IDF's mbedTLS by default does not */
    esp_err_t nvs_answers, flash_answers; /* not ESP_OK: every call fails with this */
    esp_reset_reason_t reason;
    unsigned running;                 /* slot, or ALOFT_SLOT_NONE */
    unsigned n_restarts, n_looked_at; /* calls of esp_restart; images that the loader has read */
    jmp_buf *restart_to;
    struct al_esp esp; /* what the component keeps in RAM */
};

/** There is one board at a time, as there is one chip under ESP-IDF. */
extern struct board board;

/** A board with image 0 of this size in ota_0 (or factory), nothing published, as idf.py flashes it. */
void board_start(const struct board_kind *kind, uint32_t image_size);
void board_end(void);

/** The boot loader: sets board.running. False: power went, or nothing can be started (power is on
 *  then). */
bool board_load(void);

/** Fill the rig's ports from the component, as aloft_esp_start does. */
ALOFT_MUST_USE aloft_err board_ports(aloft_fault *why);

/** A note of otadata, as somebody else has written it: whole, or made of its number and state. */
void board_keep_note(unsigned which, const esp_ota_select_entry_t *entry);
void board_note(unsigned which, uint32_t number, uint32_t state);

/** Its partition table, as its kind has it. */
void board_list(uint32_t slot_size);

/** Whether the loader would start what is in this slot: with images of the rig, board.c says it. */
bool board_is_bootable(unsigned slot);

/** The secure version of what is in this slot, and whether the fuse lets it start. */
unsigned board_secure_version(unsigned slot);
bool board_is_secure(unsigned slot);
/** What this slot holds is known to work: the fuse follows it. */
void board_burn(unsigned slot);

/** An operation that the power may be cut in; true: it is. For models of storage that is no flash. */
bool board_is_cut(size_t len);
/** Power returns to NVS: what was open is decided. */
void board_nvs_wake(void);
/** Let time go by; a timer that ends calls back. */
void board_tick(uint32_t ms);
struct sim_flash *board_chip(const esp_partition_t *partition);

#endif

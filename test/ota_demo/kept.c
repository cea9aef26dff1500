/* SPDX-License-Identifier: Apache-2.0 */
#include "test/ota_demo/kept.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define UNIT  4096u
#define WRITE 4u

struct board board; /* the one that model_flash.c and the others look at */

static struct board_value *kept_values;
static struct kept_made *kept_made; /* behind them */

static void *map(const char *path, size_t size, bool *is_new) {
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *at = MAP_FAILED;

    if (file >= 0) {
        *is_new = lseek(file, 0, SEEK_END) != (off_t)size;
        if (ftruncate(file, (off_t)size) == 0)
            at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
    }
    if (at == MAP_FAILED) {
        perror(path);
        exit(2);
    }
    return at;
}

/* Gives where the next chip begins. */
static uint8_t *place(struct sim_flash *chip, uint32_t size, uint8_t *at, bool is_new) {
    sim_flash_start(chip, &board.rig.power, size, WRITE, UNIT);
    free(chip->bytes);
    free(chip->used);
    chip->bytes = at;
    chip->used = at + size;
    if (is_new)
        memset(chip->bytes, 0xff, size);
    return at + size + size / WRITE;
}

void kept_open(const char *path) {
    const size_t chips = (2 * (size_t)KEPT_SLOT + 4 * UNIT) / WRITE * (WRITE + 1);
    bool is_new = false;
    uint8_t *at = map(path, chips + sizeof board.nvs + sizeof *kept_made, &is_new);

    kept_made = (struct kept_made *)(void *)(at + chips + sizeof board.nvs);
    board = (struct board){.kind = {.has_rollback = !kept_made->is_legacy,
                                    .records_in_nvs = kept_made->records_in_nvs,
                                    .slot_size = KEPT_SLOT}};
    sim_power_start(&board.rig.power, 1);
    board_list(KEPT_SLOT);
    if (kept_made->slots_differ)
        board.partition[BOARD_SLOT_1].size -= UNIT;
    for (unsigned i = 0; i < 2; i++)
        at = place(&board.rig.slot[i], KEPT_SLOT, at, is_new);
    at = place(&board.notes, 2 * UNIT, at, is_new);
    kept_values = (struct board_value *)(void *)place(&board.rig.log, 2 * UNIT, at, is_new);
    memcpy(board.nvs, kept_values, sizeof board.nvs);
}

struct kept_made *kept_board(void) {
    return kept_made;
}

void kept_nvs(void) {
    memcpy(kept_values, board.nvs, sizeof board.nvs);
}

extern const Elf64_Ehdr __ehdr_start; /* of this very program: the linker's */

size_t kept_image(unsigned slot) {
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)(const void *)board.rig.slot[slot].bytes;
    size_t len;

    if (memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_shoff > KEPT_SLOT ||
        head->e_machine != __ehdr_start.e_machine)
        return 0;
    len = head->e_shoff + (size_t)head->e_shnum * head->e_shentsize; /* these are at its end */
    return len <= KEPT_SLOT ? len : 0;
}

bool board_is_bootable(unsigned slot) {
    return kept_image(slot) != 0;
}

unsigned board_secure_version(unsigned slot) {
    (void)slot;
    return 0; /* a PC's program has none */
}

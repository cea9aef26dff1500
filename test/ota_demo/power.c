/* SPDX-License-Identifier: Apache-2.0 */
/* The power switch of a board whose flash is a file, and its boot loader: the model's choice of a
 * slot (test/esp/model_boot.c), then the program that stands there, until it restarts or crashes.
 *
 *     board_power [WORD]... FLASH [FIRMWARE]   FIRMWARE goes into slot 0 and otadata becomes blank, as by cable
 *
 * WORD  --records-in-nvs   the partition table has no place for the records
 *       --slots-differ     the partition table gives slot 1 less room
 *       --foreign-nvs      NVS was written by another version of ESP-IDF
 *       --legacy=OLD       a device of the SmartThings ota_demo: OLD is in slot 0 and has put FIRMWARE into slot 1
 *
 * Ends with 3 where the loader starts nothing, 4 after STARTS_MAX starts. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "esp32/component/notes.h"
#include "test/ota_demo/kept.h"

#define STARTS_MAX 40u /* the tests need ten */

static void load(unsigned which, const char *path) {
    static uint8_t piece[4096];
    const struct aloft_flash slot = sim_flash_port(&board.rig.slot[which]);
    FILE *file = fopen(path, "rb");
    uint32_t at = 0;

    for (uint32_t i = 0; i < KEPT_SLOT; i += slot.erase_size)
        (void)slot.erase(slot.self, i);
    memset(piece, 0xff, sizeof piece);
    while (file != NULL && at < KEPT_SLOT && fread(piece, 1, sizeof piece, file) > 0) {
        (void)slot.write(slot.self, at, (aloft_bytes){piece, sizeof piece});
        at += sizeof piece;
        memset(piece, 0xff, sizeof piece);
    }
    if (file == NULL || kept_image(which) == 0) {
        fprintf(stderr, "%s: no program\n", path);
        exit(2);
    }
    fclose(file);
}

static void note(unsigned which, uint32_t number, uint32_t state) {
    const struct aloft_flash notes = sim_flash_port(&board.notes);
    esp_ota_select_entry_t entry;

    al_esp_notes_make(&entry, number, state);
    (void)notes.write(notes.self, which * notes.erase_size,
                      (aloft_bytes){(const uint8_t *)&entry, sizeof entry});
}

static void flash_by_cable(const char *path, const char *old) {
    const struct aloft_flash notes = sim_flash_port(&board.notes);

    for (uint32_t i = 0; i < board.notes.size; i += notes.erase_size)
        (void)notes.erase(notes.self, i);
    load(old == NULL ? 0 : 1, path);
    if (old == NULL)
        return;
    load(0, old);
    note(0, 1, ESP_OTA_IMG_VALID);
    note(1, 2, ESP_OTA_IMG_UNDEFINED); /* noted by software that knows no rollback */
}

/* In the child. */
static void become(const char *path) {
    char running[12], reason[12];
    char *const words[] = {(char *)"firmware", (char *)(uintptr_t)path, running, reason, NULL};
    const size_t len = kept_image(board.running);
    const int file = memfd_create("firmware", MFD_CLOEXEC);

    snprintf(running, sizeof running, "%u", board.running);
    snprintf(reason, sizeof reason, "%d", (int)board.reason);
    if (file >= 0 && write(file, board.rig.slot[board.running].bytes, len) == (ssize_t)len)
        (void)fexecve(file, words, environ);
    perror("firmware");
    _exit(2);
}

/* Gives the first argument that is none of the words. */
static int take_words(int argc, char **argv, struct kept_made *made, const char **old) {
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strncmp(argv[i], "--legacy=", 9) == 0) {
            *old = argv[i] + 9;
            made->is_legacy = made->records_in_nvs = true;
        }
        made->records_in_nvs |= strcmp(argv[i], "--records-in-nvs") == 0;
        made->slots_differ |= strcmp(argv[i], "--slots-differ") == 0;
        made->nvs_is_foreign |= strcmp(argv[i], "--foreign-nvs") == 0;
    }
    return i;
}

int main(int argc, char **argv) {
    esp_reset_reason_t reason = ESP_RST_POWERON;
    struct kept_made made = {0};
    const char *old = NULL;
    const int first = take_words(argc, argv, &made, &old);
    int status;

    if (argc - first != 1 && argc - first != 2)
        return 64;
    argv += first - 1;
    kept_open(argv[1]);
    kept_board()->records_in_nvs |= made.records_in_nvs;
    kept_board()->slots_differ |= made.slots_differ;
    kept_board()->nvs_is_foreign |= made.nvs_is_foreign;
    kept_board()->is_legacy |= made.is_legacy;
    board.kind.has_rollback = !kept_board()->is_legacy;
    if (argc - first == 2)
        flash_by_cable(argv[2], old);
    for (unsigned i = 0; i < STARTS_MAX; i++) {
        if (!board_load())
            return 3;
        board.reason = reason;
        printf("boot: slot %u\n", board.running);
        fflush(stdout);
        const pid_t child = fork();
        if (child == 0)
            become(argv[1]);
        if (child < 0 || waitpid(child, &status, 0) != child)
            return 2;
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
            return WEXITSTATUS(status);
        reason = WIFEXITED(status) ? ESP_RST_SW : ESP_RST_PANIC;
    }
    return 4;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A firmware for target linux that does what a file says, one word a start or more: so a shell test
 * sees the loader of loader_linux.c at work, with real programs in the slots.
 *
 * $ESP_SCRIPT  a file of words; each is taken once, also by the programs that follow in this
 * process: install0, install1 (this very program into a slot), garbage1, try0, try1, confirm,
 * back0, restart, idf (esp_restart, as an application calls it), crash, why, end */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <idf_types.h>

#include "esp32/component/notes.h"

static struct al_esp esp;

static void put(unsigned slot, bool is_garbage) {
    const esp_partition_t *partition = esp.table.slot[slot];
    uint8_t piece[4096];
    uint32_t at = 0;
    ssize_t len;
    int file = open(is_garbage ? "/dev/zero" : "/proc/self/exe", O_RDONLY | O_CLOEXEC);

    (void)!esp_partition_erase_range(partition, 0, partition->size);
    while (file >= 0 && (len = read(file, piece, sizeof piece)) > 0 &&
           at < (is_garbage ? 4096u : partition->size)) {
        memset(piece + len, 0xff, sizeof piece - (size_t)len);
        (void)!esp_partition_write(partition, at, piece, sizeof piece);
        at += sizeof piece;
    }
    close(file);
}

/* The next word of the script, which is blotted out there: a crash keeps nothing of this program. */
static bool next(char word[16]) {
    const char *name = getenv("ESP_SCRIPT");
    FILE *file = name == NULL ? NULL : fopen(name, "r+");
    bool is_there;
    long end;

    if (file == NULL)
        return false;
    is_there = fscanf(file, "%15s", word) == 1;
    end = ftell(file);
    rewind(file);
    for (long i = 0; i < end; i++)
        (void)fputc(' ', file);
    fclose(file);
    return is_there;
}

static void tell(const struct aloft_loader *loader) {
    static const char *const words[] = {"none", "new", "pending", "valid", "failed", "undefined"};
    struct aloft_loader_view view;
    aloft_fault why;

    if (loader->look(loader->self, &view, &why) != ALOFT_OK)
        exit(1);
    printf("running %d, noted %s %s\n", view.running > 1 ? -1 : (int)view.running,
           words[view.entry[0]], words[view.entry[1]]);
}

static const char *const resets[] = {[ALOFT_RESET_POWER] = "power",
                                     [ALOFT_RESET_SOFTWARE] = "software",
                                     [ALOFT_RESET_CRASH] = "crash",
                                     [ALOFT_RESET_WATCHDOG] = "watchdog"};

static void obey(const struct aloft_loader *loader, const char *word) {
    const unsigned slot = word[strlen(word) - 1] == '1';
    aloft_fault why = {0};
    aloft_err e = ALOFT_OK;

    if (strncmp(word, "install", 7) == 0 || strncmp(word, "garbage", 7) == 0)
        put(slot, word[0] == 'g');
    else if (strncmp(word, "try", 3) == 0)
        e = loader->try_slot(loader->self, slot, &why);
    else if (strncmp(word, "back", 4) == 0)
        e = loader->go_back(loader->self, slot, &why);
    else if (strcmp(word, "confirm") == 0)
        e = loader->confirm(loader->self, &why);
    else if (strcmp(word, "restart") == 0)
        loader->reboot(loader->self);
    else if (strcmp(word, "idf") == 0)
        esp_restart();
    else if (strcmp(word, "crash") == 0)
        abort();
    else if (strcmp(word, "why") == 0)
        puts(resets[al_esp_reset()]);
    else
        exit(0);
    if (e != ALOFT_OK)
        printf("%s: %04x\n", word, (unsigned)e);
}

int main(void) {
    struct aloft_loader loader = al_esp_loader(&esp);
    aloft_fault why;
    char word[16];

    setvbuf(stdout, NULL, _IOLBF, 0); /* nobody empties a buffer at a crash */
    if (al_esp_table_find(&esp.table, &why) != ALOFT_OK)
        return 1;
    al_esp_loader_begin(&esp.table);
    tell(&loader);
    while (next(word))
        obey(&loader, word);
    return 0;
}

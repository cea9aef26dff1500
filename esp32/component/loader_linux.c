/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. Target linux has no boot loader and no app_update: this is both. It
 * chooses by the same notes, and runs what is in the slot as a program. For trying a project on a
 * PC; a chip never sees this file.
 * Knows: programs, ESP-IDF's flash file.   Never knows: records.
 *
 * The program that a person starts is the factory image, which runs while no note names a slot. A
 * restart goes on in the same process, with another program in it, so that a debugger and the
 * terminal stay. So does the crash of a program in a slot; the factory image crashes as any program
 * does. Who is killed has lost its power: the person starts the factory image again, with the flash
 * file of before. */
#include "notes.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <esp_private/partition_linux.h>
#include <esp_system.h>

#define SET_SLOT    "ALOFT_ESP_SLOT"    /* 0, 1, or none: what runs; empty or not set: the loader */
#define SET_FLASH   "ALOFT_ESP_FLASH"   /* the flash file; not set: ESP-IDF makes a new one */
#define SET_FACTORY "ALOFT_ESP_FACTORY" /* the program that a person started */
#define SET_RESET   "ALOFT_ESP_RESET"   /* why this program has started; not set: the power came */

extern char **environ;

static bool is_in_slot(void) {
    const char *slot = getenv(SET_SLOT);

    return slot != NULL && (strcmp(slot, "0") == 0 || strcmp(slot, "1") == 0);
}

unsigned al_esp_loader_running(const struct al_esp_table *table) {
    (void)table;
    return is_in_slot() ? (unsigned)(getenv(SET_SLOT)[0] - '0') : ALOFT_SLOT_NONE;
}

enum aloft_reset al_esp_reset(void) {
    const char *why = getenv(SET_RESET);

    if (why == NULL)
        return ALOFT_RESET_POWER;
    return strcmp(why, "crash") == 0 ? ALOFT_RESET_CRASH : ALOFT_RESET_SOFTWARE;
}

static bool is_program(const esp_partition_t *partition) {
    uint8_t head[4];

    return esp_partition_read(partition, 0, head, sizeof head) == ESP_OK &&
           memcmp(head, "\177ELF", sizeof head) == 0;
}

/* ---- starting a program in this process */

/* FreeRTOS keeps a timer and blocks signals, and both outlive an exec. */
static void become(int program, const char *slot) {
    static char name[] = "aloft";
    char *const arguments[] = {name, NULL};
    const char *flash = esp_partition_get_file_mmap_ctrl_act()->flash_file_name;
    struct itimerval never = {0};
    sigset_t none;

    sigemptyset(&none);
    (void)setitimer(ITIMER_REAL, &never, NULL);
    (void)setenv(SET_SLOT, slot, 1);
    if (flash[0] != 0) /* else it was not opened yet, and SET_FLASH stands */
        (void)setenv(SET_FLASH, flash, 1);
    fflush(NULL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    fexecve(program, arguments, environ);
}

/* ---- after a crash: whose handler may do little, so what it needs is made before */

#define VARIABLES_MAX 1022u /* of an environment; more are left out */

static const char *crash_program;
static char *crash_environment[VARIABLES_MAX + 3];

static bool is_of(const char *variable, const char *name) {
    size_t len = strlen(name);

    return strncmp(variable, name, len) == 0 && variable[len] == '=';
}

/* The program that a person started, with nothing in SET_SLOT: it is the boot loader then. */
static void prepare_crash(void) {
    static char slot[] = SET_SLOT "=", reset[] = SET_RESET "=crash";
    size_t n = 0;

    for (char **at = environ; *at != NULL && n < VARIABLES_MAX; at++)
        if (!is_of(*at, SET_SLOT) && !is_of(*at, SET_RESET))
            crash_environment[n++] = *at;
    crash_environment[n++] = slot;
    crash_environment[n] = reset;
    crash_program = getenv(SET_FACTORY);
}

static void start_over(int number) {
    static char name[] = "aloft";
    char *const arguments[] = {name, NULL};
    int file = crash_program == NULL ? -1 : open(crash_program, O_RDONLY | O_CLOEXEC);
    sigset_t none;

    (void)alarm(0); /* the timer of FreeRTOS */
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (file >= 0)
        fexecve(file, arguments, crash_environment);
    _exit(128 + number);
}

/* ESP-IDF opens its flash file when it is first asked for a partition, and makes a new one unless
 * it is told. */
static void keep_flash(void) {
    const char *name = getenv(SET_FLASH);
    esp_partition_file_mmap_ctrl_t *ctrl = esp_partition_get_file_mmap_ctrl_input();

    if (name != NULL && strlen(name) < sizeof ctrl->flash_file_name)
        strcpy(ctrl->flash_file_name, name);
}

/* Before the application's first line, which may be the one that crashes. */
__attribute__((constructor)) static void begin(void) {
    static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

    keep_flash();
    prepare_crash();
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        if (is_in_slot())
            (void)signal(crashes[i], start_over);
}

/* The whole slot: what stands behind the program does no harm to it. */
static int copy_of(const esp_partition_t *partition) {
    uint8_t piece[4096];
    int file = memfd_create("aloft-slot", MFD_CLOEXEC);

    for (uint32_t at = 0; file >= 0 && at < partition->size; at += sizeof piece)
        if (esp_partition_read(partition, at, piece, sizeof piece) != ESP_OK ||
            write(file, piece, sizeof piece) != (ssize_t)sizeof piece) {
            close(file);
            return -1;
        }
    return file;
}

static void start_slot(const struct al_esp_table *table, unsigned slot) {
    int file = is_program(table->slot[slot]) ? copy_of(table->slot[slot]) : -1;

    if (file < 0)
        return;
    become(file, slot == 0 ? "0" : "1");
    close(file); /* it is no program for this machine */
}

/* ---- the boot loader */

/* What was being tried has had its one start. */
static void take_back(struct al_esp_notes *notes) {
    aloft_fault ignored;

    for (int i = 0; i < 2; i++) {
        esp_ota_select_entry_t entry = notes->entry[i];
        if (entry.ota_state != ESP_OTA_IMG_PENDING_VERIFY)
            continue;
        entry.ota_state = ESP_OTA_IMG_ABORTED;
        (void)!al_esp_notes_write(notes, i, &entry, &ignored);
    }
}

/* Comes back where nothing in a slot is to be started, or can be. */
static void load(const struct al_esp_table *table) {
    struct al_esp_notes notes;
    esp_ota_select_entry_t entry;
    aloft_fault ignored;
    unsigned slot;

    if (al_esp_notes_read(&notes, table->notes, &ignored) != ALOFT_OK)
        return;
    take_back(&notes);
    if (al_esp_notes_read(&notes, table->notes, &ignored) != ALOFT_OK || notes.active < 0)
        return;
    entry = notes.entry[notes.active];
    slot = al_esp_notes_slot(&entry);
    if (entry.ota_state == ESP_OTA_IMG_NEW) {
        entry.ota_state = ESP_OTA_IMG_PENDING_VERIFY;
        (void)!al_esp_notes_write(&notes, notes.active, &entry, &ignored);
    }
    start_slot(table, slot);
    start_slot(table, 1 - slot);
}

/* The application's own esp_restart would end the program: ESP-IDF asks first. */
static const struct al_esp_table *to_restart;

static void restart(void) {
    al_esp_loader_restart(to_restart);
}

void al_esp_loader_begin(const struct al_esp_table *table) {
    char path[4096];
    ssize_t len;

    to_restart = table;
    (void)esp_register_shutdown_handler(restart);
    if (getenv(SET_SLOT) != NULL && getenv(SET_SLOT)[0] != 0)
        return;
    if (getenv(SET_FLASH) == NULL)
        printf("The flash is a new file. To start with it again: " SET_FLASH "=%s\n",
               esp_partition_get_file_mmap_ctrl_act()->flash_file_name);
    len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len > 0) {
        path[len] = 0;
        (void)setenv(SET_FACTORY, path, 1);
    }
    load(table);
}

void al_esp_loader_restart(const struct al_esp_table *table) {
    const char *factory = getenv(SET_FACTORY);
    FILE *file;

    (void)setenv(SET_RESET, "software", 1);
    load(table);
    file = factory == NULL ? NULL : fopen(factory, "rb");
    if (file != NULL)
        become(fileno(file), "none");
    _exit(1); /* the program that was started first is gone */
}

/* ---- app_update */

aloft_err al_esp_loader_set_boot(const esp_partition_t *partition, aloft_fault *why) {
    struct al_esp_table table;
    struct al_esp_notes notes;
    esp_ota_select_entry_t entry;
    uint32_t number;
    unsigned slot;
    aloft_err e = al_esp_table_find(&table, why);

    if (e == ALOFT_OK)
        e = al_esp_notes_read(&notes, table.notes, why);
    if (e != ALOFT_OK)
        return e;
    if (!is_program(partition))
        return al_esp_fault(why, ALOFT_E_LOADER_REFUSED, ESP_FAIL);
    slot = partition->address == table.slot[1]->address;
    number = notes.active < 0 ? slot + 1 : notes.entry[notes.active].ota_seq;
    if (notes.active >= 0 && al_esp_notes_slot(&notes.entry[notes.active]) != slot)
        number++;
    al_esp_notes_make(&entry, number, ESP_OTA_IMG_NEW);
    if (notes.active < 0)
        return al_esp_notes_write(&notes, 0, &entry, why);
    return al_esp_notes_write(
        &notes, number == notes.entry[notes.active].ota_seq ? notes.active : 1 - notes.active,
        &entry, why);
}

aloft_err al_esp_loader_mark_valid(struct al_esp_notes *notes, aloft_fault *why) {
    esp_ota_select_entry_t entry = notes->entry[notes->active];

    entry.ota_state = ESP_OTA_IMG_VALID;
    return al_esp_notes_write(notes, notes->active, &entry, why);
}

/* A program that hangs on a PC is ended by the person who sees it. */
void al_esp_watch(struct al_esp *esp, bool is_on_trial) {
    (void)esp;
    (void)is_on_trial;
}

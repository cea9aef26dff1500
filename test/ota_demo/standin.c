/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of the chip: the application of esp32/ota_demo, unchanged, as firmware of the software
 * device. What ESP-IDF and the component do on a chip, this does with the posix port, threads, and
 * standard input as the console. It shows the application at work; it says nothing of ESP-IDF, of
 * the component, or of a chip. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <aloft_esp.h>
#include <esp_console.h>
#include <freertos/semphr.h>
#include <nvs_flash.h>
#include <posix/aloft_posix.h>

void app_main(void);

/* EMBED_TXTFILES of main/CMakeLists.txt */
__asm__(".section .rodata\n.global _binary_aloft_ca_pem_start\n_binary_aloft_ca_pem_start:\n"
        ".incbin \"aloft_ca.pem\"\n.byte 0\n.previous\n");

/* ---- the component over the posix port; the address and the CA come from `aloft device` */

static struct aloft_posix posix;
static char next_base[ALOFT_BASE_MAX + 1];

/* The posix port steps a device of its own, and the application speaks to the one in its struct: it
 * is copied over and back. Pointers into itself stay right, because it is only ever stepped at one
 * address. */
static void give_back(struct aloft_esp *esp) {
    esp->device = posix.device;
    esp->status = posix.status;
}

aloft_err aloft_esp_start(struct aloft_esp *esp, const struct aloft_esp_config *config,
                          aloft_fault *why) {
    memset(why, 0, sizeof *why);
    if (!aloft_posix_start(&posix))
        exit(1);
    posix.config.ask_first = config->ask_first;
    give_back(esp);
    return ALOFT_OK;
}

struct aloft_progress aloft_esp_step(struct aloft_esp *esp) {
    posix.device = esp->device;
    aloft_posix_step(&posix);
    give_back(esp);
    return (struct aloft_progress){ALOFT_WORK, 0};
}

uint32_t aloft_esp_pause_ms(const struct aloft_progress *progress) {
    return progress->wait_ms;
}

aloft_err aloft_esp_get(enum aloft_esp_setting setting, aloft_space out, aloft_fault *why) {
    const char *now = next_base[0] != 0 ? next_base : posix.config.base;

    (void)why;
    snprintf((char *)out.at, out.len, "%s", setting == ALOFT_ESP_BASE && now != NULL ? now : "");
    return ALOFT_OK;
}

aloft_err aloft_esp_set(enum aloft_esp_setting setting, const char *value, aloft_fault *why) {
    if (setting != ALOFT_ESP_BASE)
        return ALOFT_OK;
    if (value != NULL && strncmp(value, "https://", 8) != 0) {
        *why = (aloft_fault){.code = ALOFT_E_CONFIG_BASE};
        return ALOFT_E_CONFIG_BASE;
    }
    snprintf(next_base, sizeof next_base, "%s", value == NULL ? "" : value);
    return ALOFT_OK;
}

void aloft_esp_facts(const struct aloft_esp *esp, struct aloft_esp_facts *out) {
    (void)esp;
    *out = (struct aloft_esp_facts){.chip = "linux", .idf_version = "none", .has_rollback = true};
}

/* ---- the console: lines of standard input, words with blanks in quotes */

#define COMMANDS_MAX  8
#define WORDS_IN_LINE 8

static esp_console_cmd_t commands[COMMANDS_MAX];
static unsigned n_commands;

esp_err_t esp_console_cmd_register(const esp_console_cmd_t *cmd) {
    if (n_commands == COMMANDS_MAX)
        return ESP_ERR_NO_MEM;
    commands[n_commands++] = *cmd;
    return ESP_OK;
}

static int split(char *line, char *words[WORDS_IN_LINE]) {
    int n = 0;

    while (n < WORDS_IN_LINE) {
        line += strspn(line, " \r\n");
        if (*line == 0)
            return n;
        bool is_quoted = *line == '"';
        words[n++] = line += is_quoted;
        line += strcspn(line, is_quoted ? "\"\n" : " \r\n");
        if (*line != 0)
            *line++ = 0;
    }
    return n;
}

static void *listen_to(void *unused) {
    char line[256], *words[WORDS_IN_LINE];

    (void)unused;
    while (fgets(line, sizeof line, stdin) != NULL) {
        int n = split(line, words);
        for (unsigned i = 0; n > 0 && i < n_commands; i++)
            if (strcmp(commands[i].command, words[0]) == 0)
                (void)commands[i].func(n, words);
    }
    return NULL;
}

esp_err_t esp_console_new_repl_uart(const esp_console_dev_uart_config_t *device,
                                    const esp_console_repl_config_t *config,
                                    esp_console_repl_t **repl) {
    (void)device, (void)config;
    *repl = NULL;
    return ESP_OK;
}

esp_err_t esp_console_start_repl(esp_console_repl_t *repl) {
    pthread_t thread;

    (void)repl;
    return pthread_create(&thread, NULL, listen_to, NULL) == 0 ? ESP_OK : ESP_FAIL;
}

/* ---- FreeRTOS, NVS, the system */

struct start {
    TaskFunction_t code;
    void *parameters;
};

static void *run_task(void *given) {
    struct start start = *(struct start *)given;

    free(given);
    start.code(start.parameters);
    return NULL;
}

BaseType_t xTaskCreate(TaskFunction_t code, const char *name, uint32_t stack_depth,
                       void *parameters, UBaseType_t priority, TaskHandle_t *created) {
    struct start *start = malloc(sizeof *start);
    pthread_t thread;

    (void)name, (void)stack_depth, (void)priority, (void)created;
    if (start == NULL)
        return 0;
    *start = (struct start){code, parameters};
    return pthread_create(&thread, NULL, run_task, start) == 0 ? pdTRUE : 0;
}

void vTaskDelay(TickType_t ticks) {
    const struct timespec time = {ticks / 100, (long)(ticks % 100) * 10000000};

    nanosleep(&time, NULL);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

SemaphoreHandle_t xSemaphoreCreateMutex(void) {
    return (SemaphoreHandle_t)(void *)&mutex;
}

BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks) {
    (void)ticks;
    return pthread_mutex_lock((pthread_mutex_t *)(void *)semaphore) == 0 ? pdTRUE : 0;
}

BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore) {
    return pthread_mutex_unlock((pthread_mutex_t *)(void *)semaphore) == 0 ? pdTRUE : 0;
}

esp_err_t nvs_flash_init(void) {
    return ESP_OK;
}

uint32_t esp_log_timestamp(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

void esp_restart(void) {
    posix.config.loader.reboot(&posix);
    exit(0);
}

int main(void) {
    app_main();
}

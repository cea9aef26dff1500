/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of FreeRTOS and of the console's table of commands, for the application of esp32/ota_demo
 * on a PC: threads, and words. The lines come from board_linux.c. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <esp_console.h>
#include <freertos/semphr.h>
#include <freertos/task.h>

/* EMBED_TXTFILES of main/CMakeLists.txt */
__asm__(".section .rodata\n.global _binary_aloft_ca_pem_start\n_binary_aloft_ca_pem_start:\n"
        ".incbin \"aloft_ca.pem\"\n.byte 0\n.previous\n");

/* ---- the console: words with blanks in quotes */

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

esp_err_t esp_console_init(const esp_console_config_t *config) {
    (void)config;
    return ESP_OK;
}

esp_err_t esp_console_register_help_command(void) {
    return ESP_OK;
}

esp_err_t esp_console_run(const char *cmdline, int *cmd_ret) {
    char line[256], *words[WORDS_IN_LINE];
    int n;

    snprintf(line, sizeof line, "%s", cmdline);
    n = split(line, words);
    if (n == 0)
        return ESP_ERR_INVALID_ARG;
    for (unsigned i = 0; i < n_commands; i++)
        if (strcmp(commands[i].command, words[0]) == 0) {
            *cmd_ret = commands[i].func(n, words);
            return ESP_OK;
        }
    return ESP_ERR_NOT_FOUND;
}

/* ---- FreeRTOS */

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

void vTaskDelete(TaskHandle_t task) {
    (void)task;
    pthread_exit(NULL);
}

static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

SemaphoreHandle_t xSemaphoreCreateRecursiveMutex(void) {
    return (SemaphoreHandle_t)(void *)&mutex;
}

BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t semaphore, TickType_t ticks) {
    (void)ticks;
    return pthread_mutex_lock((pthread_mutex_t *)(void *)semaphore) == 0 ? pdTRUE : 0;
}

BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t semaphore) {
    return pthread_mutex_unlock((pthread_mutex_t *)(void *)semaphore) == 0 ? pdTRUE : 0;
}

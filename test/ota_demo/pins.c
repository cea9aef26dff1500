/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of a board's pins and of ESP-IDF's serial console. Lines of standard input are what is typed;
 *
 *     !press N     somebody presses the button N times
 *     !light       says how often the light has changed since the last such line
 *     !app WORDS   what is done in the SmartThings app, where its stand-in is linked in (cloud.c) */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <driver/gpio.h>
#include <esp_console.h>

#define PRESS_US 80000u /* longer than a bounce, shorter than the gap between two rows of presses */

static atomic_bool is_pressed;
static atomic_uint n_changes;

esp_err_t gpio_config(const gpio_config_t *pGPIOConfig) {
    (void)pGPIOConfig;
    return ESP_OK;
}

esp_err_t gpio_set_level(gpio_num_t gpio_num, uint32_t level) {
    (void)gpio_num, (void)level;
    atomic_fetch_add(&n_changes, 1); /* the application sets it only where it changes */
    return ESP_OK;
}

/* Low while it is pressed. */
int gpio_get_level(gpio_num_t gpio_num) {
    (void)gpio_num;
    return !atomic_load(&is_pressed);
}

static void press(int times) {
    for (int i = 0; i < times; i++) {
        atomic_store(&is_pressed, true);
        usleep(PRESS_US);
        atomic_store(&is_pressed, false);
        usleep(PRESS_US);
    }
}

__attribute__((weak)) void app_command(const char *words);

static void take(const char *line) {
    int said;

    if (strncmp(line, "!press ", 7) == 0)
        press(atoi(line + 7));
    else if (strcmp(line, "!light\n") == 0)
        printf("the light has changed %u times\n", atomic_exchange(&n_changes, 0));
    else if (strncmp(line, "!app ", 5) == 0 && app_command != NULL)
        app_command(line + 5);
    else if (esp_console_run(line, &said) == ESP_ERR_NOT_FOUND)
        puts("Unrecognized command");
}

static void *listen_to(void *unused) {
    char line[256];

    (void)unused;
    while (fgets(line, sizeof line, stdin) != NULL)
        take(line);
    return NULL;
}

esp_err_t esp_console_new_repl_uart(const esp_console_dev_uart_config_t *dev_config,
                                    const esp_console_repl_config_t *repl_config,
                                    esp_console_repl_t **ret_repl) {
    (void)dev_config, (void)repl_config;
    *ret_repl = NULL;
    return ESP_OK;
}

esp_err_t esp_console_start_repl(esp_console_repl_t *repl) {
    pthread_t thread;

    (void)repl;
    return pthread_create(&thread, NULL, listen_to, NULL) == 0 ? ESP_OK : ESP_FAIL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every function of ESP-IDF that esp32/ota_demo calls beside those of test/esp/idf/idf_calls.h. To
 * hold this page against the truth, compile one file that includes ESP-IDF's own headers and then
 * this one: a declaration that differs is an error there. */
#ifndef TEST_OTA_DEMO_APP_CALLS_H
#define TEST_OTA_DEMO_APP_CALLS_H

#include <idf_calls.h>

/* freertos/task.h, semphr.h: macros there give the mutex its names */
BaseType_t xTaskCreate(TaskFunction_t code, const char *name, uint32_t stack_depth,
                       void *parameters, UBaseType_t priority, TaskHandle_t *created);
void vTaskDelay(TickType_t ticks);
void vTaskDelete(TaskHandle_t task);
SemaphoreHandle_t xSemaphoreCreateRecursiveMutex(void);
BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t semaphore, TickType_t ticks);
BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t semaphore);

/* esp_console.h */
esp_err_t esp_console_init(const esp_console_config_t *config);
esp_err_t esp_console_register_help_command(void);
esp_err_t esp_console_run(const char *cmdline, int *cmd_ret);
esp_err_t esp_console_cmd_register(const esp_console_cmd_t *cmd);
esp_err_t esp_console_new_repl_uart(const esp_console_dev_uart_config_t *dev_config,
                                    const esp_console_repl_config_t *repl_config,
                                    esp_console_repl_t **ret_repl);
esp_err_t esp_console_start_repl(esp_console_repl_t *repl);

/* nvs_flash.h, esp_ota_ops.h */
esp_err_t nvs_flash_init(void);
esp_err_t nvs_flash_erase(void);
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from);

/* driver/gpio.h, driver/rmt_tx.h, driver/rmt_encoder.h */
esp_err_t gpio_config(const gpio_config_t *pGPIOConfig);
esp_err_t gpio_set_level(gpio_num_t gpio_num, uint32_t level);
int gpio_get_level(gpio_num_t gpio_num);
esp_err_t rmt_new_tx_channel(const rmt_tx_channel_config_t *config, rmt_channel_handle_t *ret_chan);
esp_err_t rmt_new_bytes_encoder(const rmt_bytes_encoder_config_t *config,
                                rmt_encoder_handle_t *ret_encoder);
esp_err_t rmt_enable(rmt_channel_handle_t channel);
esp_err_t rmt_transmit(rmt_channel_handle_t channel, rmt_encoder_handle_t encoder,
                       const void *payload, size_t payload_bytes,
                       const rmt_transmit_config_t *config);
esp_err_t rmt_tx_wait_all_done(rmt_channel_handle_t channel, int timeout_ms);

/* esp_event.h, esp_netif.h, esp_netif_sntp.h */
extern esp_event_base_t const WIFI_EVENT;
extern esp_event_base_t const IP_EVENT;
esp_err_t esp_event_loop_create_default(void);
esp_err_t esp_event_handler_instance_register(esp_event_base_t base, int32_t id,
                                              esp_event_handler_t handler, void *arg,
                                              esp_event_handler_instance_t *instance);
esp_err_t esp_netif_init(void);
esp_netif_t *esp_netif_create_default_wifi_sta(void);
esp_err_t esp_netif_sntp_init(const esp_sntp_config_t *config);

/* esp_wifi.h */
esp_err_t esp_wifi_init(const wifi_init_config_t *config);
esp_err_t esp_wifi_set_mode(wifi_mode_t mode);
esp_err_t esp_wifi_start(void);
esp_err_t esp_wifi_connect(void);
esp_err_t esp_wifi_disconnect(void);
esp_err_t esp_wifi_set_config(wifi_interface_t interface, wifi_config_t *conf);
esp_err_t esp_wifi_get_config(wifi_interface_t interface, wifi_config_t *conf);

_Static_assert(ESP_ERR_NVS_NO_FREE_PAGES == 0x110d && ESP_ERR_NVS_NEW_VERSION_FOUND == 0x1110,
               "NVS");

#endif

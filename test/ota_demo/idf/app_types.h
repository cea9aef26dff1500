/* SPDX-License-Identifier: Apache-2.0 */
/* The types and constants of ESP-IDF that esp32/ota_demo names beside those of the component
 * (test/esp/idf), as ESP-IDF 5.3 to 6.x has them: fields that are used, by name. The functions
 * stand in app_calls.h. */
#ifndef TEST_OTA_DEMO_APP_TYPES_H
#define TEST_OTA_DEMO_APP_TYPES_H

#include <idf_types.h>

/* ---- freertos/FreeRTOS.h, task.h, semphr.h; a tick of 10 ms, as configured by default */
typedef int BaseType_t;
typedef unsigned int UBaseType_t;
typedef uint32_t TickType_t;
typedef struct tskTaskControlBlock *TaskHandle_t;
typedef struct QueueDefinition *SemaphoreHandle_t;
typedef void (*TaskFunction_t)(void *);
#define pdTRUE            ((BaseType_t)1)
#define pdMS_TO_TICKS(ms) ((TickType_t)(((uint64_t)(ms)*100) / 1000))
#define portMAX_DELAY     ((TickType_t)0xffffffffu)

/* ---- esp_console.h */
typedef struct {
    uint32_t max_history_len;
    const char *history_save_path;
    uint32_t task_stack_size;
    uint32_t task_priority;
    BaseType_t task_core_id;
    const char *prompt;
    size_t max_cmdline_length;
} esp_console_repl_config_t;
#define ESP_CONSOLE_REPL_CONFIG_DEFAULT()                                                          \
    { .max_history_len = 32, .task_stack_size = 4096, .task_priority = 2 }
typedef struct {
    int channel;
    int baud_rate;
    int tx_gpio_num;
    int rx_gpio_num;
} esp_console_dev_uart_config_t;
#define ESP_CONSOLE_DEV_UART_CONFIG_DEFAULT()                                                      \
    { .channel = 0, .baud_rate = 115200, .tx_gpio_num = -1, .rx_gpio_num = -1 }
typedef struct {
    size_t max_cmdline_length;
    size_t max_cmdline_args;
    uint32_t heap_alloc_caps;
    int hint_color;
    int hint_bold;
} esp_console_config_t;
#define ESP_CONSOLE_CONFIG_DEFAULT()                                                               \
    { .max_cmdline_length = 256, .max_cmdline_args = 32 }
typedef int (*esp_console_cmd_func_t)(int argc, char **argv);
typedef struct {
    const char *command;
    const char *help;
    const char *hint;
    esp_console_cmd_func_t func;
    void *argtable;
} esp_console_cmd_t;
typedef struct esp_console_repl_s esp_console_repl_t;

/* ---- nvs_flash.h */
#define ESP_ERR_NVS_NO_FREE_PAGES     (ESP_ERR_NVS_BASE + 0x0d)
#define ESP_ERR_NVS_NEW_VERSION_FOUND (ESP_ERR_NVS_BASE + 0x10)

/* ---- driver/gpio.h */
typedef int gpio_num_t;
typedef enum { GPIO_MODE_INPUT = 1, GPIO_MODE_OUTPUT = 2 } gpio_mode_t;
typedef enum { GPIO_PULLUP_DISABLE = 0, GPIO_PULLUP_ENABLE = 1 } gpio_pullup_t;
typedef struct {
    uint64_t pin_bit_mask;
    gpio_mode_t mode;
    gpio_pullup_t pull_up_en;
} gpio_config_t;

/* ---- driver/rmt_tx.h, rmt_encoder.h */
typedef struct rmt_channel_t *rmt_channel_handle_t;
typedef struct rmt_encoder_t *rmt_encoder_handle_t;
typedef enum { RMT_CLK_SRC_DEFAULT = 4 } rmt_clock_source_t;
typedef union {
    struct {
        uint16_t duration0 : 15;
        uint16_t level0 : 1;
        uint16_t duration1 : 15;
        uint16_t level1 : 1;
    };
    uint32_t val;
} rmt_symbol_word_t;
typedef struct {
    gpio_num_t gpio_num;
    rmt_clock_source_t clk_src;
    uint32_t resolution_hz;
    size_t mem_block_symbols;
    size_t trans_queue_depth;
} rmt_tx_channel_config_t;
typedef struct {
    rmt_symbol_word_t bit0;
    rmt_symbol_word_t bit1;
    struct {
        uint32_t msb_first : 1;
    } flags;
} rmt_bytes_encoder_config_t;
typedef struct {
    int loop_count;
} rmt_transmit_config_t;

/* ---- esp_event.h */
typedef const char *esp_event_base_t;
typedef void *esp_event_handler_instance_t;
typedef void (*esp_event_handler_t)(void *arg, esp_event_base_t base, int32_t id, void *data);
#define ESP_EVENT_ANY_ID -1

/* ---- esp_netif.h, esp_netif_sntp.h */
typedef struct esp_netif_obj esp_netif_t;
typedef struct {
    uint32_t addr;
} esp_ip4_addr_t;
typedef struct {
    esp_ip4_addr_t ip, netmask, gw;
} esp_netif_ip_info_t;
typedef struct {
    esp_netif_t *esp_netif;
    esp_netif_ip_info_t ip_info;
    bool ip_changed;
} ip_event_got_ip_t;
typedef enum { IP_EVENT_STA_GOT_IP = 0 } ip_event_t;
#define IPSTR "%d.%d.%d.%d"
#define IP2STR(a)                                                                                  \
    (int)((a)->addr & 0xff), (int)((a)->addr >> 8 & 0xff), (int)((a)->addr >> 16 & 0xff),          \
        (int)((a)->addr >> 24)
typedef struct esp_sntp_config {
    bool start;
    size_t num_of_servers;
    const char *servers[1];
} esp_sntp_config_t;
#define ESP_NETIF_SNTP_DEFAULT_CONFIG(server)                                                      \
    {                                                                                              \
        .start = true, .num_of_servers = 1, .servers = { server }                                  \
    }

/* ---- esp_wifi.h */
typedef struct {
    int magic;
} wifi_init_config_t;
#define WIFI_INIT_CONFIG_DEFAULT()                                                                 \
    { 0x1F2F3F4F }
typedef enum { WIFI_MODE_NULL = 0, WIFI_MODE_STA } wifi_mode_t;
typedef enum { WIFI_IF_STA = 0 } wifi_interface_t;
typedef struct {
    uint8_t ssid[32];
    uint8_t password[64];
} wifi_sta_config_t;
typedef union {
    wifi_sta_config_t sta;
} wifi_config_t;
typedef struct {
    uint8_t ssid[32];
    uint8_t ssid_len;
    uint8_t bssid[6];
    uint8_t reason;
    int8_t rssi;
} wifi_event_sta_disconnected_t;
typedef enum { WIFI_EVENT_STA_START = 2, WIFI_EVENT_STA_DISCONNECTED = 5 } wifi_event_t;

#endif

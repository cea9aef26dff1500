/* SPDX-License-Identifier: Apache-2.0 */
/* Every function of ESP-IDF that esp32/component calls, and the constants that it was written against. To hold this page
 * against the truth, compile one file that includes ESP-IDF's own headers and then this one: a declaration that differs
 * is an error there. */
#ifndef TEST_ESP_IDF_CALLS_H
#define TEST_ESP_IDF_CALLS_H

/* esp_partition.h */
const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype, const char *label);
esp_err_t esp_partition_read(const esp_partition_t *partition, size_t src_offset, void *dst,
                             size_t size);
esp_err_t esp_partition_write(const esp_partition_t *partition, size_t dst_offset, const void *src,
                              size_t size);
esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size);

/* esp_ota_ops.h */
const esp_partition_t *esp_ota_get_running_partition(void);
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition);
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);

/* esp_rom_crc.h */
uint32_t esp_rom_crc32_le(uint32_t crc, uint8_t const *buf, uint32_t len);

/* nvs.h */
esp_err_t nvs_open(const char *namespace_name, nvs_open_mode_t open_mode, nvs_handle_t *out_handle);
void nvs_close(nvs_handle_t handle);
esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length);
esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *out_value, size_t *length);
esp_err_t nvs_get_u32(nvs_handle_t handle, const char *key, uint32_t *out_value);
esp_err_t nvs_set_u32(nvs_handle_t handle, const char *key, uint32_t value);
esp_err_t nvs_set_str(nvs_handle_t handle, const char *key, const char *value);
esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *out_value, size_t *length);
esp_err_t nvs_erase_key(nvs_handle_t handle, const char *key);
esp_err_t nvs_commit(nvs_handle_t handle);

/* esp_system.h, esp_mac.h, esp_random.h, esp_log.h, esp_timer.h */
esp_reset_reason_t esp_reset_reason(void);
void esp_restart(void) __attribute__((__noreturn__));
esp_err_t esp_register_shutdown_handler(shutdown_handler_t handle);
uint32_t esp_get_free_heap_size(void);
uint32_t esp_get_minimum_free_heap_size(void);
const char *esp_get_idf_version(void);
esp_err_t esp_efuse_mac_get_default(uint8_t *mac);
void esp_fill_random(void *buf, size_t len);
uint32_t esp_log_timestamp(void);
esp_err_t esp_timer_create(const esp_timer_create_args_t *create_args,
                           esp_timer_handle_t *out_handle);
esp_err_t esp_timer_start_once(esp_timer_handle_t timer, uint64_t timeout_us);
esp_err_t esp_timer_stop(esp_timer_handle_t timer);

/* esp_tls.h */
esp_tls_t *esp_tls_init(void);
int esp_tls_conn_new_async(const char *hostname, int hostlen, int port, const esp_tls_cfg_t *cfg,
                           esp_tls_t *tls);
ssize_t esp_tls_conn_write(esp_tls_t *tls, const void *data, size_t datalen);
ssize_t esp_tls_conn_read(esp_tls_t *tls, void *data, size_t datalen);
int esp_tls_conn_destroy(esp_tls_t *tls);
esp_err_t esp_tls_set_conn_sockfd(esp_tls_t *tls, int sockfd);
esp_err_t esp_tls_set_conn_state(esp_tls_t *tls, esp_tls_conn_state_t conn_state);
esp_err_t esp_tls_get_error_handle(esp_tls_t *tls, esp_tls_error_handle_t *error_handle);
esp_err_t esp_tls_get_and_clear_last_error(esp_tls_error_handle_t h, int *esp_tls_code,
                                           int *esp_tls_flags);

_Static_assert(ESP_PARTITION_TYPE_APP == 0 && ESP_PARTITION_TYPE_DATA == 1, "types");
_Static_assert(ESP_PARTITION_SUBTYPE_APP_OTA_0 == 0x10, "slots count from here");
_Static_assert(ESP_PARTITION_SUBTYPE_DATA_OTA == 0, "otadata");
_Static_assert(sizeof(esp_ota_select_entry_t) == 32, "an entry of otadata");
_Static_assert(offsetof(esp_ota_select_entry_t, ota_state) == 24, "its state");
_Static_assert(offsetof(esp_ota_select_entry_t, crc) == 28, "its check");
_Static_assert(ESP_OTA_IMG_NEW == 0 && ESP_OTA_IMG_PENDING_VERIFY == 1 && ESP_OTA_IMG_VALID == 2,
               "states");
_Static_assert(ESP_OTA_IMG_INVALID == 3 && ESP_OTA_IMG_ABORTED == 4, "states");
_Static_assert(ESP_ERR_OTA_VALIDATE_FAILED == 0x1503 && ESP_ERR_OTA_SMALL_SEC_VER == 0x1504, "OTA");
_Static_assert(ESP_ERR_NVS_NOT_FOUND == 0x1102 && ESP_ERR_NVS_NOT_ENOUGH_SPACE == 0x1105, "NVS");
_Static_assert(ESP_ERR_NVS_NOT_INITIALIZED == 0x1101 && ESP_ERR_NVS_INVALID_LENGTH == 0x110c,
               "NVS");
_Static_assert(ESP_TLS_ERR_SSL_WANT_READ == -0x6900 && ESP_TLS_ERR_SSL_WANT_WRITE == -0x6880,
               "TLS");

#endif

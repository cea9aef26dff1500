/* SPDX-License-Identifier: Apache-2.0 */
/* A name under which esp32/ota_demo includes ESP-IDF. */
#define ESP_IDF_VERSION_VAL(major, minor, patch) ((major) << 16 | (minor) << 8 | (patch))
#define ESP_IDF_VERSION                          ESP_IDF_VERSION_VAL(5, 5, 1)

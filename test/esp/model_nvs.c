/* SPDX-License-Identifier: Apache-2.0 */
/* NVS: values that are replaced whole. Until a commit has returned, a loss of power leaves the old
 * one or the new one. */
#include "test/esp/board.h"

#include <assert.h>
#include <string.h>

#include <nvs.h>

#define HANDLE 7u

static char opened[16]; /* the namespace of the one handle that can be open */
static bool is_writable;

bool board_is_cut(size_t len) {
    struct sim_power *power = &board.rig.power;

    power->len = (uint32_t)len;
    if (power->ops++ != power->cut_at)
        return false;
    power->on = false;
    return true;
}

static void settle(struct board_value *value, bool is_new) {
    if (!is_new) {
        value->is_there = value->was_there;
        value->len = value->old_len;
        memcpy(value->bytes, value->old, sizeof value->bytes);
    }
    value->is_open = false;
}

void board_nvs_wake(void) {
    struct sim_power *power = &board.rig.power;

    for (unsigned i = 0; i < BOARD_NVS_MAX; i++)
        if (board.nvs[i].is_open)
            settle(&board.nvs[i], (sim_random_next(&power->seed) >> 13 & 1) != 0);
}

static struct board_value *find(const char *key, bool or_make) {
    struct board_value *free_one = NULL;

    for (unsigned i = 0; i < BOARD_NVS_MAX; i++) {
        struct board_value *value = &board.nvs[i];
        if (strcmp(value->name[0], opened) == 0 && strcmp(value->name[1], key) == 0)
            return value;
        if (value->name[0][0] == 0 && free_one == NULL)
            free_one = value;
    }
    if (!or_make)
        return NULL;
    assert(free_one != NULL && strlen(key) < 16);
    strcpy(free_one->name[0], opened);
    strcpy(free_one->name[1], key);
    return free_one;
}

static bool has_namespace(const char *name) {
    for (unsigned i = 0; i < BOARD_NVS_MAX; i++)
        if (strcmp(board.nvs[i].name[0], name) == 0 && board.nvs[i].is_there)
            return true;
    return false;
}

esp_err_t nvs_open(const char *namespace_name, nvs_open_mode_t open_mode,
                   nvs_handle_t *out_handle) {
    if (!board.nvs_is_ready)
        return ESP_ERR_NVS_NOT_INITIALIZED;
    if (board.nvs_answers != ESP_OK)
        return board.nvs_answers;
    if (open_mode == NVS_READONLY && !has_namespace(namespace_name))
        return ESP_ERR_NVS_NOT_FOUND;
    assert(opened[0] == 0 && strlen(namespace_name) < sizeof opened);
    strcpy(opened, namespace_name);
    is_writable = open_mode == NVS_READWRITE;
    *out_handle = HANDLE;
    return ESP_OK;
}

void nvs_close(nvs_handle_t handle) {
    assert(handle == HANDLE);
    opened[0] = 0;
}

static esp_err_t put(const char *key, const void *bytes, size_t len) {
    struct board_value *value = find(key, true);

    assert(is_writable && len <= sizeof value->bytes);
    if (!board.rig.power.on)
        return ESP_ERR_FLASH_OP_FAIL;
    if (!value->is_open) {
        value->was_there = value->is_there;
        value->old_len = value->len;
        memcpy(value->old, value->bytes, sizeof value->old);
    }
    value->is_open = true;
    value->is_there = bytes != NULL;
    value->len = len;
    if (bytes != NULL)
        memcpy(value->bytes, bytes, len);
    return board_is_cut(len) ? ESP_ERR_FLASH_OP_FAIL : ESP_OK;
}

static esp_err_t get(const char *key, void *to, size_t *len) {
    const struct board_value *value = find(key, false);

    if (value == NULL || !value->is_there)
        return ESP_ERR_NVS_NOT_FOUND;
    if (to != NULL && *len < value->len)
        return ESP_ERR_NVS_INVALID_LENGTH;
    if (to != NULL)
        memcpy(to, value->bytes, value->len);
    *len = value->len;
    return ESP_OK;
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length) {
    assert(handle == HANDLE);
    return put(key, value, length);
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *out_value, size_t *length) {
    assert(handle == HANDLE);
    return get(key, out_value, length);
}

esp_err_t nvs_set_str(nvs_handle_t handle, const char *key, const char *value) {
    assert(handle == HANDLE);
    return put(key, value, strlen(value) + 1);
}

esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *out_value, size_t *length) {
    assert(handle == HANDLE);
    return get(key, out_value, length);
}

esp_err_t nvs_set_u32(nvs_handle_t handle, const char *key, uint32_t value) {
    return nvs_set_blob(handle, key, &value, sizeof value);
}

esp_err_t nvs_get_u32(nvs_handle_t handle, const char *key, uint32_t *out_value) {
    size_t len = sizeof *out_value;

    return nvs_get_blob(handle, key, out_value, &len);
}

esp_err_t nvs_erase_key(nvs_handle_t handle, const char *key) {
    assert(handle == HANDLE);
    if (find(key, false) == NULL)
        return ESP_ERR_NVS_NOT_FOUND;
    return put(key, NULL, 0);
}

esp_err_t nvs_commit(nvs_handle_t handle) {
    assert(handle == HANDLE);
    if (!board.rig.power.on || board_is_cut(1))
        return ESP_ERR_FLASH_OP_FAIL;
    for (unsigned i = 0; i < BOARD_NVS_MAX; i++)
        if (board.nvs[i].is_open)
            settle(&board.nvs[i], true);
    return ESP_OK;
}

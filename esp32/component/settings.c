/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. Settings that can be changed at run time and stay when the image changes.
 * Knows: NVS, Kconfig, which texts may be used.   Never knows: what they are used for.
 *
 * A value in NVS that may not be used counts as none: a device must not stop because of it. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nvs.h>
#include <sdkconfig.h>

#define POLL_MIN_S 60
#define POLL_MAX_S 604800

struct setting {
    const char *key;
    uint32_t longest;
    bool (*may_be)(const char *text);
    aloft_err otherwise; /* what a value that may not be used is called */
};

static bool is_plain(const char *text) {
    for (; *text != 0; text++)
        if (*text <= 0x20 || *text >= 0x7f)
            return false;
    return true;
}

static bool is_channel(const char *text) {
    for (uint32_t i = 0; i < aloft_n_channels; i++)
        if (strcmp(text, aloft_channels[i].name) == 0)
            return true;
    return false;
}

static bool is_id(const char *text) {
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
           strlen(text);
}

static bool is_poll(const char *text) {
    const long value = strlen(text) <= 6 ? strtol(text, NULL, 10) : 0;

    return strspn(text, "0123456789") == strlen(text) && value >= POLL_MIN_S && value <= POLL_MAX_S;
}

static const struct setting settings[ALOFT_ESP_N_SETTINGS] = {
    [ALOFT_ESP_BASE] = {"base", ALOFT_BASE_MAX, aloft_is_base, ALOFT_E_CONFIG_BASE},
    [ALOFT_ESP_CHANNEL] = {"channel", 32, is_channel, ALOFT_E_CONFIG_CHANNEL},
    [ALOFT_ESP_ID] = {"id", ALOFT_ID_MAX, is_id, ALOFT_E_ESP_SETTING},
    [ALOFT_ESP_POLL] = {"poll", 6, is_poll, ALOFT_E_ESP_SETTING},
    [ALOFT_ESP_TOKEN] = {"token", ALOFT_TOKEN_MAX, is_plain, ALOFT_E_ESP_SETTING},
};

/* What the application gave at the start, for whoever asks what counts. */
static struct aloft_esp_config given;

static bool may_be(const struct setting *setting, const char *text) {
    return text[0] != 0 && strlen(text) <= setting->longest && setting->may_be(text);
}

/* ---- what counts where NVS says nothing */

static void default_of(enum aloft_esp_setting which, char *out, size_t size) {
    uint8_t mac[3];

    out[0] = 0;
    if (which == ALOFT_ESP_BASE)
        snprintf(out, size, "%s", given.base != NULL ? given.base : CONFIG_ALOFT_BASE);
    if (which == ALOFT_ESP_CHANNEL)
        snprintf(out, size, "%s", given.channel != NULL ? given.channel : CONFIG_ALOFT_CHANNEL);
    if (which == ALOFT_ESP_POLL)
        snprintf(out, size, "%u",
                 (unsigned)(given.poll_s != 0 ? given.poll_s : CONFIG_ALOFT_POLL_S));
    if (which == ALOFT_ESP_ID) {
        const char *chip = al_esp_chip(mac);
        snprintf(out, size, "%s-%02x%02x%02x", chip, mac[0], mac[1], mac[2]);
    }
}

/* ---- NVS */

static aloft_err read_value(enum aloft_esp_setting which, char *out, size_t size,
                            aloft_fault *why) {
    nvs_handle_t handle;
    size_t len = size;
    esp_err_t e = nvs_open(AL_ESP_NVS, NVS_READONLY, &handle);

    out[0] = 0;
    if (e == ESP_ERR_NVS_NOT_FOUND)
        return ALOFT_OK;
    if (e != ESP_OK)
        return al_esp_fault(why, ALOFT_E_ESP_NVS, e);
    e = nvs_get_str(handle, settings[which].key, out, &len);
    nvs_close(handle);
    if (e != ESP_OK || !may_be(&settings[which], out))
        out[0] = 0;
    if (e == ESP_OK || e == ESP_ERR_NVS_NOT_FOUND || e == ESP_ERR_NVS_INVALID_LENGTH)
        return ALOFT_OK;
    return al_esp_fault(why, ALOFT_E_ESP_NVS, e);
}

static aloft_err value_of(enum aloft_esp_setting which, char *out, size_t size, aloft_fault *why) {
    aloft_err e = read_value(which, out, size, why);

    if (e == ALOFT_OK && out[0] == 0)
        default_of(which, out, size);
    return e;
}

aloft_err al_esp_settings(struct aloft_esp *esp, aloft_fault *why) {
    struct aloft_config *config = &esp->config;
    char poll[12];
    aloft_err e;

    given = esp->given;
    e = value_of(ALOFT_ESP_BASE, esp->base, sizeof esp->base, why);
    if (e == ALOFT_OK)
        e = value_of(ALOFT_ESP_CHANNEL, esp->channel, sizeof esp->channel, why);
    if (e == ALOFT_OK)
        e = value_of(ALOFT_ESP_ID, esp->id, sizeof esp->id, why);
    if (e == ALOFT_OK)
        e = value_of(ALOFT_ESP_TOKEN, esp->token, sizeof esp->token, why);
    if (e == ALOFT_OK)
        e = value_of(ALOFT_ESP_POLL, poll, sizeof poll, why);
    if (e != ALOFT_OK)
        return e;
    config->base = esp->base;
    config->channel = esp->channel;
    config->id = esp->id;
    config->token = esp->token[0] == 0 ? NULL : esp->token;
    config->poll_s = (uint32_t)strtoul(poll, NULL, 10);
    config->trial_s = given.trial_s != 0 ? given.trial_s : CONFIG_ALOFT_TRIAL_S;
    return ALOFT_OK;
}

aloft_err aloft_esp_get(enum aloft_esp_setting setting, aloft_space out, aloft_fault *why) {
    char *text = (char *)out.at;
    aloft_err e;

    if (setting >= ALOFT_ESP_N_SETTINGS || out.len < ALOFT_BASE_MAX + 1) {
        *why = (aloft_fault){.code = ALOFT_E_MISUSE};
        return ALOFT_E_MISUSE;
    }
    e = value_of(setting, text, out.len, why);
    if (e == ALOFT_OK && setting == ALOFT_ESP_TOKEN && text[0] != 0)
        snprintf(text, out.len, "set");
    return e;
}

static esp_err_t put(nvs_handle_t handle, const char *key, const char *value) {
    esp_err_t e;

    if (value != NULL)
        return nvs_set_str(handle, key, value);
    e = nvs_erase_key(handle, key);
    return e == ESP_ERR_NVS_NOT_FOUND ? ESP_OK : e;
}

aloft_err aloft_esp_set(enum aloft_esp_setting setting, const char *value, aloft_fault *why) {
    nvs_handle_t handle;
    esp_err_t e;

    if (setting >= ALOFT_ESP_N_SETTINGS) {
        *why = (aloft_fault){.code = ALOFT_E_MISUSE};
        return ALOFT_E_MISUSE;
    }
    if (value != NULL && value[0] == 0)
        value = NULL;
    if (value != NULL && !may_be(&settings[setting], value)) {
        *why = (aloft_fault){.code = (uint16_t)settings[setting].otherwise};
        return settings[setting].otherwise;
    }
    e = nvs_open(AL_ESP_NVS, NVS_READWRITE, &handle);
    if (e != ESP_OK)
        return al_esp_fault(why, ALOFT_E_ESP_NVS, e);
    e = put(handle, settings[setting].key, value);
    if (e == ESP_OK)
        e = nvs_commit(handle);
    nvs_close(handle);
    return e == ESP_OK ? ALOFT_OK : al_esp_fault(why, ALOFT_E_ESP_NVS, e);
}

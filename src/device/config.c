/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Checks the settings once, so that a field that was forgotten does not surface as something
 * else later.
 * Knows: struct aloft_config.   Never knows: what the settings are used for. */
#include "device/device.h"

#include <string.h>

#include "device/flash.h"
#include "device/words.h"

#define POLL_MIN_S  60u
#define POLL_MAX_S  604800u
#define TRIAL_MIN_S 10u
#define TRIAL_MAX_S 86400u

static aloft_err misuse(uint32_t field, aloft_fault *why) {
    why->code = ALOFT_E_MISUSE;
    why->want = field;
    return ALOFT_E_MISUSE;
}

/* The texts end within their bounds, and hold what a request head may hold (RFC 9110 §5.5). */
static bool is_text(const char *text, size_t longest, bool (*allowed)(char)) {
    for (size_t i = 0; i <= longest; i++) {
        if (text[i] == 0)
            return i > 0;
        if (!allowed(text[i]))
            return false;
    }
    return false;
}

static bool is_plain(char c) {
    return c > 0x20 && c < 0x7f;
}

static bool is_base(const char *text, aloft_fault *why) {
    struct al_http_url url;

    return is_text(text, ALOFT_BASE_MAX, is_plain) &&
           al_http_url_split(al_words_span(text), &url, why) == ALOFT_OK &&
           al_http_url_is_base(&url);
}

bool aloft_is_base(const char *text) {
    aloft_fault ignored;

    return is_base(text, &ignored);
}

static aloft_err check_texts(const struct aloft_config *c, aloft_fault *why) {
    if (c->base == NULL)
        return misuse(1, why);
    if (!is_base(c->base, why)) {
        why->code = ALOFT_E_CONFIG_BASE;
        return ALOFT_E_CONFIG_BASE;
    }
    if (c->channel == NULL)
        return misuse(2, why);
    if (c->id != NULL && !is_text(c->id, ALOFT_ID_MAX, al_words_is_name))
        return misuse(3, why);
    if (c->token != NULL && !is_text(c->token, ALOFT_TOKEN_MAX, is_plain))
        return misuse(4, why);
    return ALOFT_OK;
}

static aloft_err check_image(const struct aloft_config *c, aloft_fault *why) {
    static const uint8_t magic_end[] = {'i', 'm', 'a', 'g', 'e'};

    if (c->image == NULL)
        return misuse(6, why);
    why->code = ALOFT_E_CONFIG_IMAGE;
    if (memcmp(c->image->magic + 10, magic_end, sizeof magic_end) != 0 || c->image->layout != 1)
        return ALOFT_E_CONFIG_IMAGE;
    for (size_t i = 0; i < ALOFT_VERSION_MAX && c->image->version[i] != 0; i++)
        if (!al_words_is_version(c->image->version[i]))
            return ALOFT_E_CONFIG_IMAGE;
    for (size_t i = 0; i < ALOFT_CLASS_MAX && c->image->device_class[i] != 0; i++)
        if (!al_words_is_name(c->image->device_class[i]) && c->image->device_class[i] != '/')
            return ALOFT_E_CONFIG_IMAGE;
    if (c->image->version[0] == 0 || c->image->device_class[0] == 0)
        return ALOFT_E_CONFIG_IMAGE;
    why->code = ALOFT_OK;
    return ALOFT_OK;
}

static bool channels_are_right(const struct aloft_config *c) {
    if (c->channels == NULL || c->n_channels == 0)
        return false;
    for (uint32_t i = 0; i < c->n_channels; i++)
        if (c->channels[i].name == NULL)
            return false;
    return true;
}

static aloft_err check_trust(const struct aloft_config *c, aloft_fault *why) {
    const struct aloft_keys *keys = c->keys;

    if (c->trust.len > 0 && c->trust.at == NULL)
        return misuse(7, why);
    if (!channels_are_right(c))
        return misuse(8, why);
    if (c->trust.len > 0)
        return ALOFT_OK;
    if (keys == NULL || keys->n == 0 || keys->n > ALOFT_KEYS_MAX || keys->threshold == 0 ||
        keys->threshold > keys->n)
        return misuse(9, why);
    return ALOFT_OK;
}

static aloft_err check_functions(const struct aloft_config *c, aloft_fault *why) {
    if (c->clock.now_ms == NULL || c->clock.unix_s == NULL)
        return misuse(13, why);
    if (c->random.fill == NULL)
        return misuse(14, why);
    if (c->loader.running == NULL || c->loader.reboot == NULL || c->loader.kick == NULL ||
        (c->loader.look != NULL &&
         (c->loader.try_slot == NULL || c->loader.go_back == NULL || c->loader.confirm == NULL)))
        return misuse(15, why);
    return ALOFT_OK;
}

static aloft_err check_buffers(const struct aloft_config *c, aloft_fault *why) {
    if (c->manifest.at == NULL || c->manifest.len < ALOFT_MANIFEST_MAX)
        return misuse(16, why);
    if (c->input.at == NULL || c->input.len < ALOFT_INPUT_MIN)
        return misuse(17, why);
    if (c->page.at == NULL || c->page.len == 0 || c->page.len % 32 != 0)
        return misuse(18, why);
    for (unsigned i = 0; i < 2; i++)
        if (c->slot[i].erase_size % c->page.len != 0)
            return misuse(18, why);
    if (c->poll_s != 0 && (c->poll_s < POLL_MIN_S || c->poll_s > POLL_MAX_S))
        return misuse(19, why);
    if (c->trial_s != 0 && (c->trial_s < TRIAL_MIN_S || c->trial_s > TRIAL_MAX_S))
        return misuse(20, why);
    return ALOFT_OK;
}

aloft_err al_config_check_ports(const struct aloft_config *c, aloft_fault *why) {
    aloft_err e = ALOFT_OK;

    for (unsigned i = 0; i < 2 && e == ALOFT_OK; i++)
        e = al_flash_check(&c->slot[i], 1, why);
    if (e == ALOFT_OK)
        e = al_flash_check(&c->log, 2, why);
    return e == ALOFT_OK ? check_functions(c, why) : e;
}

aloft_err al_config_check(const struct aloft_config *c, aloft_fault *why) {
    const struct aloft_net *net = &c->net;
    aloft_err e = check_texts(c, why);

    if (e == ALOFT_OK)
        e = check_image(c, why);
    if (e == ALOFT_OK)
        e = check_trust(c, why);
    if (e == ALOFT_OK &&
        (net->open == NULL || net->send == NULL || net->recv == NULL || net->close == NULL))
        e = misuse(12, why);
    return e == ALOFT_OK ? check_buffers(c, why) : e;
}

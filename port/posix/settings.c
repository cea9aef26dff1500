/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. Fills struct aloft_config from the environment that the boot stage gives.
 * Knows: the names in wire.h, PEM files.   Never knows: who set them. */
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/pk.h>

#define CA_MAX  (64u << 10) /* some thirty certificates in PEM */
#define DER_MAX 256         /* of a P-256 SubjectPublicKeyInfo there are 91 bytes */

/* Where every P-256 SubjectPublicKeyInfo has its point (RFC 5480 §2): 26 bytes, 04, x, y. */
#define POINT_AT 27
#define SPKI_LEN 91

static aloft_err wrong(aloft_fault *why, aloft_err code, const char *what, const char **about) {
    *why = (aloft_fault){.code = (uint16_t)code, .step = ALOFT_STEP_START};
    *about = what;
    return code;
}

static aloft_err number(const char *name, uint32_t otherwise, uint32_t max, uint32_t *out,
                        aloft_fault *why, const char **about) {
    const char *text = getenv(name);
    char *end;
    unsigned long value;

    *out = otherwise;
    if (text == NULL || text[0] == 0)
        return ALOFT_OK;
    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno != 0 || *end != 0 || text[0] < '0' || text[0] > '9' || value > max)
        return wrong(why, ALOFT_E_DEVICE_SETTING, name, about);
    *out = (uint32_t)value;
    return ALOFT_OK;
}

static aloft_err text_of(const char *name, const char **out, aloft_fault *why, const char **about) {
    *out = getenv(name);
    if (*out == NULL || (*out)[0] == 0)
        return wrong(why, ALOFT_E_DEVICE_SETTING, name, about);
    return ALOFT_OK;
}

static const char *or_null(const char *name) {
    const char *text = getenv(name);

    return text == NULL || text[0] == 0 ? NULL : text;
}

/* ---- keys of a firmware without a trust record */

static bool read_key(const char *path, struct aloft_key *out) {
    mbedtls_pk_context key;
    unsigned char der[DER_MAX];
    uint8_t digest[ALOFT_DIGEST_SIZE];
    struct aloft_hash hash;
    int len = -1;

    mbedtls_pk_init(&key);
    if (mbedtls_pk_parse_public_keyfile(&key, path) == 0 &&
        mbedtls_pk_get_type(&key) == MBEDTLS_PK_ECKEY && mbedtls_pk_get_bitlen(&key) == 256 &&
        mbedtls_pk_ec(key)->grp.id == MBEDTLS_ECP_DP_SECP256R1)
        len = mbedtls_pk_write_pubkey_der(&key, der, sizeof der); /* to the end of der */
    mbedtls_pk_free(&key);
    if (len != SPKI_LEN)
        return false;
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){der + sizeof der - SPKI_LEN, SPKI_LEN});
    aloft_hash_end(&hash, digest);
    memcpy(out->kid, digest, sizeof out->kid);
    memcpy(out->key, der + sizeof der - SPKI_LEN + POINT_AT, sizeof out->key);
    out->type = ALOFT_KEY_P256;
    return true;
}

static aloft_err read_keys(struct aloft_posix *posix, aloft_fault *why, const char **about) {
    static char list[4096];
    const char *given = or_null(SET_KEYS);
    uint32_t threshold;
    aloft_err code = number(SET_THRESHOLD, 1, ALOFT_KEYS_MAX, &threshold, why, about);

    if (code != ALOFT_OK || given == NULL)
        return code;
    if (strlen(given) >= sizeof list)
        return wrong(why, ALOFT_E_DEVICE_SETTING, SET_KEYS, about);
    memcpy(list, given, strlen(given) + 1);
    for (char *rest = list, *path; (path = strsep(&rest, ":")) != NULL;) {
        if (posix->keys.n == ALOFT_KEYS_MAX)
            return wrong(why, ALOFT_E_DEVICE_SETTING, SET_KEYS, about);
        if (!read_key(path, &posix->keys.key[posix->keys.n++]))
            return wrong(why, ALOFT_E_DEVICE_KEY, path, about);
    }
    posix->keys.threshold = (uint8_t)threshold;
    return ALOFT_OK;
}

/* ---- flash and network */

static aloft_err open_flash(struct aloft_posix *posix, aloft_fault *why, const char **about) {
    aloft_err code = text_of(SET_DIR, about, why, about);

    if (code == ALOFT_OK)
        code = aloft_posix_flash_open(&posix->flash, *about, 0, ALOFT_POSIX_WRITE_SIZE, why);
    if (code != ALOFT_OK)
        return code;
    posix->config.log = aloft_posix_log(&posix->flash);
    posix->config.slot[0] = aloft_posix_slot(&posix->flash, 0);
    posix->config.slot[1] = aloft_posix_slot(&posix->flash, 1);
    return ALOFT_OK;
}

static aloft_err open_net(struct aloft_posix *posix, aloft_fault *why, const char **about) {
    static uint8_t pem[CA_MAX];
    struct aloft_tls_settings settings = {.find_local = aloft_posix_find_local};
    const char *path;
    FILE *file;
    size_t len;

    if (text_of(SET_CA, &path, why, about) != ALOFT_OK)
        return ALOFT_E_DEVICE_SETTING;
    *about = path;
    file = fopen(path, "rbe");
    if (file == NULL) {
        int reason = errno;
        (void)wrong(why, ALOFT_E_DEVICE_FILE, path, about);
        why->origin = ALOFT_ORIGIN_LINUX;
        why->raw = reason;
        return ALOFT_E_DEVICE_FILE;
    }
    len = fread(pem, 1, sizeof pem - 1, file);
    fclose(file);
    pem[len] = 0;
    settings.ca = (aloft_bytes){pem, len + 1}; /* mbedTLS wants the zero of a PEM counted */
    return aloft_tls_start(&posix->tls, &settings, &posix->config.net, why);
}

/* ---- all of it */

static aloft_err read_numbers(struct aloft_posix *posix, aloft_fault *why, const char **about) {
    uint32_t slot = ALOFT_SLOT_NONE, reset = 0, wire = 0, once = 0, diagnose = 0;
    aloft_err code = number(SET_SLOT, ALOFT_SLOT_NONE, 1, &slot, why, about);

    if (code == ALOFT_OK)
        code = number(SET_RESET, ALOFT_RESET_POWER, ALOFT_RESET_ENDED, &reset, why, about);
    if (code == ALOFT_OK)
        code = number(SET_WIRE, UINT32_MAX, 1u << 20, &wire, why, about);
    if (code == ALOFT_OK)
        code = number(SET_TOLD, 0, UINT16_MAX, &posix->told_by_boot, why, about);
    if (code == ALOFT_OK)
        code = number(SET_ONCE, 0, 1, &once, why, about);
    if (code == ALOFT_OK)
        code = number(SET_DIAGNOSE, 0, 1, &diagnose, why, about);
    if (code == ALOFT_OK)
        code = number(SET_POLL, 0, 604800, &posix->config.poll_s, why, about);
    if (code == ALOFT_OK)
        code = number(SET_TRIAL, 0, 86400, &posix->config.trial_s, why, about);
    posix->slot = slot;
    posix->boot_stage = wire == UINT32_MAX ? -1 : (int)wire;
    posix->once = once == 1;
    posix->diagnoses_only = diagnose == 1;
    posix->config.reset = (enum aloft_reset)reset;
    return code;
}

static void fill_rest(struct aloft_posix *posix) {
    struct aloft_config *config = &posix->config;

    config->channel = or_null(SET_CHANNEL) != NULL ? getenv(SET_CHANNEL) : "stable";
    config->id = or_null(SET_ID);
    config->token = or_null(SET_TOKEN);
    config->image = &aloft_image;
    config->trust = (aloft_bytes){aloft_trust, aloft_trust_size};
    config->channels = aloft_channels;
    config->n_channels = aloft_n_channels;
    config->fresh = &aloft_fresh_part;
    config->keys = &posix->keys;
    config->clock = aloft_posix_clock();
    config->random = aloft_posix_random();
    config->loader = al_posix_loader(posix);
    config->manifest = ALOFT_SPACE(posix->manifest);
    config->input = ALOFT_SPACE(posix->input);
    config->page = ALOFT_SPACE(posix->page);
}

aloft_err al_posix_settings(struct aloft_posix *posix, aloft_fault *why, const char **about) {
    aloft_err code;

    memset(posix, 0, sizeof *posix);
    posix->boot_stage = -1;
    *about = NULL;
    fill_rest(posix);
    code = read_numbers(posix, why, about);
    if (code == ALOFT_OK)
        code = text_of(SET_URL, &posix->config.base, why, about);
    if (code == ALOFT_OK)
        code = read_keys(posix, why, about);
    if (code == ALOFT_OK)
        code = open_flash(posix, why, about);
    if (code == ALOFT_OK)
        code = open_net(posix, why, about);
    return code;
}

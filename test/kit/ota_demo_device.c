/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of an ota_demo device: list, download, double hash, RSA, image. */
#include "test/kit/ota_demo_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>

#include "host/image/esp.h"
#include "host/legacy/device_info.h"

#define LIST_MAX  2048 /* its buffer, with the zero */
#define SIGNATURE 256
#define TRAILER   (6 + SIGNATURE + 6)

static enum ota_demo_word refuse(struct ota_demo_device *device, const char *line) {
    snprintf(device->line, sizeof device->line, "%s", line);
    return OTA_DEMO_REFUSED;
}

/* It takes the text of each element without asking whether there is one. */
static enum ota_demo_word is_listed(const struct ota_demo_device *device, const cJSON *list) {
    for (int i = 0; i < cJSON_GetArraySize(list); i++) {
        const char *version = cJSON_GetArrayItem(list, i)->valuestring;
        if (version == NULL)
            return OTA_DEMO_CRASH;
        if (strcmp(version, device->running) == 0)
            return OTA_DEMO_OFFER;
    }
    return OTA_DEMO_NOTHING;
}

static enum ota_demo_word read_info(struct ota_demo_device *device, const cJSON *info) {
    const cJSON *polling = cJSON_GetObjectItem(info, "polling");
    const cJSON *latest = cJSON_GetObjectItem(info, "latest");
    enum ota_demo_word word;

    if (polling == NULL)
        return OTA_DEMO_NO_LIST;
    if (cJSON_GetStringValue(polling) == NULL)
        return OTA_DEMO_CRASH;
    device->polling_days = atoi(cJSON_GetStringValue(polling));
    word = is_listed(device, cJSON_GetObjectItem(info, "upgrade"));
    if (word != OTA_DEMO_OFFER)
        return word;
    if (latest == NULL)
        return OTA_DEMO_NO_LIST;
    if (cJSON_GetStringValue(latest) == NULL)
        return OTA_DEMO_CRASH;
    snprintf(device->latest, sizeof device->latest, "%s", cJSON_GetStringValue(latest));
    return OTA_DEMO_OFFER;
}

enum ota_demo_word ota_demo_check(struct ota_demo_device *device, aloft_bytes list) {
    char text[LIST_MAX];
    enum ota_demo_word word = OTA_DEMO_NO_LIST;
    cJSON *root;

    if (list.len >= LIST_MAX)
        return OTA_DEMO_NO_LIST;
    memcpy(text, list.at, list.len);
    text[list.len] = 0;
    root = cJSON_Parse(text);
    if (cJSON_GetObjectItem(root, "versioninfo") != NULL)
        word = read_info(device, cJSON_GetObjectItem(root, "versioninfo"));
    cJSON_Delete(root);
    return word;
}

static bool are_ff(const uint8_t *at) {
    return at[0] == 0xff && at[1] == 0xff && at[2] == 0xff && at[3] == 0xff;
}

static bool is_signed_by(const char *public_pem, const uint8_t *hash, const uint8_t *signature) {
    mbedtls_pk_context key;
    bool is_good;

    mbedtls_pk_init(&key);
    is_good = mbedtls_pk_parse_public_key(&key, (const unsigned char *)public_pem,
                                          strlen(public_pem) + 1) == 0 &&
              mbedtls_pk_can_do(&key, MBEDTLS_PK_RSA) &&
              mbedtls_rsa_check_pubkey(mbedtls_pk_rsa(key)) == 0 &&
              mbedtls_pk_verify(&key, MBEDTLS_MD_SHA256, hash, 32, signature, SIGNATURE) == 0;
    mbedtls_pk_free(&key);
    return is_good;
}

/* The signature is of the hash of the hash. */
static enum ota_demo_word check_trailer(struct ota_demo_device *device, aloft_bytes firmware,
                                        const uint8_t *trailer) {
    uint8_t once[32], twice[32];

    mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), firmware.at, firmware.len, once);
    mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), once, sizeof once, twice);
    if (!are_ff(trailer))
        return refuse(device, "invalid signature header");
    if (!are_ff(trailer + TRAILER - 4))
        return refuse(device, "Invalid footer");
    if (!is_signed_by(device->public_pem, twice, trailer + 6))
        return refuse(device, "_pk_verify is failed");
    return OTA_DEMO_UPDATED;
}

static enum ota_demo_word take_image(struct ota_demo_device *device, aloft_bytes firmware) {
    static struct esp_image facts;
    static struct trouble trouble;
    struct device_info info;

    if (esp_image_read(firmware, &facts, &trouble) != ALOFT_OK || !facts.checksum_holds ||
        !facts.hash_holds)
        return refuse(device, "esp_ota_end failed! err=0x5379. Image is invalid");
    device_info_find(firmware, &info);
    snprintf(device->running, sizeof device->running, "%s", info.version);
    return OTA_DEMO_UPDATED;
}

enum ota_demo_word ota_demo_install(struct ota_demo_device *device, long content_length,
                                    aloft_bytes body) {
    aloft_bytes firmware;
    enum ota_demo_word word;

    if (content_length <= TRAILER)
        return refuse(device, "content size error");
    if ((long)body.len != content_length)
        return refuse(device, "invalid sig len");
    firmware = (aloft_bytes){body.at, body.len - TRAILER};
    if (firmware.at[0] != 0xE9)
        return refuse(device, "OTA image has invalid magic byte (expected 0xE9)");
    word = check_trailer(device, firmware, body.at + firmware.len);
    return word == OTA_DEMO_UPDATED ? take_image(device, firmware) : word;
}

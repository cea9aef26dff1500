/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/smartthings. Makes, keeps and checks the identity of a device.
 * Knows: Ed25519, base64, the SDK's names.   Never knows: the cloud. */
#include "identity.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "fields.h"
#include "host/file.h"
#include "host/privkey.h"
#include "nvs.h"

#define KEY_SIZE 32u

/* SDK 2.1.1, src/port/bsp/esp32: the partition is "stnv" and the namespace "stdk" (iot_bsp_fs_esp32.c),
 * the keys are those of iot_bsp_nv_get_data_path (iot_bsp_nv_data_esp32.c), each a text (nvs_get_str). */
#define SPACE       "stdk"
#define PRIVATE_KEY "PrivateKey"
#define PUBLIC_KEY  "PublicKey"
#define SERIAL      "SerialNum"

/* ---- making */

static bool to_base64(const uint8_t key[KEY_SIZE], char out[IDENTITY_KEY_CHARS + 1]) {
    return EVP_EncodeBlock((unsigned char *)out, key, KEY_SIZE) == (int)IDENTITY_KEY_CHARS;
}

static bool take_keys(const EVP_PKEY *key, struct identity *out) {
    uint8_t private_key[KEY_SIZE], public_key[KEY_SIZE];
    size_t n_private = KEY_SIZE, n_public = KEY_SIZE;
    bool is_good = EVP_PKEY_get_raw_private_key(key, private_key, &n_private) == 1 &&
                   EVP_PKEY_get_raw_public_key(key, public_key, &n_public) == 1 &&
                   n_private == KEY_SIZE && n_public == KEY_SIZE &&
                   to_base64(private_key, out->private_key) &&
                   to_base64(public_key, out->public_key);

    OPENSSL_cleanse(private_key, sizeof private_key);
    return is_good;
}

/* 60 random bits, in letters and digits that are not mistaken for each other. */
static bool make_serial(char out[IDENTITY_SERIAL_MAX + 1]) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint8_t random[12];

    if (RAND_bytes(random, sizeof random) != 1)
        return false;
    strcpy(out, "ALFT");
    for (size_t i = 0; i < sizeof random; i++)
        out[4 + i] = letters[random[i] & 31u];
    out[4 + sizeof random] = 0;
    return true;
}

aloft_err identity_make(struct identity *out, struct trouble *trouble) {
    EVP_PKEY *key = NULL;
    aloft_err e = privkey_make(ALOFT_KEY_ED25519, &key, trouble);

    memset(out, 0, sizeof *out);
    if (e == ALOFT_OK && (!take_keys(key, out) || !make_serial(out->serial)))
        e = privkey_failed(trouble, "make a device key");
    EVP_PKEY_free(key);
    return e;
}

/* ---- reading */

/* Strict: 32 bytes have one form in base64, 43 characters and one "=". */
static bool from_base64(const char *text, uint8_t key[KEY_SIZE]) {
    uint8_t bytes[KEY_SIZE + 1];
    char again[IDENTITY_KEY_CHARS + 1];
    int n = strlen(text) == IDENTITY_KEY_CHARS
                ? EVP_DecodeBlock(bytes, (const unsigned char *)text, IDENTITY_KEY_CHARS)
                : -1;
    bool is_good = n == (int)sizeof bytes && to_base64(bytes, again) && strcmp(text, again) == 0;

    if (is_good)
        memcpy(key, bytes, KEY_SIZE);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(again, sizeof again);
    return is_good;
}

static aloft_err refuse_keys(const char *path, const char *what, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_ST_KEYS);
    trouble_fact(trouble, "file", "%s", path);
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_ST_KEYS;
}

static aloft_err check_keys(const char *path, const struct identity *who, struct trouble *trouble) {
    uint8_t private_key[KEY_SIZE], public_key[KEY_SIZE], made[KEY_SIZE];
    size_t n = KEY_SIZE;
    EVP_PKEY *key;
    bool belongs;

    if (!from_base64(who->public_key, public_key))
        return refuse_keys(path, "publicKey is not 32 bytes in base64", trouble);
    if (!from_base64(who->private_key, private_key))
        return refuse_keys(path, "privateKey is not 32 bytes in base64", trouble);
    key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private_key, KEY_SIZE);
    OPENSSL_cleanse(private_key, sizeof private_key);
    belongs = key != NULL && EVP_PKEY_get_raw_public_key(key, made, &n) == 1 &&
              memcmp(made, public_key, KEY_SIZE) == 0;
    EVP_PKEY_free(key);
    return belongs ? ALOFT_OK
                   : refuse_keys(path, "privateKey and publicKey do not belong together", trouble);
}

/* Serial numbers stand in addresses and in JSON: iot_wt.c puts them there as they are. */
static bool is_serial(const char *text) {
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
           strlen(text);
}

static aloft_err take_fields(const struct fields *f, struct identity *out) {
    static const struct field_rule rules[] = {
        {"firmwareVersion", "firmwareVersion_here", 1, 63},
        {"serialNumber", "serialNumber_here", IDENTITY_SERIAL_MIN, IDENTITY_SERIAL_MAX},
        {"publicKey", "publicKey_here", IDENTITY_KEY_CHARS, IDENTITY_KEY_CHARS},
        {"privateKey", "privateKey_here", IDENTITY_KEY_CHARS, IDENTITY_KEY_CHARS}};
    char *const to[] = {NULL, out->serial, out->public_key, out->private_key};

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const char *text = fields_text(f, &rules[i]);
        if (text == NULL)
            return (aloft_err)f->trouble->fault.code;
        if (to[i] != NULL)
            strcpy(to[i], text);
    }
    if (!is_serial(out->serial))
        return fields_wrong(f, "serialNumber", "it has another character than A-Za-z0-9-_");
    return check_keys(f->path, out, f->trouble);
}

aloft_err identity_read(const char *folder, struct identity *out, struct trouble *trouble) {
    char path[PATH_MAX];
    struct fields f;
    aloft_err e = file_join(folder, IDENTITY_FILE, path, sizeof path, trouble);

    memset(out, 0, sizeof *out);
    if (e == ALOFT_OK)
        e = fields_open(&f, path, "deviceInfo", trouble);
    if (e != ALOFT_OK)
        return e;
    e = take_fields(&f, out);
    fields_close(&f);
    return e;
}

/* ---- writing */

static aloft_err write_text(const char *folder, const char *name, const char *text,
                            struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_err e = file_join(folder, name, path, sizeof path, trouble);

    if (e != ALOFT_OK)
        return e;
    return file_write(path, (aloft_bytes){(const uint8_t *)text, strlen(text)}, 0600, false,
                      trouble);
}

static aloft_err check_image(const char *path, const struct identity *who,
                             struct trouble *trouble) {
    char text[3][IDENTITY_KEY_CHARS + 1];
    aloft_space image;
    aloft_bytes bytes;
    aloft_err e = file_read(path, NVS_SIZE, &image, trouble);

    if (e != ALOFT_OK)
        return e;
    bytes = (aloft_bytes){image.at, image.len};
    if (image.len != NVS_SIZE || !nvs_find(bytes, SPACE, SERIAL, text[0], sizeof text[0]) ||
        !nvs_find(bytes, SPACE, PUBLIC_KEY, text[1], sizeof text[1]) ||
        !nvs_find(bytes, SPACE, PRIVATE_KEY, text[2], sizeof text[2]) ||
        strcmp(text[0], who->serial) != 0 || strcmp(text[1], who->public_key) != 0 ||
        strcmp(text[2], who->private_key) != 0) {
        e = trouble_set(trouble, ALOFT_E_ST_IMAGE);
        trouble_fact(trouble, "file", "%s", path);
    }
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_clear_free(image.at, image.len);
    return e;
}

aloft_err identity_complete(const char *folder, const struct identity *who,
                            struct trouble *trouble) {
    static uint8_t image[NVS_SIZE];
    const struct nvs_text texts[] = {
        {PUBLIC_KEY, who->public_key}, {PRIVATE_KEY, who->private_key}, {SERIAL, who->serial}};
    char path[PATH_MAX];
    aloft_err e = file_join(folder, IDENTITY_IMAGE, path, sizeof path, trouble);

    if (e != ALOFT_OK || access(path, F_OK) == 0)
        return e != ALOFT_OK ? e : check_image(path, who, trouble);
    if (!nvs_make(SPACE, texts, 3, image)) /* three short texts always fit */
        e = privkey_failed(trouble, "lay out the NVS image");
    if (e == ALOFT_OK)
        e = file_write(path, (aloft_bytes){image, sizeof image}, 0600, false, trouble);
    OPENSSL_cleanse(image, sizeof image);
    return e;
}

aloft_err identity_write(const char *folder, const struct identity *who, struct trouble *trouble) {
    char json[512];
    aloft_err e = file_folder(folder, 0700, trouble);

    /* The version belongs to the image and is told by it; the SDK wants the field to be there. */
    snprintf(json, sizeof json,
             "{\n\t\"deviceInfo\": {\n\t\t\"firmwareVersion\": \"told-by-the-firmware\",\n"
             "\t\t\"privateKey\": \"%s\",\n\t\t\"publicKey\": \"%s\",\n"
             "\t\t\"serialNumber\": \"%s\"\n\t}\n}\n",
             who->private_key, who->public_key, who->serial);
    if (e == ALOFT_OK)
        e = write_text(folder, IDENTITY_FILE, json, trouble);
    OPENSSL_cleanse(json, sizeof json);
    if (e == ALOFT_OK)
        e = write_text(folder, ".gitignore", "*\n", trouble);
    return e == ALOFT_OK ? identity_complete(folder, who, trouble) : e;
}

void identity_forget(struct identity *who) {
    OPENSSL_cleanse(who, sizeof *who);
}

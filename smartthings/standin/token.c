/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. Makes and checks the token of a login.
 * Knows: base64, Ed25519, the claims.   Never knows: connections. */
#include "token.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#define KEY_SIZE  32u
#define SIGN_SIZE 64u
#define PART_SIZE 512u /* of a part in base64 */
#define FILE_SIZE 16384u
#define PATH_SIZE 512u

/* ---- the files */

static cJSON *read_json(const char *project, const char *name) {
    static char text[FILE_SIZE];
    char path[PATH_SIZE];
    size_t n;
    FILE *file;

    if (snprintf(path, sizeof path, "%s/%s", project, name) >= (int)sizeof path)
        return NULL;
    file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    n = fread(text, 1, sizeof text, file);
    fclose(file);
    return n == sizeof text ? NULL : cJSON_ParseWithLength(text, n);
}

static bool take(const cJSON *root, const char *object, const char *name, char out[64]) {
    const cJSON *inside = cJSON_GetObjectItemCaseSensitive(root, object);
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(inside, name));

    return text != NULL && snprintf(out, 64, "%s", text) < 64;
}

const char *st_identity_read(const char *project, struct st_identity *out) {
    cJSON *info = read_json(project, "identity/device_info.json");
    cJSON *profile = read_json(project, "main/onboarding_config.json");
    bool is_whole = take(info, "deviceInfo", "serialNumber", out->serial) &&
                    take(info, "deviceInfo", "publicKey", out->public_key) &&
                    take(info, "deviceInfo", "privateKey", out->private_key);
    bool has_profile = take(profile, "onboardingConfig", "mnId", out->mn_id);

    cJSON_Delete(info);
    cJSON_Delete(profile);
    return !is_whole ? "identity/device_info.json cannot be read: run `aloft smartthings identity`"
           : !has_profile ? "main/onboarding_config.json cannot be read"
                          : NULL;
}

/* ---- base64 */

static bool to_base64(const void *bytes, size_t len, char out[PART_SIZE]) {
    if ((len + 2) / 3 * 4 + 1 > PART_SIZE)
        return false;
    EVP_EncodeBlock((unsigned char *)out, bytes, (int)len);
    return true;
}

/* Gives the number of bytes, or -1; bytes have one form only. OpenSSL counts the padding as bytes. */
static int from_base64(const char *text, size_t len, uint8_t out[PART_SIZE]) {
    char again[PART_SIZE];
    int n = len == 0 || len % 4 != 0 || len >= PART_SIZE
                ? -1
                : EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);

    if (n > 0 && text[len - 1] == '=')
        n -= text[len - 2] == '=' ? 2 : 1;
    if (n <= 0 || !to_base64(out, (size_t)n, again) || memcmp(again, text, len) != 0)
        return -1;
    return n;
}

/* ---- making */

static bool sign(const char *text, const char *private_key, uint8_t out[SIGN_SIZE]) {
    uint8_t seed[PART_SIZE];
    size_t n = SIGN_SIZE;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY *key = from_base64(private_key, strlen(private_key), seed) != KEY_SIZE
                        ? NULL
                        : EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, KEY_SIZE);
    bool is_signed = context != NULL && key != NULL &&
                     EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                     EVP_DigestSign(context, out, &n, (const uint8_t *)text, strlen(text)) == 1;

    EVP_PKEY_free(key);
    EVP_MD_CTX_free(context);
    return is_signed && n == SIGN_SIZE;
}

/* jti: a random UUID of version 4 */
static bool make_claims(const struct st_identity *who, int64_t now_s, char *out, size_t out_size) {
    uint8_t r[16];

    if (RAND_bytes(r, sizeof r) != 1)
        return false;
    r[6] = (uint8_t)((r[6] & 0x0fu) | 0x40u);
    r[8] = (uint8_t)((r[8] & 0x3fu) | 0x80u);
    return snprintf(out, out_size,
                    "{\"iat\":\"%lld\",\"jti\":\"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                    "%02x%02x%02x%02x%02x%02x\",\"mnId\":\"%s\"}",
                    (long long)now_s, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9],
                    r[10], r[11], r[12], r[13], r[14], r[15], who->mn_id) < (int)out_size;
}

bool st_token_make(const struct st_identity *who, int64_t now_s, char out[ST_TOKEN_SIZE]) {
    char header[256], claims[256], part[2][PART_SIZE], last[PART_SIZE];
    uint8_t signature[SIGN_SIZE];

    snprintf(header, sizeof header,
             "{\"alg\":\"EdDSA\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"typ\":\"JWT\","
             "\"ver\":\"0.0.1\",\"kid\":\"%s\"}",
             who->serial);
    if (!make_claims(who, now_s, claims, sizeof claims) ||
        !to_base64(header, strlen(header), part[0]) || !to_base64(claims, strlen(claims), part[1]))
        return false;
    if (snprintf(out, ST_TOKEN_SIZE, "%s.%s", part[0], part[1]) >= (int)ST_TOKEN_SIZE ||
        !sign(out, who->private_key, signature) || !to_base64(signature, sizeof signature, last) ||
        strlen(out) + 1 + strlen(last) >= ST_TOKEN_SIZE)
        return false;
    strcat(out, ".");
    strcat(out, last);
    return true;
}

/* ---- checking */

static bool is_signed_by(const char *token, size_t signed_len, const char *public_key) {
    const char *last = token + signed_len + 1;
    uint8_t key_bytes[PART_SIZE], signature[PART_SIZE];
    bool is_good = from_base64(public_key, strlen(public_key), key_bytes) == KEY_SIZE &&
                   from_base64(last, strlen(last), signature) == SIGN_SIZE;
    EVP_PKEY *key =
        is_good ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key_bytes, KEY_SIZE) : NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    is_good =
        key != NULL && context != NULL &&
        EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
        EVP_DigestVerify(context, signature, SIGN_SIZE, (const uint8_t *)token, signed_len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return is_good;
}

static bool part_says(const char *part, size_t len, const char *name, const char *text) {
    uint8_t bytes[PART_SIZE];
    int n = from_base64(part, len, bytes);
    cJSON *json = n <= 0 ? NULL : cJSON_ParseWithLength((const char *)bytes, (size_t)n);
    const char *said = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    bool is_so = said != NULL && (text == NULL || strcmp(said, text) == 0);

    cJSON_Delete(json);
    return is_so;
}

const char *st_token_refuses(const void *token, size_t len, const struct st_identity *known) {
    char text[ST_TOKEN_SIZE];
    const char *dot, *second;
    size_t first, rest;

    if (len == 0 || len >= sizeof text || memchr(token, 0, len) != NULL)
        return "what it sent is no token";
    memcpy(text, token, len);
    text[len] = 0;
    dot = strchr(text, '.');
    second = dot == NULL ? NULL : strchr(dot + 1, '.');
    if (second == NULL)
        return "what it sent is no token";
    first = (size_t)(dot - text);
    rest = (size_t)(second - dot - 1);
    if (!part_says(text, first, "alg", "EdDSA"))
        return "the token is not signed with EdDSA";
    if (!part_says(text, first, "kid", known->serial))
        return "another serial number is registered";
    if (!is_signed_by(text, (size_t)(second - text), known->public_key))
        return "the token was signed with another key than the one that was pasted into the "
               "Workspace";
    if (!part_says(dot + 1, rest, "mnId", known->mn_id))
        return "the token names another manufacturer (mnId)";
    if (!part_says(dot + 1, rest, "iat", NULL) || !part_says(dot + 1, rest, "jti", NULL))
        return "the token has no time or no number of its own";
    return NULL;
}

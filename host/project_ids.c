/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. What a class and a channel may be called, and the identifiers made of their names.
 * Knows: UUIDs of version 5 (RFC 9562 §5.5).   Never knows: files. */
#include "project.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

#define LABEL_MAX 63 /* RFC 1035 §2.3.4 */

/* RFC 9562 §6.6: the name space of domain names. */
static const uint8_t dns_names[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                      0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

/* SHA-1 is what version 5 is made of; nothing rests on its strength, the identifiers only tell
 * apart. */
static void uuid_of(const uint8_t space[16], const char *name, size_t len, uint8_t uuid[16]) {
    uint8_t digest[20];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();

    if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha1(), NULL) != 1 ||
        EVP_DigestUpdate(hash, space, 16) != 1 || EVP_DigestUpdate(hash, name, len) != 1 ||
        EVP_DigestFinal_ex(hash, digest, NULL) != 1)
        memset(digest, 0, sizeof digest); /* no memory, or no SHA-1: no device has this class */
    EVP_MD_CTX_free(hash);
    memcpy(uuid, digest, 16);
    uuid[6] = (uint8_t)((uuid[6] & 0x0fu) | 0x50u);
    uuid[8] = (uint8_t)((uuid[8] & 0x3fu) | 0x80u);
}

void project_ids(const char *device_class, const char *channel, uint8_t vendor_id[16],
                 uint8_t class_id[16]) {
    char name[ALOFT_CLASS_MAX + 1 + PROJECT_WORD_MAX + 1];
    size_t vendor_len = strcspn(device_class, "/");
    const char *model = device_class + vendor_len + (device_class[vendor_len] == '/');

    if (strcmp(channel, "stable") == 0)
        snprintf(name, sizeof name, "%s", model);
    else
        snprintf(name, sizeof name, "%s/%s", model, channel);
    uuid_of(dns_names, device_class, vendor_len, vendor_id);
    uuid_of(vendor_id, name, strlen(name), class_id);
}

/* Lower case only, because names of domains are compared without case and identifiers are not. */
static bool is_domain(const char *at, size_t len) {
    size_t label = 0;

    for (size_t i = 0; i < len; i++) {
        bool is_edge = label == 0 || i + 1 == len || at[i + 1] == '.';
        if (at[i] == '.' && label > 0) {
            label = 0;
            continue;
        }
        if (strchr(LOWER DIGITS "-", at[i]) == NULL || (at[i] == '-' && is_edge) ||
            ++label > LABEL_MAX)
            return false;
    }
    return label > 0;
}

/* "." and ".." are folders of every site, so no class may be called so. */
static bool is_word(const char *at, size_t len) {
    return len > 0 && strspn(at, LOWER UPPER DIGITS "._-") >= len && strncmp(at, ".", len) != 0 &&
           strncmp(at, "..", len) != 0;
}

bool project_class_is_legal(const char *device_class) {
    size_t vendor = strcspn(device_class, "/");
    const char *model = device_class + vendor + 1, *revision;

    if (strlen(device_class) >= ALOFT_CLASS_MAX || device_class[vendor] == 0)
        return false;
    revision = strchr(model, '/');
    return revision != NULL && is_domain(device_class, vendor) &&
           is_word(model, (size_t)(revision - model)) &&
           is_word(revision + 1, strlen(revision + 1));
}

bool project_channel_is_legal(const char *channel) {
    size_t len = strlen(channel);

    return len > 0 && len <= PROJECT_WORD_MAX && strspn(channel, LOWER DIGITS "-") == len;
}

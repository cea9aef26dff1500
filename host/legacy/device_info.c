/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. Finds device_info.json among other bytes.
 * Knows: the SDK's names.   Never knows: image formats. */
#include "host/legacy/device_info.h"

#include <string.h>

#include <cjson/cJSON.h>

#include <aloft/error.h>

#define JSON_MAX 16384u /* the SDK's own file has about 500 bytes */
#define FIELD    "\"deviceInfo\""
#define PLACES   64u /* more are no firmware; bounds the work in a file made to hold only braces */

/* Where the object begins that has this field first: only blanks between brace and field. */
static bool begin_of(aloft_bytes file, size_t field, size_t *begin) {
    while (field > 0) {
        uint8_t c = file.at[--field];
        if (c == '{') {
            *begin = field;
            return true;
        }
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return false;
    }
    return false;
}

static const char *text_of(const cJSON *info, const char *name) {
    const cJSON *item = cJSON_GetObjectItem(info, name);

    return cJSON_IsString(item) && item->valuestring != NULL ? item->valuestring : "";
}

/* The SDK ships every value as NAME_here. */
static bool is_shipped(const char *text) {
    size_t len = strlen(text);

    return len >= 5 && strcmp(text + len - 5, "_here") == 0;
}

static bool is_own(const char *text) {
    return text[0] != 0 && !is_shipped(text);
}

static void read_info(const cJSON *info, struct device_info *out) {
    const char *version = text_of(info, "firmwareVersion");

    aloft_printable((aloft_bytes){(const uint8_t *)version, strlen(version)}, out->version,
                    sizeof out->version);
    out->version_is_whole = strcmp(out->version, version) == 0;
    out->is_placeholder = is_shipped(version);
    out->has_private_key = is_own(text_of(info, "privateKey"));
    out->has_identity = out->has_private_key || is_own(text_of(info, "serialNumber"));
}

void device_info_find(aloft_bytes file, struct device_info *out) {
    size_t from = 0, begin;

    memset(out, 0, sizeof *out);
    for (unsigned place = 0; place < PLACES && from < file.len; place++) {
        const uint8_t *field = memmem(file.at + from, file.len - from, FIELD, sizeof FIELD - 1);
        if (field == NULL)
            return;
        from = (size_t)(field - file.at) + 1;
        if (!begin_of(file, from - 1, &begin))
            continue;
        size_t room = file.len - begin < JSON_MAX ? file.len - begin : JSON_MAX;
        cJSON *root = cJSON_ParseWithLengthOpts((const char *)file.at + begin, room, NULL, false);
        const cJSON *info = cJSON_GetObjectItem(root, "deviceInfo");
        if (cJSON_IsObject(info) && out->n++ == 0) {
            out->at = begin;
            read_info(info, out);
        }
        cJSON_Delete(root);
    }
}

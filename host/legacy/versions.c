/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. Reads and writes version_info.json.
 * Knows: what the old devices make of it.   Never knows: images, keys. */
#include "host/legacy/versions.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

static aloft_err bad_list(struct trouble *trouble, const char *what) {
    trouble_set(trouble, ALOFT_E_LEGACY_LIST);
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_LEGACY_LIST;
}

static aloft_err too_long(struct trouble *trouble, size_t got) {
    trouble_set(trouble, ALOFT_E_LEGACY_LIST_LONG);
    trouble->fault.want = LEGACY_LIST_MAX;
    trouble->fault.got = (uint32_t)got;
    return ALOFT_E_LEGACY_LIST_LONG;
}

static bool take(const cJSON *item, char out[DEVICE_INFO_VERSION_MAX + 1]) {
    if (!cJSON_IsString(item) || item->valuestring == NULL || item->valuestring[0] == 0 ||
        strlen(item->valuestring) > DEVICE_INFO_VERSION_MAX)
        return false;
    memcpy(out, item->valuestring, strlen(item->valuestring) + 1);
    return true;
}

static aloft_err read_root(const cJSON *root, struct legacy_versions *out,
                           struct trouble *trouble) {
    const cJSON *info = cJSON_GetObjectItem(root, "versioninfo"), *one;
    const cJSON *polling = cJSON_GetObjectItem(info, "polling");
    char version[DEVICE_INFO_VERSION_MAX + 1];
    aloft_err e = ALOFT_OK;

    if (!take(cJSON_GetObjectItem(info, "latest"), out->latest))
        return bad_list(trouble, "\"latest\" is no string of 1 to 63 bytes");
    if (!cJSON_IsString(polling))
        return bad_list(trouble, "\"polling\" is no string");
    out->polling_days = (unsigned)strtoul(polling->valuestring, NULL, 10);
    if (out->polling_days < 1 || out->polling_days > LEGACY_DAYS_MAX)
        return bad_list(trouble, "\"polling\" is not \"1\" to \"49\"");
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(info, "upgrade")) {
        if (!take(one, version))
            return bad_list(trouble, "an element of \"upgrade\" is no string of 1 to 63 bytes");
        e = legacy_add_older(out, version, trouble);
        if (e != ALOFT_OK)
            return e;
    }
    return e;
}

aloft_err legacy_versions_read(aloft_bytes file, struct legacy_versions *out,
                               struct trouble *trouble) {
    cJSON *root = cJSON_ParseWithLength((const char *)file.at, file.len);
    aloft_err e;

    memset(out, 0, sizeof *out);
    e = root == NULL ? bad_list(trouble, "it is no JSON") : read_root(root, out, trouble);
    cJSON_Delete(root);
    return e;
}

bool legacy_is_older(const struct legacy_versions *versions, const char *version) {
    for (unsigned i = 0; i < versions->n_older; i++)
        if (strcmp(versions->older[i], version) == 0)
            return true;
    return false;
}

aloft_err legacy_add_older(struct legacy_versions *versions, const char *version,
                           struct trouble *trouble) {
    if (legacy_is_older(versions, version))
        return ALOFT_OK;
    if (versions->n_older == LEGACY_OLDER_MAX)
        return too_long(trouble, LEGACY_LIST_MAX + 1);
    snprintf(versions->older[versions->n_older++], DEVICE_INFO_VERSION_MAX + 1, "%s", version);
    return ALOFT_OK;
}

static char *print(const struct legacy_versions *versions) {
    cJSON *root = cJSON_CreateObject(), *info = cJSON_AddObjectToObject(root, "versioninfo");
    cJSON *list;
    char days[12], *text;

    snprintf(days, sizeof days, "%u", versions->polling_days);
    cJSON_AddStringToObject(info, "latest", versions->latest);
    list = cJSON_AddArrayToObject(info, "upgrade");
    for (unsigned i = 0; i < versions->n_older; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(versions->older[i]));
    cJSON_AddStringToObject(info, "polling", days);
    text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return text;
}

aloft_err legacy_versions_write(const struct legacy_versions *versions,
                                char out[LEGACY_LIST_MAX + 1], struct trouble *trouble) {
    char *text = print(versions);
    size_t len = text == NULL ? LEGACY_LIST_MAX + 1 : strlen(text);

    if (len <= LEGACY_LIST_MAX && text != NULL)
        memcpy(out, text, len + 1);
    free(text);
    return len <= LEGACY_LIST_MAX ? ALOFT_OK : too_long(trouble, len);
}

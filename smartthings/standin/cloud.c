/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. Keeps the newest word about each attribute.
 * Knows: events, JSON, what screens say.   Never knows: connections, terminals. */
#include "cloud.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#define MESSAGE_MAX 16384u
#define EVENTS_MAX  32u /* of one message; more are not looked at */

static const struct {
    const char *name;
    size_t at;
} texts[] = {
    {"currentVersion", offsetof(struct st_cloud, current)},
    {"availableVersion", offsetof(struct st_cloud, available)},
    {"state", offsetof(struct st_cloud, state)},
    {"lastUpdateStatus", offsetof(struct st_cloud, last)},
    {"lastUpdateStatusReason", offsetof(struct st_cloud, reason)},
    {"lastUpdateTime", offsetof(struct st_cloud, time)},
};

static void keep(char *to, const char *from) {
    size_t n = 0;

    for (; n < ST_TEXT_SIZE - 1 && from[n] != 0; n++)
        to[n] = from[n] >= 0x20 && from[n] < 0x7f ? from[n] : '?';
    to[n] = 0;
}

static int64_t stamp_of(const cJSON *event) {
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(event, "providerData");
    const char *stamp = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "timestamp"));

    return stamp == NULL ? 0 : strtoll(stamp, NULL, 10);
}

static const char *text_of(const cJSON *event, const char *name) {
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, name));
}

static bool take_event(struct st_cloud *cloud, const cJSON *event) {
    const char *capability = text_of(event, "capability"), *name = text_of(event, "attribute");
    const char *text = text_of(event, "value");
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(event, "value");

    if (capability == NULL || strcmp(capability, "firmwareUpdate") != 0 || name == NULL ||
        stamp_of(event) < cloud->stamp)
        return false;
    cloud->stamp = stamp_of(event);
    if (strcmp(name, "updateAvailable") == 0 && cJSON_IsBool(value))
        cloud->offer = cJSON_IsTrue(value);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && text != NULL; i++)
        if (strcmp(name, texts[i].name) == 0)
            keep((char *)cloud + texts[i].at, text);
    return true;
}

bool st_cloud_take(struct st_cloud *cloud, const void *json, size_t len) {
    cJSON *message =
        len == 0 || len > MESSAGE_MAX ? NULL : cJSON_ParseWithLength((const char *)json, len);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(message, "deviceEvents"), *one;
    unsigned n = 0;
    bool has_some = false;

    cJSON_ArrayForEach(one, list) {
        if (n++ >= EVENTS_MAX)
            break;
        has_some = take_event(cloud, one) || has_some;
    }
    cJSON_Delete(message);
    if (has_some && (!cloud->offer || st_cloud_is_updating(cloud) || cloud->last[0] != 0))
        cloud->is_requested = false;
    return has_some;
}

void st_cloud_pressed(struct st_cloud *cloud) {
    cloud->is_requested = true;
    cloud->last[0] = 0; /* the app shows the new attempt from here on */
}

bool st_cloud_is_updating(const struct st_cloud *cloud) {
    return strcmp(cloud->state, "updateInProgress") == 0;
}

const char *st_cloud_button(const struct st_cloud *cloud) {
    if (st_cloud_is_updating(cloud))
        return "(updating: The latest firmware will be installed...)";
    if (!cloud->offer)
        return "(no button: up to date)";
    return cloud->is_requested ? "(grey: Update requested)" : "[Firmware update]";
}

const char *st_cloud_home_assistant(const struct st_cloud *cloud) {
    return st_cloud_is_updating(cloud)                     ? "in progress"
           : strcmp(cloud->current, cloud->available) != 0 ? "update available"
                                                           : "up to date";
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. Reads the JSON that comes from the broker; every byte of it is a stranger's.
 * Knows: JSON, the forms of messages.   Never knows: connections, updates. */
#include "words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#define COMMANDS_MAX 16

static cJSON *read_message(const void *json, size_t len) {
    return len == 0 || len > ST_MESSAGE_MAX ? NULL : cJSON_ParseWithLength(json, len);
}

static bool says(const cJSON *object, const char *name, const char *text) {
    const char *said = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));

    return said != NULL && strcmp(said, text) == 0;
}

unsigned st_words_commands(const void *json, size_t len,
                           void (*take)(void *self, const struct st_command *command), void *self) {
    cJSON *message = read_message(json, len);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(message, "commands"), *one;
    unsigned n = 0, looked_at = 0;

    cJSON_ArrayForEach(one, list) {
        struct st_command command = {
            .name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "command")),
            .id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "id"))};

        if (looked_at++ >= COMMANDS_MAX)
            break;
        if (command.name == NULL || !says(one, "component", "main") ||
            !says(one, "capability", "firmwareUpdate"))
            continue;
        take(self, &command);
        n++;
    }
    cJSON_Delete(message);
    return n;
}

enum st_notification st_words_notification(const void *json, size_t len, char *why,
                                           size_t why_size) {
    cJSON *message = read_message(json, len);
    const char *said = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(message, "why"));
    enum st_notification is = says(message, "event", "connect.success")      ? ST_CONNECTED
                              : says(message, "event", "rate.limit.reached") ? ST_LIMITED
                              : says(message, "event", "standin.refused")    ? ST_REFUSED
                                                                             : ST_OTHER;

    (void)snprintf(why, why_size, "%s", said == NULL ? "it does not say why" : said);
    cJSON_Delete(message);
    return is;
}

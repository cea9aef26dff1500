/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. The road in rows for people, and as an object for programs.
 * Knows: words.   Never knows: networks. */
#include "host/doctor/road_room.h"

#include <stdlib.h>

#include <cjson/cJSON.h>

static const char *const state_words[] = {
    [ROAD_NOT_REACHED] = "not reached",
    [ROAD_GOOD] = "good",
    [ROAD_NOT_CHECKED] = "not checked",
    [ROAD_BROKEN] = "broken",
};

void road_say(const struct road *road, FILE *to) {
    static const char *const marks[] = {"..", "ok", "--", "!!"};

    fprintf(to, "The road of a device of class %s, channel %s, to %s\n\n", road->device_class,
            road->channel, road->base);
    for (unsigned i = 0; i < ROAD_STEPS; i++) {
        const struct road_row *row = &road->row[i];
        fprintf(to, "%s %-9s %s\n", marks[row->state], road_step_name((enum road_step)i),
                row->state == ROAD_NOT_REACHED ? "not reached" : row->what);
        if (row->remark[0] != 0)
            fprintf(to, "             %s\n", row->remark);
    }
    if (road->would[0] != 0)
        fprintf(to, "\n%s\n", road->would);
    if (road->hint[0] != 0)
        fprintf(to, "\n%s\n", road->hint);
    fflush(to);
}

static void add_fault(cJSON *root, const struct road *road) {
    char text[TROUBLE_ROOM];
    cJSON *o = cJSON_AddObjectToObject(root, "fault");

    cJSON_AddStringToObject(o, "name", aloft_err_name(road->trouble.fault.code));
    cJSON_AddNumberToObject(o, "code", road->trouble.fault.code);
    cJSON_AddNumberToObject(o, "raw", road->trouble.fault.raw);
    cJSON_AddNumberToObject(o, "want", road->trouble.fault.want);
    cJSON_AddNumberToObject(o, "got", road->trouble.fault.got);
    cJSON_AddStringToObject(o, "text", trouble_text(&road->trouble, text, sizeof text));
}

void road_json(const struct road *road, FILE *to) {
    cJSON *root = cJSON_CreateObject(), *list;
    char *text;

    cJSON_AddStringToObject(root, "base", road->base);
    cJSON_AddStringToObject(root, "class", road->device_class);
    cJSON_AddStringToObject(root, "channel", road->channel);
    list = cJSON_AddArrayToObject(root, "steps");
    for (unsigned i = 0; i < ROAD_STEPS; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "step", road_step_name((enum road_step)i));
        cJSON_AddStringToObject(o, "state", state_words[road->row[i].state]);
        cJSON_AddStringToObject(o, "what", road->row[i].what);
        if (road->row[i].remark[0] != 0)
            cJSON_AddStringToObject(o, "remark", road->row[i].remark);
        cJSON_AddItemToArray(list, o);
    }
    if (road->broken_at != ROAD_STEPS) {
        cJSON_AddStringToObject(root, "broken", road_step_name(road->broken_at));
        add_fault(root, road);
    }
    cJSON_AddStringToObject(root, "would", road->would);
    if (road->hint[0] != 0)
        cJSON_AddStringToObject(root, "hint", road->hint);
    text = cJSON_Print(root);
    fprintf(to, "%s\n", text == NULL ? "{}" : text);
    free(text);
    cJSON_Delete(root);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Tells about ESP images and partition tables.
 * Knows: which files they are.   Never knows: their bytes. */
#include "inspect.h"

#include "host/image/esp.h"
#include "host/image/kind.h"
#include "host/image/partition.h"

bool inspect_is_esp(aloft_bytes file) {
    return esp_image_begins(file) && esp_merged_app(file) == 0;
}

static void tell_facts(struct inspection *i, const struct esp_image *facts) {
    if (i->json == NULL)
        esp_image_say(facts, stdout);
    else
        cJSON_AddItemToObject(i->json, "esp", esp_image_json(facts));
}

aloft_err inspect_esp(struct inspection *i) {
    static struct esp_image facts;
    aloft_err e = esp_image_read(i->file, &facts, i->trouble);

    if (e == ALOFT_OK)
        tell_facts(i, &facts);
    else
        trouble_fact(i->trouble, "file", "%s", i->path);
    return e;
}

void inspect_esp_facts(struct inspection *i) {
    static struct esp_image facts;
    struct trouble unused;

    if (inspect_is_esp(i->file) && esp_image_read(i->file, &facts, &unused) == ALOFT_OK)
        tell_facts(i, &facts);
}

bool inspect_is_table(aloft_bytes file) {
    return file.len >= 32 && file.at[0] == 0xAA && file.at[1] == 0x50;
}

aloft_err inspect_table(struct inspection *i) {
    static struct partition_table table;
    aloft_err e = partition_table_read(i->file, &table, i->trouble);

    if (e != ALOFT_OK)
        trouble_fact(i->trouble, "file", "%s", i->path);
    else if (i->json == NULL)
        partition_table_say(&table, stdout);
    else
        cJSON_AddItemToObject(i->json, "table", partition_table_json(&table));
    return e;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/esp32. What else in the folder decides whether updates will work, in sentences.
 * Knows: sdkconfig, partition tables, build files.   Never knows: what is written there by us. */
#include "host/esp32/room.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/esp32/block.h"
#include "host/file.h"
#include "host/image/partition.h"

void esp32_note(struct esp32_plan *plan, const char *format, ...) {
    va_list arguments;

    if (plan->n_notes == ESP32_NOTES_MAX)
        return;
    va_start(arguments, format);
    vsnprintf(plan->note[plan->n_notes++], ESP32_NOTE_MAX, format, arguments);
    va_end(arguments);
}

char *esp32_text(const struct esp32_plan *plan, const char *name) {
    char path[PATH_MAX];
    struct trouble unused;
    aloft_space text;

    if (file_join(plan->dir, name, path, sizeof path, &unused) != ALOFT_OK ||
        file_read(path, BLOCK_TEXT_MAX, &text, &unused) != ALOFT_OK)
        return NULL;
    return (char *)text.at;
}

bool esp32_setting(const char *text, const char *name, char *out, size_t out_size, unsigned *line) {
    size_t len = strlen(name), n;

    for (unsigned at = 1; text != NULL; at++) {
        if (strncmp(text, name, len) == 0 && text[len] == '=') {
            text += len + 1;
            text += *text == '"';
            n = strcspn(text, "\"\r\n");
            snprintf(out, out_size, "%.*s", (int)n, text);
            if (line != NULL)
                *line = at;
            return true;
        }
        text = strchr(text, '\n');
        text = text == NULL ? NULL : text + 1;
    }
    return false;
}

/* ---- settings that stand somewhere else too */

/* sdkconfig.defaults is read once, when there is no sdkconfig yet: one that is there wins. The first
 * line that differs stands for all. */
static bool wins(struct esp32_plan *plan, const char *name, const char *value, const char *config) {
    char there[ALOFT_BASE_MAX + 1] = "nothing";

    if (esp32_setting(config, name, there, sizeof there, NULL) && strcmp(there, value) == 0)
        return false;
    esp32_note(
        plan,
        "sdkconfig is there already and wins over sdkconfig.defaults; it says %s for %s. Remove "
        "sdkconfig, or set it in `idf.py menuconfig`.",
        there, name);
    return true;
}

/* Gives whether sdkconfig still has to be looked at. */
static bool look_at_line(struct esp32_plan *plan, const char *line, const char *config,
                         const char *outside) {
    char name[64], value[ALOFT_BASE_MAX + 1], there[ALOFT_BASE_MAX + 1];
    bool goes_on = config != NULL;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(line, "="), line);
    if (!esp32_setting(line, name, value, sizeof value, NULL))
        return goes_on;
    if (config != NULL)
        goes_on = !wins(plan, name, value, config);
    if (outside != NULL && esp32_setting(outside, name, there, sizeof there, NULL) &&
        strcmp(there, value) != 0)
        esp32_note(
            plan,
            "sdkconfig.defaults sets %s a second time, outside of aloft's lines (%s): the last "
            "one counts.",
            name, there);
    return goes_on;
}

static void look_at_settings(struct esp32_plan *plan, const char *lines) {
    char *config = esp32_text(plan, "sdkconfig"), *outside = esp32_text(plan, ESP32_DEFAULTS);
    struct block block = {.state = BLOCK_NONE};
    bool is_open = true;

    if (outside != NULL)
        block = block_find(outside);
    if (block.state != BLOCK_NONE)
        memmove(outside + block.begin, outside + block.end, strlen(outside + block.end) + 1);
    for (const char *line = lines; line != NULL && *line != 0;) {
        if (!look_at_line(plan, line, is_open ? config : NULL, outside))
            is_open = false;
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    free(config);
    free(outside);
}

/* ---- the partition table, and what is compiled */

static bool has_records(const struct partition_table *table) {
    for (unsigned i = 0; i < table->n; i++)
        if (strcmp(table->list[i].label, "aloft") == 0)
            return true;
    return false;
}

static void look_at_table(struct esp32_plan *plan) {
    static struct partition_table table;
    char *text = esp32_text(plan, "partitions.csv");
    struct trouble unused;

    if (text == NULL)
        esp32_note(plan,
                   "There is no partitions.csv: updates need two equal app slots and otadata. "
                   "esp32/ota_demo/partitions.csv is one for 4 MB of flash.");
    else if (partition_table_read((aloft_bytes){(const uint8_t *)text, strlen(text)}, &table,
                                  &unused) != ALOFT_OK)
        esp32_note(plan, "partitions.csv cannot be read as a partition table.");
    else if (partition_n_slots(&table) < 2 || !partition_has_otadata(&table))
        esp32_note(plan, "partitions.csv has no two ota slots, or no otadata: a device with it "
                         "cannot update over the air. esp32/ota_demo/partitions.csv has them.");
    else if (!has_records(&table))
        esp32_note(plan, "partitions.csv has no partition \"aloft\" (data, 0x40, 8K): the records "
                         "then stand in NVS, and erasing NVS forgets what was refused.");
    free(text);
}

static void look_at_build(struct esp32_plan *plan) {
    char *text = esp32_text(plan, "main/CMakeLists.txt"), *all = esp32_text(plan, "CMakeLists.txt");
    char *yml = esp32_text(plan, "main/idf_component.yml");

    if (text != NULL && strstr(text, "aloft_ca.pem") == NULL)
        esp32_note(plan, "main/CMakeLists.txt does not embed the CA: add EMBED_TXTFILES "
                         "\"aloft_ca.pem\" to its idf_component_register(...).");
    if ((all == NULL || strstr(all, "../component") == NULL) &&
        (yml == NULL || strstr(yml, "aloft") == NULL) &&
        (all == NULL || strstr(all, "aloft") == NULL))
        esp32_note(plan, "Nothing names the component: add set(EXTRA_COMPONENT_DIRS "
                         "\".../aloft/esp32/component\") to CMakeLists.txt, above project.cmake.");
    free(text);
    free(all);
    free(yml);
}

void esp32_look_round(struct esp32_plan *plan, const char *lines) {
    look_at_settings(plan, lines);
    look_at_table(plan);
    look_at_build(plan);
}

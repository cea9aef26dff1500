/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/esp32. Chooses the class of an ESP-IDF project, and writes a new one into aloft.conf.
 * Knows: aloft.conf, the slots and the chip of the folder.   Never knows: keys, certificates. */
#include "host/esp32/room.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/image/esp.h"
#include "host/image/partition.h"

#define CONF_MAX 65536u /* as project_open reads */

static aloft_err refuse(struct trouble *trouble, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static aloft_err refuse(struct trouble *trouble, const char *format, ...) {
    char text[600];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    trouble_set(trouble, ALOFT_E_ESP32_CLASS);
    trouble_fact(trouble, "what", "%s", text);
    return ALOFT_E_ESP32_CLASS;
}

static void list(const struct project *project, char *out, size_t out_size) {
    size_t n = 0;

    out[0] = 0;
    for (unsigned i = 0; i < project->n_classes && n < out_size; i++)
        n += (size_t)snprintf(out + n, out_size - n, "%s%s", i == 0 ? "" : ", ",
                              project->classes[i].name);
}

/* What was asked for, else what an earlier run has written, else the only one there is. */
aloft_err esp32_choose_class(struct esp32_plan *plan, struct trouble *trouble) {
    char *text = esp32_text(plan, ESP32_DEFAULTS), before[ALOFT_CLASS_MAX] = "", known[500];
    const char *name = plan->class_name;
    const struct project_class *of;

    if (name == NULL && text != NULL &&
        esp32_setting(text, "CONFIG_ALOFT_CLASS", before, sizeof before, NULL) &&
        project_class_of(plan->project, before) != NULL)
        name = before;
    free(text);
    of = project_class_of(plan->project, name);
    if (of != NULL) {
        plan->of_class = *of;
        return ALOFT_OK;
    }
    list(plan->project, known, sizeof known);
    if (name == NULL)
        return refuse(trouble, "aloft.conf has several (%s)", known);
    if (!project_class_is_legal(name))
        return refuse(trouble, "\"%s\" is not VENDOR/MODEL/REVISION", name);
    if (plan->project->n_classes == PROJECT_CLASSES_MAX)
        return refuse(trouble, "aloft.conf has %d classes already, which is all it holds",
                      PROJECT_CLASSES_MAX);
    memset(&plan->of_class, 0, sizeof plan->of_class);
    snprintf(plan->of_class.name, sizeof plan->of_class.name, "%s", name);
    snprintf(plan->of_class.channel[0], sizeof plan->of_class.channel[0], "stable");
    plan->of_class.n_channels = 1;
    plan->is_new_class = true;
    return ALOFT_OK;
}

/* The smallest slot of partitions.csv; 0: not known. */
static uint32_t slot_of(const struct esp32_plan *plan) {
    static struct partition_table table;
    char *text = esp32_text(plan, "partitions.csv");
    struct trouble unused;
    uint32_t size = 0;

    if (text != NULL && partition_table_read((aloft_bytes){(const uint8_t *)text, strlen(text)},
                                             &table, &unused) == ALOFT_OK)
        size = partition_smallest_slot(&table);
    free(text);
    return size;
}

/* The chip as the next build takes it: a configuration, else the defaults, else the environment. */
static void chip_of(const struct esp32_plan *plan, char *out, size_t out_size) {
    static const char *const files[] = {"sdkconfig", ESP32_DEFAULTS};
    const char *wanted = getenv("IDF_TARGET");

    out[0] = 0;
    for (size_t i = 0; i < 2 && out[0] == 0; i++) {
        char *text = esp32_text(plan, files[i]);
        if (text != NULL)
            (void)esp32_setting(text, "CONFIG_IDF_TARGET", out, out_size, NULL);
        free(text);
    }
    if (out[0] == 0 && wanted != NULL && esp_chip_id(wanted) >= 0)
        snprintf(out, out_size, "%s", wanted);
}

aloft_err esp32_plan_class(struct esp32_plan *plan, struct trouble *trouble) {
    struct esp32_file *file = &plan->file[plan->n_files];
    char chip[32], more[120] = "";
    uint32_t slot = slot_of(plan);
    aloft_space text;
    size_t room;
    aloft_err e = project_path(plan->project, "aloft.conf", file->path, trouble);

    chip_of(plan, chip, sizeof chip);
    if (e == ALOFT_OK)
        e = file_read(file->path, CONF_MAX, &text, trouble);
    if (e != ALOFT_OK)
        return e;
    file->name = "aloft.conf";
    file->before = (char *)text.at;
    plan->n_files++;
    if (chip[0] != 0)
        snprintf(more, sizeof more, "esp-chip = %s\n", chip);
    room = text.len + 300;
    file->after = malloc(room);
    if (file->after == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_WRITE, file->path, ENOMEM);
    if (slot != 0)
        snprintf(more + strlen(more), sizeof more - strlen(more), "slot-size = %u\n", slot);
    snprintf(file->after, room, "%s%s[class %s]\nchannels = stable\n%s", file->before,
             text.len > 0 && text.at[text.len - 1] != '\n' ? "\n\n" : "\n", plan->of_class.name,
             more);
    return ALOFT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/esp32. Plans the files of an ESP-IDF project and writes them.
 * Knows: where each thing stands there.   Never knows: how it is shown. */
#include "host/esp32/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/esp32/block.h"
#include "host/esp32/room.h"
#include "host/file.h"
#include "host/trust_image.h"

#define CA_FILE    "main/aloft_ca.pem"
#define TRUST_FILE "main/aloft_trust.h"
#define CA_MAX     16384u

/* ---- is it one at all */

static aloft_err no_project(const struct esp32_plan *plan, const char *what,
                            struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_ESP32_PROJECT);
    trouble_fact(trouble, "folder", "%s", plan->dir);
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_ESP32_PROJECT;
}

/* CMakeLists.txt of an ESP-IDF project includes tools/cmake/project.cmake of the IDF. */
static aloft_err check_project(const struct esp32_plan *plan, struct trouble *trouble) {
    char *text = esp32_text(plan, "CMakeLists.txt"), *of_main;
    bool is_idf = text != NULL && strstr(text, "project.cmake") != NULL;
    struct stat facts;

    if (stat(plan->dir, &facts) != 0)
        return no_project(plan, "it does not exist", trouble);
    if (text == NULL)
        return no_project(plan, "there is no CMakeLists.txt in it", trouble);
    free(text);
    if (!is_idf)
        return no_project(plan, "its CMakeLists.txt does not include project.cmake of ESP-IDF",
                          trouble);
    of_main = esp32_text(plan, "main/CMakeLists.txt");
    free(of_main);
    return of_main != NULL ? ALOFT_OK
                           : no_project(plan, "there is no main/CMakeLists.txt in it", trouble);
}

/* ---- one file */

static aloft_err edited(const char *file, const char *what, unsigned line,
                        struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_ESP32_EDITED);
    trouble_fact(trouble, "file", "%s", file);
    trouble_fact(trouble, "what", "%s", what);
    trouble->fault.at = line;
    return ALOFT_E_ESP32_EDITED;
}

static aloft_err add_file(struct esp32_plan *plan, const char *name, struct esp32_file **out,
                          struct trouble *trouble) {
    struct esp32_file *file = &plan->file[plan->n_files];
    aloft_space text;
    aloft_err e = file_join(plan->dir, name, file->path, sizeof file->path, trouble);

    *out = file;
    file->name = name;
    file->before = file->after = NULL;
    if (e != ALOFT_OK)
        return e;
    plan->n_files++;
    e = file_read(file->path, BLOCK_TEXT_MAX, &text, trouble);
    if (e == ALOFT_E_FILE_READ && trouble->fault.raw == ENOENT)
        return ALOFT_OK;
    if (e == ALOFT_OK)
        file->before = (char *)text.at;
    if (e == ALOFT_OK && memchr(text.at, 0, text.len) != NULL)
        return edited(name, "holds a zero byte: it is no text", 1, trouble);
    return e;
}

static aloft_err plan_block(struct esp32_plan *plan, const char *name, const char *lines,
                            struct trouble *trouble) {
    struct esp32_file *file;
    struct block block;
    size_t room = BLOCK_TEXT_MAX + CA_MAX;
    aloft_err e = add_file(plan, name, &file, trouble);

    if (e != ALOFT_OK)
        return e;
    block = block_find(file->before == NULL ? "" : file->before);
    if (block.state == BLOCK_BROKEN)
        return edited(name, "has a mark \"# aloft:\" without its partner", block.line, trouble);
    if (block.state == BLOCK_EDITED && !plan->may_overwrite)
        return edited(name, "has lines of aloft that somebody has edited", block.line, trouble);
    if (block.state == BLOCK_NONE && file->before != NULL && strcmp(name, CA_FILE) == 0 &&
        !plan->is_removal)
        return edited(name, "was not written by aloft: a firmware with both would trust two CAs", 1,
                      trouble);
    file->after = malloc(room);
    if (file->after == NULL || (block_put(file->before == NULL ? "" : file->before, &block,
                                          plan->is_removal ? "" : lines, file->after, room) == 0 &&
                                !plan->is_removal))
        return trouble_file(trouble, ALOFT_E_FILE_WRITE, file->path, ENOMEM);
    if (plan->is_removal && file->after[0] == 0) {
        free(file->after);
        file->after = NULL;
    }
    return ALOFT_OK;
}

static aloft_err plan_ca(struct esp32_plan *plan, struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_space pem = {0};
    aloft_err e = project_path(plan->project, "pki/ca.crt", path, trouble);

    if (e == ALOFT_OK && !plan->is_removal)
        e = file_read(path, CA_MAX / 2, &pem, trouble);
    if (e == ALOFT_OK)
        e = plan_block(plan, CA_FILE, plan->is_removal ? "" : (const char *)pem.at, trouble);
    free(pem.at);
    return e;
}

static aloft_err plan_trust(struct esp32_plan *plan, struct trouble *trouble) {
    static struct trust_image image;
    static struct trust_draft ours;
    struct esp32_file *file;
    aloft_err e = add_file(plan, TRUST_FILE, &file, trouble);

    if (e == ALOFT_OK && plan->is_removal)
        return file->before == NULL ? ALOFT_OK
                                    : trust_header_read(file->before, TRUST_FILE, &ours, trouble);
    memset(&image, 0, sizeof image);
    image.wish.now_s = plan->now_s;
    if (e == ALOFT_OK)
        e = trust_image_make(&image, plan->project, &plan->of_class, file->path, trouble);
    if (e != ALOFT_OK)
        return e;
    file->after = strdup(image.text);
    return file->after != NULL ? ALOFT_OK
                               : trouble_file(trouble, ALOFT_E_FILE_WRITE, file->path, ENOMEM);
}

/* One symbol for rollback: ESP-IDF 6.2 reads the older name as "the application confirms". */
static void write_lines(const struct esp32_plan *plan, char *out, size_t out_size) {
    snprintf(out, out_size,
             "CONFIG_ALOFT_BASE=\"%s\"\n"
             "CONFIG_ALOFT_CLASS=\"%s\"\n"
             "CONFIG_ALOFT_CHANNEL=\"%s\"\n"
             "CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y\n",
             plan->project->base, plan->of_class.name, plan->of_class.channel[0]);
}

aloft_err esp32_plan(struct esp32_plan *plan, struct trouble *trouble) {
    char lines[1024] = "";
    aloft_err e;

    plan->n_files = plan->n_notes = 0;
    plan->is_new_class = false;
    e = check_project(plan, trouble);
    if (e == ALOFT_OK && !plan->is_removal) {
        e = esp32_choose_class(plan, trouble);
        write_lines(plan, lines, sizeof lines);
    }
    if (e == ALOFT_OK)
        e = plan_ca(plan, trouble);
    if (e == ALOFT_OK)
        e = plan_block(plan, ESP32_DEFAULTS, lines, trouble);
    if (e == ALOFT_OK && plan->is_new_class)
        e = esp32_plan_class(plan, trouble);
    if (e == ALOFT_OK)
        e = plan_trust(plan, trouble);
    if (e == ALOFT_OK && !plan->is_removal)
        esp32_look_round(plan, lines);
    return e;
}

/* ---- doing it */

bool esp32_differs(const struct esp32_file *file) {
    if (file->before == NULL || file->after == NULL)
        return file->before != file->after;
    return strcmp(file->before, file->after) != 0;
}

aloft_err esp32_write(const struct esp32_plan *plan, struct trouble *trouble) {
    aloft_err e = ALOFT_OK;

    for (unsigned i = 0; e == ALOFT_OK && i < plan->n_files; i++) {
        const struct esp32_file *file = &plan->file[i];
        if (!esp32_differs(file))
            continue;
        if (file->after != NULL)
            e = file_write(file->path,
                           (aloft_bytes){(const uint8_t *)file->after, strlen(file->after)}, 0644,
                           true, trouble);
        else if (unlink(file->path) != 0)
            e = trouble_file(trouble, ALOFT_E_FILE_WRITE, file->path, errno);
    }
    return e;
}

void esp32_free(struct esp32_plan *plan) {
    for (unsigned i = 0; i < plan->n_files; i++) {
        free(plan->file[i].before);
        free(plan->file[i].after);
    }
    plan->n_files = 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Walks a source folder, bounded, and gives each file to whom it concerns.
 * Knows: folders, file names.   Never knows: what stands in a file. */
#include "host/doctor/room.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/file.h"
#include "host/legacy/device_info.h"

#define DEPTH_MAX  6u
#define FILES_MAX  4000u      /* a source folder of ESP-IDF examples has tens */
#define SOURCE_MAX (1u << 20) /* sdkconfig has about 60 KB; larger files are no source */

struct walk {
    struct doctor *doctor;
    size_t root; /* length of the path before what is shown */
    unsigned n_files, n_sources;
};

static bool ends_with(const char *name, const char *end) {
    size_t len = strlen(name), n = strlen(end);

    return len >= n && strcmp(name + len - n, end) == 0;
}

static bool is_source(const char *name) {
    static const char *const ends[] = {".c", ".h", ".cpp", ".cc", ".hpp", ".ino"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(name, ends[i]))
            return true;
    return false;
}

static bool names(const char *folder, size_t len, const char *list, const char *name) {
    char path[PATH_MAX];
    struct trouble unused;
    aloft_space text;
    bool found;

    if ((size_t)snprintf(path, sizeof path, "%.*s/%s", (int)len, folder, list) >= sizeof path ||
        file_read(path, SOURCE_MAX, &text, &unused) != ALOFT_OK)
        return false;
    found = memmem(text.at, text.len, name, strlen(name)) != NULL;
    free(text.at);
    return found;
}

/* Only what is compiled in matters to the device: EMBED_FILES of ESP-IDF's build files beside it, or
 * embed_files of PlatformIO. Other certificates lie about in such folders and mean nothing. */
static bool is_embedded(const struct walk *w, const char *path, const char *name) {
    size_t folder = strlen(path) - strlen(name) - 1;

    return names(path, folder, "CMakeLists.txt", name) ||
           names(path, folder, "component.mk", name) ||
           names(path, w->root - 1, "main/CMakeLists.txt", name) ||
           names(path, w->root - 1, "platformio.ini", name);
}

static void see_pem_file(struct doctor *d, const char *shown, aloft_bytes file) {
    struct scan_hit hit;

    for (size_t from = 0; scan_next(file, from, &hit); from = hit.at + hit.len)
        if (hit.what != SCAN_ADDRESS)
            doctor_see_pem(d, shown, file, &hit);
}

/* `aloft smartthings identity` keeps a device's own in identity/, beside the firmware: it belongs there. */
static void see_device_info(const struct walk *w, const char *path, const char *name,
                            aloft_bytes file) {
    struct device_info info;

    device_info_find(file, &info);
    if (is_embedded(w, path, name) || !info.has_private_key)
        doctor_see_device_info(w->doctor, path + w->root, file);
    else
        doctor_add(w->doctor, DOCTOR_FINE, DOCTOR_IDENTITY, path + w->root,
                   "the identity of one device, beside the firmware and not in it");
}

static bool is_pem(const char *name) {
    return ends_with(name, ".pem") || ends_with(name, ".crt") || ends_with(name, ".key");
}

static void see(struct walk *w, const char *path, const char *name, aloft_bytes file) {
    struct doctor *d = w->doctor;
    const char *shown = path + w->root;

    if (is_source(name)) {
        w->n_sources++;
        doctor_see_source(d, shown, file);
    } else if (strncmp(name, "sdkconfig", 9) == 0) {
        doctor_see_sdkconfig(d, shown, file);
    } else if (is_pem(name)) {
        if (is_embedded(w, path, name))
            see_pem_file(d, shown, file);
    } else if (strcmp(name, "device_info.json") == 0) {
        see_device_info(w, path, name, file);
    } else if (strcmp(name, "version_info.json") == 0) {
        doctor_see_version_list(d, shown, file);
    } else if (strncmp(name, "partitions", 10) == 0 && ends_with(name, ".csv")) {
        doctor_see_table(d, shown, file);
    }
}

static bool concerns_us(const char *name) {
    return is_source(name) || strncmp(name, "sdkconfig", 9) == 0 || is_pem(name) ||
           ends_with(name, ".json") || ends_with(name, ".csv");
}

static void see_file(struct walk *w, const char *path, const char *name) {
    struct trouble unused;
    aloft_space text;

    if (!concerns_us(name) || file_read(path, SOURCE_MAX, &text, &unused) != ALOFT_OK)
        return;
    see(w, path, name, (aloft_bytes){text.at, text.len});
    free(text.at);
}

/* A project of aloft, whose keys and certificates are no part of a firmware. */
static bool is_aloft_project(const char *folder) {
    char path[PATH_MAX];
    struct stat facts;

    return (size_t)snprintf(path, sizeof path, "%s/aloft.conf", folder) < sizeof path &&
           stat(path, &facts) == 0;
}

/* What the build makes or brings is not what a person edits. */
static bool is_passed_over(const char *name) {
    return name[0] == '.' || strncmp(name, "build", 5) == 0 ||
           strcmp(name, "managed_components") == 0;
}

static void walk_folder(struct walk *w, const char *folder, unsigned depth) {
    struct dirent **entries = NULL;
    char path[PATH_MAX];
    struct stat facts;
    int n = scandir(folder, &entries, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        /* lstat: a link could lead round in circles, or out of the folder */
        if (w->n_files < FILES_MAX && !is_passed_over(name) &&
            (size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path &&
            lstat(path, &facts) == 0) {
            w->n_files++;
            if (S_ISDIR(facts.st_mode) && depth < DEPTH_MAX && !is_aloft_project(path))
                walk_folder(w, path, depth + 1);
            else if (S_ISREG(facts.st_mode))
                see_file(w, path, name);
        }
        free(entries[i]);
    }
    free(entries);
}

static void see_settings(struct doctor *d) {
    if (d->saw_rollback)
        doctor_add(d, DOCTOR_FINE, DOCTOR_ROLLBACK, "sdkconfig", "rollback is on");
    else if (d->saw_sdkconfig)
        doctor_add(d, DOCTOR_NOTE, DOCTOR_ROLLBACK, "sdkconfig",
                   "rollback is off (CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE): a bad image stays");
}

aloft_err doctor_look_at_project(struct doctor *d, const char *dir, struct trouble *trouble) {
    struct walk w = {d, 0, 0, 0};
    char root[PATH_MAX];
    struct stat facts;
    size_t len;

    if (stat(dir, &facts) != 0)
        return trouble_file(trouble, ALOFT_E_FILE_READ, dir, errno);
    if (!S_ISDIR(facts.st_mode))
        return trouble_file(trouble, ALOFT_E_FILE_READ, dir, ENOTDIR);
    if ((size_t)snprintf(root, sizeof root, "%s", dir) >= sizeof root)
        return trouble_file(trouble, ALOFT_E_FILE_PATH, dir, ENAMETOOLONG);
    for (len = strlen(root); len > 1 && root[len - 1] == '/'; len--)
        root[len - 1] = 0;
    w.root = strlen(root) + 1;
    d->is_source = true;
    walk_folder(&w, root, 0);
    if (w.n_sources == 0) {
        trouble_set(trouble, ALOFT_E_DOCTOR_NO_SOURCE);
        trouble_fact(trouble, "file", "%s", dir);
        return ALOFT_E_DOCTOR_NO_SOURCE;
    }
    doctor_compare_versions(d);
    see_settings(d);
    return ALOFT_OK;
}

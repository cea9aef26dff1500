/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Makes a project in a folder beside its place, then moves it there.
 * Knows: what belongs to a project.   Never knows: who asked, and what is shown. */
#include "create.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "hold.h"
#include "keys.h"

#define BASE_CHARS_MAX 180u /* so that `base = ...` is a line that aloft.conf may have */
#define CONF_SIZE      8192u
#define FOLDERS_OPEN   8

/* In the order in which they take their places: aloft.conf makes it a project, so it is the
 * last. */
static const char *const parts[] = {"site", "keys", "pki", "aloft.conf"};
#define N_PARTS (sizeof parts / sizeof parts[0])

const char *project_base_of(const char *host, uint16_t port, char *out, size_t out_size) {
    bool is_ipv6 = strchr(host, ':') != NULL;

    snprintf(out, out_size, "https://%s%s%s:%u", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "",
             (unsigned)port);
    return out;
}

static aloft_err check_base(const struct project_plan *plan, struct trouble *trouble) {
    char base[PKI_HOST_MAX + 32];

    project_base_of(plan->hosts.host[0], plan->port, base, sizeof base);
    if (strlen(base) <= BASE_CHARS_MAX)
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_HOST_FORM);
    trouble_fact(trouble, "host", "%s", plan->hosts.host[0]);
    trouble_fact(trouble, "what", "it is too long for the address that devices keep");
    return ALOFT_E_HOST_FORM;
}

/* ---- aloft.conf */

static aloft_err write_conf(const struct project_plan *plan, const char *folder,
                            struct trouble *trouble) {
    char path[PATH_MAX], text[CONF_SIZE], base[PKI_HOST_MAX + 32];
    size_t len;
    aloft_err e = file_join(folder, "aloft.conf", path, sizeof path, trouble);

    if (e != ALOFT_OK)
        return e;
    project_base_of(plan->hosts.host[0], plan->port, base, sizeof base);
    snprintf(
        text, sizeof text,
        "# The settings of this project.\n"
        "[project]\n"
        "# what devices call; this name must stand in the certificate: aloft cert show\n"
        "base = %s\n\n"
        "[serve]\n"
        "listen = [::]:%u\n"
        "%s\n"
        "# One section for each class of devices: your domain / model / revision, as in\n"
        "# ALOFT_IMAGE(...) of the firmware. Other settings: slot-size = 1536K, keys = device,\n"
        "# esp-project and esp-chip.\n",
        base, (unsigned)plan->port, plan->more_serve == NULL ? "" : plan->more_serve);
    for (unsigned i = 0; i < plan->n_classes; i++) {
        len = strlen(text);
        snprintf(text + len, sizeof text - len, "[class %s]\nchannels = stable\n\n",
                 plan->device_class[i]);
    }
    len = strlen(text);
    snprintf(text + len, sizeof text - len, "%s", plan->more_conf == NULL ? "" : plan->more_conf);
    return file_write(path, (aloft_bytes){(const uint8_t *)text, strlen(text)}, 0644, false,
                      trouble);
}

/* A project is often made among its sources: private keys stay out of what is shared from there. */
static aloft_err ignore_keys(const char *folder, struct trouble *trouble) {
    static const char text[] = "*.key\n";
    char path[PATH_MAX];
    aloft_err e = file_join(folder, ".gitignore", path, sizeof path, trouble);

    return e != ALOFT_OK ? e
                         : file_write(path, (aloft_bytes){(const uint8_t *)text, sizeof text - 1},
                                      0644, false, trouble);
}

/* ---- everything, in a folder where nobody looks */

static aloft_err make_folder(const char *folder, const char *name, char out[PATH_MAX],
                             struct trouble *trouble) {
    aloft_err e = file_join(folder, name, out, PATH_MAX, trouble);

    if (e == ALOFT_OK && mkdir(out, 0755) != 0)
        e = trouble_file(trouble, ALOFT_E_FILE_WRITE, out, errno);
    return e;
}

static aloft_err fill(const struct project_plan *plan, const char *folder, int64_t now_s,
                      struct trouble *trouble) {
    static const char *const names[] = {"firmware", "spare", "fresh"};
    char path[PATH_MAX];
    struct aloft_key made;
    aloft_err e = make_folder(folder, "pki", path, trouble);

    if (e == ALOFT_OK)
        e = pki_create(path, &plan->hosts, now_s, trouble);
    if (e == ALOFT_OK)
        e = ignore_keys(path, trouble);
    if (e == ALOFT_OK)
        e = make_folder(folder, "keys", path, trouble);
    for (size_t i = 0; e == ALOFT_OK && i < sizeof names / sizeof names[0] && !hold_is_asked(); i++)
        e = keys_make(path, names[i], ALOFT_KEY_P256, &made, trouble);
    if (e == ALOFT_OK)
        e = ignore_keys(path, trouble);
    if (e == ALOFT_OK)
        e = make_folder(folder, "site", path, trouble);
    return e != ALOFT_OK ? e : write_conf(plan, folder, trouble);
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *walk) {
    (void)facts, (void)kind, (void)walk;
    return remove(path);
}

static void remove_folder(const char *folder) {
    (void)nftw(folder, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS);
}

/* ---- into place */

static aloft_err exists(const char *dir, const char *part, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_PROJECT_EXISTS);
    trouble_fact(trouble, "folder", "%s", dir);
    trouble_fact(trouble, "file", "%s", part);
    return ALOFT_E_PROJECT_EXISTS;
}

static aloft_err check_free(const char *dir, struct trouble *trouble) {
    static const char *const more[] = {"aloft.db", "legacy"};
    char path[PATH_MAX];
    struct stat facts;
    aloft_err e = ALOFT_OK;

    for (size_t i = 0; e == ALOFT_OK && i < N_PARTS + 2; i++) {
        const char *part = i < N_PARTS ? parts[N_PARTS - 1 - i] : more[i - N_PARTS];
        e = file_join(dir, part, path, sizeof path, trouble);
        if (e == ALOFT_OK && lstat(path, &facts) == 0)
            return exists(dir, part, trouble);
    }
    return e;
}

/* RENAME_NOREPLACE: what somebody else made meanwhile stays, and is found here and not later. */
static aloft_err move_parts(const char *from, const char *dir, size_t *moved,
                            struct trouble *trouble) {
    char here[PATH_MAX], there[PATH_MAX];

    for (*moved = 0; *moved < N_PARTS; ++*moved) {
        aloft_err e = file_join(from, parts[*moved], here, sizeof here, trouble);
        if (e == ALOFT_OK)
            e = file_join(dir, parts[*moved], there, sizeof there, trouble);
        if (e != ALOFT_OK)
            return e;
        if (renameat2(AT_FDCWD, here, AT_FDCWD, there, RENAME_NOREPLACE) == 0)
            continue;
        return errno == EEXIST ? exists(dir, parts[*moved], trouble)
                               : trouble_file(trouble, ALOFT_E_FILE_WRITE, there, errno);
    }
    return ALOFT_OK;
}

static aloft_err move_in(const char *from, const char *dir, struct trouble *trouble) {
    char here[PATH_MAX], there[PATH_MAX];
    struct trouble unsaid;
    size_t moved;
    aloft_err e = move_parts(from, dir, &moved, trouble);

    while (e != ALOFT_OK && moved-- > 0)
        if (file_join(from, parts[moved], here, sizeof here, &unsaid) == ALOFT_OK &&
            file_join(dir, parts[moved], there, sizeof there, &unsaid) == ALOFT_OK)
            (void)rename(there, here);
    return e;
}

/* Nobody reads this trouble but a caller who holds the signals longer: hold_end ends the process. */
static aloft_err asked_to_end(const char *dir, struct trouble *trouble) {
    return trouble_file(trouble, ALOFT_E_FILE_WRITE, dir, EINTR);
}

/* All of it in a hidden folder, which is then moved or taken away. */
static aloft_err create_in(const struct project_plan *plan, char hidden[PATH_MAX], int64_t now_s,
                           struct trouble *trouble) {
    aloft_err e;

    if (mkdtemp(hidden) == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_WRITE, plan->dir, errno);
    e = fill(plan, hidden, now_s, trouble);
    if (e == ALOFT_OK && hold_is_asked())
        e = asked_to_end(plan->dir, trouble);
    if (e == ALOFT_OK)
        e = move_in(hidden, plan->dir, trouble);
    remove_folder(hidden);
    return e;
}

aloft_err project_create(const struct project_plan *plan, int64_t now_s, struct trouble *trouble) {
    char hidden[PATH_MAX];
    struct stat facts;
    struct hold hold;
    bool is_new = stat(plan->dir, &facts) != 0 && errno == ENOENT;
    aloft_err e = check_base(plan, trouble);

    if (e == ALOFT_OK && !is_new)
        e = check_free(plan->dir, trouble);
    hold_begin(&hold);
    if (e == ALOFT_OK)
        e = file_folder(plan->dir, 0755, trouble);
    if (e == ALOFT_OK)
        e = file_join(plan->dir, ".aloft-init-XXXXXX", hidden, sizeof hidden, trouble);
    if (e == ALOFT_OK)
        e = create_in(plan, hidden, now_s, trouble);
    if (e != ALOFT_OK && is_new)
        (void)rmdir(plan->dir);
    hold_end(&hold);
    return e;
}

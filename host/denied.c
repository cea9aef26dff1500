/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Finds what stops a process on the way to a file.
 * Knows: owners and modes.   Never knows: what the file is for. */
#include "denied.h"

#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_ROOM 64u
#define NO_NAME   "user " /* of a user without a name: no name holds a blank */

/* As who this process acts, which is not who started it where a server has given up root's rights. */
static bool may(const char *path, int wish) {
    return faccessat(AT_FDCWD, path, wish, AT_EACCESS) == 0;
}

static bool is_there(const char *path) {
    struct stat facts;

    return stat(path, &facts) == 0;
}

static void name_of(uid_t uid, char out[NAME_ROOM]) {
    const struct passwd *found = getpwuid(uid);

    if (found != NULL)
        snprintf(out, NAME_ROOM, "%s", found->pw_name);
    else
        snprintf(out, NAME_ROOM, NO_NAME "%u", (unsigned)uid);
}

static const char *number_of(const char *name) {
    return strncmp(name, NO_NAME, strlen(NO_NAME)) == 0 ? name + strlen(NO_NAME) : name;
}

/* The folder that holds `path` into `out`. */
static void folder_of(const char *path, char out[PATH_MAX]) {
    char *slash;

    snprintf(out, PATH_MAX, "%s", path);
    slash = strrchr(out, '/');
    if (slash == NULL)
        snprintf(out, PATH_MAX, ".");
    else
        slash[slash == out] = 0;
}

/* The first folder on the way that may not be entered; false: all may. */
static bool find_closed_folder(const char *path, char out[PATH_MAX]) {
    for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
        size_t len = slash == path ? 1 : (size_t)(slash - path);
        if (len >= PATH_MAX)
            return false;
        memcpy(out, path, len);
        out[len] = 0;
        if (is_there(out) && !may(out, X_OK))
            return true;
    }
    return false;
}

/* What is written is made beside its place and moved there, so its folder is asked first. */
static bool find(enum denied_wish wish, const char *path, char out[PATH_MAX]) {
    if (strlen(path) >= PATH_MAX)
        return false;
    if (find_closed_folder(path, out))
        return true;
    if (wish == DENIED_WRITE) {
        folder_of(path, out);
        if (is_there(out) && !may(out, W_OK | X_OK))
            return true;
    }
    snprintf(out, PATH_MAX, "%s", path);
    return is_there(path) && !may(path, wish == DENIED_WRITE ? W_OK : R_OK);
}

/* The project that a file belongs to; false: it is none's, or its folder may not be looked into. */
static bool find_project(const char *path, char out[PATH_MAX]) {
    char at[PATH_MAX], conf[PATH_MAX + sizeof "/aloft.conf"];
    size_t len;

    snprintf(out, PATH_MAX, "%s", path);
    do {
        len = strlen(out);
        snprintf(conf, sizeof conf, "%s/aloft.conf", out);
        if (is_there(conf))
            return true;
        snprintf(at, sizeof at, "%s", out);
        folder_of(at, out);
    } while (strlen(out) < len); /* "." and "/" are their own folders */
    return false;
}

static aloft_err code_of(uid_t owner, bool in_project) {
    if (owner == geteuid())
        return ALOFT_E_FILE_MODE;
    return in_project ? ALOFT_E_PROJECT_OWNER : ALOFT_E_FILE_OWNER;
}

aloft_err denied_tell(struct trouble *t, enum denied_wish wish, const char *path) {
    char stopped[PATH_MAX], project[PATH_MAX], owner[NAME_ROOM], user[NAME_ROOM], file[PATH_MAX];
    struct stat facts;
    bool in_project;

    snprintf(file, sizeof file, "%s", path); /* it may stand in `t` */
    if (!find(wish, file, stopped) || stat(stopped, &facts) != 0)
        return ALOFT_OK;
    name_of(facts.st_uid, owner);
    name_of(geteuid(), user);
    in_project = find_project(stopped, project);
    trouble_set(t, code_of(facts.st_uid, in_project));
    trouble_fact(t, "file", "%s", file);
    trouble_fact(t, "done", wish == DENIED_WRITE ? "written" : "read");
    trouble_fact(t, "user", "%s", user);
    trouble_fact(t, "to", "%s", number_of(user)); /* chown takes a name or a number */
    trouble_fact(t, "owner", "%s", owner);
    trouble_fact(t, "mode", "%04o", (unsigned)(facts.st_mode & 07777u));
    trouble_fact(t, "stopped", "%s", stopped);
    if (in_project)
        trouble_fact(t, "project", "%s", project);
    if (strcmp(stopped, file) == 0)
        trouble_fact(t, "what", "it");
    else
        trouble_fact(t, "what", "the folder %s", stopped);
    return (aloft_err)t->fault.code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Reads whole files, writes whole files.
 * Knows: POSIX files.   Never knows: what is in them. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hold.h"

#define FIRST_ROOM 65536u

static aloft_err fill(int fd, const char *path, size_t max, aloft_space *out,
                      struct trouble *trouble) {
    size_t room = FIRST_ROOM, len = 0;
    uint8_t *at = malloc(room + 1), *more;

    while (at != NULL) {
        ssize_t got = read(fd, at + len, room - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(at);
            return trouble_file(trouble, ALOFT_E_FILE_READ, path, errno);
        }
        len += (size_t)got;
        if (len > max) {
            free(at);
            trouble_file(trouble, ALOFT_E_FILE_LONG, path, 0);
            trouble->fault.want = max > UINT32_MAX ? UINT32_MAX : (uint32_t)max;
            return ALOFT_E_FILE_LONG;
        }
        if (got == 0) {
            at[len] = 0;
            *out = (aloft_space){at, len};
            return ALOFT_OK;
        }
        if (len == room) {
            room *= 2;
            more = realloc(at, room + 1);
            if (more == NULL)
                free(at);
            at = more;
        }
    }
    return trouble_file(trouble, ALOFT_E_FILE_READ, path, ENOMEM);
}

aloft_err file_read(const char *path, size_t max, aloft_space *out, struct trouble *trouble) {
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    aloft_err e;

    if (fd < 0)
        return trouble_file(trouble, ALOFT_E_FILE_READ, path, errno);
    if (!is_stdin && fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode))
        e = trouble_file(trouble, ALOFT_E_FILE_READ, path, EISDIR);
    else
        e = fill(fd, path, max, out, trouble);
    if (!is_stdin)
        close(fd);
    return e;
}

aloft_err file_may_read(const char *path, struct trouble *trouble) {
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return trouble_file(trouble, ALOFT_E_FILE_READ, path, errno);
    close(fd);
    return ALOFT_OK;
}

static int write_all(int fd, aloft_bytes bytes) {
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.at, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return -1;
        bytes.at += put;
        bytes.len -= (size_t)put;
    }
    return fsync(fd);
}

static void sync_folder_of(const char *path) {
    char folder[PATH_MAX];
    char *slash;
    int fd;

    snprintf(folder, sizeof folder, "%s", path);
    slash = strrchr(folder, '/');
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder] = 0;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

/* Put the bytes into a new file `beside`, and that in the place of `path`. Gives an errno, 0 for done. */
static int put_beside(char *beside, const char *path, aloft_bytes bytes, mode_t mode,
                      bool replace) {
    int problem = 0, fd = mkostemp(beside, O_CLOEXEC);

    if (fd < 0)
        return errno;
    if (fchmod(fd, mode) != 0 || write_all(fd, bytes) != 0)
        problem = errno;
    if (close(fd) != 0 && problem == 0)
        problem = errno;
    /* link() refuses an existing name, so `replace` false never loses a file to a race */
    if (problem == 0 && (replace ? rename(beside, path) : link(beside, path)) != 0)
        problem = errno;
    if (problem != 0 || !replace)
        (void)unlink(beside);
    return problem;
}

aloft_err file_write(const char *path, aloft_bytes bytes, mode_t mode, bool replace,
                     struct trouble *trouble) {
    char beside[PATH_MAX];
    struct hold hold;
    int problem;

    if ((size_t)snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= sizeof beside)
        return trouble_file(trouble, ALOFT_E_FILE_PATH, path, ENAMETOOLONG);
    hold_begin(&hold); /* what is beside may be half a private key */
    problem = put_beside(beside, path, bytes, mode, replace);
    hold_end(&hold);
    if (problem == 0)
        sync_folder_of(path);
    if (problem == EEXIST)
        return trouble_file(trouble, ALOFT_E_FILE_EXISTS, path, problem);
    return problem == 0 ? ALOFT_OK : trouble_file(trouble, ALOFT_E_FILE_WRITE, path, problem);
}

aloft_err file_folder(const char *path, mode_t mode, struct trouble *trouble) {
    char part[PATH_MAX];
    struct stat facts;

    if ((size_t)snprintf(part, sizeof part, "%s", path) >= sizeof part)
        return trouble_file(trouble, ALOFT_E_FILE_PATH, path, ENAMETOOLONG);
    for (char *slash = part + 1; *slash != 0; slash++) {
        if (*slash != '/')
            continue;
        *slash = 0;
        if (mkdir(part, mode) != 0 && errno != EEXIST)
            return trouble_file(trouble, ALOFT_E_FILE_WRITE, part, errno);
        *slash = '/';
    }
    if (mkdir(part, mode) != 0 && errno != EEXIST)
        return trouble_file(trouble, ALOFT_E_FILE_WRITE, part, errno);
    if (stat(part, &facts) != 0 || !S_ISDIR(facts.st_mode))
        return trouble_file(trouble, ALOFT_E_FILE_WRITE, part, ENOTDIR);
    return ALOFT_OK;
}

aloft_err file_join(const char *folder, const char *name, char *out, size_t out_size,
                    struct trouble *trouble) {
    if ((size_t)snprintf(out, out_size, "%s/%s", folder, name) >= out_size)
        return trouble_file(trouble, ALOFT_E_FILE_PATH, name, ENAMETOOLONG);
    return ALOFT_OK;
}

aloft_err file_lock(const char *path, unsigned wait_s, int *lock, struct trouble *trouble) {
    const struct timespec tenth = {0, 100000000};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return trouble_file(trouble, ALOFT_E_FILE_WRITE, path, errno);
    for (unsigned tries = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; tries++) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            int problem = errno;
            close(fd);
            return trouble_file(trouble, ALOFT_E_FILE_WRITE, path, problem);
        }
        if (tries >= wait_s * 10u) {
            close(fd);
            return trouble_file(trouble, ALOFT_E_FILE_LOCKED, path, EWOULDBLOCK);
        }
        nanosleep(&tenth, NULL);
    }
    *lock = fd;
    return ALOFT_OK;
}

void file_unlock(int lock) {
    close(lock);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Opens files below the site, each once however many fetch it.
 * Knows: files.   Never knows: HTTP, what the files are. */
#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

#define DEPTH_MAX 8u /* vendor, model, revision, channel, file, and room for folders of payloads */
#define WORD_MAX  128u /* a digest in hex with an ending has 70 */

static bool is_word(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '+';
}

/* Take the next word of the path; a leading dot is refused, so "." and ".." and hidden files are.
 * */
static bool next_word(aloft_bytes *path, char word[WORD_MAX + 1]) {
    size_t len = 0;

    if (path->len == 0 || path->at[0] != '/')
        return false;
    path->at++;
    path->len--;
    while (len < path->len && path->at[len] != '/') {
        if (len == WORD_MAX || !is_word(path->at[len]))
            return false;
        word[len] = (char)path->at[len];
        len++;
    }
    word[len] = 0;
    path->at += len;
    path->len -= len;
    return len > 0 && word[0] != '.';
}

static int open_below(int folder, aloft_bytes path) {
    int at = folder;

    for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
        char word[WORD_MAX + 1];
        bool is_good = next_word(&path, word);
        bool is_last = path.len == 0;
        /* O_NONBLOCK: opening a FIFO that somebody put there must not wait */
        int kind = is_last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
        int next = is_good ? openat(at, word, kind | O_NOFOLLOW | O_CLOEXEC) : -1;
        int problem = is_good ? errno : ENOENT;
        if (at != folder)
            close(at);
        errno = problem;
        if (next < 0 || is_last)
            return next;
        at = next;
    }
    close(at);
    errno = ENOENT;
    return -1;
}

/* What is not there is answered with "not there"; only what will be there again is said to be shut. */
static int shut_by(int number) {
    switch (number) {
    case EACCES:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EIO:
        return number;
    default:
        return 0;
    }
}

static bool is_same(const struct content *c, const struct stat *facts) {
    return c->device == facts->st_dev && c->inode == facts->st_ino &&
           c->size == (uint64_t)facts->st_size && c->changed_s == facts->st_mtim.tv_sec &&
           c->changed_ns == facts->st_mtim.tv_nsec;
}

static struct content *add(struct server *server, int fd, const struct stat *facts) {
    struct content *c = calloc(1, sizeof *c);

    if (c == NULL)
        return NULL;
    c->device = facts->st_dev;
    c->inode = facts->st_ino;
    c->size = (uint64_t)facts->st_size;
    c->changed_s = facts->st_mtim.tv_sec;
    c->changed_ns = facts->st_mtim.tv_nsec;
    c->fd = fd;
    c->next = server->contents;
    server->contents = c;
    return c;
}

struct content *content_open(struct server *server, aloft_bytes path, int *shut) {
    int fd = open_below(server->site, path);
    struct content *c = NULL;
    struct stat facts;

    *shut = fd < 0 ? shut_by(errno) : 0;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode)) {
        for (c = server->contents; c != NULL && !is_same(c, &facts);)
            c = c->next;
        if (c == NULL) {
            c = add(server, fd, &facts);
            fd = c != NULL ? -1 : fd;
        }
    }
    if (fd >= 0)
        close(fd);
    if (c != NULL)
        c->users++;
    return c;
}

void content_release(struct server *server, struct content *content) {
    struct content **at = &server->contents;

    if (content == NULL || --content->users > 0)
        return;
    while (*at != content)
        at = &(*at)->next;
    *at = content->next;
    close(content->fd);
    free(content);
}

ssize_t content_read(const struct content *content, uint64_t at, void *to, size_t len) {
    ssize_t got;

    do
        got = pread(content->fd, to, len, (off_t)at);
    while (got < 0 && errno == EINTR);
    return got;
}

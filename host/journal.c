/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The server's lines in a file: written, made room for, read along.
 * Knows: the form of a line, files.   Never knows: what lines mean. */
#include "journal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STAMP_LEN 24u /* 2026-11-26T20:35:07.123Z */
#define LINE_ROOM (STAMP_LEN + 16u + JOURNAL_PEER_MAX + JOURNAL_TEXT_MAX)

struct journal {
    int file;
    char path[PATH_MAX];
};

struct journal_tail {
    int file; /* -1: not there yet */
    char path[PATH_MAX];
    bool from_start;
    size_t len;
    bool is_too_long; /* the rest of this line is passed over */
    char room[LINE_ROOM];
};

uint64_t journal_now_ms(void) {
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* ---- writing */

/* Shared, so that two servers of one project do not lock each other out; of the open file, so that it goes
 * with it. A reader only asks and never holds a lock, so this one is always given. */
static int open_kept(const char *path) {
    int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

    if (file >= 0)
        (void)fcntl(file, F_OFD_SETLK, &lock);
    return file;
}

struct journal *journal_open(const char *path) {
    struct journal *journal = calloc(1, sizeof *journal);

    if (journal == NULL)
        return NULL;
    journal->file = open_kept(path);
    if (journal->file < 0) {
        free(journal);
        return NULL;
    }
    snprintf(journal->path, sizeof journal->path, "%s", path);
    return journal;
}

void journal_close(struct journal *journal) {
    if (journal == NULL)
        return;
    close(journal->file);
    free(journal);
}

/* Another server of this project may have done it already: then the file of that name is another one. */
static void make_room(struct journal *journal) {
    char older[PATH_MAX + 2];
    struct stat own, named;
    int file;

    if (fstat(journal->file, &own) != 0 || own.st_size < (off_t)JOURNAL_SIZE_MAX)
        return;
    snprintf(older, sizeof older, "%s.1", journal->path);
    if (stat(journal->path, &named) == 0 && named.st_ino == own.st_ino)
        (void)rename(journal->path, older);
    file = open_kept(journal->path);
    if (file >= 0) {
        close(journal->file);
        journal->file = file;
    }
}

void journal_write(struct journal *journal, const struct journal_line *line) {
    char text[LINE_ROOM + 1], stamp[STAMP_LEN];
    time_t second = (time_t)(line->at_ms / 1000u);
    struct tm parts;
    ssize_t ignored;
    int len;

    if (journal == NULL || gmtime_r(&second, &parts) == NULL)
        return;
    make_room(journal);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
    len = snprintf(text, sizeof text, "%s.%03uZ 0x%04x %s %s\n", stamp,
                   (unsigned)(line->at_ms % 1000u), line->code, line->peer, line->text);
    if (len <= 0 || (size_t)len >= sizeof text)
        return;
    for (char *p = text; p < text + len - 1; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    /* one call: a reader finds it whole or not at all, but for a full disk */
    ignored = write(journal->file, text, (size_t)len);
    (void)ignored;
}

bool journal_is_kept(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool is_kept;

    if (file < 0)
        return false;
    is_kept = fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(file);
    return is_kept;
}

/* ---- reading */

static bool read_stamp(const char *text, size_t len, uint64_t *out) {
    struct tm parts = {0};
    char stamp[STAMP_LEN + 1], *end;
    time_t second;

    if (len < STAMP_LEN)
        return false;
    memcpy(stamp, text, STAMP_LEN);
    stamp[STAMP_LEN] = 0;
    end = strptime(stamp, "%Y-%m-%dT%H:%M:%S", &parts);
    if (end == NULL || end != stamp + 19 || end[0] != '.' || end[4] != 'Z')
        return false;
    for (unsigned i = 1; i <= 3; i++)
        if (end[i] < '0' || end[i] > '9')
            return false;
    second = timegm(&parts);
    if (second < 0)
        return false;
    *out = (uint64_t)second * 1000u + (uint64_t)strtoul(end + 1, NULL, 10);
    return true;
}

/* Copy up to a blank; false: it does not fit or there is none. */
static bool read_word(const char **at, const char *end, char *out, size_t out_size) {
    const char *blank = memchr(*at, ' ', (size_t)(end - *at));
    size_t len = blank != NULL ? (size_t)(blank - *at) : 0;

    if (len == 0 || len >= out_size)
        return false;
    memcpy(out, *at, len);
    out[len] = 0;
    *at = blank + 1;
    return true;
}

static bool read_code(const char *word, uint16_t *out) {
    char *end;
    unsigned long code = strtoul(word, &end, 16);

    if (word[0] != '0' || word[1] != 'x' || strlen(word) != 6 || *end != 0)
        return false;
    *out = (uint16_t)code;
    return true;
}

bool journal_read_line(const char *text, size_t len, struct journal_line *out) {
    const char *at = text + STAMP_LEN + 1, *end = text + len;
    char code[8];
    size_t n = 0;

    memset(out, 0, sizeof *out);
    if (len <= STAMP_LEN + 1 || text[STAMP_LEN] != ' ' || !read_stamp(text, len, &out->at_ms) ||
        !read_word(&at, end, code, sizeof code) || !read_code(code, &out->code) ||
        !read_word(&at, end, out->peer, sizeof out->peer))
        return false;
    for (; at < end && n + 1 < sizeof out->text; at++)
        out->text[n++] = *at;
    for (char *p = out->peer; *p != 0; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)out->text[i] < ' ' || out->text[i] == 0x7f)
            out->text[i] = '?';
    return true;
}

static void open_tail(struct journal_tail *tail) {
    tail->file = open(tail->path, O_RDONLY | O_CLOEXEC);
    if (tail->file >= 0 && !tail->from_start)
        (void)lseek(tail->file, 0, SEEK_END);
    tail->from_start = true; /* a file that comes later is read whole */
    tail->len = 0;
    tail->is_too_long = false;
}

struct journal_tail *journal_tail(const char *path, bool from_start) {
    struct journal_tail *tail = calloc(1, sizeof *tail);

    if (tail == NULL)
        return NULL;
    snprintf(tail->path, sizeof tail->path, "%s", path);
    tail->from_start = from_start;
    open_tail(tail);
    return tail;
}

void journal_tail_free(struct journal_tail *tail) {
    if (tail == NULL)
        return;
    if (tail->file >= 0)
        close(tail->file);
    free(tail);
}

/* At the end of a file: has another one taken its name? */
static bool has_moved_on(struct journal_tail *tail) {
    struct stat own, named;

    if (stat(tail->path, &named) != 0 ||
        (tail->file >= 0 && fstat(tail->file, &own) == 0 && own.st_ino == named.st_ino))
        return false;
    if (tail->file >= 0)
        close(tail->file);
    open_tail(tail);
    return tail->file >= 0;
}

/* Take the first whole line out of the room; false: there is none. */
static bool take_line(struct journal_tail *tail, struct journal_line *out, bool *is_good) {
    char *feed = memchr(tail->room, '\n', tail->len);
    size_t len;

    if (feed == NULL) {
        if (tail->len == sizeof tail->room) { /* nobody of ours writes such a line */
            tail->len = 0;
            tail->is_too_long = true;
        }
        return false;
    }
    len = (size_t)(feed - tail->room);
    *is_good = !tail->is_too_long && journal_read_line(tail->room, len, out);
    tail->is_too_long = false;
    tail->len -= len + 1;
    memmove(tail->room, feed + 1, tail->len);
    return true;
}

bool journal_next(struct journal_tail *tail, struct journal_line *out) {
    for (;;) { /* each turn takes bytes from the file or leaves */
        bool is_good = false;
        ssize_t got;

        if (take_line(tail, out, &is_good)) {
            if (is_good)
                return true;
            continue;
        }
        got = tail->file < 0
                  ? 0
                  : read(tail->file, tail->room + tail->len, sizeof tail->room - tail->len);
        if (got > 0)
            tail->len += (size_t)got;
        else if (!has_moved_on(tail))
            return false;
    }
}

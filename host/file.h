/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Whole files in memory, and files that readers never see half written. */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include <aloft/bytes.h>

#include "trouble.h"

/** Largest firmware image that is read at all: 64 MiB, four times the largest flash of an ESP32. */
#define FILE_IMAGE_MAX (64u << 20)

/** Read a regular file (or standard input for "-") of at most `max` bytes. *out is malloc'ed with one
 *  zero byte behind it; free out->at. Fails FILE_READ, FILE_LONG, and as denied_tell. */
ALOFT_MUST_USE aloft_err file_read(const char *path, size_t max, aloft_space *out,
                                   struct trouble *trouble);

/** Whether this process may read a file or list a folder that somebody else is going to open.
 *  Fails FILE_READ, and as denied_tell. */
ALOFT_MUST_USE aloft_err file_may_read(const char *path, struct trouble *trouble);

/** Write a new file with this mode, whole or not at all: a temporary file beside it, fsync, rename,
 *  fsync of the folder. With `replace` false an existing file is FILE_EXISTS and stays as it is. */
ALOFT_MUST_USE aloft_err file_write(const char *path, aloft_bytes bytes, mode_t mode, bool replace,
                                    struct trouble *trouble);

/** Make a folder and its parents; existing ones are fine. */
ALOFT_MUST_USE aloft_err file_folder(const char *path, mode_t mode, struct trouble *trouble);

/** Join into `out` (size `out_size`); a result that does not fit is FILE_PATH. */
ALOFT_MUST_USE aloft_err file_join(const char *folder, const char *name, char *out, size_t out_size,
                                   struct trouble *trouble);

/** Hold an exclusive lock on a file (made if missing), waiting at most wait_s. *lock goes to
 *  file_unlock. Fails FILE_LOCKED when another process holds it that long. */
ALOFT_MUST_USE aloft_err file_lock(const char *path, unsigned wait_s, int *lock,
                                   struct trouble *trouble);
void file_unlock(int lock);

#endif

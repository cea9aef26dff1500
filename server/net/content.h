/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Open files that are being sent: one descriptor for all who fetch the same one.
 * */
#ifndef SERVER_NET_CONTENT_H
#define SERVER_NET_CONTENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "exchange.h"

struct content {
    struct content *next;
    dev_t device;
    ino_t inode;
    int64_t changed_s, changed_ns;
    uint64_t size;
    int fd;
    unsigned users;
};

/** Open a regular file below the site, following no link and never leaving it. NULL: there is none, and *shut
 *  is 0; or it cannot be opened now (rights, descriptors, memory, disk), and *shut is the errno of that.
 *  A path is words of A-Za-z0-9._+- that do not begin with a dot, at most 8, at most 128 bytes
 *  each. */
struct content *content_open(struct server *server, aloft_bytes path, int *shut);

/** Give back what content_open gave; NULL is allowed. */
void content_release(struct server *server, struct content *content);

/** Read at an offset; gives the bytes read, 0 at the end, -1 on trouble. */
ssize_t content_read(const struct content *content, uint64_t at, void *to, size_t len);

#endif

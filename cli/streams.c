/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Looks after the three standard streams.
 * Knows: descriptors.   Never knows: what is printed. */
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

void streams_begin(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", O_RDWR); /* takes the lowest number that is free: this one */
}

static bool nobody_reads(void) {
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

aloft_err streams_end(struct trouble *trouble) {
    bool was_wrong = ferror(stdout) != 0;
    int problem = fflush(stdout) != 0 ? errno : 0;

    if ((problem == 0 && !was_wrong) || problem == EPIPE || nobody_reads())
        return ALOFT_OK;
    return trouble_file(trouble, ALOFT_E_FILE_WRITE, "standard output",
                        problem != 0 ? problem : EIO);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* An address at which nobody answers: silent_port ADDRESS. Listens with the shortest queue, fills
 * it, and never accepts, so that the kernel drops every further SYN as a firewall does. Prints the
 * port, then waits for its end. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILL_MAX 16

int main(int argc, char **argv) {
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (argc != 2 || inet_pton(AF_INET, argv[1], &at.sin_addr) != 1 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 0) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        return 2;
    for (int i = 0; i < FILL_MAX; i++) {
        int one = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        struct pollfd wait = {one, POLLOUT, 0};
        (void)!connect(one, (struct sockaddr *)&at, sizeof at);
        if (poll(&wait, 1, 300) == 0)
            break; /* the queue is full: this one got no answer */
    }
    printf("%u\n", ntohs(at.sin_port));
    fflush(stdout);
    pause();
    return 0;
}

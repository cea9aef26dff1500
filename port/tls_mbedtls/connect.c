/* SPDX-License-Identifier: Apache-2.0 */
/* Room: tls_mbedtls. Tries the addresses of a name in turn until one is connected.
 * Knows: sockets.   Never knows: TLS, and what comes after. */
#include "inside.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

uint32_t al_tls_now_ms(void) {
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

/* An address that answers "no" says more than one that is silent, and that more than one without a
 * path: a host with an IPv6 address in a network without IPv6 is not "unreachable". */
static int weight(unsigned code) {
    return code == ALOFT_E_NET_REFUSED ? 3 : code == ALOFT_E_NET_TIMEOUT ? 2 : code != 0 ? 1 : 0;
}

/* Give this address up; keep the fault that says most. */
static void leave(struct tls *tls, const aloft_fault *fault) {
    if (weight(fault->code) > weight(tls->refusal.code))
        tls->refusal = *fault;
    if (tls->fd >= 0)
        close(tls->fd);
    tls->fd = -1;
}

static void leave_by_errno(struct tls *tls, int number) {
    aloft_fault fault = {0};

    (void)al_tls_errno_fault(&fault, number);
    if (fault.code == ALOFT_E_NET_TIMEOUT) /* the kernel's own patience */
        fault.want = (al_tls_now_ms() - tls->try_since_ms) / 1000;
    leave(tls, &fault);
}

static void set_port(struct aloft_tls_address *address, uint16_t port) {
    if (address->at.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&address->at)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)&address->at)->sin_port = htons(port);
}

static void begin(struct tls *tls, uint16_t port) {
    struct aloft_tls_address *address = &tls->address[tls->next];
    unsigned left = tls->n_addresses - tls->next;
    int one = 1;

    tls->next++;
    tls->try_since_ms = al_tls_now_ms();
    /* what is left of the time, shared by the addresses that are left */
    tls->try_ms = (tls->open_ms - (tls->try_since_ms - tls->since_ms)) / left;
    set_port(address, port);
    tls->fd = socket(address->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (tls->fd < 0) {
        leave_by_errno(tls, errno);
        return;
    }
    (void)setsockopt(tls->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(tls->fd, (struct sockaddr *)&address->at, address->len) != 0 &&
        errno != EINPROGRESS)
        leave_by_errno(tls, errno);
}

/* Whether the socket has an answer: ALOFT_OK connected, ALOFT_WAIT; any other: it was left. */
static aloft_err see(struct tls *tls) {
    struct pollfd poller = {.fd = tls->fd, .events = POLLOUT};
    socklen_t len = sizeof(int);
    aloft_fault fault = {0};
    int number = 0;

    if (poll(&poller, 1, 0) <= 0) {
        if (al_tls_now_ms() - tls->try_since_ms < tls->try_ms)
            return ALOFT_WAIT;
        (void)al_tls_timeout(&fault, tls->open_ms);
        leave(tls, &fault);
        return ALOFT_E_NET_TIMEOUT;
    }
    if (getsockopt(tls->fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
        number = errno;
    if (number == 0)
        return ALOFT_OK;
    leave_by_errno(tls, number);
    return (aloft_err)tls->refusal.code;
}

aloft_err al_tls_connect_step(struct tls *tls, uint16_t port, aloft_fault *why) {
    /* at most ALOFT_TLS_ADDRESSES rounds: each takes an address or ends */
    while (tls->fd >= 0 || tls->next < tls->n_addresses) {
        aloft_err code;

        if (tls->fd < 0)
            begin(tls, port);
        if (tls->fd < 0)
            continue;
        code = see(tls);
        if (code == ALOFT_OK || code == ALOFT_WAIT)
            return code;
    }
    (void)al_tls_fault(why, (aloft_err)tls->refusal.code, (enum aloft_origin)tls->refusal.origin,
                       tls->refusal.raw);
    why->want = tls->refusal.want;
    return (aloft_err)why->code;
}

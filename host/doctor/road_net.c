/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. From a name to a TCP connection: resolve, look at the route, connect.
 * Knows: sockets, errno.   Never knows: TLS. */
#include "host/doctor/road_place.h"
#include "host/doctor/road_room.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "host/pki.h"

uint64_t road_time_ms(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

const char *road_peer_text(const struct road_peer *peer, char out[64]) {
    if (getnameinfo((const struct sockaddr *)&peer->at, peer->len, out, 64, NULL, 0,
                    NI_NUMERICHOST) != 0)
        snprintf(out, 64, "?");
    return out;
}

/* The bytes of an address: 4 or 16; NULL for another family. */
static const uint8_t *bytes_of(const struct sockaddr *address, size_t *len) {
    *len = address->sa_family == AF_INET ? 4 : 16;
    if (address->sa_family == AF_INET)
        return (const uint8_t *)address + offsetof(struct sockaddr_in, sin_addr);
    if (address->sa_family == AF_INET6)
        return (const uint8_t *)address + offsetof(struct sockaddr_in6, sin6_addr);
    return NULL;
}

static bool is_same_network(const struct sockaddr *a, const struct sockaddr *b,
                            const struct sockaddr *mask) {
    size_t len, other, third;
    const uint8_t *left = bytes_of(a, &len), *right = bytes_of(b, &other);
    const uint8_t *bits = mask == NULL ? NULL : bytes_of(mask, &third);

    if (left == NULL || right == NULL || a->sa_family != b->sa_family)
        return false;
    for (size_t i = 0; i < len; i++)
        if (((left[i] ^ right[i]) & (bits == NULL ? 0xff : bits[i])) != 0)
            return false;
    return true;
}

/* The interface whose network this address belongs to (exact: whose own address it is), or "". */
static void find_interface(const struct road_peer *peer, bool is_exact, char name[IF_NAMESIZE]) {
    struct ifaddrs *all, *one;

    name[0] = 0;
    if (getifaddrs(&all) != 0)
        return;
    for (one = all; one != NULL && name[0] == 0; one = one->ifa_next)
        if (one->ifa_addr != NULL && (one->ifa_flags & IFF_UP) != 0 &&
            is_same_network(one->ifa_addr, (const struct sockaddr *)&peer->at,
                            is_exact ? NULL : one->ifa_netmask))
            snprintf(name, IF_NAMESIZE, "%s", one->ifa_name);
    freeifaddrs(all);
}

bool road_peer_is_own(const struct road_peer *peer) {
    char name[IF_NAMESIZE];

    find_interface(peer, true, name);
    return name[0] != 0;
}

/* As the device's port has it: one interface that is up and not loopback is a network. */
static bool has_network(void) {
    struct ifaddrs *all, *one;
    bool found = false;

    if (getifaddrs(&all) != 0)
        return true;
    for (one = all; one != NULL && !found; one = one->ifa_next)
        found = one->ifa_addr != NULL && (one->ifa_flags & (IFF_LOOPBACK | IFF_UP)) == IFF_UP &&
                (one->ifa_addr->sa_family == AF_INET || one->ifa_addr->sa_family == AF_INET6);
    freeifaddrs(all);
    return found;
}

/* ---- name */

static bool is_local(const char *host) {
    size_t len = strlen(host);

    return len > 6 && strcasecmp(host + len - 6, ".local") == 0;
}

static int resolve(struct road *road) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    int code = getaddrinfo(road->host, NULL, &hints, &list);

    if (code != 0)
        return code;
    for (struct addrinfo *one = list; one != NULL && road->n_peers < ROAD_PEERS_MAX;
         one = one->ai_next) {
        struct road_peer *peer = &road->peer[road->n_peers];
        if (one->ai_addrlen <= sizeof peer->at) {
            memcpy(&peer->at, one->ai_addr, one->ai_addrlen);
            peer->len = one->ai_addrlen;
            road->n_peers++;
        }
    }
    freeaddrinfo(list);
    return 0;
}

static void set_ports(struct road *road) {
    for (unsigned i = 0; i < road->n_peers; i++)
        if (road->peer[i].at.ss_family == AF_INET)
            ((struct sockaddr_in *)&road->peer[i].at)->sin_port = htons(road->url.port);
        else
            ((struct sockaddr_in6 *)&road->peer[i].at)->sin6_port = htons(road->url.port);
}

static void list_peers(const struct road *road, char *out, size_t size) {
    char text[64];
    size_t n = 0;

    out[0] = 0;
    for (unsigned i = 0; i < road->n_peers && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s", i == 0 ? "" : ", ",
                              road_peer_text(&road->peer[i], text));
}

bool road_see_name(struct road *road) {
    aloft_fault why = {.code = ALOFT_E_NET_NAME, .origin = ALOFT_ORIGIN_DNS};
    char list[300];
    bool by_mdns = false;
    int code = resolve(road);

    if (code != 0 && is_local(road->host) && road->wish.find_local != NULL) {
        road->n_peers = road->wish.find_local(road->host, road->peer, ROAD_PEERS_MAX);
        by_mdns = road->n_peers > 0;
    }
    why.raw = code;
    if (road->n_peers == 0 && (code == EAI_AGAIN || code == EAI_SYSTEM) && !has_network()) {
        why.code = ALOFT_E_NET_DOWN;
        return road_broken(road, ROAD_NAME, &why, "this machine has no network to ask in");
    }
    if (road->n_peers == 0)
        return road_broken(road, ROAD_NAME, &why, "%s has no address here: %s%s", road->host,
                           gai_strerror(code),
                           is_local(road->host) ? "; nobody on this network answered for it" : "");
    set_ports(road);
    list_peers(road, list, sizeof list);
    if (pki_is_address(road->host))
        return road_good(road, ROAD_NAME, "%s is an address, nothing to resolve", road->host);
    return road_good(road, ROAD_NAME, "%s is %s%s", road->host, list,
                     by_mdns ? " (answered on the local network, mDNS)" : "");
}

/* ---- route */

/* By which of our addresses the kernel would go; no packet is sent. Gives 0 or errno. */
static int route_of(const struct road_peer *peer, struct road_peer *own) {
    int fd = socket(peer->at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int number = 0;

    if (fd < 0)
        return errno;
    own->len = sizeof own->at;
    if (connect(fd, (const struct sockaddr *)&peer->at, peer->len) != 0 ||
        getsockname(fd, (struct sockaddr *)&own->at, &own->len) != 0)
        number = errno;
    close(fd);
    return number;
}

/* Every address of this machine but loopback, for a sentence. */
static void own_addresses(char *out, size_t size) {
    struct ifaddrs *all, *one;
    char text[64];
    size_t n = 0;

    snprintf(out, size, "none");
    if (getifaddrs(&all) != 0)
        return;
    for (one = all; one != NULL && n + 70 < size; one = one->ifa_next) {
        struct road_peer peer = {.len = sizeof(struct sockaddr_in)};
        if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET ||
            (one->ifa_flags & (IFF_UP | IFF_LOOPBACK)) != IFF_UP)
            continue;
        memcpy(&peer.at, one->ifa_addr, peer.len);
        n += (size_t)snprintf(out + n, size - n, "%s%s", n == 0 ? "" : ", ",
                              road_peer_text(&peer, text));
    }
    freeifaddrs(all);
}

/* Where the server's key is here, this is most likely its machine: has it still its address? */
static void remark_moved(struct road *road) {
    char path[PATH_MAX], list[200];
    struct trouble unused;

    if (!road->has_project || strcmp(road->base, road->project.base) != 0 ||
        project_path(&road->project, "pki/server.key", path, &unused) != ALOFT_OK ||
        access(path, R_OK) != 0)
        return;
    for (unsigned i = 0; i < road->n_peers; i++)
        if (road_peer_is_own(&road->peer[i]))
            return;
    own_addresses(list, sizeof list);
    road_remark(road, ROAD_ROUTE,
                "if the server is this machine: it does not have that address now (it has: %s)",
                list);
}

/* A name with IPv6 addresses only is no use to a machine, or a device, without IPv6. */
static void remark_family(struct road *road) {
    for (unsigned i = 0; i < road->n_peers; i++)
        if (road->peer[i].at.ss_family != AF_INET6)
            return;
    road_remark(road, ROAD_ROUTE,
                "%s has only IPv6 addresses, and there is no way for IPv6 from here: give it an "
                "IPv4 address too",
                road->host);
}

static bool is_loopback(const struct road_peer *peer) {
    const struct sockaddr_in *four = (const struct sockaddr_in *)&peer->at;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&peer->at;

    return peer->at.ss_family == AF_INET ? ntohl(four->sin_addr.s_addr) >> 24 == 127
                                         : IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

/* This machine always reaches itself; a device comes from outside. No device calls a loopback address. */
static void remark_machine(struct road *road, const struct road_peer *peer) {
    char text[64], seen[280];

    if (!is_loopback(peer) && road_place_machine("", road_peer_text(peer, text), seen, sizeof seen))
        road_remark(road, ROAD_ROUTE, "%s", seen);
}

static aloft_err route_code(int number) {
    if (number == EPERM || number == EACCES)
        return ALOFT_E_DOCTOR_FILTERED;
    return has_network() ? ALOFT_E_NET_UNREACHABLE : ALOFT_E_NET_DOWN;
}

bool road_see_route(struct road *road) {
    struct road_peer own = {0};
    char to[64], from[64], list[200], name[IF_NAMESIZE];
    int number = EHOSTUNREACH;
    aloft_fault why = {.origin = ALOFT_ORIGIN_LINUX};
    unsigned i;

    remark_moved(road);
    for (i = 0; i < road->n_peers; i++)
        if ((number = route_of(&road->peer[i], &own)) == 0)
            break;
    if (number != 0) {
        why.code = (uint16_t)route_code(number);
        why.raw = number;
        own_addresses(list, sizeof list);
        if (why.code == ALOFT_E_NET_UNREACHABLE)
            remark_family(road);
        return road_broken(road, ROAD_ROUTE, &why,
                           "no way from this machine to %s: %s; this machine has: %s",
                           road_peer_text(&road->peer[0], to), strerror(number), list);
    }
    road_peer_text(&road->peer[i], to);
    find_interface(&road->peer[i], true, name);
    if (name[0] != 0) {
        remark_machine(road, &road->peer[i]);
        return road_good(road, ROAD_ROUTE, "%s is this machine", to);
    }
    find_interface(&road->peer[i], false, name);
    road_peer_text(&own, from);
    /* cppcheck-suppress identicalConditionAfterEarlyExit ; the name has been written anew */
    if (name[0] != 0)
        return road_good(road, ROAD_ROUTE, "%s is on this network (%s, from %s)", to, name, from);
    return road_good(road, ROAD_ROUTE, "%s is on another network, by the gateway (from %s)", to,
                     from);
}

/* ---- TCP */

static int finish(int fd) {
    struct pollfd poller = {.fd = fd, .events = POLLOUT};
    int number = 0;
    socklen_t len = sizeof number;
    int n = poll(&poller, 1, ROAD_CONNECT_MS);

    if (n == 0)
        return ETIMEDOUT;
    if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
        return errno;
    return number;
}

int road_connect(const struct road_peer *peer) {
    int fd = socket(peer->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int number = 0;

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&peer->at, peer->len) != 0)
        number = errno == EINPROGRESS ? finish(fd) : errno;
    if (number == 0)
        return fd;
    close(fd);
    errno = number;
    return -1;
}

/* A proxy of this shell lets curl through where a device does not come through. */
static void remark_proxy(struct road *road) {
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    const char *proxy = NULL, *at;

    for (size_t i = 0; i < sizeof names / sizeof *names && (proxy == NULL || *proxy == 0); i++)
        proxy = getenv(names[i]);
    if (proxy == NULL || *proxy == 0)
        return;
    at = strrchr(proxy, '@'); /* before it stand a name and a password */
    road_remark(road, ROAD_TCP, "here curl goes by the proxy %s; devices use no proxy",
                at == NULL ? proxy : at + 1);
}

/* Of the firewall here something is known where the server is this machine. */
static void remark_firewall(struct road *road) {
    char seen[280];

    if (road->row[ROAD_TCP].remark[0] == 0 && road->n_peers > 0 &&
        road_peer_is_own(&road->peer[0]) &&
        road_place_firewall("", road->url.port, seen, sizeof seen))
        road_remark(road, ROAD_TCP, "%s", seen);
}

/* The project's own server may be what nobody can call. */
static void remark_inside(struct road *road) {
    if (road->has_project && road->wish.base == NULL && project_is_inside(&road->project))
        road_remark(road, ROAD_TCP,
                    "aloft.conf has `listen = %s`, which only this machine can call: write "
                    "`listen = [::]:%u`, and start the server again",
                    road->project.listen, road->url.port);
}

/* Refused, unreachable, timed out, forbidden by rules: four causes, four sentences. */
static bool say_tcp(struct road *road, int number) {
    aloft_fault why = {.origin = ALOFT_ORIGIN_LINUX, .raw = number};
    unsigned port = road->url.port;

    switch (number) {
    case ECONNREFUSED:
        why.code = ALOFT_E_NET_REFUSED;
        remark_inside(road);
        return road_broken(road, ROAD_TCP, &why,
                           "the machine answered and refused port %u: nothing listens there, or a "
                           "firewall rejects",
                           port);
    case ETIMEDOUT:
        why.code = ALOFT_E_NET_TIMEOUT;
        why.want = ROAD_CONNECT_MS / 1000u;
        return road_broken(road, ROAD_TCP, &why,
                           "no answer at all on port %u in %u s: a firewall drops silently, or the "
                           "address is another machine's",
                           port, ROAD_CONNECT_MS / 1000u);
    case EPERM:
    case EACCES:
        why.code = ALOFT_E_DOCTOR_FILTERED;
        return road_broken(road, ROAD_TCP, &why, "this machine's own rules forbid port %u: %s",
                           port, strerror(number));
    case EHOSTUNREACH:
    case ENETUNREACH:
        why.code = ALOFT_E_NET_UNREACHABLE;
        return road_broken(road, ROAD_TCP, &why,
                           "nobody at that address, or a router or firewall says so: %s",
                           strerror(number));
    default:
        why.code = number == ECONNRESET ? ALOFT_E_NET_DROPPED : ALOFT_E_NET_LOCAL;
        return road_broken(road, ROAD_TCP, &why, "connecting to port %u: %s", port,
                           strerror(number));
    }
}

bool road_see_tcp(struct road *road) {
    uint64_t began_ms = road_time_ms();
    char text[64];
    int number = EHOSTUNREACH;

    for (unsigned i = 0; i < road->n_peers; i++) {
        int fd = road_connect(&road->peer[i]);
        number = fd < 0 ? errno : 0;
        if (fd < 0)
            continue;
        close(fd);
        road->chosen = road->peer[i];
        return road_good(road, ROAD_TCP, "%s answers on port %u (%u ms)",
                         road_peer_text(&road->chosen, text), road->url.port,
                         (unsigned)(road_time_ms() - began_ms));
    }
    remark_proxy(road);
    remark_firewall(road);
    return say_tcp(road, number);
}

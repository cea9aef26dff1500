/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. Says where the server is, shows it to a phone's camera.
 * Knows: terminals, this machine's addresses.   Never knows: requests. */
#include "greet.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/qr.h"
#include "server/net/server.h"

/* The first IPv4 address that a phone on this network could call. */
static bool own_address(char out[INET_ADDRSTRLEN]) {
    struct ifaddrs *all = NULL;
    bool has_one = false;

    if (getifaddrs(&all) != 0)
        return false;
    for (struct ifaddrs *one = all; one != NULL && !has_one; one = one->ifa_next)
        if (one->ifa_addr != NULL && one->ifa_addr->sa_family == AF_INET &&
            (one->ifa_flags & IFF_UP) != 0 && (one->ifa_flags & IFF_LOOPBACK) == 0)
            has_one = inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)one->ifa_addr)->sin_addr,
                                out, INET_ADDRSTRLEN) != NULL;
    freeifaddrs(all);
    return has_one;
}

/* Gives the family. */
static int listener_address(const struct listener *listener, char *out, size_t out_size) {
    struct sockaddr_storage own = {0};
    socklen_t own_len = sizeof own;

    getsockname(listener->fd, (struct sockaddr *)&own, &own_len);
    address_text(&own, out, out_size);
    return own.ss_family;
}

/* Plain HTTP, because a phone has no reason to trust this project's CA; the answer is a page that
 * says that the path is open. */
static void show_code(const struct server *server) {
    char address[INET_ADDRSTRLEN], text[64];

    listener_address(&server->listener[0], text, sizeof text);
    if (!isatty(STDOUT_FILENO) || strpbrk(text, "123456789") != NULL || !own_address(address))
        return; /* digits but 0: it listens on one address only, which need not be a phone's */
    snprintf(text, sizeof text, "http://%s:%u/", address, server->listener[0].port);
    qr_print(text);
    printf(
        "  %s  scan it with a phone on the device's Wi-Fi: a page means that the path is open\n\n",
        text);
}

/* Devices that call a name or an address of the network reach no loopback address. */
static bool is_inside(const struct server *server) {
    char text[64];

    for (unsigned i = 0; i < server->n_listeners; i++) {
        listener_address(&server->listener[i], text, sizeof text);
        if (!project_is_own_host(text))
            return false;
    }
    return !project_is_own_host(server->project->base + strlen("https://"));
}

static unsigned port_of(const char *base) {
    const char *host = strstr(base, "://");
    const char *end = host != NULL ? host + 3 : base, *colon;

    if (*end == '[' && strchr(end, ']') != NULL)
        end = strchr(end, ']');
    colon = strpbrk(end, ":/");
    return colon != NULL && *colon == ':' ? (unsigned)strtoul(colon + 1, NULL, 10) : 443;
}

void greet(const struct server *server) {
    const char *base = server->project->base;
    bool has_port = false;

    show_code(server);
    for (unsigned i = 0; i < server->n_listeners; i++) {
        const struct listener *listener = &server->listener[i];
        char text[64];
        int family = listener_address(listener, text, sizeof text);
        printf(family == AF_INET6 ? "listening on [%s]:%u\n" : "listening on %s:%u\n", text,
               listener->port);
        has_port = has_port || listener->port == port_of(base);
    }
    if (!has_port)
        printf("devices call %s, and nothing here listens on port %u: something must forward it\n",
               base, port_of(base));
    if (is_inside(server))
        printf(
            "only this machine can call what listens here: for devices write `listen = [::]:%u` in "
            "aloft.conf\n",
            server->listener[0].port);
    printf("ready %s\n", base);
    fflush(stdout);
}

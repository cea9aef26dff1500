/* SPDX-License-Identifier: Apache-2.0 */
/* What esp32/component takes from this header, for a compiler that has none: values as lwIP and mbedTLS have them. */
#pragma once

#include <sys/socket.h>

#define EAI_MEMORY 203

struct addrinfo {
    int ai_flags, ai_family, ai_socktype, ai_protocol;
    socklen_t ai_addrlen;
    struct sockaddr *ai_addr;
    char *ai_canonname;
    struct addrinfo *ai_next;
};

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **result);
void freeaddrinfo(struct addrinfo *list);

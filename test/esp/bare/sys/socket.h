/* SPDX-License-Identifier: Apache-2.0 */
/* What esp32/component takes from this header, for a compiler that has none: values as lwIP and mbedTLS have them. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#define AF_UNSPEC   0
#define SOCK_STREAM 1
#define SOL_SOCKET  0xfff
#define SO_ERROR    0x1007

typedef uint32_t socklen_t;
struct sockaddr {
    uint8_t sa_len, sa_family;
    char sa_data[14];
};

int socket(int domain, int type, int protocol);
int connect(int s, const struct sockaddr *name, socklen_t len);
int getsockopt(int s, int level, int option, void *value, socklen_t *len);

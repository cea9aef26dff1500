/* SPDX-License-Identifier: Apache-2.0 */
/* The ota_demo device on a network: ota_demo_device BASE_URL ROOT_PEM PUBLIC_PEM RUNNING_VERSION
 * It asks once, and updates if it is offered something. TLS 1.2 by mbedTLS, one CA, the host's
 * name compared, dates not. It prints what the device prints. Exit 0: updated, 1: nothing new, 2:
 * it failed. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>

#include "host/doctor/scan.h"
#include "test/kit/ota_demo_device.h"

#define CONNECT_MS 3000 /* lwIP gives up after about 18 s; a test need not wait that long */
#define ANSWER_MAX (8u << 20)

struct session {
    mbedtls_net_context net;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_x509_crt root;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
};

#define FILE_ROOM 65536

static const char *read_file(const char *path, char room[FILE_ROOM]) {
    FILE *file = fopen(path, "rb");
    size_t n = file == NULL ? 0 : fread(room, 1, FILE_ROOM - 1, file);

    if (n == 0) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    room[n] = 0;
    fclose(file);
    return room;
}

/* errno as newlib on the device has it: nobody answered 113, refused 104, no route 118 */
static int as_newlib(int problem) {
    return problem == ECONNREFUSED || problem == ECONNRESET    ? 104
           : problem == EHOSTUNREACH || problem == ENETUNREACH ? 118
                                                               : 113;
}

static int connect_to(const struct address *where) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char port[8];
    int fd, problem = 0;
    socklen_t len = sizeof problem;

    snprintf(port, sizeof port, "%u", where->port);
    if (getaddrinfo(where->host, port, &hints, &found) != 0) {
        printf("E (1000) esp-tls: couldn't get hostname for :%s:\n", where->host);
        return -1;
    }
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        problem = errno;
    freeaddrinfo(found);
    if (problem == EINPROGRESS) {
        struct pollfd wait = {fd, POLLOUT, 0};
        if (poll(&wait, 1, CONNECT_MS) == 1)
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &len);
        else
            problem = ETIMEDOUT;
    }
    if (problem == 0) {
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
        return fd;
    }
    close(fd);
    printf("E (50859) esp-tls: Failed to connnect to host (errno %d)\n", as_newlib(problem));
    return -1;
}

static bool open_tls(struct session *s, const struct address *where, const char *root_pem) {
    int e;

    mbedtls_ssl_init(&s->ssl);
    mbedtls_ssl_config_init(&s->config);
    mbedtls_x509_crt_init(&s->root);
    mbedtls_entropy_init(&s->entropy);
    mbedtls_ctr_drbg_init(&s->random);
    mbedtls_ctr_drbg_seed(&s->random, mbedtls_entropy_func, &s->entropy, NULL, 0);
    e = mbedtls_x509_crt_parse(&s->root, (const unsigned char *)root_pem, strlen(root_pem) + 1);
    if (e != 0) {
        printf("E (2000) esp-tls-mbedtls: mbedtls_x509_crt_parse returned -0x%04x\n", (unsigned)-e);
        return false;
    }
    mbedtls_ssl_config_defaults(&s->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_authmode(&s->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&s->config, &s->root, NULL);
    mbedtls_ssl_conf_rng(&s->config, mbedtls_ctr_drbg_random, &s->random);
    mbedtls_ssl_conf_read_timeout(&s->config, 5000);
    mbedtls_ssl_setup(&s->ssl, &s->config);
    mbedtls_ssl_set_hostname(&s->ssl, where->host);
    mbedtls_ssl_set_bio(&s->ssl, &s->net, mbedtls_net_send, mbedtls_net_recv,
                        mbedtls_net_recv_timeout);
    e = mbedtls_ssl_handshake(&s->ssl);
    if (e != 0)
        printf("E (2000) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x%04x\n", (unsigned)-e);
    return e == 0;
}

static void close_all(struct session *s) {
    mbedtls_ssl_close_notify(&s->ssl);
    mbedtls_ssl_free(&s->ssl);
    mbedtls_ssl_config_free(&s->config);
    mbedtls_x509_crt_free(&s->root);
    mbedtls_ctr_drbg_free(&s->random);
    mbedtls_entropy_free(&s->entropy);
    mbedtls_net_free(&s->net);
}

/* Content-Length of a head, -1 without; *body is where the body begins. */
static long length_of(const char *answer, size_t len, size_t *body) {
    const char *end = memmem(answer, len, "\r\n\r\n", 4);
    const char *field = strcasestr(answer, "\r\ncontent-length:");

    *body = end == NULL ? len : (size_t)(end - answer) + 4;
    return field == NULL || field > end ? -1 : strtol(field + 17, NULL, 10);
}

static long exchange(struct session *s, const char *host, const char *name, char *answer,
                     aloft_bytes *body) {
    char request[512];
    size_t len = 0, at = 0;
    long length = -1;
    int n;

    n = snprintf(request, sizeof request,
                 "GET /%s HTTP/1.1\r\nUser-Agent: ESP32 HTTP Client/1.0\r\nHost: %s\r\n\r\n", name,
                 host);
    mbedtls_ssl_write(&s->ssl, (unsigned char *)request, (size_t)n);
    while (len < ANSWER_MAX &&
           (n = mbedtls_ssl_read(&s->ssl, (unsigned char *)answer + len, ANSWER_MAX - len)) > 0) {
        len += (size_t)n;
        answer[len] = 0;
        length = length_of(answer, len, &at);
        if (length >= 0 && len - at >= (size_t)length)
            break;
    }
    *body = (aloft_bytes){(uint8_t *)answer + at, len - at};
    return length;
}

/* Gives the Content-Length, -1 without one; false when there was no connection. */
static bool get(const char *base, const char *root_pem, const char *name, aloft_bytes *body,
                long *length) {
    static char answer[ANSWER_MAX + 1];
    struct session s = {.net = {-1}};
    struct address where;
    bool is_connected = address_of(base, &where) && (s.net.fd = connect_to(&where)) >= 0;

    if (!is_connected || !open_tls(&s, &where, root_pem)) {
        if (is_connected)
            close_all(&s);
        puts("Failed to open HTTP connection: 28674");
        return false;
    }
    *length = exchange(&s, where.host, name, answer, body);
    close_all(&s);
    return true;
}

static int install(struct ota_demo_device *device, const char *base, const char *root_pem) {
    aloft_bytes body;
    long length;

    puts("_update_device");
    if (!get(base, root_pem, "signed_ota_demo.bin", &body, &length))
        return 2;
    puts("Starting OTA...");
    if (ota_demo_install(device, length, body) != OTA_DEMO_UPDATED) {
        printf("%s\n", device->line);
        return 2;
    }
    printf("esp_ota_set_boot_partition succeeded\nrunning %s\n", device->running);
    return 0;
}

int main(int argc, char **argv) {
    static char root_room[FILE_ROOM], key_room[FILE_ROOM];
    struct ota_demo_device device = {.polling_days = 1};
    const char *root_pem;
    enum ota_demo_word word;
    aloft_bytes body;
    long length;

    if (argc != 5) {
        fputs("usage: ota_demo_device BASE_URL ROOT_PEM PUBLIC_PEM RUNNING_VERSION\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    root_pem = read_file(argv[2], root_room);
    device.public_pem = read_file(argv[3], key_room);
    snprintf(device.running, sizeof device.running, "%s", argv[4]);
    if (!get(argv[1], root_pem, "version_info.json", &body, &length))
        return 2;
    word = ota_demo_check(&device, body);
    if (word == OTA_DEMO_NO_LIST || word == OTA_DEMO_CRASH) {
        puts(word == OTA_DEMO_CRASH ? "Guru Meditation Error" : "Cannot find new version");
        return 2;
    }
    printf("isNewVersion : %d\n", word == OTA_DEMO_OFFER);
    return word == OTA_DEMO_OFFER ? install(&device, argv[1], root_pem) : 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A download that makes no progress ends at its deadline, and a full server gives no place of others to whoever has
 * too many. The minutes of it are not waited for: the loop is turned by hand, and its timer is set as if they had
 * passed. */
#include "test/kit/kit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/pki.h"
#include "server/api/api.h"
#include "server/net/conn.h"

#define FILE_SIZE (16u << 20) /* more than the kernel takes ahead on loopback */
#define TURNS_MAX 20000

static const struct call calls[] = {{payload_matches, payload_run}, {0}};
static struct server server;
static struct project project;

static void make_site(void) {
    struct pki_hosts hosts = {0};
    struct trouble trouble;
    char path[300];
    int fd;

    snprintf(path, sizeof path, "%s/pki", kit_folder());
    assert_int_equal(mkdir(path, 0700), 0);
    assert_ok(pki_hosts_add(&hosts, "localhost", &trouble));
    assert_ok(pki_create(path, &hosts, time(NULL), &trouble));
    server.site = open(kit_folder(), O_PATH | O_DIRECTORY);
    fd = openat(server.site, "big.bin", O_CREAT | O_WRONLY, 0600);
    assert_int_equal(ftruncate(fd, FILE_SIZE), 0);
    close(fd);
}

static void start(void) {
    char certificate[300], key[300];
    struct trouble trouble;
    SSL_CTX *tls = NULL;

    snprintf(certificate, sizeof certificate, "%s/pki/server.crt", kit_folder());
    snprintf(key, sizeof key, "%s/pki/server.key", kit_folder());
    server = (struct server){.site = server.site, .project = &project};
    assert_ok(server_open(&server, &trouble));
    assert_ok(tls_context(certificate, key, &tls, &trouble));
    assert_ok(server_listen(&server, "127.0.0.1:0", tls, calls, &trouble));
}

/* A client that asks for the file and reads nothing of it. */
static SSL *ask(void) {
    static const char request[] = "GET /big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n";
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(server.listener[0].port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(tls);
    bool is_sent = false;

    SSL_CTX_free(tls);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    SSL_set_fd(ssl, fd);
    for (unsigned i = 0; i < TURNS_MAX && !is_sent; i++) {
        uv_run(&server.loop, UV_RUN_NOWAIT);
        if (SSL_connect(ssl) == 1)
            is_sent = SSL_write(ssl, request, sizeof request - 1) > 0;
    }
    assert_true(is_sent);
    return ssl;
}

static struct conn *stalled(void) {
    struct conn *conn = NULL;
    uint64_t before = 1;

    for (unsigned i = 0; i < TURNS_MAX; i++) {
        uv_run(&server.loop, UV_RUN_NOWAIT);
        for (unsigned k = 0; k < server.conns_max && conn == NULL; k++)
            conn = server.conn[k];
        assert_non_null(conn);
        if (i % 1000 == 999) {
            if (conn->content_sent == before)
                return conn;
            before = conn->content_sent;
        }
    }
    fail_msg("the kernel takes more than the file has");
    return NULL;
}

static void let_it_pass(struct conn *conn) {
    conn->deadline_ms = uv_now(&server.loop);
    uv_timer_start(&conn->timer, conn->timer.timer_cb, 0, 0);
    uv_run(&server.loop, UV_RUN_NOWAIT);
}

static void a_download_without_progress_ends_at_its_deadline(void **state) {
    (void)state;
    char path[300], said[4096];
    int was = dup(STDOUT_FILENO), to;

    make_site();
    start();
    SSL *client = ask();
    struct conn *conn = stalled();
    assert_true(conn->content_sent > 0 && conn->content_left > 0);
    assert_int_equal(conn->deadline_ms, conn->started_ms + CONN_DOWNLOAD_MS +
                                            conn->content_sent * 1000 / CONN_DOWNLOAD_MIN_BPS);

    snprintf(path, sizeof path, "%s/said", kit_folder());
    fflush(stdout);
    to = open(path, O_CREAT | O_RDWR, 0600);
    dup2(to, STDOUT_FILENO);
    let_it_pass(conn);
    fflush(stdout);
    dup2(was, STDOUT_FILENO);
    ssize_t len = pread(to, said, sizeof said - 1, 0);

    said[len > 0 ? len : 0] = 0;
    assert_int_equal(server.n_conns, 0);
    assert_null(server.contents);
    aloft_fault why = {.code = ALOFT_E_CLIENT_SLOW_READ};
    assert_provoked(strstr(said, "[0x1311") != NULL ? why.code : 0, CLIENT_SLOW_READ);
    assert_non_null(strstr(said, "127.0.0.1 took its download too slowly"));
    close(SSL_get_fd(client));
    SSL_free(client);
    server_close(&server);
    close(server.site);
    close(to);
    close(was);
}

/* ---- a server that is full */

static int call_from(const char *address) {
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_port = htons(server.listener[0].port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    inet_pton(AF_INET, address, &from.sin_addr);
    assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    for (unsigned i = 0; i < 20; i++)
        uv_run(&server.loop, UV_RUN_NOWAIT);
    return fd;
}

static void whoever_has_too_many_connections_takes_nobodys_place(void **state) {
    struct sockaddr_in greedy = {.sin_family = AF_INET};
    struct sockaddr_storage from = {0};
    int waits, refused, let_in;

    (void)state;
    inet_pton(AF_INET, "127.0.0.9", &greedy.sin_addr);
    memcpy(&from, &greedy, sizeof greedy);
    start();
    server.conns_max = 1;
    while (addresses_add(server.addresses, &from))
        ;
    waits = call_from("127.0.0.1");
    assert_int_equal(server.n_conns, 1);
    server.conn[0]->moved_ms -= CONN_PATIENCE_MS + 1; /* anybody else would get its place */

    refused = call_from("127.0.0.9");
    assert_int_equal(server.n_conns, 1);
    assert_string_equal(server.conn[0]->peer, "127.0.0.1");

    let_in = call_from("127.0.0.8");
    assert_int_equal(server.n_conns, 1);
    assert_string_equal(server.conn[0]->peer, "127.0.0.8");
    close(waits);
    close(refused);
    close(let_in);
    server_close(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_download_without_progress_ends_at_its_deadline),
        cmocka_unit_test(whoever_has_too_many_connections_takes_nobodys_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

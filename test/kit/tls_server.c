/* SPDX-License-Identifier: Apache-2.0 */
/* A real TLS server in a thread. */
#include "tls_server.h"

#include "kit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define DAY (24L * 3600)

struct kit_tls_inside {
    struct kit_tls_settings settings;
    SSL_CTX *context;
    pthread_t thread;
    int listener;
    int stop[2]; /* a pipe: its end stops the thread */
};

/* ---- certificates */

static void name_it(X509 *certificate, const char *name) {
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
}

static void extend(X509 *certificate, int nid, const char *value) {
    X509_EXTENSION *one = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    assert_non_null(one);
    assert_true(X509_add_ext(certificate, one, -1));
    X509_EXTENSION_free(one);
}

static X509 *blank_certificate(EVP_PKEY *key, long from_s, long to_s) {
    static long serial;
    X509 *made = X509_new();

    assert_non_null(made);
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made), from_s);
    X509_gmtime_adj(X509_getm_notAfter(made), to_s);
    X509_set_pubkey(made, key);
    return made;
}

static X509 *make_ca(EVP_PKEY *key, const char *name) {
    X509 *ca = blank_certificate(key, -30 * DAY, 30 * DAY);

    name_it(ca, name);
    X509_set_issuer_name(ca, X509_get_subject_name(ca));
    extend(ca, NID_basic_constraints, "critical,CA:TRUE");
    extend(ca, NID_key_usage, "critical,keyCertSign,cRLSign");
    assert_true(X509_sign(ca, key, EVP_sha256()) > 0);
    return ca;
}

static X509 *make_server(enum kit_cert kind, EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key) {
    long from_s = kind == KIT_FUTURE ? DAY : -DAY * 2;
    long to_s = kind == KIT_EXPIRED ? -DAY : 2 * DAY;
    X509 *made = blank_certificate(key, from_s, to_s);

    name_it(made, "aloft test server");
    X509_set_issuer_name(made, X509_get_subject_name(ca));
    extend(made, NID_subject_alt_name,
           kind == KIT_OTHER_NAME ? "DNS:other.example"
                                  : "DNS:localhost,DNS:127.0.0.1,DNS:::1,IP:127.0.0.1,IP:::1");
    if (kind == KIT_CLIENT_ONLY)
        extend(made, NID_ext_key_usage, "clientAuth");
    assert_true(X509_sign(made, ca_key, EVP_sha256()) > 0);
    return made;
}

static void make_credentials(struct kit_tls *server) {
    struct kit_tls_inside *in = server->inside;
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256"),
             *other_key = EVP_EC_gen("P-256");
    X509 *ca = make_ca(ca_key, "aloft test CA"), *other = make_ca(other_key, "a stranger's CA");
    X509 *certificate = make_server(in->settings.cert, key, ca, ca_key);
    BIO *text = BIO_new(BIO_s_mem());
    int len;

    PEM_write_bio_X509(text, in->settings.cert == KIT_STRANGER ? other : ca);
    len = BIO_read(text, server->ca, (int)sizeof server->ca - 1);
    assert_true(len > 0);
    server->ca[len] = 0;
    assert_true(SSL_CTX_use_certificate(in->context, certificate) == 1);
    assert_true(SSL_CTX_use_PrivateKey(in->context, key) == 1);
    BIO_free(text);
    X509_free(ca), X509_free(other), X509_free(certificate);
    EVP_PKEY_free(ca_key), EVP_PKEY_free(key), EVP_PKEY_free(other_key);
}

/* ---- one connection */

static void echo(SSL *ssl) {
    uint8_t bytes[4096];
    int n;

    while ((n = SSL_read(ssl, bytes, sizeof bytes)) > 0)
        if (SSL_write(ssl, bytes, n) <= 0)
            return;
}

static void feed(SSL *ssl, uint32_t len) {
    uint8_t bytes[1000];

    for (uint32_t at = 0; at < len;) {
        uint32_t n = len - at < sizeof bytes ? len - at : (uint32_t)sizeof bytes;
        for (uint32_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)((at + i) % 251);
        if (SSL_write(ssl, bytes, (int)n) <= 0)
            return;
        at += n;
    }
}

static void speak(SSL *ssl, int client, const struct kit_tls_settings *settings) {
    struct linger at_once = {1, 0};

    if (SSL_accept(ssl) != 1)
        return;
    if (settings->manner == KIT_ECHO)
        echo(ssl);
    else
        feed(ssl, settings->feed);
    if (settings->manner == KIT_FEED || settings->manner == KIT_ECHO)
        SSL_shutdown(ssl);
    if (settings->manner == KIT_FEED_RST) {
        usleep(100000); /* a reset throws away what the client has not read */
        setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
}

static bool wait_for(const struct kit_tls_inside *in, int file) {
    struct pollfd poller[2] = {{.fd = in->stop[0], .events = POLLIN},
                               {.fd = file, .events = POLLIN}};

    poll(poller, file < 0 ? 1 : 2, 20000);
    return poller[0].revents == 0 && poller[1].revents != 0;
}

static void serve_one(const struct kit_tls_inside *in, int client) {
    static const char greeting[] = "220 mail.example ESMTP\r\n";
    struct timeval patience = {5, 0}; /* a client that forgets to close must not hold the test */
    SSL *ssl = SSL_new(in->context);
    uint8_t hello[4096];

    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    SSL_set_fd(ssl, client);
    if (in->settings.manner == KIT_STALL)
        (void)wait_for(in, -1);
    else if (in->settings.manner == KIT_GREET)
        (void)!(write(client, greeting, sizeof greeting - 1) > 0 && wait_for(in, client));
    else if (in->settings.manner == KIT_HANG_UP)
        (void)!read(client, hello, sizeof hello); /* closing with bytes unread would be a reset */
    else
        speak(ssl, client, &in->settings);
    SSL_free(ssl);
    close(client);
}

static void *run(void *given) {
    const struct kit_tls_inside *in = given;

    while (wait_for(in, in->listener)) {
        int client = accept(in->listener, NULL, NULL);
        if (client >= 0)
            serve_one(in, client);
    }
    return NULL;
}

/* ---- start and stop */

static uint16_t listen_at(int file, bool ipv6) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr *at = ipv6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
    socklen_t len = ipv6 ? sizeof v6 : sizeof v4;

    assert_int_equal(bind(file, at, len), 0);
    assert_int_equal(listen(file, 8), 0);
    assert_int_equal(getsockname(file, at, &len), 0);
    return ntohs(ipv6 ? v6.sin6_port : v4.sin_port);
}

void kit_tls_start(struct kit_tls *server, const struct kit_tls_settings *settings) {
    struct kit_tls_inside *in = calloc(1, sizeof *in);

    assert_non_null(in);
    signal(SIGPIPE, SIG_IGN);
    server->inside = in;
    in->settings = *settings;
    in->context = SSL_CTX_new(TLS_server_method());
    assert_non_null(in->context);
    if (settings->manner == KIT_TLS13_ONLY)
        SSL_CTX_set_min_proto_version(in->context, TLS1_3_VERSION);
    make_credentials(server);
    assert_int_equal(pipe(in->stop), 0);
    in->listener = socket(settings->ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    assert_true(in->listener >= 0);
    server->port = listen_at(in->listener, settings->ipv6);
    assert_int_equal(pthread_create(&in->thread, NULL, run, in), 0);
}

void kit_tls_stop(struct kit_tls *server) {
    struct kit_tls_inside *in = server->inside;

    close(in->stop[1]);
    pthread_join(in->thread, NULL);
    close(in->stop[0]);
    close(in->listener);
    SSL_CTX_free(in->context);
    free(in);
    server->inside = NULL;
}

uint16_t kit_free_port(void) {
    int file = socket(AF_INET, SOCK_STREAM, 0);
    uint16_t port = listen_at(file, false);

    close(file);
    return port;
}

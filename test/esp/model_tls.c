/* SPDX-License-Identifier: Apache-2.0 */
/* esp-tls as far as the component uses it, over the mbedTLS of this machine: a stand-in, so that
 * the stream meets real sockets and real certificates. It begins at a socket that is connected,
 * keeps codes without their sign as esp-tls does, and gives 0 for an end with and without
 * close_notify. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <esp_tls.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "test/esp/board.h"

struct esp_tls_last_error {
    esp_err_t last;
    int code, flags;
};

struct esp_tls {
    esp_tls_conn_state_t state;
    int socket;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_x509_crt ca;
    struct esp_tls_last_error error;
};

static int random_bytes(void *unused, unsigned char *out, size_t len) {
    (void)unused;
    return getrandom(out, len, 0) == (ssize_t)len ? 0 : MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
}

static int put(void *given, const unsigned char *from, size_t len) {
    ssize_t n = send(((struct esp_tls *)given)->socket, from, len, MSG_NOSIGNAL);

    if (n >= 0)
        return (int)n;
    return errno == EAGAIN ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_CONN_RESET;
}

static int get(void *given, unsigned char *to, size_t len) {
    ssize_t n = recv(((struct esp_tls *)given)->socket, to, len, 0);

    if (n >= 0)
        return (int)n;
    return errno == EAGAIN ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_CONN_RESET;
}

esp_tls_t *esp_tls_init(void) {
    struct esp_tls *tls = calloc(1, sizeof *tls);

    if (tls == NULL)
        return NULL;
    tls->socket = -1;
    mbedtls_ssl_init(&tls->ssl);
    mbedtls_ssl_config_init(&tls->config);
    mbedtls_x509_crt_init(&tls->ca);
    return tls;
}

esp_err_t esp_tls_set_conn_sockfd(esp_tls_t *tls, int sockfd) {
    tls->socket = sockfd;
    return sockfd < 0 ? ESP_ERR_INVALID_ARG : ESP_OK;
}

esp_err_t esp_tls_set_conn_state(esp_tls_t *tls, esp_tls_conn_state_t conn_state) {
    tls->state = conn_state;
    return ESP_OK;
}

static int remember(esp_tls_t *tls, esp_err_t last, int code) {
    tls->error.last = last;
    tls->error.code = -code;
    tls->error.flags = (int)mbedtls_ssl_get_verify_result(&tls->ssl);
    if (tls->error.flags == -1) /* there was no certificate */
        tls->error.flags = 0;
    tls->state = ESP_TLS_FAIL;
    return -1;
}

/* Without MBEDTLS_HAVE_TIME_DATE. */
static int forget_dates(void *unused, mbedtls_x509_crt *crt, int depth, uint32_t *flags) {
    (void)unused, (void)crt, (void)depth;
    if (!board.minds_dates)
        *flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    return 0;
}

static int begin(esp_tls_t *tls, const char *host, const esp_tls_cfg_t *cfg) {
    int code = mbedtls_x509_crt_parse(&tls->ca, cfg->cacert_buf, cfg->cacert_bytes);

    if (code != 0)
        return remember(tls, ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED, code);
    (void)mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_CLIENT,
                                      MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_authmode(&tls->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_rng(&tls->config, random_bytes, NULL);
    mbedtls_ssl_conf_verify(&tls->config, forget_dates, NULL);
    mbedtls_ssl_conf_ca_chain(&tls->config, &tls->ca, NULL);
    code = mbedtls_ssl_setup(&tls->ssl, &tls->config);
    if (code == 0 && !cfg->skip_common_name)
        code =
            mbedtls_ssl_set_hostname(&tls->ssl, cfg->common_name != NULL ? cfg->common_name : host);
    if (code != 0)
        return remember(tls, ESP_ERR_NO_MEM, code);
    mbedtls_ssl_set_bio(&tls->ssl, tls, put, get, NULL);
    tls->state = ESP_TLS_HANDSHAKE;
    return 0;
}

int esp_tls_conn_new_async(const char *hostname, int hostlen, int port, const esp_tls_cfg_t *cfg,
                           esp_tls_t *tls) {
    int code;

    (void)hostlen;
    (void)port;
    if (cfg->non_block || tls->state == ESP_TLS_INIT || tls->state == ESP_TLS_FAIL)
        return -1;
    if (tls->state == ESP_TLS_CONNECTING && begin(tls, hostname, cfg) != 0)
        return -1;
    code = mbedtls_ssl_handshake(&tls->ssl);
    if (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE)
        return 0;
    if (code != 0)
        return remember(tls, ESP_FAIL, code);
    tls->state = ESP_TLS_DONE;
    return 1;
}

ssize_t esp_tls_conn_write(esp_tls_t *tls, const void *data, size_t datalen) {
    return mbedtls_ssl_write(&tls->ssl, data, datalen);
}

ssize_t esp_tls_conn_read(esp_tls_t *tls, void *data, size_t datalen) {
    int n = mbedtls_ssl_read(&tls->ssl, data, datalen);

    return n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY ? 0 : n;
}

int esp_tls_conn_destroy(esp_tls_t *tls) {
    if (tls == NULL)
        return -1;
    mbedtls_ssl_free(&tls->ssl);
    mbedtls_ssl_config_free(&tls->config);
    mbedtls_x509_crt_free(&tls->ca);
    if (tls->socket >= 0)
        close(tls->socket);
    free(tls);
    return 0;
}

esp_err_t esp_tls_get_error_handle(esp_tls_t *tls, esp_tls_error_handle_t *error_handle) {
    *error_handle = &tls->error;
    return ESP_OK;
}

esp_err_t esp_tls_get_and_clear_last_error(esp_tls_error_handle_t h, int *esp_tls_code,
                                           int *esp_tls_flags) {
    const esp_err_t last = h->last;

    *esp_tls_code = h->code;
    *esp_tls_flags = h->flags;
    memset(h, 0, sizeof *h);
    return last;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A client as ESP-IDF up to 5.1 has it: mbedTLS 2.28, a CA of its own, and the text of the URL's
 * host, name or address, compared by mbedtls_ssl_set_hostname.
 *
 * usage: tls_client CA.crt CONNECT_TO PORT HOST     exit 0 accepted, 1 certificate refused, 2
 * other */
#include <stdio.h>
#include <string.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;
static mbedtls_net_context net;
static mbedtls_ssl_config config;
static mbedtls_ssl_context ssl;
static mbedtls_x509_crt ca;

static int prepare(const char *ca_file, const char *host) {
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&drbg);
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&ssl);
    mbedtls_x509_crt_init(&ca);
    mbedtls_net_init(&net);
    if (mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0) != 0 ||
        mbedtls_x509_crt_parse_file(&ca, ca_file) != 0 ||
        mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0)
        return -1;
    mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&config, &ca, NULL);
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &drbg);
    return mbedtls_ssl_setup(&ssl, &config) != 0 || mbedtls_ssl_set_hostname(&ssl, host) != 0 ? -1
                                                                                              : 0;
}

int main(int argc, char **argv) {
    char why[512];
    int result;

    if (argc != 5 || prepare(argv[1], argv[4]) != 0)
        return 2;
    if (mbedtls_net_connect(&net, argv[2], argv[3], MBEDTLS_NET_PROTO_TCP) != 0)
        return 2;
    mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
    result = mbedtls_ssl_handshake(&ssl);
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        mbedtls_x509_crt_verify_info(why, sizeof why, "", mbedtls_ssl_get_verify_result(&ssl));
        fputs(why, stdout);
        return 1;
    }
    return result == 0 ? 0 : 2;
}

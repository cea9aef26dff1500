/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Makes X.509 certificates that curl, OpenSSL, GnuTLS, Python and every mbedTLS accept.
 * Knows: RFC 5280, mbedTLS before 3.5.   Never knows: files. */
#include "pki_issue.h"

#include <arpa/inet.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define DAY_S       86400
#define SERIAL_BITS 127 /* RFC 5280 §4.1.2.2: positive, at most 20 bytes; random, so never twice */

/* 365.25 days a year. The CA ends before 2050 until 2029, so it is a UTCTime, which all readers
 * know. */
#define CA_S     ((int64_t)PKI_CA_YEARS * 36525 * DAY_S / 100)
#define SERVER_S ((int64_t)PKI_SERVER_DAYS * DAY_S)

static bool set_serial(X509 *x) {
    BIGNUM *number = BN_new();
    bool done = number != NULL &&
                BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) != NULL;

    BN_free(number);
    return done;
}

static bool set_dates(X509 *x, int64_t from_s, int64_t to_s) {
    return ASN1_TIME_set(X509_getm_notBefore(x), from_s) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x), to_s) != NULL;
}

static bool add_name(X509_NAME *name, const char *common) {
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"aloft", -1,
                                      -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common, -1,
                                      -1, 0) == 1;
}

static bool add_extension(X509 *x, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool done;

    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    done = extension != NULL && X509_add_ext(x, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

/* ---- subjectAltName: each host as what it is, and an address also as a dNSName, because mbedTLS
 * before 3.5 compares an address that a device calls with the text of dNSNames only (ESP-IDF up
 * to 5.1) */

static bool add_general(GENERAL_NAMES *names, int kind, const void *bytes, int len) {
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value =
        ASN1_STRING_type_new(kind == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);

    if (name == NULL || value == NULL || ASN1_STRING_set(value, bytes, len) != 1) {
        GENERAL_NAME_free(name);
        ASN1_STRING_free(value);
        return false;
    }
    GENERAL_NAME_set0_value(name, kind, value);
    if (sk_GENERAL_NAME_push(names, name) > 0)
        return true;
    GENERAL_NAME_free(name);
    return false;
}

static bool add_host(GENERAL_NAMES *names, const char *host) {
    unsigned char address[16];
    int len = inet_pton(AF_INET, host, address) == 1    ? 4
              : inet_pton(AF_INET6, host, address) == 1 ? 16
                                                        : 0;

    if (len > 0 && !add_general(names, GEN_IPADD, address, len))
        return false;
    return add_general(names, GEN_DNS, host, (int)strlen(host));
}

static bool add_hosts(X509 *x, const struct pki_hosts *hosts) {
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool done = names != NULL;

    for (unsigned i = 0; done && i < hosts->n; i++)
        done = add_host(names, hosts->host[i]);
    done = done && X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
    GENERAL_NAMES_free(names);
    return done;
}

/* ---- the two certificates. RFC 5280 §4.2: which extensions are critical */

/* Two projects must not have one issuer's name: a client that trusts both would try the wrong
 * key. */
static bool name_ca(X509 *x) {
    unsigned char mark[4];
    char common[] = "aloft CA 00000000";

    if (RAND_bytes(mark, sizeof mark) != 1)
        return false;
    for (size_t i = 0; i < sizeof mark; i++) {
        common[9 + 2 * i] = "0123456789abcdef"[mark[i] >> 4];
        common[10 + 2 * i] = "0123456789abcdef"[mark[i] & 15];
    }
    return add_name(X509_get_subject_name(x), common) &&
           X509_set_issuer_name(x, X509_get_subject_name(x)) == 1;
}

static bool fill_ca(X509 *x, EVP_PKEY *key, int64_t now_s) {
    return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) && name_ca(x) &&
           set_dates(x, now_s - DAY_S, now_s - DAY_S + CA_S) && X509_set_pubkey(x, key) == 1 &&
           add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(x, x, NID_subject_key_identifier, "hash") &&
           X509_sign(x, key, EVP_sha256()) > 0;
}

X509 *pki_issue_ca(EVP_PKEY *ca_key, int64_t now_s) {
    X509 *x = X509_new();

    if (x != NULL && fill_ca(x, ca_key, now_s))
        return x;
    X509_free(x);
    return NULL;
}

/* A day back, for devices whose clocks are slightly behind; never after the end of the CA. */
static bool set_server_dates(X509 *x, X509 *ca, int64_t now_s) {
    if (!set_dates(x, now_s - DAY_S, now_s - DAY_S + SERVER_S))
        return false;
    return ASN1_TIME_compare(X509_get0_notAfter(x), X509_get0_notAfter(ca)) <= 0 ||
           X509_set1_notAfter(x, X509_get0_notAfter(ca)) == 1;
}

static bool fill_server(X509 *x, X509 *ca, EVP_PKEY *key, const struct pki_hosts *hosts,
                        int64_t now_s) {
    return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
           add_name(X509_get_subject_name(x), "aloft server") &&
           X509_set_issuer_name(x, X509_get_subject_name(ca)) == 1 &&
           set_server_dates(x, ca, now_s) && X509_set_pubkey(x, key) == 1 &&
           add_extension(x, ca, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(x, ca, NID_key_usage, "critical,digitalSignature") &&
           add_extension(x, ca, NID_ext_key_usage, "serverAuth") &&
           add_extension(x, ca, NID_subject_key_identifier, "hash") &&
           add_extension(x, ca, NID_authority_key_identifier, "keyid:always") &&
           add_hosts(x, hosts);
}

X509 *pki_issue_server(X509 *ca, EVP_PKEY *ca_key, EVP_PKEY *key, const struct pki_hosts *hosts,
                       int64_t now_s) {
    X509 *x = X509_new();

    if (x != NULL && fill_server(x, ca, key, hosts, now_s) &&
        X509_sign(x, ca_key, EVP_sha256()) > 0)
        return x;
    X509_free(x);
    return NULL;
}

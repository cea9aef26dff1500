/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Writes a project's certificates, reads them, renews the server's.
 * Knows: the files of pki/.   Never knows: what stands in a certificate's extensions. */
#include "pki.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "file.h"
#include "pki_issue.h"
#include "privkey.h"

#define CERT_FILE_MAX  65536u
#define OLD_NAMES_MAX  100 /* certificates put aside within one second */
#define KEPT_NAME_SIZE 64

/* What renewing needs; every pointer may be NULL. */
struct authority {
    X509 *ca;
    EVP_PKEY *ca_key, *server_key;
};

static void drop(struct authority *a) {
    X509_free(a->ca);
    EVP_PKEY_free(a->ca_key);
    EVP_PKEY_free(a->server_key);
}

/* ---- reading */

static aloft_err read_certificate(const char *path, X509 **out, struct trouble *trouble) {
    aloft_space text;
    BIO *bio;
    aloft_err e = file_read(path, CERT_FILE_MAX, &text, trouble);

    *out = NULL;
    if (e != ALOFT_OK)
        return e;
    bio = BIO_new_mem_buf(text.at, (int)text.len);
    if (bio != NULL)
        *out = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    free(text.at);
    ERR_clear_error();
    if (*out != NULL)
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_CERT_FORM);
    trouble_fact(trouble, "file", "%s", path);
    return ALOFT_E_CERT_FORM;
}

static int64_t seconds_of(const ASN1_TIME *time) {
    struct tm parts;

    return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

static bool host_text(const GENERAL_NAME *name, char text[PKI_HOST_MAX + 1]) {
    int kind;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &kind);
    size_t len = kind == GEN_DNS || kind == GEN_IPADD ? (size_t)ASN1_STRING_length(value) : 0;
    const unsigned char *at = len == 0 ? NULL : ASN1_STRING_get0_data(value);

    if (len == 0 || len > PKI_HOST_MAX || (kind == GEN_DNS && memchr(at, 0, len) != NULL))
        return false;
    if (kind == GEN_IPADD)
        return (len == 4 && inet_ntop(AF_INET, at, text, PKI_HOST_MAX) != NULL) ||
               (len == 16 && inet_ntop(AF_INET6, at, text, PKI_HOST_MAX) != NULL);
    memcpy(text, at, len);
    text[len] = 0;
    return true;
}

/* A certificate from elsewhere may hold hosts that we never write (wildcards): those are left
 * out. */
static void take_hosts(const X509 *x, struct pki_hosts *hosts) {
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    char text[PKI_HOST_MAX + 1];
    struct trouble unsaid;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        if (host_text(sk_GENERAL_NAME_value(names, i), text))
            (void)!pki_hosts_add(hosts, text, &unsaid);
    GENERAL_NAMES_free(names);
}

static void take_common_name(const X509_NAME *from, char *out, size_t out_size) {
    char text[256] = "";
    int len = X509_NAME_get_text_by_NID((X509_NAME *)from, NID_commonName, text, sizeof text);

    aloft_printable((aloft_bytes){(const uint8_t *)text, len > 0 ? (size_t)len : 0}, out, out_size);
}

static void take_facts(X509 *x, struct pki_facts *facts) {
    unsigned len = sizeof facts->sha256;
    time_t end;
    struct tm parts;

    memset(facts, 0, sizeof *facts);
    facts->not_before_s = seconds_of(X509_get0_notBefore(x));
    facts->not_after_s = seconds_of(X509_get0_notAfter(x));
    end = (time_t)facts->not_after_s;
    if (gmtime_r(&end, &parts) != NULL)
        strftime(facts->until, sizeof facts->until, "%Y-%m-%d", &parts);
    facts->is_ca = X509_check_ca(x) > 0;
    take_hosts(x, &facts->hosts);
    take_common_name(X509_get_subject_name(x), facts->subject, sizeof facts->subject);
    take_common_name(X509_get_issuer_name(x), facts->issuer, sizeof facts->issuer);
    if (X509_digest(x, EVP_sha256(), facts->sha256, &len) != 1)
        memset(facts->sha256, 0, sizeof facts->sha256);
    ERR_clear_error();
}

aloft_err pki_facts_of(const char *path, struct pki_facts *facts, struct trouble *trouble) {
    X509 *x;
    aloft_err e = read_certificate(path, &x, trouble);

    if (e == ALOFT_OK)
        take_facts(x, facts);
    X509_free(x);
    return e;
}

/* ---- what belongs together */

static aloft_err no_pair(const char *file, const char *other, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_CERT_PAIR);
    trouble_fact(trouble, "file", "%s", file);
    trouble_fact(trouble, "other", "%s", other);
    ERR_clear_error();
    return ALOFT_E_CERT_PAIR;
}

struct paths {
    char ca[PATH_MAX], ca_key[PATH_MAX], server[PATH_MAX], server_key[PATH_MAX];
};

static aloft_err find_paths(const char *folder, struct paths *p, struct trouble *trouble) {
    aloft_err e = file_join(folder, "ca.crt", p->ca, PATH_MAX, trouble);

    if (e == ALOFT_OK)
        e = file_join(folder, "ca.key", p->ca_key, PATH_MAX, trouble);
    if (e == ALOFT_OK)
        e = file_join(folder, "server.crt", p->server, PATH_MAX, trouble);
    if (e == ALOFT_OK)
        e = file_join(folder, "server.key", p->server_key, PATH_MAX, trouble);
    return e;
}

static aloft_err check_server(const struct paths *p, X509 *server, X509 *ca, const EVP_PKEY *key,
                              struct trouble *trouble) {
    if (X509_verify(server, X509_get0_pubkey(ca)) != 1)
        return no_pair(p->server, p->ca, trouble);
    if (EVP_PKEY_eq(X509_get0_pubkey(server), key) != 1)
        return no_pair(p->server, p->server_key, trouble);
    return ALOFT_OK;
}

aloft_err pki_server_facts(const char *folder, struct pki_facts *facts, struct trouble *trouble) {
    struct paths p;
    struct authority a = {0};
    X509 *server = NULL;
    aloft_err e = find_paths(folder, &p, trouble);

    if (e == ALOFT_OK)
        e = read_certificate(p.server, &server, trouble);
    if (e == ALOFT_OK)
        e = read_certificate(p.ca, &a.ca, trouble);
    if (e == ALOFT_OK)
        e = privkey_read(p.server_key, &a.server_key, trouble);
    if (e == ALOFT_OK)
        e = check_server(&p, server, a.ca, a.server_key, trouble);
    if (e == ALOFT_OK)
        take_facts(server, facts);
    X509_free(server);
    drop(&a);
    return e;
}

/* ---- writing */

static aloft_err write_certificate(const char *path, X509 *x, bool replace,
                                   struct trouble *trouble) {
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    long len = 0;
    aloft_err e;

    if (x != NULL && bio != NULL && PEM_write_bio_X509(bio, x) == 1)
        len = BIO_get_mem_data(bio, &pem);
    if (len <= 0)
        e = privkey_failed(trouble, "issue a certificate");
    else
        e = file_write(path, (aloft_bytes){(const uint8_t *)pem, (size_t)len}, 0644, replace,
                       trouble);
    BIO_free(bio);
    return e;
}

static aloft_err write_ca(const struct paths *p, struct authority *a, int64_t now_s,
                          struct trouble *trouble) {
    aloft_err e = privkey_make(ALOFT_KEY_P256, &a->ca_key, trouble);

    if (e == ALOFT_OK)
        e = privkey_write(p->ca_key, a->ca_key, trouble);
    if (e != ALOFT_OK)
        return e;
    a->ca = pki_issue_ca(a->ca_key, now_s);
    e = write_certificate(p->ca, a->ca, false, trouble);
    if (e != ALOFT_OK)
        (void)unlink(p->ca_key);
    return e;
}

static aloft_err write_server(const struct paths *p, struct authority *a,
                              const struct pki_hosts *hosts, int64_t now_s,
                              struct trouble *trouble) {
    X509 *server;
    aloft_err e = privkey_make(ALOFT_KEY_P256, &a->server_key, trouble);

    if (e == ALOFT_OK)
        e = privkey_write(p->server_key, a->server_key, trouble);
    if (e != ALOFT_OK)
        return e;
    server = pki_issue_server(a->ca, a->ca_key, a->server_key, hosts, now_s);
    e = write_certificate(p->server, server, false, trouble);
    X509_free(server);
    if (e != ALOFT_OK)
        (void)unlink(p->server_key);
    return e;
}

aloft_err pki_create(const char *folder, const struct pki_hosts *hosts, int64_t now_s,
                     struct trouble *trouble) {
    struct paths p;
    struct authority a = {0};
    aloft_err e = find_paths(folder, &p, trouble);

    if (e == ALOFT_OK)
        e = write_ca(&p, &a, now_s, trouble);
    if (e == ALOFT_OK && (e = write_server(&p, &a, hosts, now_s, trouble)) != ALOFT_OK) {
        (void)unlink(p.ca);
        (void)unlink(p.ca_key);
    }
    drop(&a);
    return e;
}

/* ---- renewing */

bool pki_can_renew(const char *folder) {
    char path[PATH_MAX];
    struct trouble unsaid;

    return file_join(folder, "ca.key", path, sizeof path, &unsaid) == ALOFT_OK &&
           access(path, R_OK) == 0;
}

static aloft_err read_authority(const struct paths *p, struct authority *a,
                                struct trouble *trouble) {
    aloft_err e = read_certificate(p->ca, &a->ca, trouble);

    if (e == ALOFT_OK && access(p->ca_key, F_OK) != 0)
        return trouble_file(trouble, ALOFT_E_CA_KEY_AWAY, p->ca_key, errno);
    if (e == ALOFT_OK)
        e = privkey_read(p->ca_key, &a->ca_key, trouble);
    if (e == ALOFT_OK && X509_check_private_key(a->ca, a->ca_key) != 1)
        return no_pair(p->ca, p->ca_key, trouble);
    if (e == ALOFT_OK)
        e = privkey_read(p->server_key, &a->server_key, trouble);
    return e;
}

/* The old certificate gets a second name; it is in use until the new one takes its first name. */
static aloft_err keep_old(const struct paths *p, int64_t now_s, char *old, size_t old_size,
                          struct trouble *trouble) {
    char kept[PATH_MAX + KEPT_NAME_SIZE], date[KEPT_NAME_SIZE];
    time_t now = (time_t)now_s;
    struct tm parts;

    gmtime_r(&now, &parts);
    strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", &parts);
    for (unsigned i = 1; i <= OLD_NAMES_MAX; i++) {
        if (i == 1)
            snprintf(old, old_size, "server.crt.%s", date);
        else
            snprintf(old, old_size, "server.crt.%s-%u", date, i);
        snprintf(kept, sizeof kept, "%s%s", p->server, old + strlen("server.crt"));
        if (link(p->server, kept) == 0)
            return ALOFT_OK;
        if (errno == ENOENT) { /* it was lost: nothing to keep */
            old[0] = 0;
            return ALOFT_OK;
        }
        if (errno != EEXIST)
            return trouble_file(trouble, ALOFT_E_FILE_WRITE, kept, errno);
    }
    return trouble_file(trouble, ALOFT_E_FILE_EXISTS, kept, EEXIST);
}

aloft_err pki_renew(const char *folder, const struct pki_hosts *hosts, int64_t now_s, char *old,
                    size_t old_size, struct trouble *trouble) {
    struct paths p;
    struct authority a = {0};
    X509 *server = NULL;
    aloft_err e = find_paths(folder, &p, trouble);

    if (e == ALOFT_OK)
        e = read_authority(&p, &a, trouble);
    if (e == ALOFT_OK) {
        server = pki_issue_server(a.ca, a.ca_key, a.server_key, hosts, now_s);
        e = server == NULL ? privkey_failed(trouble, "issue a certificate")
                           : keep_old(&p, now_s, old, old_size, trouble);
    }
    /* If power goes here: the old certificate has two names, and is served. */
    if (e == ALOFT_OK)
        e = write_certificate(p.server, server, true, trouble);
    X509_free(server);
    drop(&a);
    return e;
}

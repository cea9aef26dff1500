/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. Takes over an ota_demo set-up.
 * Knows: its file names, X.509.   Never knows: aloft's own keys. */
#include "host/legacy/import.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "host/legacy/versions.h"
#include "host/pki_issue.h"

#define SMALL_FILE_MAX 65536u
#define YEAR_S         31557600 /* 365.25 days */

static const struct {
    const char *name, *other; /* another name under which it is found; NULL: none */
    mode_t mode;
} files[LEGACY_N_FILES] = {
    [LEGACY_ROOT_KEY] = {"root.key", NULL, 0600},
    [LEGACY_ROOT_CRT] = {"root.crt", "root.pem", 0644},
    [LEGACY_SERVER_KEY] = {"server.key", NULL, 0600},
    [LEGACY_SERVER_CRT] = {"server.crt", NULL, 0644},
    [LEGACY_PUBLIC_KEY] = {"public_key.pem", NULL, 0644},
    [LEGACY_VERSION_LIST] = {"version_info.json", "dir/version_info.json", 0644},
};

/* What the files hold, parsed. */
struct parsed {
    X509 *root, *server;
    EVP_PKEY *root_key, *server_key, *public_key;
};

static void drop(struct parsed *p) {
    X509_free(p->root);
    X509_free(p->server);
    EVP_PKEY_free(p->root_key);
    EVP_PKEY_free(p->server_key);
    EVP_PKEY_free(p->public_key);
    ERR_clear_error();
}

void legacy_import_free(struct legacy_set *set) {
    for (unsigned i = 0; i < LEGACY_N_FILES; i++) {
        OPENSSL_cleanse(set->file[i].at, set->file[i].len);
        free(set->file[i].at);
        set->file[i] = (aloft_space){NULL, 0};
    }
}

/* ---- reading */

static aloft_err read_one(const char *dir, enum legacy_file which, struct legacy_set *set,
                          struct trouble *trouble) {
    char path[PATH_MAX];
    struct trouble unused;
    aloft_err e = file_join(dir, files[which].name, path, sizeof path, trouble);

    if (e == ALOFT_OK)
        e = file_read(path, SMALL_FILE_MAX, &set->file[which], trouble);
    if (e == ALOFT_E_FILE_READ && files[which].other != NULL &&
        file_join(dir, files[which].other, path, sizeof path, &unused) == ALOFT_OK &&
        file_read(path, SMALL_FILE_MAX, &set->file[which], &unused) == ALOFT_OK)
        return ALOFT_OK;
    if (e == ALOFT_E_FILE_READ && (which == LEGACY_PUBLIC_KEY || which == LEGACY_VERSION_LIST))
        return ALOFT_OK;
    return e;
}

static BIO *bio_of(const struct legacy_set *set, enum legacy_file which) {
    return BIO_new_mem_buf(set->file[which].at, (int)set->file[which].len);
}

static X509 *certificate_of(const struct legacy_set *set, enum legacy_file which) {
    BIO *bio = bio_of(set, which);
    X509 *out = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);

    BIO_free(bio);
    return out;
}

static EVP_PKEY *key_of(const struct legacy_set *set, enum legacy_file which) {
    char none[] = ""; /* a password is not asked for */
    BIO *bio = set->file[which].at == NULL ? NULL : bio_of(set, which);
    EVP_PKEY *out = bio == NULL                  ? NULL
                    : which == LEGACY_PUBLIC_KEY ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL)
                                                 : PEM_read_bio_PrivateKey(bio, NULL, NULL, none);

    BIO_free(bio);
    return out;
}

static aloft_err wrong(struct trouble *trouble, enum legacy_file which, const char *what) {
    trouble_set(trouble, ALOFT_E_LEGACY_IMPORT);
    trouble_fact(trouble, "file", "%s", files[which].name);
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_LEGACY_IMPORT;
}

static aloft_err check(const struct parsed *p, bool has_public, struct trouble *trouble) {
    if (p->root_key == NULL || EVP_PKEY_get_base_id(p->root_key) != EVP_PKEY_RSA ||
        EVP_PKEY_get_bits(p->root_key) != 2048)
        return wrong(trouble, LEGACY_ROOT_KEY, "it is no RSA key of 2048 bits");
    if (p->root == NULL || X509_check_private_key(p->root, p->root_key) != 1)
        return wrong(trouble, LEGACY_ROOT_CRT, "it is not the certificate of root.key");
    if (p->server_key == NULL)
        return wrong(trouble, LEGACY_SERVER_KEY, "it is no private key");
    if (p->server == NULL || X509_check_private_key(p->server, p->server_key) != 1)
        return wrong(trouble, LEGACY_SERVER_CRT, "it is not the certificate of server.key");
    if (X509_verify(p->server, p->root_key) != 1)
        return wrong(trouble, LEGACY_SERVER_CRT, "root.key did not issue it");
    if (has_public && (p->public_key == NULL || EVP_PKEY_eq(p->public_key, p->root_key) != 1))
        return wrong(trouble, LEGACY_PUBLIC_KEY, "it is not the public half of root.key");
    return ALOFT_OK;
}

static aloft_err take_memory(BIO *bio, aloft_space *out, struct trouble *trouble) {
    char *at = NULL;
    long len = BIO_get_mem_data(bio, &at);

    out->at = len > 0 ? malloc((size_t)len + 1) : NULL;
    if (out->at == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_READ, "memory", ENOMEM);
    memcpy(out->at, at, (size_t)len);
    out->at[len] = 0;
    out->len = (size_t)len;
    return ALOFT_OK;
}

static aloft_err make_public(struct legacy_set *set, EVP_PKEY *root_key, struct trouble *trouble) {
    BIO *bio = BIO_new(BIO_s_mem());
    aloft_err e = trouble_set(trouble, ALOFT_E_CRYPTO_FAILED);

    if (bio != NULL && PEM_write_bio_PUBKEY(bio, root_key) == 1)
        e = take_memory(bio, &set->file[LEGACY_PUBLIC_KEY], trouble);
    BIO_free(bio);
    return e;
}

/* The documented certificate has no subjectAltName: its common name is what devices call. */
static void take_common_name(struct legacy_set *set, X509 *server) {
    char name[PKI_HOST_MAX + 1] = "";
    struct trouble unused;

    X509_NAME_get_text_by_NID(X509_get_subject_name(server), NID_commonName, name, sizeof name);
    (void)!pki_hosts_add(&set->hosts, name, &unused);
}

static aloft_err check_list(struct legacy_set *set, struct trouble *trouble) {
    static struct legacy_versions versions;
    aloft_space *list = &set->file[LEGACY_VERSION_LIST];
    aloft_err e = ALOFT_OK;

    if (list->at != NULL)
        e = legacy_versions_read((aloft_bytes){list->at, list->len}, &versions, trouble);
    if (e != ALOFT_OK)
        trouble_fact(trouble, "file", "%s", files[LEGACY_VERSION_LIST].name);
    return e;
}

aloft_err legacy_import_read(const char *dir, struct legacy_set *set, struct trouble *trouble) {
    struct parsed p = {0};
    aloft_err e = ALOFT_OK;

    memset(set, 0, sizeof *set);
    for (unsigned i = 0; e == ALOFT_OK && i < LEGACY_N_FILES; i++)
        e = read_one(dir, (enum legacy_file)i, set, trouble);
    if (e != ALOFT_OK)
        return e;
    p.root = certificate_of(set, LEGACY_ROOT_CRT);
    p.server = certificate_of(set, LEGACY_SERVER_CRT);
    p.root_key = key_of(set, LEGACY_ROOT_KEY);
    p.server_key = key_of(set, LEGACY_SERVER_KEY);
    p.public_key = key_of(set, LEGACY_PUBLIC_KEY);
    e = check(&p, set->file[LEGACY_PUBLIC_KEY].at != NULL, trouble);
    if (e == ALOFT_OK && set->file[LEGACY_PUBLIC_KEY].at == NULL)
        e = make_public(set, p.root_key, trouble);
    if (e == ALOFT_OK)
        e = check_list(set, trouble);
    if (e == ALOFT_OK)
        take_common_name(set, p.server);
    drop(&p);
    return e;
}

/* ---- writing */

static aloft_err write_one(const struct legacy_set *set, enum legacy_file which, const char *folder,
                           const char *name, struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_err e = file_join(folder, name, path, sizeof path, trouble);

    if (e != ALOFT_OK || set->file[which].at == NULL)
        return e;
    return file_write(path, (aloft_bytes){set->file[which].at, set->file[which].len},
                      files[which].mode, false, trouble);
}

/* Issued as every server certificate of aloft, then given 20 years and signed again. NULL: the old
 * root cannot issue it (it has no key identifier, say); the old certificate is then served as it
 * is. */
static X509 *issue(const struct parsed *p, const struct pki_hosts *hosts, int64_t now_s) {
    X509 *x =
        hosts->n == 0 ? NULL : pki_issue_server(p->root, p->root_key, p->server_key, hosts, now_s);

    if (x != NULL &&
        ASN1_TIME_set(X509_getm_notAfter(x), now_s + (int64_t)LEGACY_CERT_YEARS * YEAR_S) != NULL &&
        X509_sign(x, p->root_key, EVP_sha256()) > 0)
        return x;
    X509_free(x);
    return NULL;
}

static aloft_err renew(struct legacy_set *set, const char *folder, int64_t now_s,
                       struct trouble *trouble) {
    struct parsed p = {.root = certificate_of(set, LEGACY_ROOT_CRT),
                       .root_key = key_of(set, LEGACY_ROOT_KEY),
                       .server_key = key_of(set, LEGACY_SERVER_KEY)};
    BIO *bio = BIO_new(BIO_s_mem());
    aloft_err e = ALOFT_OK;

    p.server = p.root == NULL ? NULL : issue(&p, &set->hosts, now_s);
    if (bio != NULL && p.server != NULL && PEM_write_bio_X509(bio, p.server) == 1) {
        e = write_one(set, LEGACY_SERVER_CRT, folder, "server-old.crt", trouble);
        free(set->file[LEGACY_SERVER_CRT].at);
        set->file[LEGACY_SERVER_CRT] = (aloft_space){NULL, 0};
        if (e == ALOFT_OK)
            e = take_memory(bio, &set->file[LEGACY_SERVER_CRT], trouble);
        set->cert_is_new = e == ALOFT_OK;
    }
    BIO_free(bio);
    drop(&p);
    return e;
}

static aloft_err write_list(const struct legacy_set *set, const char *project_dir,
                            struct trouble *trouble) {
    char folder[PATH_MAX];
    aloft_err e = file_join(project_dir, "site/legacy", folder, sizeof folder, trouble);

    if (e == ALOFT_OK)
        e = file_folder(folder, 0755, trouble);
    return e == ALOFT_OK ? write_one(set, LEGACY_VERSION_LIST, folder, "version_info.json", trouble)
                         : e;
}

aloft_err legacy_import_write(struct legacy_set *set, const char *project_dir, int64_t now_s,
                              struct trouble *trouble) {
    char folder[PATH_MAX];
    aloft_err e = file_join(project_dir, "legacy", folder, sizeof folder, trouble);

    if (e == ALOFT_OK)
        e = file_folder(folder, 0700, trouble);
    if (e == ALOFT_OK)
        e = renew(set, folder, now_s, trouble);
    for (unsigned i = 0; e == ALOFT_OK && i < LEGACY_VERSION_LIST; i++)
        e = write_one(set, (enum legacy_file)i, folder, files[i].name, trouble);
    return e == ALOFT_OK ? write_list(set, project_dir, trouble) : e;
}

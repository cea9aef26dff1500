/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Brings what is known of the server: a project's base, certificates, legacy
 * keys.
 * Knows: the files of a project.   Never knows: what they are compared with. */
#include "host/doctor/room.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "host/create.h"
#include "host/file.h"
#include "host/project.h"

#define PEM_FILE_MAX 65536u

struct doctor *doctor_new(void) {
    struct doctor *d = calloc(1, sizeof *d);

    if (d != NULL)
        pki_hosts_of_machine(&d->machine);
    return d;
}

void doctor_free(struct doctor *d) {
    for (unsigned i = 0; d != NULL && i < d->n_servers; i++) {
        X509_free(d->server[i].ca);
        X509_free(d->server[i].certificate);
        EVP_PKEY_free(d->server[i].legacy_key);
    }
    free(d);
}

static BIO *open_pem(const struct project *project, const char *name, aloft_space *text) {
    struct trouble unused;
    char path[PATH_MAX];

    text->at = NULL;
    if (project_path(project, name, path, &unused) != ALOFT_OK ||
        file_read(path, PEM_FILE_MAX, text, &unused) != ALOFT_OK)
        return NULL;
    return BIO_new_mem_buf(text->at, (int)text->len);
}

static X509 *certificate_of(const struct project *project, const char *name) {
    aloft_space text;
    BIO *bio = open_pem(project, name, &text);
    X509 *out = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);

    BIO_free(bio);
    free(text.at);
    ERR_clear_error();
    return out;
}

static EVP_PKEY *key_of(const struct project *project, const char *name) {
    aloft_space text;
    BIO *bio = open_pem(project, name, &text);
    EVP_PKEY *out = bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

    BIO_free(bio);
    free(text.at);
    ERR_clear_error();
    return out;
}

static void bring_hosts(const struct project *project, const char *name, struct server *s) {
    static struct pki_facts facts;
    struct trouble unused;
    char path[PATH_MAX];

    if (project_path(project, name, path, &unused) == ALOFT_OK &&
        pki_facts_of(path, &facts, &unused) == ALOFT_OK)
        s->hosts = facts.hosts;
}

static void add_aloft(struct doctor *d, const struct project *project) {
    struct server *s = &d->server[d->n_servers++];
    struct address base;
    struct trouble unused;

    snprintf(s->base, sizeof s->base, "%s", project->base);
    bring_hosts(project, "pki/server.crt", s);
    s->port = 4443;
    if (address_of(project->base, &base)) {
        s->port = base.port;
        (void)!pki_hosts_add(&s->hosts, base.host, &unused);
    }
    s->ca = certificate_of(project, "pki/ca.crt");
    s->certificate = certificate_of(project, "pki/server.crt");
}

/* The old devices call one address on one port, compiled into them; any address of the certificate
 * is it. */
static void add_legacy(struct doctor *d, const struct project *project) {
    struct server *s = &d->server[d->n_servers];
    const char *colon = strrchr(project->legacy_listen, ':');
    char host[PKI_HOST_MAX + 1];

    s->certificate = certificate_of(project, "legacy/server.crt");
    if (s->certificate == NULL)
        return;
    s->is_legacy = true;
    s->ca = certificate_of(project, "legacy/root.crt");
    s->legacy_key = key_of(project, "legacy/public_key.pem");
    s->port = colon == NULL ? 4443 : (unsigned)strtoul(colon + 1, NULL, 10);
    bring_hosts(project, "legacy/server.crt", s);
    if (s->hosts.n > 0) {
        snprintf(host, sizeof host, "%s", s->hosts.host[0]);
        project_base_of(host, (uint16_t)s->port, s->base, sizeof s->base);
    }
    d->n_servers++;
}

void doctor_server(struct doctor *d, const char *project_dir) {
    static struct project project;
    struct trouble unused;

    if (d->n_servers > 0 || project_open(project_dir, &project, &unused) != ALOFT_OK)
        return;
    add_aloft(d, &project);
    add_legacy(d, &project);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Tells about certificates, requests and keys, never about the private bytes of one.
 * Knows: PEM labels (RFC 7468), words.   Never knows: ASN.1. */
#include "inspect.h"

#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "host/hex.h"
#include "host/pki.h"
#include "host/privkey.h"
#include "host/pubkey.h"

/* RFC 7468 §3 allows text before the label. 64 KiB is far more than anybody writes there. */
static bool has_label(aloft_bytes file, const char *label) {
    size_t len = file.len < 65536 ? file.len : 65536;

    return memmem(file.at, len, label, strlen(label)) != NULL;
}

bool inspect_is_certificate(aloft_bytes file) {
    return has_label(file, "-----BEGIN CERTIFICATE-----");
}

bool inspect_is_request(aloft_bytes file) {
    return has_label(file, "-----BEGIN CERTIFICATE REQUEST-----") ||
           has_label(file, "-----BEGIN NEW CERTIFICATE REQUEST-----");
}

bool inspect_is_private_key(aloft_bytes file) {
    return has_label(file, "PRIVATE KEY-----");
}

bool inspect_is_public_key(aloft_bytes file) {
    return has_label(file, "-----BEGIN PUBLIC KEY-----");
}

static void tell_time(struct inspection *i, const char *name, const char *words, int64_t s) {
    char text[40];
    time_t when = (time_t)s;
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        return;
    inspect_fact(i, name, "%s", text);
    inspect_say(i, "  %s%s", words, text);
}

aloft_err inspect_certificate(struct inspection *i) {
    struct pki_facts facts;
    char digest[2 * sizeof facts.sha256 + 1];
    cJSON *hosts = i->json == NULL ? NULL : cJSON_AddArrayToObject(i->json, "hosts");
    aloft_err e = pki_facts_of(i->path, &facts, i->trouble);

    if (e != ALOFT_OK)
        return e;
    hex_write((aloft_bytes){facts.sha256, sizeof facts.sha256}, digest);
    inspect_fact(i, "subject", "%s", facts.subject);
    inspect_fact(i, "issuer", "%s", facts.issuer);
    inspect_fact(i, "sha256", "%s", digest);
    inspect_number(i, "is_ca", facts.is_ca);
    inspect_say(i, "A certificate%s: %s", facts.is_ca ? " of a CA" : "", facts.subject);
    inspect_say(i, "  issued by     %s", facts.issuer);
    tell_time(i, "not_before", "valid from    ", facts.not_before_s);
    tell_time(i, "not_after", "valid until   ", facts.not_after_s);
    if (facts.not_after_s < (int64_t)time(NULL))
        inspect_say(i, "  It has expired.");
    for (unsigned k = 0; k < facts.hosts.n; k++) {
        cJSON_AddItemToArray(hosts, hosts == NULL ? NULL : cJSON_CreateString(facts.hosts.host[k]));
        inspect_say(i, "  good for      %s", facts.hosts.host[k]);
    }
    inspect_say(i, "  SHA-256       %s", digest);
    return ALOFT_OK;
}

static aloft_err not_read(struct inspection *i) {
    trouble_set(i->trouble, ALOFT_E_CERT_FORM);
    trouble_fact(i->trouble, "file", "%s", i->path);
    return ALOFT_E_CERT_FORM;
}

aloft_err inspect_request(struct inspection *i) {
    BIO *bio = BIO_new_mem_buf(i->file.at, (int)i->file.len);
    X509_REQ *request = bio == NULL ? NULL : PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
    char subject[256], kind[64];
    EVP_PKEY *key;
    bool proves;

    BIO_free(bio);
    if (request == NULL)
        return not_read(i);
    key = X509_REQ_get0_pubkey(request);
    X509_NAME_oneline(X509_REQ_get_subject_name(request), subject, sizeof subject);
    proves = key != NULL && X509_REQ_verify(request, key) == 1;
    inspect_fact(i, "subject", "%s", subject);
    inspect_fact(i, "key", "%s", key == NULL ? "" : pubkey_kind(key, kind, sizeof kind));
    inspect_number(i, "proves_key", proves);
    inspect_say(i, "A certificate request: %s", subject);
    inspect_say(i, "  key           %s",
                key == NULL ? "none" : pubkey_kind(key, kind, sizeof kind));
    inspect_say(i, "  %s",
                proves ? "It is signed by that key, as it must be."
                       : "Its signature is not right: it was changed.");
    X509_REQ_free(request);
    return ALOFT_OK;
}

static void tell_key(struct inspection *i, const struct aloft_key *key, const char *half) {
    char kid[PUBKEY_KID_CHARS], name[64];
    const char *kind = key->type == ALOFT_KEY_P256 ? "P-256" : "Ed25519";
    const char *file = inspect_key_file(i, key->kid, name, sizeof name);

    pubkey_kid_text(key->kid, kid);
    inspect_fact(i, "key", "%s", kind);
    inspect_fact(i, "kid", "%s", kid);
    inspect_say(i, "The %s half of a %s key.", half, kind);
    inspect_say(i, "  key id        %s", kid);
    if (file != NULL) {
        inspect_fact(i, "in_project", "%s", file);
        inspect_say(i, "  this project knows it as %s", file);
    } else if (i->project != NULL) {
        inspect_say(i, "  this project does not know it");
    }
}

aloft_err inspect_private_key(struct inspection *i) {
    EVP_PKEY *key = NULL;
    struct aloft_key public_half;
    aloft_err e = privkey_read(i->path, &key, i->trouble);

    if (e != ALOFT_OK)
        return e;
    if (!pubkey_of(key, &public_half))
        e = privkey_failed(i->trouble, "find the public half of a key");
    EVP_PKEY_free(key);
    if (e != ALOFT_OK)
        return e;
    tell_key(i, &public_half, "private");
    inspect_say(i, "  Whoever has this file can sign in your name: keep it secret.");
    return ALOFT_OK;
}

aloft_err inspect_public_key(struct inspection *i) {
    struct aloft_key key;
    aloft_err e = pubkey_read(i->path, &key, i->trouble);

    if (e == ALOFT_OK)
        tell_key(i, &key, "public");
    return e;
}

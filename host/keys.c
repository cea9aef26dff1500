/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Makes, finds and opens the keys of a project, and signs with them.
 * Knows: the folder keys/.   Never knows: manifests, trust records. */
#include "keys.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "file.h"
#include "privkey.h"
#include "pubkey.h"

#define DER_SIGNATURE_MAX 80u /* two INTEGERs of at most 33 bytes in a SEQUENCE: 72 */
#define TRIES_MAX         8u

bool keys_name_is_legal(const char *name) {
    size_t len = strlen(name);

    return len > 0 && len <= KEYS_NAME_MAX && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

enum key_role keys_role_of(const char *name) {
    return strncmp(name, "fresh", strlen("fresh")) == 0 ? KEY_FRESH : KEY_FIRMWARE;
}

/* ---- the names in keys/, each once */

struct names {
    char name[KEYS_MAX][KEYS_NAME_MAX + 1];
    unsigned n;
};

static int by_name(const void *a, const void *b) {
    return strcmp(a, b);
}

/* "spare.pub" and "spare.key" give "spare"; other files in the folder are somebody's notes. */
static bool name_in(const char *file, char out[KEYS_NAME_MAX + 1]) {
    size_t len = strlen(file);
    const char *ending = len < 4 ? "" : file + len - 4;

    if ((strcmp(ending, ".key") != 0 && strcmp(ending, ".pub") != 0) || len - 4 > KEYS_NAME_MAX)
        return false;
    memcpy(out, file, len - 4);
    out[len - 4] = 0;
    return keys_name_is_legal(out);
}

static bool add_name(struct names *names, const char *name) {
    for (unsigned i = 0; i < names->n; i++)
        if (strcmp(names->name[i], name) == 0)
            return true;
    if (names->n == KEYS_MAX)
        return false;
    memcpy(names->name[names->n++], name, strlen(name) + 1);
    return true;
}

static aloft_err too_many(struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_KEYS_MANY);
    trouble->fault.got = KEYS_MAX + 1;
    trouble->fault.want = 4;
    return ALOFT_E_KEYS_MANY;
}

static aloft_err list_names(const char *folder, struct names *names, struct trouble *trouble) {
    DIR *open = opendir(folder);
    const struct dirent *file;
    char name[KEYS_NAME_MAX + 1];
    aloft_err e = ALOFT_OK;

    names->n = 0;
    if (open == NULL)
        return errno == ENOENT ? ALOFT_OK : trouble_file(trouble, ALOFT_E_FILE_READ, folder, errno);
    while (e == ALOFT_OK && (file = readdir(open)) != NULL)
        if (name_in(file->d_name, name) && !add_name(names, name))
            e = too_many(trouble);
    closedir(open);
    qsort(names->name, names->n, sizeof names->name[0], by_name);
    return e;
}

struct key_paths {
    char private_half[PATH_MAX], public_half[PATH_MAX];
};

static aloft_err find_paths(const char *folder, const char *name, struct key_paths *p,
                            struct trouble *trouble) {
    char file[KEYS_NAME_MAX + sizeof ".key"];
    aloft_err e;

    snprintf(file, sizeof file, "%s.key", name);
    e = file_join(folder, file, p->private_half, PATH_MAX, trouble);
    snprintf(file, sizeof file, "%s.pub", name);
    return e != ALOFT_OK ? e : file_join(folder, file, p->public_half, PATH_MAX, trouble);
}

/* ---- what the project knows */

static aloft_err no_pair(const struct key_paths *p, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_KEY_PAIR);
    trouble_fact(trouble, "file", "%s", p->private_half);
    trouble_fact(trouble, "other", "%s", p->public_half);
    return ALOFT_E_KEY_PAIR;
}

/* Opens the private half, and holds it against the public one where that is there. */
static aloft_err open_half(const struct key_paths *p, EVP_PKEY **key, struct aloft_key *public_half,
                           struct trouble *trouble) {
    struct aloft_key beside;
    aloft_err e = privkey_read(p->private_half, key, trouble);

    if (e == ALOFT_OK && !pubkey_of(*key, public_half))
        e = privkey_failed(trouble, "find the public half of a key");
    if (e == ALOFT_OK && access(p->public_half, F_OK) == 0) {
        e = pubkey_read(p->public_half, &beside, trouble);
        if (e == ALOFT_OK && memcmp(beside.kid, public_half->kid, ALOFT_KID_SIZE) != 0)
            e = no_pair(p, trouble);
    }
    if (e != ALOFT_OK) {
        EVP_PKEY_free(*key);
        *key = NULL;
    }
    return e;
}

static aloft_err know(const char *folder, const char *name, struct known_key *out,
                      struct trouble *trouble) {
    struct key_paths p;
    struct stat facts;
    EVP_PKEY *key = NULL;
    aloft_err e = find_paths(folder, name, &p, trouble);

    if (e != ALOFT_OK)
        return e;
    memset(out, 0, sizeof *out);
    memcpy(out->name, name, strlen(name) + 1);
    out->role = keys_role_of(name);
    out->is_here = access(p.private_half, F_OK) == 0;
    /* without its public half beside it, the private one is asked, and says whose it is */
    out->is_closed =
        out->is_here && access(p.private_half, R_OK) != 0 && access(p.public_half, F_OK) == 0;
    if (stat(p.public_half, &facts) == 0 || stat(p.private_half, &facts) == 0)
        out->since_s = facts.st_mtime;
    e = out->is_here && !out->is_closed ? open_half(&p, &key, &out->key, trouble)
                                        : pubkey_read(p.public_half, &out->key, trouble);
    EVP_PKEY_free(key);
    return e;
}

aloft_err keys_known(const struct project *project, struct keyring *out, struct trouble *trouble) {
    char folder[PATH_MAX];
    struct names names;
    aloft_err e = project_path(project, "keys", folder, trouble);

    out->n = 0;
    if (e == ALOFT_OK)
        e = list_names(folder, &names, trouble);
    for (unsigned i = 0; e == ALOFT_OK && i < names.n; i++)
        e = know(folder, names.name[i], &out->key[out->n++], trouble);
    return e;
}

/* ---- signers */

static aloft_err add_signer(struct signers *out, const struct key_paths *p, const char *name,
                            struct trouble *trouble) {
    struct signer *s = &out->signer[out->n];
    aloft_err e;

    if (out->n == KEYS_MAX)
        return too_many(trouble);
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "%s", name);
    s->role = keys_role_of(name);
    e = open_half(p, &s->private_half, &s->key, trouble);
    if (e != ALOFT_OK)
        return e;
    for (unsigned i = 0; i < out->n; i++)
        if (memcmp(out->signer[i].key.kid, s->key.kid, ALOFT_KID_SIZE) == 0) {
            EVP_PKEY_free(s->private_half);
            return ALOFT_OK;
        }
    out->n++;
    return ALOFT_OK;
}

aloft_err keys_signers(const struct project *project, enum key_role role, struct signers *out,
                       struct trouble *trouble) {
    char folder[PATH_MAX];
    struct names names;
    struct key_paths p;
    aloft_err e = project_path(project, "keys", folder, trouble);

    out->n = 0;
    if (e == ALOFT_OK)
        e = list_names(folder, &names, trouble);
    for (unsigned i = 0; e == ALOFT_OK && i < names.n; i++) {
        e = find_paths(folder, names.name[i], &p, trouble);
        if (e != ALOFT_OK || keys_role_of(names.name[i]) != role ||
            access(p.private_half, F_OK) != 0)
            continue;
        e = add_signer(out, &p, names.name[i], trouble);
    }
    if (e != ALOFT_OK)
        keys_close(out);
    return e;
}

aloft_err keys_open(const char *path, struct signers *out, struct trouble *trouble) {
    struct key_paths p = {.public_half = ""};
    const char *slash = strrchr(path, '/');
    char name[KEYS_NAME_MAX + 1];

    if ((size_t)snprintf(p.private_half, PATH_MAX, "%s", path) >= PATH_MAX)
        return trouble_file(trouble, ALOFT_E_FILE_PATH, path, ENAMETOOLONG);
    if (!name_in(slash == NULL ? path : slash + 1, name))
        snprintf(name, sizeof name, "%.*s", (int)KEYS_NAME_MAX, slash == NULL ? path : slash + 1);
    return add_signer(out, &p, name, trouble);
}

void keys_close(struct signers *signers) {
    for (unsigned i = 0; i < signers->n; i++)
        EVP_PKEY_free(signers->signer[i].private_half);
    signers->n = 0;
}

/* ---- signing */

/* OpenSSL gives ECDSA signatures in DER; COSE wants r and s of 32 bytes each (RFC 9053 §2.1). */
static bool flatten(const uint8_t *der, size_t len, uint8_t out[ALOFT_SIGNATURE_SIZE]) {
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool done = pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32) == 32 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32) == 32;

    ECDSA_SIG_free(pair);
    return done;
}

aloft_err keys_sign(const struct signer *with, aloft_bytes message,
                    uint8_t signature[ALOFT_SIGNATURE_SIZE], struct trouble *trouble) {
    bool is_p256 = with->key.type == ALOFT_KEY_P256;
    const EVP_MD *hash = is_p256 ? EVP_sha256() : NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t der[DER_SIGNATURE_MAX];
    size_t len = sizeof der;
    bool done = context != NULL &&
                EVP_DigestSignInit(context, NULL, hash, NULL, with->private_half) == 1 &&
                EVP_DigestSign(context, der, &len, message.at, message.len) == 1;

    EVP_MD_CTX_free(context);
    if (done && is_p256)
        done = flatten(der, len, signature);
    else if (done && len == ALOFT_SIGNATURE_SIZE)
        memcpy(signature, der, len);
    return done ? ALOFT_OK : privkey_failed(trouble, "sign");
}

/* ---- making */

/* Devices remember revoked keys by the first four bytes of the kid, and four zero bytes mean an
 * unused entry (records.md): such a key, one in 2^32, could never be revoked. */
static aloft_err make_named(enum aloft_key_type type, EVP_PKEY **key, struct aloft_key *made,
                            struct trouble *trouble) {
    static const uint8_t unused[4] = {0};

    for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
        aloft_err e = privkey_make(type, key, trouble);
        if (e != ALOFT_OK)
            return e;
        if (pubkey_of(*key, made) && memcmp(made->kid, unused, sizeof unused) != 0)
            return ALOFT_OK;
        EVP_PKEY_free(*key);
    }
    *key = NULL;
    return privkey_failed(trouble, "make a key");
}

aloft_err keys_make(const char *folder, const char *name, enum aloft_key_type type,
                    struct aloft_key *made, struct trouble *trouble) {
    struct key_paths p;
    EVP_PKEY *key = NULL;
    aloft_err e;

    if (!keys_name_is_legal(name)) {
        trouble_set(trouble, ALOFT_E_KEY_NAME);
        trouble_fact(trouble, "what", "%s", name);
        return ALOFT_E_KEY_NAME;
    }
    if ((e = find_paths(folder, name, &p, trouble)) != ALOFT_OK)
        return e;
    if (access(p.public_half, F_OK) == 0) /* of a key that is held elsewhere */
        return trouble_file(trouble, ALOFT_E_FILE_EXISTS, p.public_half, EEXIST);
    if ((e = make_named(type, &key, made, trouble)) != ALOFT_OK)
        return e;
    e = privkey_write(p.private_half, key, trouble);
    if (e == ALOFT_OK && (e = privkey_write_public(p.public_half, key, trouble)) != ALOFT_OK)
        (void)unlink(p.private_half);
    EVP_PKEY_free(key);
    return e;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Makes, writes and reads private keys.
 * Knows: PEM, PKCS#8, OpenSSL.   Never knows: what is signed with them, projects. */
#include "privkey.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "file.h"
#include "pubkey.h"

aloft_err privkey_failed(struct trouble *trouble, const char *what) {
    trouble_set(trouble, ALOFT_E_CRYPTO_FAILED);
    trouble->fault.origin = ALOFT_ORIGIN_OPENSSL;
    trouble->fault.raw = (int32_t)ERR_peek_error();
    trouble_fact(trouble, "what", "%s", what);
    ERR_clear_error();
    return ALOFT_E_CRYPTO_FAILED;
}

aloft_err privkey_make(enum aloft_key_type type, EVP_PKEY **key, struct trouble *trouble) {
    *key = type == ALOFT_KEY_ED25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                     : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    return *key == NULL ? privkey_failed(trouble, "make a key") : ALOFT_OK;
}

/* A passphrase is never asked for: publishing runs where nobody sits. */
static int note_question(char *buffer, int size, int is_writing, void *user) {
    (void)buffer, (void)size, (void)is_writing;
    *(bool *)user = true;
    return -1;
}

static aloft_err refuse(const char *path, const char *pem, bool is_encrypted,
                        struct trouble *trouble) {
    bool is_public = strstr(pem, "BEGIN PUBLIC KEY-----") != NULL;
    bool is_certificate = strstr(pem, "BEGIN CERTIFICATE-----") != NULL;

    trouble_set(trouble, is_encrypted ? ALOFT_E_KEY_ENCRYPTED
                         : is_public  ? ALOFT_E_KEY_IS_PUBLIC
                                      : ALOFT_E_KEY_FORM);
    trouble_fact(trouble, "file", "%s", path);
    if (pem[0] == 0)
        trouble_fact(trouble, "what", "it is empty");
    else if (is_certificate)
        trouble_fact(trouble, "what", "it is a certificate");
    else if (strstr(pem, "PRIVATE KEY-----") != NULL)
        trouble_fact(trouble, "what", "the text between its BEGIN and END lines is damaged");
    ERR_clear_error();
    return (aloft_err)trouble->fault.code;
}

aloft_err privkey_read(const char *path, EVP_PKEY **key, struct trouble *trouble) {
    bool is_encrypted = false;
    struct aloft_key public_half;
    aloft_space text;
    char kind[96];
    BIO *bio;
    aloft_err e = file_read(path, PUBKEY_FILE_MAX, &text, trouble);

    *key = NULL;
    if (e != ALOFT_OK)
        return e;
    bio = BIO_new_mem_buf(text.at, (int)text.len);
    if (bio != NULL)
        *key = PEM_read_bio_PrivateKey(bio, NULL, note_question, &is_encrypted);
    BIO_free(bio);
    if (*key == NULL) {
        e = refuse(path, (const char *)text.at, is_encrypted, trouble);
    } else if (!pubkey_of(*key, &public_half)) {
        e = trouble_set(trouble, ALOFT_E_KEY_KIND);
        trouble_fact(trouble, "file", "%s", path);
        trouble_fact(trouble, "what", "%s", pubkey_kind(*key, kind, sizeof kind));
        EVP_PKEY_free(*key);
        *key = NULL;
    }
    OPENSSL_clear_free(text.at, text.len);
    return e;
}

static aloft_err write_bio(const char *path, BIO *bio, bool is_made, mode_t mode,
                           struct trouble *trouble) {
    char *pem = NULL;
    long len = is_made ? BIO_get_mem_data(bio, &pem) : 0;
    aloft_err e;

    if (len <= 0)
        e = privkey_failed(trouble, "write a key as text");
    else
        e = file_write(path, (aloft_bytes){(const uint8_t *)pem, (size_t)len}, mode, false,
                       trouble);
    BIO_free(bio);
    return e;
}

/* BIO_s_secmem empties its memory when it is freed. */
aloft_err privkey_write(const char *path, const EVP_PKEY *key, struct trouble *trouble) {
    BIO *bio = BIO_new(BIO_s_secmem());
    bool is_made =
        bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;

    return write_bio(path, bio, is_made, 0600, trouble);
}

aloft_err privkey_write_public(const char *path, const EVP_PKEY *key, struct trouble *trouble) {
    BIO *bio = BIO_new(BIO_s_mem());
    bool is_made = bio != NULL && PEM_write_bio_PUBKEY(bio, key) == 1;

    return write_bio(path, bio, is_made, 0644, trouble);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Private keys: made, written as PKCS#8 PEM of mode 0600, read with a sentence for
 * each way in which a file can be the wrong one. */
#ifndef HOST_PRIVKEY_H
#define HOST_PRIVKEY_H

#include <openssl/types.h>

#include <aloft/crypto.h>

#include "trouble.h"

/** Make a key; free it with EVP_PKEY_free. Fails CRYPTO_FAILED. */
ALOFT_MUST_USE aloft_err privkey_make(enum aloft_key_type type, EVP_PKEY **key,
                                      struct trouble *trouble);

/** Read a private key, PEM; free it with EVP_PKEY_free. Fails FILE_READ, FILE_LONG, KEY_FORM,
 *  KEY_IS_PUBLIC, KEY_ENCRYPTED, KEY_KIND (neither P-256 nor Ed25519). */
ALOFT_MUST_USE aloft_err privkey_read(const char *path, EVP_PKEY **key, struct trouble *trouble);

/** Write the private half as a new file of mode 0600. Fails FILE_EXISTS, FILE_WRITE,
 *  CRYPTO_FAILED. */
ALOFT_MUST_USE aloft_err privkey_write(const char *path, const EVP_PKEY *key,
                                       struct trouble *trouble);

/** Write the public half as a new file, PEM SubjectPublicKeyInfo. Fails as privkey_write. */
ALOFT_MUST_USE aloft_err privkey_write_public(const char *path, const EVP_PKEY *key,
                                              struct trouble *trouble);

/** OpenSSL failed at `what` ("make a key"): CRYPTO_FAILED with its number; its list of errors
 *  is emptied. */
aloft_err privkey_failed(struct trouble *trouble, const char *what);

#endif

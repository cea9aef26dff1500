/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Public keys: from files and from OpenSSL to the struct that devices trust. */
#ifndef HOST_PUBKEY_H
#define HOST_PUBKEY_H

#include <stdbool.h>

#include <openssl/types.h>

#include <aloft/crypto.h>

#include "trouble.h"

#define PUBKEY_DER_MAX   91u    /* SubjectPublicKeyInfo of P-256; Ed25519 has 44 */
#define PUBKEY_FILE_MAX  16384u /* a PEM of 4096-bit RSA has 3.3 KB; more is no key */
#define PUBKEY_KID_CHARS (2 * ALOFT_KID_SIZE + 1)

/** Read a public key, PEM or DER SubjectPublicKeyInfo. Fails FILE_READ, FILE_LONG, KEY_FORM,
 *  KEY_IS_PRIVATE, KEY_KIND. */
ALOFT_MUST_USE aloft_err pubkey_read(const char *path, struct aloft_key *key,
                                     struct trouble *trouble);

/** The public half of an OpenSSL key. False: it is neither P-256 nor Ed25519. */
ALOFT_MUST_USE bool pubkey_of(const EVP_PKEY *from, struct aloft_key *key);

/** "RSA 2048 bits", "EC secp384r1": what a key is, for a sentence. Gives out. */
const char *pubkey_kind(const EVP_PKEY *key, char *out, size_t out_size);

/** DER SubjectPublicKeyInfo (RFC 5480, RFC 8410) of a key; gives its length. */
size_t pubkey_der(const struct aloft_key *key, uint8_t out[PUBKEY_DER_MAX]);

/** Fill key->kid: the first bytes of SHA-256 of pubkey_der. */
void pubkey_name(struct aloft_key *key);

/** The kid as 16 hexadecimal digits. Gives out. */
const char *pubkey_kid_text(const uint8_t kid[ALOFT_KID_SIZE], char out[PUBKEY_KID_CHARS]);

#endif

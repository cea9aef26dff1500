/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. A project's keys/: NAME.pub is a key that the project knows, NAME.key its private
 * half. A .pub without .key is a key that is held elsewhere. Names that begin with `fresh` sign
 * statements of freshness and nothing else; all others sign firmware.
 *
 * Example:
 *     struct signers with;
 *     uint8_t signature[ALOFT_SIGNATURE_SIZE];
 *     if (keys_signers(&project, KEY_FIRMWARE, &with, &trouble) != ALOFT_OK) ...
 *     if (keys_sign(&with.signer[0], message, signature, &trouble) != ALOFT_OK) ...
 *     keys_close(&with);
 */
#ifndef HOST_KEYS_H
#define HOST_KEYS_H

#include <stdbool.h>

#include <openssl/types.h>

#include <aloft/crypto.h>

#include "project.h"
#include "trouble.h"

#define KEYS_MAX      16u /* in keys/; an image holds 4 and 2 */
#define KEYS_NAME_MAX 32u

enum key_role { KEY_FIRMWARE = 1, KEY_FRESH = 2 }; /* as in the trust record */

/** A key that the project knows. */
struct known_key {
    char name[KEYS_NAME_MAX + 1];
    struct aloft_key key;
    enum key_role role;
    bool is_here;    /* its private half is on this machine */
    bool is_closed;  /* it is here, and belongs to somebody else: it was not looked at */
    int64_t since_s; /* when its file was written, seconds since 1970 */
};

struct keyring {
    struct known_key key[KEYS_MAX]; /* by name */
    unsigned n;
};

/** All keys in keys/. A project without that folder knows none. Fails KEYS_MANY, KEY_PAIR and as
 *  pubkey_read and privkey_read do; a private half that this user may not read is closed. */
ALOFT_MUST_USE aloft_err keys_known(const struct project *project, struct keyring *out,
                                    struct trouble *trouble);

/** A private half, ready to sign. */
struct signer {
    char name[KEYS_NAME_MAX + 1]; /* of its file, without .key */
    struct aloft_key key;
    enum key_role role;
    EVP_PKEY *private_half;
};

struct signers {
    struct signer signer[KEYS_MAX];
    unsigned n;
};

/** Open every private half of this role in keys/, by name. A .key that cannot be read is an error:
 *  whoever signs wants to know. Nothing is open after a failure. */
ALOFT_MUST_USE aloft_err keys_signers(const struct project *project, enum key_role role,
                                      struct signers *out, struct trouble *trouble);

/** Add the private half in this file (`--key FILE`), unless the same key is open already. */
ALOFT_MUST_USE aloft_err keys_open(const char *path, struct signers *out, struct trouble *trouble);
void keys_close(struct signers *signers);

/** Sign: P-256 with SHA-256 as r || s (RFC 9053 §2.1), or Ed25519 (RFC 8032). Fails
 *  CRYPTO_FAILED. */
ALOFT_MUST_USE aloft_err keys_sign(const struct signer *with, aloft_bytes message,
                                   uint8_t signature[ALOFT_SIGNATURE_SIZE],
                                   struct trouble *trouble);

/** Make FOLDER/NAME.key (mode 0600) and FOLDER/NAME.pub. Fails KEY_NAME, FILE_EXISTS, FILE_WRITE:
 *  then neither is there that was not before. */
ALOFT_MUST_USE aloft_err keys_make(const char *folder, const char *name, enum aloft_key_type type,
                                   struct aloft_key *made, struct trouble *trouble);

/** The role of a key by its name, and whether a name is legal: a-z 0-9 - _, at most
 *  KEYS_NAME_MAX. */
enum key_role keys_role_of(const char *name);
bool keys_name_is_legal(const char *name);

#endif

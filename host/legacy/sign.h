/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/legacy. The signature that the SmartThings ota_demo puts behind its firmware:
 *
 *     firmware | ff ff ff ff 00 00 | RSA signature, 256 bytes | 00 00 ff ff ff ff
 *
 * RSASSA-PKCS1-v1_5 with SHA-256 of the 32 bytes SHA-256(firmware): a hash of a hash, because the
 * old script hashes a file that holds the first hash. */
#ifndef HOST_LEGACY_SIGN_H
#define HOST_LEGACY_SIGN_H

#include <stdbool.h>

#include <aloft/bytes.h>
#include <aloft/error.h>

#include "host/trouble.h"

#define LEGACY_SIGNATURE 256u
#define LEGACY_TRAILER   (6u + LEGACY_SIGNATURE + 6u)

/** Whether a file ends as a signed one does: what the old script calls "already signed" is looser
 *  (four last bytes ff); see legacy_ends_signed. */
bool legacy_is_signed(aloft_bytes file);
bool legacy_ends_signed(aloft_bytes file);

/** The firmware with its trailer, malloc'ed. `key_pem` is the text of an RSA-2048 private key.
 *  Fails LEGACY_SIGNED, LEGACY_KEY, LEGACY_EMPTY, CRYPTO_FAILED. */
ALOFT_MUST_USE aloft_err legacy_sign(aloft_bytes firmware, aloft_bytes key_pem, aloft_space *out,
                                     struct trouble *trouble);

/** Whether the trailer of a signed file fits this public key (PEM), by the steps of the device. */
bool legacy_signature_fits(aloft_bytes file, aloft_bytes public_pem);

#endif

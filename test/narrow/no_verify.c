/* SPDX-License-Identifier: Apache-2.0 */
/* For tests on processors that no crypto library is there for: checks no signature. Tests that need one do not run
 * there. */
#include <aloft/crypto.h>

bool aloft_key_usable(enum aloft_key_type type) {
    (void)type;
    return false;
}

bool aloft_verify(const struct aloft_key *key, aloft_bytes message,
                  const uint8_t signature[ALOFT_SIGNATURE_SIZE]) {
    (void)key;
    (void)message;
    (void)signature;
    return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Signed manifests for tests of the device, made by hand, so that they do not depend on the tools that they
 * would also test. The key is made anew in each run. */
#ifndef TEST_RELEASE_H
#define TEST_RELEASE_H

#include <aloft/crypto.h>
#include <aloft/manifest.h>

struct kit_signer {
    void *private_key;
    struct aloft_key key;
};

void kit_signer_make(struct kit_signer *signer);

struct kit_release {
    uint64_t sequence;
    uint32_t version[3];
    aloft_bytes image;
    uint8_t vendor_id[16], class_id[16];
    const char *uri;   /* NULL: fw/ and the first 16 hex digits of the image digest and .bin */
    uint32_t encoding; /* 0 */
    uint8_t
        payload_xor; /* not 0: the manifest names another payload digest (only with an encoding) */
};

/** The envelope into out; gives its length. */
size_t kit_release_sign(const struct kit_release *release, const struct kit_signer *signers,
                        size_t n, uint8_t out[ALOFT_MANIFEST_MAX]);

/** A statement of freshness. */
struct kit_statement {
    uint8_t class_id[16];
    uint64_t sequence;
    uint32_t issued, valid_s;
    const char *aad; /* NULL: the right one */
};

/** It into out (160 bytes are enough); gives its length. */
size_t kit_statement_sign(const struct kit_statement *statement, const struct kit_signer *signer,
                          uint8_t *out);

/** "fw/<16 hex>.bin" of an image. */
void kit_release_uri(aloft_bytes image, char out[32]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: base. Says which rule of the manifest a fault is about.
 * Knows: errors of manifests.   Never knows: manifests. */
#include "base/rule.h"

#include <aloft/manifest.h>

/* Where `want` says something else, the code has one rule only. */
unsigned aloft_manifest_rule(const aloft_fault *why) {
    static const struct {
        uint16_t code;
        uint8_t rule; /* 0: stands in `want` */
    } rows[] = {
        {ALOFT_E_MANIFEST_LONG, 0},       {ALOFT_E_MANIFEST_FORM, 0},
        {ALOFT_E_MANIFEST_CONTENT, 0},    {ALOFT_E_MANIFEST_CLASS, 0},
        {ALOFT_E_MANIFEST_EXPIRED, 0},    {ALOFT_E_MANIFEST_ENCODING, 0},
        {ALOFT_E_SIGNATURE_BAD, 0},       {ALOFT_E_ROLLBACK_REFUSED, 0},
        {ALOFT_E_SIGNER_UNKNOWN, AL_R13}, {ALOFT_E_SKIPPED, AL_R17},
        {ALOFT_E_MANIFEST_SIZE, AL_R21},  {ALOFT_E_DIGEST_MISMATCH, AL_R41},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].code == why->code)
            return rows[i].rule != 0 ? rows[i].rule : why->want;
    return 0;
}

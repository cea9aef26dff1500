/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Makes a manifest: the facts of a release as an envelope of this profile (FORMAT.md). The same
 * plan gives the same bytes; only ECDSA signatures differ from run to run.
 *
 * Example:
 *     struct manifest_draft *draft = malloc(sizeof *draft);
 *     e = manifest_write(&plan, draft, trouble);
 *     e = manifest_sign(draft, key, trouble);             // for each key
 *     e = manifest_seal(draft, &envelope, trouble);
 */
#ifndef HOST_MAKE_MANIFEST_H
#define HOST_MAKE_MANIFEST_H

#include <aloft/image.h>
#include <aloft/manifest.h>

#include "host/trouble.h"

#define MANIFEST_NUMBERS_MAX 3u
/** The 36 bytes that stand for the manifest: [-16, digest]. */
#define MANIFEST_DIGEST_SIZE 36u
/** Notes of 3 KiB, four branches of 300 bytes and all else below 1 KiB: nothing can be longer than this, so
 *  a manifest that is too long for a device is measured before it is refused. */
#define MANIFEST_ROOM 8192u

/** One way to the image. The full one has from_size 0. */
struct manifest_branch {
    uint8_t from_digest[ALOFT_DIGEST_SIZE];
    uint32_t from_size; /* 0: the full branch; else a patch for the image of that digest */
    const char *uri;    /* "fw/<16 hex>.bin" */
    uint32_t encoding;
    uint32_t payload_size;
    uint8_t payload_sha256[ALOFT_DIGEST_SIZE];
};

/** What a manifest is to say. */
struct manifest_plan {
    uint64_t sequence; /* < 2^63 */
    const char *device_class;
    const char *channel;
    const char *version;
    const char *notes; /* UTF-8, "" for none */
    uint8_t image_digest[ALOFT_DIGEST_SIZE];
    uint32_t image_size; /* >= 1 */
    uint64_t use_before; /* 0: never expires */
    struct manifest_branch branch[ALOFT_BRANCHES_MAX];
    unsigned n_branches; /* >= 1; the last one is the full one */
};

/** A manifest under way; 30 KiB, so it belongs on the heap. */
struct manifest_draft {
    uint8_t body[MANIFEST_ROOM]; /* the manifest's map */
    size_t body_len;
    uint8_t text[MANIFEST_ROOM]; /* the text's map */
    size_t text_len;
    uint8_t payload[MANIFEST_DIGEST_SIZE]; /* what is signed */
    uint8_t block[ALOFT_KEYS_MAX][84];     /* COSE_Sign1: each has this size */
    unsigned n_blocks;
    uint8_t envelope[MANIFEST_ROOM];
};

struct signer;

/** The first one to three numbers of a version text, or 0 if it has none; gives how many. A number above
 *  2^31 - 1 (a date with time, a hash) is none. */
unsigned manifest_numbers(const char *version, int32_t number[MANIFEST_NUMBERS_MAX]);

/** Write the part that is signed, and the text. Fails USAGE for notes that are not UTF-8. */
ALOFT_MUST_USE aloft_err manifest_write(const struct manifest_plan *plan,
                                        struct manifest_draft *draft, struct trouble *trouble);

/** Add a signature; at most ALOFT_KEYS_MAX. Fails as keys_sign does. */
ALOFT_MUST_USE aloft_err manifest_sign(struct manifest_draft *draft, const struct signer *with,
                                       struct trouble *trouble);

/** Put the envelope together; *envelope points into the draft. Fails PUBLISH_LONG. */
ALOFT_MUST_USE aloft_err manifest_seal(struct manifest_draft *draft, aloft_bytes *envelope,
                                       struct trouble *trouble);

#endif

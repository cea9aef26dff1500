/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the manifest. Authenticate it, read its facts, and judge them as a device would. The tools
 * use the same functions as the device, so they cannot disagree.
 *
 * Example:
 *     struct aloft_manifest m;
 *     struct aloft_keys trusted = {.n = 2, .threshold = 1, .key = {k1, k2}};
 *     if (aloft_manifest_read(envelope, &trusted, &m, &why) != ALOFT_OK) return refuse(&why);
 *     if (aloft_manifest_judge(&m, &terms, &verdict, &why) != ALOFT_OK) return refuse(&why);
 */
#ifndef ALOFT_MANIFEST_H
#define ALOFT_MANIFEST_H

#include <stdbool.h>

#include "bytes.h"
#include "crypto.h"
#include "error.h"

/* The profile's own limit: two branches, four signatures and 1 KiB of notes fit twice over (FORMAT.md). */
#define ALOFT_MANIFEST_MAX 4096u
#define ALOFT_KEYS_MAX     4u   /* firmware keys in a trust record */
#define ALOFT_BRANCHES_MAX 4u   /* 3 patches and the full image */
#define ALOFT_URI_MAX      128u /* bytes */
#define ALOFT_ENCODING_RAW 0u

/** The keys that count, and how many different ones must have signed. */
struct aloft_keys {
    struct aloft_key key[ALOFT_KEYS_MAX];
    uint8_t n;         /* 0..ALOFT_KEYS_MAX */
    uint8_t threshold; /* 1..n, else nothing is accepted */
};

/** One way to come to the image. Spans point into the envelope. */
struct aloft_branch {
    aloft_bytes from_digest; /* patch: digest of the image it starts from; len 0: the full branch */
    uint32_t from_size;
    aloft_bytes uri; /* relative to the manifest's own, checked by R31 */
    uint32_t encoding;
    uint32_t payload_size;
    aloft_bytes payload_sha256;
};

/** What a manifest says. All spans point into the envelope that was given to aloft_manifest_read and
 * live as long as that. */
struct aloft_manifest {
    uint8_t digest[ALOFT_DIGEST_SIZE]; /* of the manifest, as signed */
    uint8_t n_signers;                 /* trusted keys that signed */
    uint64_t sequence;                 /* < 2^63 */
    aloft_bytes vendor_id, class_id;   /* 16 bytes each */
    aloft_bytes image_digest;          /* 32 bytes */
    uint32_t image_size;               /* bytes, >= 1 */
    int32_t version[5];                /* set-version, for display */
    uint8_t n_version;
    bool expires;
    uint64_t use_before; /* seconds since 1970; only if `expires` */
    bool has_invoke;
    uint8_t n_branches; /* the last one is the full branch */
    struct aloft_branch branch[ALOFT_BRANCHES_MAX];
    aloft_bytes text; /* the text map in the envelope, len 0 if severed; digest was checked */
};

/**
 * Check signatures, then read a manifest (rules R1 to R32 of FORMAT.md, but for what aloft_manifest_judge
 * compares). Nothing behind the signatures is looked at before they are right.
 *
 * Takes   envelope  the whole file, at most ALOFT_MANIFEST_MAX bytes; must live as long as `m`.
 *         trusted   keys and threshold.
 * Gives   ALOFT_OK: *m is filled.
 * Fails   ALOFT_E_MANIFEST_LONG (R1), _MANIFEST_FORM (R2 to R7, R9 to R11: nothing is proven),
 *         _SIGNATURE_BAD (R8, R12), _SIGNER_UNKNOWN (R13; want and got are the threshold and the count),
 *         _MANIFEST_CONTENT (signed, but not of this profile: R14 to R32, and R5 behind the signature).
 *         why->want is the rule's number, why->at the byte. Then *m is all zero.
 * Costs   one hash of the manifest and one signature check per block of a trusted key (at most 4).
 */
ALOFT_MUST_USE aloft_err aloft_manifest_read(aloft_bytes envelope, const struct aloft_keys *trusted,
                                             struct aloft_manifest *m, aloft_fault *why);

/** What a device is and has, as far as a manifest asks. */
struct aloft_terms {
    uint8_t vendor_id[16];
    uint8_t class_id[16];
    uint64_t
        floor;     /* highest sequence ever confirmed, or the lowest this image accepts if higher */
    uint64_t skip; /* highest sequence given up on */
    uint64_t installed_sequence;   /* of the image that runs; 0: flashed at the factory */
    uint8_t installed_manifest[8]; /* first bytes of the digest of its manifest; zero: none */
    uint32_t slot_size;            /* bytes of the slot that would be written */
    bool has_clock;                /* a trusted wall clock */
    uint64_t now_s;                /* seconds since 1970 */
    uint32_t encodings;            /* bit e: encoding e can be decoded */
    bool has_running;              /* digest and size below are known */
    uint8_t running_digest[ALOFT_DIGEST_SIZE];
    uint32_t running_size;
    bool without_patches; /* an earlier patch failed: take the full branch */
};

/** What to do with a manifest that was accepted. */
enum aloft_decision {
    ALOFT_TAKE,    /* fetch `branch` and install */
    ALOFT_NOTHING, /* this very manifest is installed */
    ALOFT_ADOPT,   /* the image that runs is the one it names: record it, fetch nothing */
};

struct aloft_verdict {
    enum aloft_decision decision;
    uint8_t branch; /* index into m->branch, for ALOFT_TAKE */
};

/**
 * Decide what a device does with an authentic manifest: R34 class, R16 and R17 sequence, already installed,
 * R21 slot size, R32 that a raw payload is the image itself, same image, R35 time, R38 branch, R36 encoding,
 * in this order. A pure function.
 *
 * Fails   ALOFT_E_MANIFEST_CLASS, _ROLLBACK_REFUSED, _SKIPPED, _MANIFEST_SIZE, _MANIFEST_CONTENT (R32),
 *         _MANIFEST_EXPIRED, _MANIFEST_ENCODING (then `without_patches` may be tried once: a patch that
 *         cannot be decoded does not fall through to the full branch by itself); why->want is the rule's
 *         number (for _MANIFEST_SIZE the slot's size).
 */
ALOFT_MUST_USE aloft_err aloft_manifest_judge(const struct aloft_manifest *m,
                                              const struct aloft_terms *terms,
                                              struct aloft_verdict *verdict, aloft_fault *why);

/** The number of the rule (FORMAT.md) that a fault of these functions is about; 0 for faults that are not
 * about a manifest. */
unsigned aloft_manifest_rule(const aloft_fault *why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an envelope, and any bytes as what stands behind right signatures. Nothing passes unsigned; facts
 * point into the envelope; judging them ends. */
#include <stdlib.h>
#include <string.h>

#include <aloft/manifest.h>

#include "suit/suit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* P-256 of draft-ietf-suit-manifest Appendix B, Ed25519 of RFC 8032 §7.1 test 1: they signed the seeds. */
static const struct aloft_keys trusted = {
    .key =
        {
            {.kid = {0xad, 0xe2, 0xda, 0xd6, 0x11, 0x71, 0x7e, 0x91},
             .type = ALOFT_KEY_P256,
             .key = {0x84, 0x96, 0x81, 0x1a, 0xae, 0x0b, 0xaa, 0xab, 0xd2, 0x61, 0x57, 0x18, 0x9e,
                     0xec, 0xda, 0x26, 0xbe, 0xaa, 0x8b, 0xf1, 0x1b, 0x6f, 0x3f, 0xe6, 0xe2, 0xb5,
                     0x65, 0x9c, 0x85, 0xdb, 0xc0, 0xad, 0x3b, 0x1f, 0x2a, 0x4b, 0x6c, 0x09, 0x81,
                     0x31, 0xc0, 0xa3, 0x6d, 0xac, 0xd1, 0xd7, 0x8b, 0xd3, 0x81, 0xdc, 0xdf, 0xb0,
                     0x9c, 0x05, 0x2d, 0xb3, 0x39, 0x91, 0xdb, 0x73, 0x38, 0xb4, 0xa8, 0x96}},
            {.kid = {0x06, 0xe3, 0xfd, 0x8f, 0xda, 0x29, 0xbb, 0x60},
             .type = ALOFT_KEY_ED25519,
             .key = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
                     0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
                     0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a}},
        },
    .n = 2,
    .threshold = 2};

/* Digests of the manifests that the two keys did sign: the seeds. */
static const uint8_t signed_digests[][8] = {{0x46, 0xf1, 0x2f, 0x14, 0xa7, 0x65, 0x30, 0x41},
                                            {0x7b, 0xf2, 0x81, 0xcb, 0xbd, 0x12, 0x56, 0x1b},
                                            {0x9c, 0xbb, 0x03, 0xbb, 0x4d, 0xd6, 0x5b, 0x08},
                                            {0xec, 0x9d, 0xf6, 0x2a, 0x8a, 0x59, 0xd6, 0x8c}};

static void inside(aloft_bytes part, const uint8_t *data, size_t size) {
    if (part.len > 0 && (part.at < data || part.at + part.len > data + size))
        abort();
}

static void check_facts(const struct aloft_manifest *m, const uint8_t *data, size_t size) {
    if (m->n_branches < 1 || m->n_branches > ALOFT_BRANCHES_MAX || m->image_size == 0 ||
        m->n_version < 1 || m->n_version > 5 || m->sequence > INT64_MAX)
        abort();
    inside(m->vendor_id, data, size);
    inside(m->class_id, data, size);
    inside(m->image_digest, data, size);
    for (unsigned i = 0; i < m->n_branches; i++) {
        inside(m->branch[i].uri, data, size);
        inside(m->branch[i].from_digest, data, size);
        inside(m->branch[i].payload_sha256, data, size);
        if (!al_suit_uri_is_legal(m->branch[i].uri))
            abort();
    }
}

static void judge(const struct aloft_manifest *m) {
    struct aloft_terms terms = {.slot_size = 1u << 20, .encodings = 1u << 0 | 1u << 16};
    struct aloft_verdict verdict;
    aloft_fault why;

    memcpy(terms.vendor_id, m->vendor_id.at, 16);
    memcpy(terms.class_id, m->class_id.at, 16);
    if (aloft_manifest_judge(m, &terms, &verdict, &why) == ALOFT_OK &&
        verdict.branch >= m->n_branches)
        abort();
}

static void as_envelope(const uint8_t *data, size_t size) {
    struct aloft_manifest m;
    aloft_fault why = {0};

    if (aloft_manifest_read((aloft_bytes){data, size}, &trusted, &m, &why) != ALOFT_OK) {
        if (why.code == 0 || aloft_manifest_rule(&why) == 0)
            abort();
        return;
    }
    for (size_t i = 0; i < sizeof signed_digests / sizeof signed_digests[0]; i++)
        if (memcmp(m.digest, signed_digests[i], sizeof signed_digests[i]) == 0) {
            check_facts(&m, data, size);
            judge(&m);
            return;
        }
    abort(); /* accepted, and never signed */
}

static void as_manifest(const uint8_t *data, size_t size) {
    struct aloft_manifest m = {0};
    struct al_suit s = {.m = &m, .manifest = {data, size}};

    if (size > ALOFT_MANIFEST_MAX)
        return;
    al_cbor_start(&s.r, (aloft_bytes){data, size}, AL_R5);
    al_suit_manifest_read(&s);
    if (s.r.failed != 0)
        return;
    check_facts(&m, data, size);
    judge(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    as_envelope(data, size);
    as_manifest(data, size);
    return 0;
}

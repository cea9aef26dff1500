/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Decides what a device does with an authentic manifest. A pure function.
 * Knows: the manifest's facts, what the device is and has.   Never knows: flash, network, records. */
#include <aloft/manifest.h>

#include <string.h>

#include "base/rule.h"

enum { ENCODINGS = 32 }; /* bits of a terms' map */

static aloft_err refuse(aloft_err code, uint32_t want, uint64_t got, aloft_fault *why) {
    *why = (aloft_fault){.code = (uint16_t)code,
                         .step = ALOFT_STEP_VERIFY,
                         .want = want,
                         .got = got > UINT32_MAX ? UINT32_MAX : (uint32_t)got};
    return code;
}

/* R34: vendor, then class */
static aloft_err check_class(const struct aloft_manifest *m, const struct aloft_terms *terms,
                             aloft_fault *why) {
    if (memcmp(m->vendor_id.at, terms->vendor_id, sizeof terms->vendor_id) != 0 ||
        memcmp(m->class_id.at, terms->class_id, sizeof terms->class_id) != 0)
        return refuse(ALOFT_E_MANIFEST_CLASS, AL_R34, 0, why);
    return ALOFT_OK;
}

static bool is_installed(const struct aloft_manifest *m, const struct aloft_terms *terms) {
    return m->sequence == terms->installed_sequence &&
           memcmp(m->digest, terms->installed_manifest, sizeof terms->installed_manifest) == 0;
}

/* R16, R17. After a fallback the floor stays above what runs; then the release of the floor, which was
 * confirmed once, may come again although `skip` has reached it. */
static aloft_err check_sequence(const struct aloft_manifest *m, const struct aloft_terms *terms,
                                aloft_fault *why) {
    if (m->sequence < terms->floor)
        return refuse(ALOFT_E_ROLLBACK_REFUSED, AL_R16, m->sequence, why);
    if (m->sequence == terms->installed_sequence && !is_installed(m, terms))
        return refuse(ALOFT_E_ROLLBACK_REFUSED, AL_R16, m->sequence, why);
    if (m->sequence <= terms->skip && m->sequence != terms->floor)
        return refuse(ALOFT_E_SKIPPED, AL_R17, m->sequence, why);
    return ALOFT_OK;
}

static bool runs(const struct aloft_terms *terms, uint32_t size, aloft_bytes digest) {
    return terms->has_running && terms->running_size == size &&
           memcmp(terms->running_digest, digest.at, sizeof terms->running_digest) == 0;
}

/* R32: a payload that is the image itself says so twice, in the same words. */
static bool payloads_agree(const struct aloft_manifest *m) {
    for (uint8_t i = 0; i < m->n_branches; i++) {
        const struct aloft_branch *branch = &m->branch[i];
        if (branch->encoding == ALOFT_ENCODING_RAW &&
            (branch->payload_size != m->image_size ||
             memcmp(branch->payload_sha256.at, m->image_digest.at, ALOFT_DIGEST_SIZE) != 0))
            return false;
    }
    return true;
}

/* The first branch whose condition holds; the full one has none. */
static bool matches(const struct aloft_branch *branch, const struct aloft_terms *terms) {
    if (branch->from_digest.len == 0)
        return true;
    return !terms->without_patches && runs(terms, branch->from_size, branch->from_digest);
}

/* R36: a payload that cannot be decoded is a failed directive: it aborts, and does not go on to the next
 * branch. The caller may judge again with `without_patches`. */
static aloft_err choose(const struct aloft_manifest *m, const struct aloft_terms *terms,
                        struct aloft_verdict *verdict, aloft_fault *why) {
    for (uint8_t i = 0; i < m->n_branches; i++) {
        uint32_t encoding = m->branch[i].encoding;
        if (!matches(&m->branch[i], terms))
            continue;
        if (encoding >= ENCODINGS || (terms->encodings >> encoding & 1u) == 0)
            return refuse(ALOFT_E_MANIFEST_ENCODING, AL_R36, encoding, why);
        *verdict = (struct aloft_verdict){ALOFT_TAKE, i};
        return ALOFT_OK;
    }
    return refuse(ALOFT_E_MANIFEST_CONTENT, AL_R38, 0, why);
}

aloft_err aloft_manifest_judge(const struct aloft_manifest *m, const struct aloft_terms *terms,
                               struct aloft_verdict *verdict, aloft_fault *why) {
    aloft_err e = check_class(m, terms, why);

    if (e == ALOFT_OK)
        e = check_sequence(m, terms, why);
    if (e != ALOFT_OK)
        return e;
    *verdict = (struct aloft_verdict){ALOFT_NOTHING, 0};
    if (is_installed(m, terms))
        return ALOFT_OK;
    if (m->image_size > terms->slot_size)
        return refuse(ALOFT_E_MANIFEST_SIZE, terms->slot_size, m->image_size, why);
    if (!payloads_agree(m))
        return refuse(ALOFT_E_MANIFEST_CONTENT, AL_R32, 0, why);
    verdict->decision = ALOFT_ADOPT;
    if (runs(terms, m->image_size, m->image_digest))
        return ALOFT_OK;
    /* R35: install begins here, and only install asks for the time */
    if (m->expires && (!terms->has_clock || terms->now_s >= m->use_before))
        return refuse(ALOFT_E_MANIFEST_EXPIRED, AL_R35, m->use_before, why);
    return choose(m, terms, verdict, why);
}

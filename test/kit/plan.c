/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests for tests. */
#include "plan.h"

#include "host/privkey.h"
#include "host/pubkey.h"
#include "kit.h"

struct signer kit_signer(enum aloft_key_type type) {
    struct signer s = {.name = "test", .role = KEY_FIRMWARE};
    struct trouble trouble;

    assert_ok(privkey_make(type, &s.private_half, &trouble));
    assert_true(pubkey_of(s.private_half, &s.key));
    return s;
}

void kit_trust(struct aloft_keys *keys, const struct signer *signer) {
    assert_true(keys->n < ALOFT_KEYS_MAX);
    keys->key[keys->n++] = signer->key;
}

void kit_plan(struct manifest_plan *plan) {
    static const struct manifest_plan usual = {.sequence = 42,
                                               .device_class = "aloft.example/esp32-sensor/rev-b",
                                               .channel = "stable",
                                               .version = "1.4.2",
                                               .notes = "Fixes the reconnect loop.",
                                               .image_size = 36000,
                                               .n_branches = 1};

    *plan = usual;
    memset(plan->image_digest, 0x79, ALOFT_DIGEST_SIZE);
    plan->branch[0].uri = "fw/7979797979797979.bin";
    plan->branch[0].payload_size = plan->image_size;
    memcpy(plan->branch[0].payload_sha256, plan->image_digest, ALOFT_DIGEST_SIZE);
}

aloft_bytes kit_make(const struct manifest_plan *plan, const struct signer *signer, unsigned n,
                     struct manifest_draft *draft) {
    struct trouble trouble;
    aloft_bytes envelope;

    assert_ok(manifest_write(plan, draft, &trouble));
    for (unsigned i = 0; i < n; i++)
        assert_ok(manifest_sign(draft, &signer[i], &trouble));
    assert_ok(manifest_seal(draft, &envelope, &trouble));
    return envelope;
}

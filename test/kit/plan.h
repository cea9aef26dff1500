/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests for tests, made by the maker that publish uses. */
#ifndef TEST_KIT_PLAN_H
#define TEST_KIT_PLAN_H

#include "host/keys.h"
#include "host/make/manifest.h"

/** A new key that signs; close with keys_close of a list, or leave it to the end of the test. */
struct signer kit_signer(enum aloft_key_type type);

/** Add the public half of a signer. */
void kit_trust(struct aloft_keys *keys, const struct signer *signer);

/** A plan that a device takes: 1.4.2 for aloft.example/esp32-sensor/rev-b, channel stable, sequence 42,
 *  36000 bytes, one full branch. */
void kit_plan(struct manifest_plan *plan);

/** Make it and give the envelope, which points into the draft. Fails the test if that fails. */
aloft_bytes kit_make(const struct manifest_plan *plan, const struct signer *signer, unsigned n,
                     struct manifest_draft *draft);

#endif

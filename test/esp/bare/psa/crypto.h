/* SPDX-License-Identifier: Apache-2.0 */
/* What esp32/component takes from this header, for a compiler that has none: values as lwIP and mbedTLS have them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef int32_t psa_status_t;
typedef uint32_t psa_key_id_t, psa_algorithm_t, psa_key_usage_t;
typedef uint16_t psa_key_type_t;
typedef struct {
    uint32_t room[12];
} psa_key_attributes_t;

#define PSA_SUCCESS ((psa_status_t)0)
#define PSA_KEY_ATTRIBUTES_INIT                                                                    \
    {                                                                                              \
        { 0 }                                                                                      \
    }
#define PSA_ECC_FAMILY_SECP_R1              0x12
#define PSA_KEY_TYPE_ECC_PUBLIC_KEY(family) ((psa_key_type_t)(0x4100 | (family)))
#define PSA_KEY_USAGE_VERIFY_HASH           0x2000u
#define PSA_ALG_SHA_256                     0x02000009u
#define PSA_ALG_ECDSA(hash)                 (0x06000600u | ((hash)&0xffu))

void psa_set_key_type(psa_key_attributes_t *attributes, psa_key_type_t type);
void psa_set_key_bits(psa_key_attributes_t *attributes, size_t bits);
void psa_set_key_usage_flags(psa_key_attributes_t *attributes, psa_key_usage_t usage);
void psa_set_key_algorithm(psa_key_attributes_t *attributes, psa_algorithm_t alg);
psa_status_t psa_crypto_init(void);
psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
                            size_t data_length, psa_key_id_t *key);
psa_status_t psa_verify_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                             size_t hash_length, const uint8_t *signature, size_t signature_length);
psa_status_t psa_destroy_key(psa_key_id_t key);

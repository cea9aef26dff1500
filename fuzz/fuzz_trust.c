/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a trust record, as an image that may hold one, and as the header of a firmware. Byte 0:
 * whether the hash at the end of the record is made right, which random bytes never are. */
#include <stdlib.h>
#include <string.h>

#include <aloft/crypto.h>

#include "device/trust.h"
#include "host/trust.h"
#include "host/trust_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DIGEST 8u /* FORMAT.md: the first 8 bytes of the hash of what is before */

static void must(bool is_so) {
    if (!is_so)
        abort();
}

static void mend(uint8_t *record, size_t size) {
    uint8_t digest[ALOFT_DIGEST_SIZE];
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){record, size - DIGEST});
    aloft_hash_end(&hash, digest);
    memcpy(record + size - DIGEST, digest, DIGEST);
}

static void check(const struct al_trust *trust) {
    const uint8_t none[AL_TRUST_GONE_MAX][4] = {{0}};
    struct trust_draft draft;
    uint8_t again[AL_TRUST_MAX_SIZE];
    struct aloft_keys keys;

    must(trust->threshold >= 1 && trust->threshold <= trust->n_firmware);
    must(trust->n_firmware <= ALOFT_KEYS_MAX && trust->n_gone <= AL_TRUST_GONE_MAX);
    al_trust_in_force(trust, none, &keys);
    must(keys.n <= trust->n_firmware);
    trust_draft_of(trust, &draft);
    must(trust_write(&draft, again) == trust->record.len);
    must(memcmp(again, trust->record.at, trust->record.len) == 0);
}

static void as_header(const uint8_t *data, size_t size) {
    static char text[8192];
    struct trust_draft draft;
    struct trouble trouble;

    if (size >= sizeof text)
        return;
    memcpy(text, data, size);
    text[size] = 0;
    (void)!trust_header_read(text, "aloft_trust.h", &draft, &trouble);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct al_trust trust;
    struct trouble trouble;
    aloft_fault why = {0};
    uint8_t *copy;

    if (size == 0)
        return 0;
    as_header(data + 1, size - 1);
    copy = malloc(size);
    must(copy != NULL);
    memcpy(copy, data + 1, size - 1);
    if ((data[0] & 1) != 0 && size - 1 > DIGEST)
        mend(copy, size - 1);
    must(al_trust_size((aloft_bytes){copy, size - 1}) <= AL_TRUST_MAX_SIZE);
    if (al_trust_read((aloft_bytes){copy, size - 1}, &trust, &why) == ALOFT_OK)
        check(&trust);
    if (trust_find((aloft_bytes){copy, size - 1}, "image", &trust, &trouble) == ALOFT_OK)
        check(&trust);
    free(copy);
    return 0;
}

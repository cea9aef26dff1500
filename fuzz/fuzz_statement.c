/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a statement of freshness: what is read is within its bounds and points into them. */
#include <stdlib.h>

#include "cose/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_lie_in(aloft_bytes part, const uint8_t *data, size_t size) {
    if (part.at < data || part.at + part.len > data + size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t room[AL_STATEMENT_TO_SIGN_MAX];
    struct al_statement s;

    if (!al_statement_read((aloft_bytes){data, size}, &s))
        return 0;
    must_lie_in(s.class_id, data, size);
    must_lie_in(s.payload, data, size);
    must_lie_in(s.signature, data, size);
    if (s.valid_s < AL_VALID_MIN_S || s.valid_s > AL_VALID_MAX_S || s.issued == 0 ||
        s.sequence >> 63 != 0 || al_statement_to_sign(&s, room).len == 0)
        abort();
    return 0;
}

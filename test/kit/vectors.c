/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of the manifest profile. */
#include "test/kit/vectors.h"

#include "test/kit/kit.h"

const struct aloft_key kit_vector_p256 = {
    .kid = {0xad, 0xe2, 0xda, 0xd6, 0x11, 0x71, 0x7e, 0x91},
    .type = ALOFT_KEY_P256,
    .key = {0x84, 0x96, 0x81, 0x1a, 0xae, 0x0b, 0xaa, 0xab, 0xd2, 0x61, 0x57, 0x18, 0x9e,
            0xec, 0xda, 0x26, 0xbe, 0xaa, 0x8b, 0xf1, 0x1b, 0x6f, 0x3f, 0xe6, 0xe2, 0xb5,
            0x65, 0x9c, 0x85, 0xdb, 0xc0, 0xad, 0x3b, 0x1f, 0x2a, 0x4b, 0x6c, 0x09, 0x81,
            0x31, 0xc0, 0xa3, 0x6d, 0xac, 0xd1, 0xd7, 0x8b, 0xd3, 0x81, 0xdc, 0xdf, 0xb0,
            0x9c, 0x05, 0x2d, 0xb3, 0x39, 0x91, 0xdb, 0x73, 0x38, 0xb4, 0xa8, 0x96}};

const struct aloft_key kit_vector_ed25519 = {
    .kid = {0x06, 0xe3, 0xfd, 0x8f, 0xda, 0x29, 0xbb, 0x60},
    .type = ALOFT_KEY_ED25519,
    .key = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
            0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
            0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a}};

struct aloft_keys kit_vector_keys(void) {
    if (aloft_key_usable(ALOFT_KEY_ED25519))
        return (struct aloft_keys){
            .key = {kit_vector_p256, kit_vector_ed25519}, .n = 2, .threshold = 2};
    return (struct aloft_keys){.key = {kit_vector_p256}, .n = 1, .threshold = 1};
}

struct aloft_terms kit_vector_terms(void) {
    struct aloft_terms terms = {
        .floor = 41,
        .installed_sequence = 41,
        .slot_size = 1u << 20,
        .has_clock = true,
        .now_s = 1795329000,
        .encodings = 1u << 0 | 1u << 16,
        .has_running = true,
        .running_size = 34768,
    };

    (void)kit_hex("a96d394e68fa534ea15b282e8658292d", terms.vendor_id, 16);
    (void)kit_hex("2a5e160f15a756c1b248fadd0254431d", terms.class_id, 16);
    (void)kit_hex("42ed88a7324d37b4f50d8631a8c3a1f836e5e3ee15d33fce8f2163bc24583cfa",
                  terms.running_digest, ALOFT_DIGEST_SIZE);
    memset(terms.installed_manifest, 1, sizeof terms.installed_manifest);
    return terms;
}

size_t kit_vector_index(struct kit_vector *out, size_t max) {
    const char *text = (const char *)kit_file("test/vectors/suit-profile/neg/INDEX.tsv").at;
    size_t n = 0;

    while (*text != 0) {
        assert_true(n < max);
        if (sscanf(text, "%63[^\t]\tR%u\t%79[^\n]", out[n].name, &out[n].rule, out[n].setting) != 3)
            fail_msg("INDEX.tsv, line %zu", n + 1);
        n++;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return n;
}

aloft_bytes kit_vector_bytes(const char *folder, const char *name) {
    char path[192];
    aloft_bytes bytes;

    snprintf(path, sizeof path, "test/vectors/suit-profile/%s%s%s.hex",
             folder == NULL ? "" : folder, folder == NULL ? "" : "/", name);
    bytes = kit_hex_file(path);
    return kit_guarded(3, bytes.at, bytes.len);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of draft-ietf-suit-manifest-37, Appendix B, and relatives: manifests for other kinds of
 * clients, with right and with wrong signatures. Each is refused, by a named rule. */
#include "test/kit/kit.h"
#include "test/kit/vectors.h"

static struct aloft_manifest m;
static aloft_fault why;

static unsigned rule_of(const char *name) {
    struct aloft_keys trusted = {.key = {kit_vector_p256}, .n = 1, .threshold = 1};
    char path[128];
    aloft_bytes bytes;

    snprintf(path, sizeof path, "test/vectors/suit-draft/%s.hex", name);
    bytes = kit_hex_file(path);
    if (aloft_manifest_read(kit_guarded(0, bytes.at, bytes.len), &trusted, &m, &why) == ALOFT_OK)
        return 0;
    return aloft_manifest_rule(&why);
}

static void no_example_of_the_draft_is_taken_for_one_of_ours(void **state) {
    static const struct {
        const char *name;
        unsigned rule;
    } rows[] = {
        /* the kid is not in the protected header */
        {"example0.signed", 9},
        {"example1.signed", 9},
        {"example2.severed-signed", 9},
        {"example3.signed", 9},
        {"example4.signed", 9},
        {"example5.signed", 9},
        {"example0_pr188_esp256.signed", 9},
        /* nobody signed */
        {"example0.unsigned", 6},
        {"example1.unsigned", 6},
        {"example2.severed-unsigned", 6},
        {"example3.unsigned", 6},
        {"example4.unsigned", 6},
        {"example5.unsigned", 6},
        /* install outside the manifest; a payload in the envelope */
        {"example2.signed", 3},
        {"td_example2_integrated", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned rule = rule_of(rows[i].name);
        if (rule != rows[i].rule)
            fail_msg("%s: R%u at %u, not R%u", rows[i].name, rule, (unsigned)why.at, rows[i].rule);
        assert_provoked(why.code, MANIFEST_FORM);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_example_of_the_draft_is_taken_for_one_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* For any plan that publish could have: what is made is read back equal and judged; without a right
 * signature it never is, whatever else stands in it. */
#include "test/kit/kit.h"
#include "test/kit/plan.h"

#include "host/project.h"

#define N_PLANS 300u /* about 2 s with sanitizers */

static struct signer signer[ALOFT_KEYS_MAX];
static uint32_t seed = 20261123;
static struct manifest_draft draft;

static uint32_t below(uint32_t n) {
    return kit_random(&seed) % n;
}

static void random_bytes(uint8_t *out, size_t len) {
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)kit_random(&seed);
}

/* Sizes of every CBOR head: 1, 2, 3 and 5 bytes. */
static uint32_t random_size(void) {
    static const unsigned bits[] = {4, 7, 15, 23};

    return 1 + below(1u << bits[below(4)]);
}

static void random_text(char *out, size_t most, const char *letters) {
    size_t len = below((uint32_t)most + 1);

    for (size_t i = 0; i < len; i++)
        out[i] = letters[below((uint32_t)strlen(letters))];
    out[len] = 0;
}

static void random_branch(struct manifest_branch *branch, char uri[32]) {
    uint8_t head[8];

    random_bytes(branch->from_digest, sizeof branch->from_digest);
    branch->from_size = random_size();
    branch->encoding = 16;
    branch->payload_size = random_size();
    random_bytes(branch->payload_sha256, sizeof branch->payload_sha256);
    random_bytes(head, sizeof head);
    sprintf(uri, "fw/%02x%02x%02x.bin", head[0], head[1], head[2]);
    branch->uri = uri;
}

static struct {
    struct manifest_plan plan;
    char version[33], notes[700], uri[4][32];
} made;

static void random_plan(void) {
    struct manifest_plan *p = &made.plan;

    kit_plan(p);
    p->sequence = (uint64_t)kit_random(&seed) << (below(4) * 10);
    random_bytes(p->image_digest, sizeof p->image_digest);
    p->image_size = random_size();
    made.version[0] = '1';
    random_text(made.version + 1, 31, "0123456789.+-abc");
    random_text(made.notes, sizeof made.notes - 1, "fixes the lamp.\n");
    p->version = made.version;
    p->notes = made.notes;
    p->use_before = below(3) == 0 ? 1 + kit_random(&seed) : 0;
    p->channel = below(2) == 0 ? "stable" : "beta";
    p->n_branches = 1 + below(ALOFT_BRANCHES_MAX);
    for (unsigned i = 0; i < p->n_branches; i++)
        random_branch(&p->branch[i], made.uri[i]);
    p->branch[p->n_branches - 1].from_size = 0;
    p->branch[p->n_branches - 1].encoding = 0;
    p->branch[p->n_branches - 1].payload_size = p->image_size;
    memcpy(p->branch[p->n_branches - 1].payload_sha256, p->image_digest, 32);
}

static void assert_branch(const struct aloft_branch *got, const struct manifest_branch *want) {
    assert_int_equal(got->from_digest.len, want->from_size > 0 ? 32 : 0);
    if (want->from_size > 0) {
        assert_memory_equal(got->from_digest.at, want->from_digest, 32);
        assert_int_equal(got->from_size, want->from_size);
    }
    assert_int_equal(got->encoding, want->encoding);
    assert_int_equal(got->payload_size, want->payload_size);
    assert_memory_equal(got->payload_sha256.at, want->payload_sha256, 32);
    assert_int_equal(got->uri.len, strlen(want->uri));
    assert_memory_equal(got->uri.at, want->uri, got->uri.len);
}

static void assert_same(const struct aloft_manifest *m) {
    const struct manifest_plan *p = &made.plan;
    int32_t number[MANIFEST_NUMBERS_MAX];

    assert_true(m->sequence == p->sequence);
    assert_int_equal(m->image_size, p->image_size);
    assert_memory_equal(m->image_digest.at, p->image_digest, 32);
    assert_int_equal(m->expires, p->use_before > 0);
    if (m->expires)
        assert_true(m->use_before == p->use_before);
    assert_int_equal(m->n_version, manifest_numbers(p->version, number));
    for (unsigned i = 0; i < m->n_version; i++)
        assert_int_equal(m->version[i], number[i]);
    assert_int_equal(m->n_branches, p->n_branches);
    for (unsigned i = 0; i < m->n_branches; i++)
        assert_branch(&m->branch[i], &p->branch[i]);
    assert_non_null(memmem(m->text.at, m->text.len, p->version, strlen(p->version)));
}

static void terms_for(struct aloft_terms *terms) {
    const struct manifest_plan *p = &made.plan;

    *terms = (struct aloft_terms){.slot_size = p->image_size, .encodings = 1, .has_clock = true};
    terms->floor = p->sequence;
    project_ids(p->device_class, p->channel, terms->vendor_id, terms->class_id);
}

static void what_is_made_is_read_back_and_taken(void **state) {
    struct aloft_terms terms;
    struct aloft_verdict verdict;
    struct aloft_manifest m;
    aloft_fault why = {0};

    (void)state;
    for (unsigned i = 0; i < N_PLANS; i++) {
        unsigned n = 1 + below(ALOFT_KEYS_MAX);
        struct aloft_keys keys = {.threshold = (uint8_t)n};
        for (unsigned k = 0; k < n; k++)
            kit_trust(&keys, &signer[k]);
        random_plan();

        aloft_bytes envelope = kit_make(&made.plan, signer, n, &draft);
        envelope = kit_guarded(0, envelope.at, envelope.len);

        assert_ok(aloft_manifest_read(envelope, &keys, &m, &why));
        assert_int_equal(m.n_signers, n);
        assert_same(&m);
        terms_for(&terms);
        assert_ok(aloft_manifest_judge(&m, &terms, &verdict, &why));
        assert_int_equal(verdict.decision, ALOFT_TAKE);
        assert_int_equal(verdict.branch, made.plan.n_branches - 1);
    }
}

static void a_changed_byte_is_never_taken(void **state) {
    struct aloft_keys keys = {.threshold = 2};
    struct aloft_manifest m;
    aloft_fault why = {0};

    (void)state;
    kit_trust(&keys, &signer[0]);
    kit_trust(&keys, &signer[1]);
    for (unsigned i = 0; i < N_PLANS; i++) {
        random_plan();
        aloft_bytes envelope = kit_make(&made.plan, signer, 2, &draft);
        draft.envelope[below((uint32_t)envelope.len)] ^= (uint8_t)(1u << below(8));
        assert_int_not_equal(aloft_manifest_read(envelope, &keys, &m, &why), ALOFT_OK);
    }
}

static void a_stranger_is_never_believed(void **state) {
    struct aloft_keys keys = {.threshold = 1};
    struct aloft_manifest m;
    aloft_fault why = {0};

    (void)state;
    kit_trust(&keys, &signer[0]);
    for (unsigned i = 0; i < N_PLANS / 4; i++) {
        random_plan();
        assert_provoked(aloft_manifest_read(kit_make(&made.plan, signer + 1, 1 + below(3), &draft),
                                            &keys, &m, &why),
                        SIGNER_UNKNOWN);
    }
}

static int make_keys(void **state) {
    (void)state;
    for (unsigned i = 0; i < ALOFT_KEYS_MAX; i++)
        signer[i] = kit_signer(i % 2 == 0 ? ALOFT_KEY_P256 : ALOFT_KEY_ED25519);
    return 0;
}

static int free_keys(void **state) {
    struct signers all = {.n = ALOFT_KEYS_MAX};

    (void)state;
    memcpy(all.signer, signer, sizeof signer);
    keys_close(&all);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_is_read_back_and_taken),
        cmocka_unit_test(a_changed_byte_is_never_taken),
        cmocka_unit_test(a_stranger_is_never_believed),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Keys are made, found, opened and refused with the right sentence; what they sign can be
 * checked. */
#include "test/kit/kit.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "host/keys.h"
#include "host/privkey.h"
#include "host/pubkey.h"
#include "host/trust_plan.h"

static struct trouble trouble;
static struct project project;
static unsigned n_folders;

/* A project's folder of its own for each test. */
static void new_project(void) {
    char keys[PATH_MAX + 8];

    memset(&project, 0, sizeof project);
    snprintf(project.dir, sizeof project.dir, "%s/p%u", kit_folder(), n_folders++);
    assert_int_equal(mkdir(project.dir, 0755), 0);
    snprintf(keys, sizeof keys, "%s/keys", project.dir);
    assert_int_equal(mkdir(keys, 0755), 0);
}

static const char *in_keys(const char *name) {
    static char path[2][PATH_MAX + 64];
    static unsigned turn;

    turn ^= 1u;
    snprintf(path[turn], sizeof path[turn], "%s/keys/%s", project.dir, name);
    return path[turn];
}

static struct aloft_key make(const char *name, enum aloft_key_type type) {
    struct aloft_key made;
    char folder[PATH_MAX + 8];

    snprintf(folder, sizeof folder, "%s/keys", project.dir);
    assert_ok(keys_make(folder, name, type, &made, &trouble));
    return made;
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* The key of appendix B of draft-ietf-suit-manifest; its kid is known from the profile's
 * example too. */
static const char p256_pub[] = "-----BEGIN PUBLIC KEY-----\n"
                               "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhJaBGq4LqqvSYVcYnuzaJr6qi/Eb\n"
                               "bz/m4rVlnIXbwK07HypLbAmBMcCjbazR14vTgdzfsJwFLbM5kdtzOLSolg==\n"
                               "-----END PUBLIC KEY-----\n";

/* The key of RFC 8032 §7.1 test 1; its kid is known from the profile's example. */
static void a_kid_is_that_of_the_profile(void **state) {
    struct aloft_key key = {.type = ALOFT_KEY_ED25519};
    char kid[PUBKEY_KID_CHARS], path[PATH_MAX];

    (void)state;
    kit_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", key.key, 32);
    pubkey_name(&key);
    assert_string_equal(pubkey_kid_text(key.kid, kid), "06e3fd8fda29bb60");

    snprintf(path, sizeof path, "%s/appendix-b.pub", kit_folder());
    write_file(path, p256_pub);
    assert_ok(pubkey_read(path, &key, &trouble));
    assert_string_equal(pubkey_kid_text(key.kid, kid), "ade2dad611717e91");
}

static void a_new_key_is_private_to_its_owner_and_found_again(void **state) {
    struct aloft_key made;
    struct keyring ring;
    struct stat facts;

    (void)state;
    new_project();
    made = make("firmware", ALOFT_KEY_P256);
    make("fresh", ALOFT_KEY_P256);
    assert_int_equal(stat(in_keys("firmware.key"), &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);

    assert_ok(keys_known(&project, &ring, &trouble));

    assert_int_equal(ring.n, 2);
    assert_string_equal(ring.key[0].name, "firmware");
    assert_memory_equal(&ring.key[0].key, &made, sizeof made);
    assert_true(ring.key[0].is_here);
    assert_int_equal(ring.key[0].role, KEY_FIRMWARE);
    assert_int_equal(ring.key[1].role, KEY_FRESH);
}

static void a_public_half_alone_is_held_elsewhere_and_signs_nothing(void **state) {
    struct keyring ring;
    struct signers with;

    (void)state;
    new_project();
    make("firmware", ALOFT_KEY_P256);
    make("spare", ALOFT_KEY_P256);
    unlink(in_keys("spare.key"));

    assert_ok(keys_known(&project, &ring, &trouble));
    assert_ok(keys_signers(&project, KEY_FIRMWARE, &with, &trouble));

    assert_int_equal(ring.n, 2);
    assert_false(ring.key[1].is_here);
    assert_int_equal(with.n, 1);
    assert_string_equal(with.signer[0].name, "firmware");
    keys_close(&with);
}

static bool p256_is_right(EVP_PKEY *key, aloft_bytes message, const uint8_t raw[64]) {
    ECDSA_SIG *pair = ECDSA_SIG_new();
    uint8_t der[80], *at = der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int len;
    bool right;

    ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL));
    len = i2d_ECDSA_SIG(pair, &at);
    EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key);
    right = EVP_DigestVerify(context, der, (size_t)len, message.at, message.len) == 1;
    EVP_MD_CTX_free(context);
    ECDSA_SIG_free(pair);
    return right;
}

/* 40 signatures: one in 128 has an r or s shorter than 32 bytes, which must be padded; the check
 * of the padding does not depend on meeting one, the number only makes it likely over many runs. */
static void signatures_of_both_kinds_can_be_checked(void **state) {
    static const uint8_t message[] = "to be signed";
    struct signers with;
    uint8_t signature[64];
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    (void)state;
    new_project();
    make("a", ALOFT_KEY_P256);
    make("b", ALOFT_KEY_ED25519);
    assert_ok(keys_signers(&project, KEY_FIRMWARE, &with, &trouble));
    assert_int_equal(with.n, 2);
    for (unsigned i = 0; i < 40; i++) {
        assert_ok(keys_sign(&with.signer[0], ALOFT_BYTES(message), signature, &trouble));
        assert_true(p256_is_right(with.signer[0].private_half, ALOFT_BYTES(message), signature));
    }
    signature[10] ^= 1;
    assert_false(p256_is_right(with.signer[0].private_half, ALOFT_BYTES(message), signature));

    assert_ok(keys_sign(&with.signer[1], ALOFT_BYTES(message), signature, &trouble));
    EVP_DigestVerifyInit(context, NULL, NULL, NULL, with.signer[1].private_half);
    assert_int_equal(EVP_DigestVerify(context, signature, 64, message, sizeof message), 1);
    EVP_MD_CTX_free(context);
    keys_close(&with);
}

static void a_key_named_on_the_command_line_counts_once(void **state) {
    struct signers with;

    (void)state;
    new_project();
    make("firmware", ALOFT_KEY_P256);
    assert_ok(keys_signers(&project, KEY_FIRMWARE, &with, &trouble));
    assert_ok(keys_open(in_keys("firmware.key"), &with, &trouble));
    assert_int_equal(with.n, 1);
    keys_close(&with);
}

static void nothing_is_ever_overwritten(void **state) {
    struct aloft_key made, other;
    struct keyring ring;
    char folder[PATH_MAX + 8];

    (void)state;
    new_project();
    made = make("firmware", ALOFT_KEY_P256);
    snprintf(folder, sizeof folder, "%s/keys", project.dir);

    assert_provoked(keys_make(folder, "firmware", ALOFT_KEY_P256, &other, &trouble), FILE_EXISTS);
    unlink(in_keys("firmware.pub"));
    assert_provoked(keys_make(folder, "firmware", ALOFT_KEY_P256, &other, &trouble), FILE_EXISTS);

    assert_ok(keys_known(&project, &ring, &trouble));
    assert_memory_equal(&ring.key[0].key, &made, sizeof made);
}

static void names_that_make_bad_files_are_refused(void **state) {
    static const char *const bad[] = {
        "", "Firmware", "a/b", "-a", "a.b", "../x", "a23456789012345678901234567890123"};
    struct aloft_key made;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_provoked(keys_make(kit_folder(), bad[i], ALOFT_KEY_P256, &made, &trouble), KEY_NAME);
}

/* ---- files that are no keys of ours */

static aloft_err read_private(const char *text) {
    char path[PATH_MAX];
    EVP_PKEY *key;
    aloft_err e;

    snprintf(path, sizeof path, "%s/wrong.key", kit_folder());
    write_file(path, text);
    e = privkey_read(path, &key, &trouble);
    assert_null(key);
    return e;
}

static aloft_err read_public(const char *text) {
    char path[PATH_MAX];
    struct aloft_key key;

    snprintf(path, sizeof path, "%s/wrong.pub", kit_folder());
    write_file(path, text);
    return pubkey_read(path, &key, &trouble);
}

static const char rsa_pub[] = "-----BEGIN PUBLIC KEY-----\n"
                              "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDbpqcXuR6ofFiCoglLAtIOvxeI\n"
                              "rRveqDdVz9BZOOsJ+3lTqqv9O/f1eC5qsdNikeASHi1bCyOTlsjRnUwghRZvhU2p\n"
                              "DpeJw1cYmgTa3zl2ExM3eai6mA6f7rUSCmSqiFWGPeQ7GNC87h+bHvjyCKVvZNdq\n"
                              "1DS3qUq3FUiUsKn8RQIDAQAB\n"
                              "-----END PUBLIC KEY-----\n";

static char *pem_of_new(const char *type, const char *detail, bool is_encrypted) {
    EVP_PKEY *key = strcmp(type, "RSA") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, type, (size_t)1024)
                                             : EVP_PKEY_Q_keygen(NULL, NULL, type, detail);
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem, *copy;
    long len;

    assert_non_null(key);
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key,
                                                   is_encrypted ? EVP_aes_128_cbc() : NULL, "word",
                                                   is_encrypted ? 4 : 0, NULL, NULL),
                     1);
    len = BIO_get_mem_data(bio, &pem);
    copy = calloc(1, (size_t)len + 1);
    memcpy(copy, pem, (size_t)len);
    BIO_free(bio);
    EVP_PKEY_free(key);
    return copy;
}

static void each_wrong_private_file_has_its_sentence(void **state) {
    char *encrypted = pem_of_new("EC", "P-256", true), *other = pem_of_new("EC", "P-384", false);
    char *rsa = pem_of_new("RSA", NULL, false), text[1000];

    (void)state;
    assert_provoked(read_private(""), KEY_FORM);
    assert_provoked(read_private("<html>not a key</html>"), KEY_FORM);
    assert_provoked(read_private("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                    KEY_FORM);
    assert_non_null(strstr(trouble_text(&trouble, text, sizeof text), "it is a certificate"));
    assert_provoked(read_private("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
                    KEY_FORM);
    assert_provoked(read_private(p256_pub), KEY_IS_PUBLIC);
    assert_provoked(read_private(encrypted), KEY_ENCRYPTED);
    assert_provoked(read_private(other), KEY_KIND);
    assert_non_null(strstr(trouble_text(&trouble, text, sizeof text), "secp384r1"));
    assert_provoked(read_private(rsa), KEY_KIND);
    assert_provoked(read_public(other), KEY_IS_PRIVATE);
    free(encrypted);
    free(other);
    free(rsa);
}

static void each_wrong_public_file_has_its_sentence(void **state) {
    struct aloft_key key;

    (void)state;
    assert_provoked(read_public(""), KEY_FORM);
    assert_provoked(read_public("hello"), KEY_FORM);
    assert_provoked(read_public(rsa_pub), KEY_KIND);
    assert_provoked(pubkey_read("/does/not/exist", &key, &trouble), FILE_READ);
    assert_provoked(pubkey_read("/tmp", &key, &trouble), FILE_READ);
}

static void halves_of_two_keys_are_told_apart(void **state) {
    struct keyring ring;
    struct signers with;

    (void)state;
    new_project();
    make("a", ALOFT_KEY_P256);
    make("b", ALOFT_KEY_P256);
    assert_int_equal(rename(in_keys("b.pub"), in_keys("a.pub")), 0);

    assert_provoked(keys_known(&project, &ring, &trouble), KEY_PAIR);
    assert_provoked(keys_signers(&project, KEY_FIRMWARE, &with, &trouble), KEY_PAIR);
    assert_int_equal(with.n, 0);
}

static void a_crypto_library_that_cannot_is_said_to_be_the_cause(void **state) {
    struct aloft_key made;

    (void)state;
    EVP_set_default_properties(NULL, "provider=none");
    assert_provoked(keys_make(kit_folder(), "x", ALOFT_KEY_P256, &made, &trouble), CRYPTO_FAILED);
    EVP_set_default_properties(NULL, "");
    assert_int_equal(trouble.fault.origin, ALOFT_ORIGIN_OPENSSL);
}

/* ---- which keys the next image trusts */

static struct trust_plan plan;

static aloft_err plan_with(const struct trust_wish *wish) {
    aloft_err e = trust_plan(&project, wish, &plan, &trouble);

    return e != ALOFT_OK || !plan.must_remember ? e
                                                : trust_remember(&project, &plan.draft, &trouble);
}

static void a_plan_is_the_same_until_something_changes(void **state) {
    struct trust_draft first;

    (void)state;
    new_project();
    make("firmware", ALOFT_KEY_P256);
    make("spare", ALOFT_KEY_P256);
    make("fresh", ALOFT_KEY_P256);
    assert_ok(plan_with(&(struct trust_wish){.now_s = 1000}));
    first = plan.draft;
    assert_true(plan.is_new);
    assert_int_equal(first.epoch, 1);
    assert_int_equal(first.lowest_sequence, 1000);
    assert_int_equal(first.n_firmware, 2);
    assert_int_equal(first.n_fresh, 1);
    assert_int_equal(first.threshold, 1);

    assert_ok(plan_with(&(struct trust_wish){.now_s = 2000}));

    assert_false(plan.is_new);
    assert_memory_equal(&plan.draft, &first, sizeof first);
}

static void a_key_that_is_gone_stays_gone_and_raises_the_epoch(void **state) {
    struct aloft_key spare;

    (void)state;
    new_project();
    make("firmware", ALOFT_KEY_P256);
    spare = make("spare", ALOFT_KEY_P256);
    assert_ok(plan_with(&(struct trust_wish){.now_s = 1000}));

    assert_ok(plan_with(&(struct trust_wish){.now_s = 2000, .gone = {"firmware"}, .n_gone = 1}));
    assert_ok(plan_with(&(struct trust_wish){.now_s = 3000}));

    assert_int_equal(plan.draft.epoch, 2);
    assert_int_equal(plan.draft.lowest_sequence, 2000);
    assert_int_equal(plan.draft.n_gone, 1);
    assert_int_equal(plan.draft.n_firmware, 1);
    assert_memory_equal(plan.draft.firmware[0].kid, spare.kid, ALOFT_KID_SIZE);

    assert_ok(plan_with(&(struct trust_wish){.now_s = 4000, .again = {"firmware"}, .n_again = 1}));
    assert_int_equal(plan.draft.epoch, 3);
    assert_int_equal(plan.draft.n_gone, 0);
    assert_int_equal(plan.draft.n_firmware, 2);
}

static void a_header_of_a_later_epoch_counts_more_than_memory(void **state) {
    struct trust_draft header;

    (void)state;
    new_project();
    make("firmware", ALOFT_KEY_P256);
    assert_ok(plan_with(&(struct trust_wish){.now_s = 1000}));
    header = plan.draft;
    header.epoch = 7;
    header.lowest_sequence = 500;

    assert_ok(plan_with(&(struct trust_wish){.now_s = 2000, .header = &header}));
    assert_false(plan.is_new);
    assert_int_equal(plan.draft.epoch, 7);
    assert_int_equal(plan.draft.lowest_sequence, 500);

    make("spare", ALOFT_KEY_P256);
    assert_ok(plan_with(&(struct trust_wish){.now_s = 3000}));
    assert_int_equal(plan.draft.epoch, 8);
    assert_int_equal(plan.draft.lowest_sequence, 3000);
}

static void plans_that_cannot_be_are_refused(void **state) {
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    struct trust_wish wish = {.now_s = 1};

    (void)state;
    new_project();
    assert_provoked(plan_with(&wish), KEYS_FEW);
    make("a", ALOFT_KEY_P256);
    wish.threshold = 2;
    assert_provoked(plan_with(&wish), KEYS_FEW);
    wish = (struct trust_wish){.now_s = 1, .gone = {"nobody"}, .n_gone = 1};
    assert_provoked(plan_with(&wish), KEY_GONE);
    for (unsigned i = 1; i < 5; i++)
        make(names[i], ALOFT_KEY_P256);
    wish = (struct trust_wish){.now_s = 1};
    assert_provoked(plan_with(&wish), KEYS_MANY);
    write_file(in_keys("trust.hex"), "414c4f4654\n");
    assert_provoked(plan_with(&wish), TRUST_FORM);
    write_file(in_keys("trust.hex"), "words\n");
    assert_provoked(plan_with(&wish), TRUST_FORM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kid_is_that_of_the_profile),
        cmocka_unit_test(a_new_key_is_private_to_its_owner_and_found_again),
        cmocka_unit_test(a_public_half_alone_is_held_elsewhere_and_signs_nothing),
        cmocka_unit_test(signatures_of_both_kinds_can_be_checked),
        cmocka_unit_test(a_key_named_on_the_command_line_counts_once),
        cmocka_unit_test(nothing_is_ever_overwritten),
        cmocka_unit_test(names_that_make_bad_files_are_refused),
        cmocka_unit_test(each_wrong_private_file_has_its_sentence),
        cmocka_unit_test(each_wrong_public_file_has_its_sentence),
        cmocka_unit_test(halves_of_two_keys_are_told_apart),
        cmocka_unit_test(a_crypto_library_that_cannot_is_said_to_be_the_cause),
        cmocka_unit_test(a_plan_is_the_same_until_something_changes),
        cmocka_unit_test(a_key_that_is_gone_stays_gone_and_raises_the_epoch),
        cmocka_unit_test(a_header_of_a_later_epoch_counts_more_than_memory),
        cmocka_unit_test(plans_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

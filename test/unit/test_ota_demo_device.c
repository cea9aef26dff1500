/* SPDX-License-Identifier: Apache-2.0 */
/* The model of an ota_demo device accepts and refuses what the real one was seen to. */
#include "test/kit/kit.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "host/legacy/sign.h"
#include "test/kit/esp_image.h"
#include "test/kit/ota_demo_device.h"

#define TRAILER 268

static uint8_t room[1 << 18];
static EVP_PKEY *key;
static char public_pem[2048];
static struct trouble trouble;

static aloft_bytes text_of(const char *text) {
    return (aloft_bytes){(const uint8_t *)text, strlen(text)};
}

static int make_key(void **state) {
    BIO *bio = BIO_new(BIO_s_mem());

    (void)state;
    key = EVP_RSA_gen(2048);
    assert_non_null(key);
    assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
    assert_true(BIO_read(bio, public_pem, sizeof public_pem - 1) > 0);
    BIO_free(bio);
    return 0;
}

static int drop_key(void **state) {
    (void)state;
    EVP_PKEY_free(key);
    return 0;
}

static aloft_bytes image(const char *info) {
    const struct esp_recipe recipe = {
        .project = "ota_demo", .version = "1", .inside = info, .inside_len = strlen(info)};

    return esp_image_make(&recipe, ALOFT_SPACE(room));
}

/* The firmware in `room` with a trailer; malloc'ed. */
static aloft_space signed_image(aloft_bytes firmware) {
    char pem[4096] = "";
    BIO *bio = BIO_new(BIO_s_mem());
    aloft_space out;

    assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_true(BIO_read(bio, pem, sizeof pem - 1) > 0);
    BIO_free(bio);
    assert_ok(legacy_sign(firmware, text_of(pem), &out, &trouble));
    return out;
}

static enum ota_demo_word install(struct ota_demo_device *device, aloft_space body) {
    device->public_pem = public_pem;
    return ota_demo_install(device, (long)body.len, (aloft_bytes){body.at, body.len});
}

static enum ota_demo_word check(const char *list) {
    struct ota_demo_device device = {.running = "ver1"};

    return ota_demo_check(&device, text_of(list));
}

static void a_list_is_read_as_that_program_reads_it(void **state) {
    char long_list[3000];

    (void)state;
#define LIST(latest, upgrade, polling)                                                             \
    "{\"versioninfo\":{\"latest\":" latest ",\"upgrade\":" upgrade ",\"polling\":" polling "}}"
    assert_int_equal(check(LIST("\"ver2\"", "[\"ver1\"]", "\"1\"")), OTA_DEMO_OFFER);
    assert_int_equal(check(LIST("\"ver2\"", "[\"ver0\"]", "\"1\"")), OTA_DEMO_NOTHING);
    assert_int_equal(check(LIST("\"ver2\"", "[]", "\"1\"")), OTA_DEMO_NOTHING);
    assert_int_equal(check(LIST("\"ver2\"", "[\"ver1\"]", "1")), OTA_DEMO_CRASH);
    assert_int_equal(check(LIST("\"ver2\"", "[1]", "\"1\"")), OTA_DEMO_CRASH);
    assert_int_equal(check(LIST("2", "[\"ver1\"]", "\"1\"")), OTA_DEMO_CRASH);
    assert_int_equal(check("<html>"), OTA_DEMO_NO_LIST);
    memset(long_list, ' ', sizeof long_list);
    memcpy(long_list + 2990, "\0", 1);
    assert_int_equal(check(long_list), OTA_DEMO_NO_LIST);
}

static void what_aloft_signs_is_installed_and_names_its_version(void **state) {
    struct ota_demo_device device = {.running = "ver1"};
    aloft_space body = signed_image(image("{\"deviceInfo\":{\"firmwareVersion\":\"ver2\"}}"));

    (void)state;
    assert_int_equal(install(&device, body), OTA_DEMO_UPDATED);
    assert_string_equal(device.running, "ver2");
    assert_int_equal(ota_demo_install(&device, -1, (aloft_bytes){body.at, body.len}),
                     OTA_DEMO_REFUSED);
    assert_string_equal(device.line, "content size error");
    free(body.at);
}

static void every_changed_byte_but_four_is_noticed(void **state) {
    struct ota_demo_device device = {.running = "ver1"};
    aloft_space body = signed_image(image("{\"deviceInfo\":{\"firmwareVersion\":\"ver2\"}}"));
    size_t end = body.len - TRAILER, n_tolerated = 0;

    (void)state;
    for (size_t at = end; at < body.len; at++) {
        body.at[at] ^= 1;
        n_tolerated += install(&device, body) == OTA_DEMO_UPDATED;
        body.at[at] ^= 1;
    }
    assert_int_equal(n_tolerated, 4); /* the two zeros on each side are never looked at */
    body.at[end / 2] ^= 1;
    assert_int_equal(install(&device, body), OTA_DEMO_REFUSED);
    free(body.at);
}

/* RSA over the firmware itself (one hash), and PSS: both were refused by the real code. */
static void other_ways_to_sign_are_refused(void **state) {
    struct ota_demo_device device = {.running = "ver1"};
    aloft_bytes firmware = image("{\"deviceInfo\":{\"firmwareVersion\":\"ver2\"}}");
    aloft_space body = signed_image(firmware);
    size_t end = body.len - TRAILER;

    (void)state;
    for (int is_pss = 0; is_pss < 2; is_pss++) {
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        EVP_PKEY_CTX *settings;
        uint8_t once[32];
        unsigned size;
        size_t len = 256;
        EVP_Digest(body.at, end, once, &size, EVP_sha256(), NULL);
        assert_int_equal(EVP_DigestSignInit(context, &settings, EVP_sha256(), NULL, key), 1);
        if (is_pss)
            assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_DigestSign(context, body.at + end + 6, &len, is_pss ? once : body.at,
                                        is_pss ? 32 : end),
                         1);
        EVP_MD_CTX_free(context);
        assert_int_equal(install(&device, body), OTA_DEMO_REFUSED);
        assert_string_equal(device.line, "_pk_verify is failed");
    }
    free(body.at);
}

static void a_web_page_and_a_short_body_are_refused(void **state) {
    struct ota_demo_device device = {.running = "ver1"};
    uint8_t page[400] = "<html>";

    (void)state;
    assert_int_equal(install(&device, (aloft_space){page, sizeof page}), OTA_DEMO_REFUSED);
    assert_int_equal(install(&device, (aloft_space){page, TRAILER}), OTA_DEMO_REFUSED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_as_that_program_reads_it),
        cmocka_unit_test(what_aloft_signs_is_installed_and_names_its_version),
        cmocka_unit_test(every_changed_byte_but_four_is_noticed),
        cmocka_unit_test(other_ways_to_sign_are_refused),
        cmocka_unit_test(a_web_page_and_a_short_body_are_refused),
    };
    return cmocka_run_group_tests(tests, make_key, drop_key);
}

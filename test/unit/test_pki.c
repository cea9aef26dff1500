/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: hosts in one writing, what stands in a certificate, renewal under the same CA, and
 * nothing lost. Whether clients accept them: test/e2e/test_certificates.sh. */
#include "test/kit/kit.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "host/keys.h"
#include "host/pki.h"
#include "host/privkey.h"

#define NOW 1795474652 /* 2026-11-23 */
#define DAY 86400

static struct trouble trouble;
static struct pki_hosts hosts;
static char folder[200];

static void new_folder(void) {
    static unsigned n;

    snprintf(folder, sizeof folder, "%s/pki%u", kit_folder(), n++);
    assert_int_equal(mkdir(folder, 0755), 0);
    memset(&hosts, 0, sizeof hosts);
}

static const char *in(const char *name) {
    static char path[4][PATH_MAX];
    static unsigned turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void read_text(const char *path, char *out, size_t out_size) {
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    out[fread(out, 1, out_size - 1, file)] = 0;
    fclose(file);
}

static bool is_still(const char *path, const char *text) {
    char now[2000];

    read_text(path, now, sizeof now);
    return strcmp(now, text) == 0;
}

static void hosts_have_one_writing(void **state) {
    static const char *const pairs[][2] = {
        {"Updates.Example", "updates.example"},
        {"updates.example.", "updates.example"},
        {"192.0.2.7", "192.0.2.7"},
        {"2001:DB8:0:0:0:0:0:7", "2001:db8::7"},
        {"[2001:db8::7]", "2001:db8::7"},
        {"2001:db8:0:0:1:0:0:1",
         "2001:db8::1:0:0:1"}, /* RFC 5952 §4.2.3: the first of equal runs */
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, /* §4.2.2: a single zero stays */
        {"::ffff:192.0.2.7", "::ffff:192.0.2.7"},
        {"my_pc", "my_pc"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        memset(&hosts, 0, sizeof hosts);
        assert_ok(pki_hosts_add(&hosts, pairs[i][0], &trouble));
        assert_ok(pki_hosts_add(&hosts, pairs[i][1], &trouble));
        assert_int_equal(hosts.n, 1);
        assert_string_equal(hosts.host[0], pairs[i][1]);
        assert_true(pki_hosts_have(&hosts, pairs[i][0]));
    }
    assert_true(pki_hosts_drop(&hosts, "MY_PC"));
    assert_false(pki_hosts_drop(&hosts, "my_pc"));
    assert_int_equal(hosts.n, 0);
}

static void what_no_device_can_call_is_refused(void **state) {
    static const char *const bad[] = {"",
                                      "https://a.example",
                                      "a.example:4443",
                                      "a b",
                                      "*.example",
                                      "-a.example",
                                      "a-.b",
                                      "a..b",
                                      ".a",
                                      "192.0.2.777",
                                      "1.2.3",
                                      "fe80::1%eth0",
                                      "[1.2.3]",
                                      "2001:db8::7::1",
                                      "a/b",
                                      "\xc3\xa4.example"};
    char longer[300];

    (void)state;
    memset(&hosts, 0, sizeof hosts);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (pki_hosts_add(&hosts, bad[i], &trouble) != ALOFT_E_HOST_FORM)
            fail_msg("\"%s\" was taken", bad[i]);
    memset(longer, 'a', sizeof longer);
    longer[64] = 0;
    assert_provoked(pki_hosts_add(&hosts, longer, &trouble), HOST_FORM);
    for (size_t i = 63; i < 280; i += 50)
        longer[i] = '.';
    longer[64] = 'a';
    longer[299] = 0;
    assert_provoked(pki_hosts_add(&hosts, longer, &trouble), HOST_FORM);
    assert_int_equal(hosts.n, 0);
}

static void there_is_an_end_to_hosts(void **state) {
    char name[32];

    (void)state;
    memset(&hosts, 0, sizeof hosts);
    for (unsigned i = 0; i < PKI_HOSTS_MAX; i++) {
        snprintf(name, sizeof name, "h%u.example", i);
        assert_ok(pki_hosts_add(&hosts, name, &trouble));
    }
    assert_ok(pki_hosts_add(&hosts, "h0.example", &trouble));
    assert_provoked(pki_hosts_add(&hosts, "one.more", &trouble), HOSTS_MANY);
}

static void this_machine_has_localhost_and_a_name(void **state) {
    (void)state;
    memset(&hosts, 0, sizeof hosts);
    pki_hosts_of_machine(&hosts);
    assert_true(pki_hosts_have(&hosts, "localhost"));
    assert_true(pki_hosts_have(&hosts, "127.0.0.1"));
    assert_true(pki_hosts_have(&hosts, "::1"));
}

static void create(void) {
    new_folder();
    assert_ok(pki_hosts_add(&hosts, "updates.example", &trouble));
    assert_ok(pki_hosts_add(&hosts, "192.0.2.7", &trouble));
    assert_ok(pki_hosts_add(&hosts, "2001:db8::7", &trouble));
    assert_ok(pki_create(folder, &hosts, NOW, &trouble));
}

static void a_new_certificate_says_what_it_should(void **state) {
    struct pki_facts facts, ca;
    struct stat file;

    (void)state;
    create();

    assert_ok(pki_server_facts(folder, &facts, &trouble));
    assert_ok(pki_facts_of(in("ca.crt"), &ca, &trouble));

    assert_int_equal(facts.not_before_s, NOW - DAY);
    assert_int_equal(facts.not_after_s, NOW + 824 * DAY);
    assert_string_equal(facts.until, "2029-02-24");
    assert_memory_equal(&facts.hosts, &hosts, sizeof hosts);
    assert_false(facts.is_ca);
    assert_true(ca.is_ca);
    assert_string_equal(facts.issuer, ca.subject);
    assert_int_equal(ca.not_after_s, NOW - DAY + 7305ll * DAY);
    assert_int_equal(stat(in("ca.key"), &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(stat(in("server.key"), &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

static void nothing_that_is_there_is_overwritten_and_nothing_is_left_half_made(void **state) {
    FILE *file;

    (void)state;
    new_folder();
    file = fopen(in("server.crt"), "w");
    fputs("mine", file);
    fclose(file);

    assert_provoked(pki_create(folder, &hosts, NOW, &trouble), FILE_EXISTS);

    assert_true(is_still(in("server.crt"), "mine"));
    assert_int_not_equal(access(in("ca.key"), F_OK), 0);
    assert_int_not_equal(access(in("ca.crt"), F_OK), 0);
    assert_int_not_equal(access(in("server.key"), F_OK), 0);
}

static void renewing_keeps_the_ca_the_key_and_the_old_certificate(void **state) {
    struct pki_facts before, after, kept;
    char ca[2000], key[2000], old[2][64];

    (void)state;
    create();
    read_text(in("ca.crt"), ca, sizeof ca);
    read_text(in("server.key"), key, sizeof key);
    assert_ok(pki_server_facts(folder, &before, &trouble));
    assert_ok(pki_hosts_add(&hosts, "localhost", &trouble));

    assert_ok(pki_renew(folder, &hosts, NOW + 800 * DAY, old[0], sizeof old[0], &trouble));
    assert_ok(pki_renew(folder, &hosts, NOW + 800 * DAY, old[1], sizeof old[1], &trouble));

    assert_ok(pki_server_facts(folder, &after, &trouble));
    assert_int_equal(after.not_after_s, NOW + 1624 * DAY);
    assert_true(pki_hosts_have(&after.hosts, "localhost"));
    assert_ok(pki_facts_of(in(old[0]), &kept, &trouble));
    assert_memory_equal(kept.sha256, before.sha256, sizeof kept.sha256);
    assert_string_not_equal(old[0], old[1]);
    assert_ok(pki_facts_of(in(old[1]), &kept, &trouble));
    assert_true(is_still(in("ca.crt"), ca));
    assert_true(is_still(in("server.key"), key));
}

static void a_server_certificate_never_outlives_its_ca(void **state) {
    struct pki_facts ca, server;
    char old[64];

    (void)state;
    create();
    assert_ok(pki_renew(folder, &hosts, NOW + 7000ll * DAY, old, sizeof old, &trouble));
    assert_ok(pki_facts_of(in("ca.crt"), &ca, &trouble));
    assert_ok(pki_server_facts(folder, &server, &trouble));
    assert_int_equal(server.not_after_s, ca.not_after_s);
}

static void a_lost_server_certificate_is_made_again(void **state) {
    struct pki_facts facts;
    char old[64];

    (void)state;
    create();
    unlink(in("server.crt"));
    assert_provoked(pki_server_facts(folder, &facts, &trouble), FILE_READ);
    assert_ok(pki_renew(folder, &hosts, NOW, old, sizeof old, &trouble));
    assert_string_equal(old, "");
    assert_ok(pki_server_facts(folder, &facts, &trouble));
}

static void renewing_without_the_ca_key_or_with_another_is_refused(void **state) {
    struct pki_facts facts;
    struct aloft_key made;
    char old[64];

    (void)state;
    create();
    assert_true(pki_can_renew(folder));
    unlink(in("ca.key"));
    assert_false(pki_can_renew(folder));
    assert_provoked(pki_renew(folder, &hosts, NOW, old, sizeof old, &trouble), CA_KEY_AWAY);

    assert_ok(keys_make(folder, "ca", ALOFT_KEY_P256, &made, &trouble));
    assert_provoked(pki_renew(folder, &hosts, NOW, old, sizeof old, &trouble), CERT_PAIR);
    assert_ok(pki_server_facts(folder, &facts, &trouble));
}

static void files_that_do_not_belong_together_are_told(void **state) {
    struct pki_facts facts;
    struct aloft_key made;
    char first[200];
    FILE *file;

    (void)state;
    create();
    unlink(in("server.key"));
    assert_ok(keys_make(folder, "server", ALOFT_KEY_P256, &made, &trouble));
    assert_provoked(pki_server_facts(folder, &facts, &trouble), CERT_PAIR);

    memcpy(first, folder, sizeof first);
    create();
    snprintf(first + strlen(first), sizeof first - strlen(first), "/server.crt");
    assert_int_equal(rename(first, in("server.crt")), 0);
    assert_provoked(pki_server_facts(folder, &facts, &trouble), CERT_PAIR);

    file = fopen(in("server.crt"), "w");
    fputs("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", file);
    fclose(file);
    assert_provoked(pki_server_facts(folder, &facts, &trouble), CERT_FORM);
}

static void a_renewed_certificate_is_never_the_same(void **state) {
    struct pki_facts one, two;
    char old[64];

    (void)state;
    create();
    assert_ok(pki_server_facts(folder, &one, &trouble));
    assert_ok(pki_renew(folder, &hosts, NOW, old, sizeof old, &trouble));
    assert_ok(pki_server_facts(folder, &two, &trouble));
    assert_memory_not_equal(one.sha256, two.sha256, sizeof one.sha256);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_have_one_writing),
        cmocka_unit_test(what_no_device_can_call_is_refused),
        cmocka_unit_test(there_is_an_end_to_hosts),
        cmocka_unit_test(this_machine_has_localhost_and_a_name),
        cmocka_unit_test(a_new_certificate_says_what_it_should),
        cmocka_unit_test(nothing_that_is_there_is_overwritten_and_nothing_is_left_half_made),
        cmocka_unit_test(renewing_keeps_the_ca_the_key_and_the_old_certificate),
        cmocka_unit_test(a_server_certificate_never_outlives_its_ca),
        cmocka_unit_test(a_lost_server_certificate_is_made_again),
        cmocka_unit_test(renewing_without_the_ca_key_or_with_another_is_refused),
        cmocka_unit_test(files_that_do_not_belong_together_are_told),
        cmocka_unit_test(a_renewed_certificate_is_never_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of `explain` against the headers that they come from, as far as this machine has them
 * (Debian: linux-libc-dev, libmbedtls-dev, and where installed libnewlib-dev, liblwip-dev). */
#include "test/kit/kit.h"

#include <ctype.h>
#include <unistd.h>

#include "host/explain/explain.h"

/* The number behind a name in a header: `#define NAME 7`, `#define NAME ((type)-7)`, or `NAME =
 * -7` of an enum. */
static bool number_of(const char *header, const char *name, long *number) {
    size_t len = strlen(name);

    for (const char *p = header; (p = strstr(p, name)) != NULL; p += len) {
        if (p > header && (isalnum((unsigned char)p[-1]) || p[-1] == '_'))
            continue;
        if (strchr(" \t", p[len]) == NULL)
            continue;
        const char *value = p + len + strspn(p + len, " \t=\\\n");
        if (strncmp(value, "((psa_status_t)", 15) == 0)
            value += 15;
        if (*value != '-' && !isdigit((unsigned char)*value))
            continue;
        *number = strtol(value, NULL, 0);
        return true;
    }
    return false;
}

/* Checks each row of a family that comes from `only` (NULL: any source); gives how many there
 * were. */
static unsigned check(enum explain_family family, const char *only, const char *const paths[]) {
    const struct explain_code *code;
    unsigned n = 0;
    long number;

    for (size_t h = 0; paths[h] != NULL; h++) {
        if (access(paths[h], R_OK) != 0)
            continue;
        const char *header = (const char *)kit_file(paths[h]).at;
        for (size_t i = 0; (code = explain_code_at(i)) != NULL; i++) {
            if (code->family != family || (only != NULL && strcmp(code->source, only) != 0))
                continue;
            if (!number_of(header, code->name, &number))
                continue;
            if (number != code->number)
                fail_msg("%s is %ld in %s, not %d", code->name, number, paths[h], code->number);
            n++;
        }
    }
    return n;
}

static unsigned rows_of(enum explain_family family) {
    const struct explain_code *code;
    unsigned n = 0;

    for (size_t i = 0; (code = explain_code_at(i)) != NULL; i++)
        n += code->family == family && code->number != -1;
    return n;
}

static void the_linux_numbers_are_those_of_the_kernel(void **state) {
    static const char *const paths[] = {"/usr/include/asm-generic/errno.h",
                                        "/usr/include/asm-generic/errno-base.h", NULL};

    (void)state;
    if (access(paths[0], R_OK) != 0)
        skip();
    assert_int_equal(check(EXPLAIN_LINUX, NULL, paths), rows_of(EXPLAIN_LINUX));
}

static void the_newlib_numbers_are_those_of_newlib(void **state) {
    static const char *const paths[] = {"/usr/include/newlib/sys/errno.h",
                                        "/usr/lib/picolibc/riscv64-unknown-elf/include/sys/errno.h",
                                        NULL};
    unsigned n = check(EXPLAIN_NEWLIB, NULL, paths);

    (void)state;
    if (n == 0)
        skip();
    assert_true(n >= rows_of(EXPLAIN_NEWLIB));
}

static void the_lwip_numbers_are_those_of_lwip(void **state) {
    static const char *const errnos[] = {"/usr/include/lwip/lwip/errno.h", NULL};
    static const char *const errors[] = {"/usr/include/lwip/lwip/err.h", NULL};

    (void)state;
    if (access(errnos[0], R_OK) != 0)
        skip();
    assert_int_equal(check(EXPLAIN_LWIP, NULL, errnos), rows_of(EXPLAIN_LWIP));
    assert_true(check(EXPLAIN_LWIP_ERR, NULL, errors) >= rows_of(EXPLAIN_LWIP_ERR));
}

static void the_mbedtls_numbers_are_those_of_its_headers(void **state) {
    static const char *const names[] = {"x509.h", "pem.h",      "base64.h", "pk.h",         "rsa.h",
                                        "ecp.h",  "ctr_drbg.h", "ssl.h",    "net_sockets.h"};
    unsigned n = 0, flags = 0;

    (void)state;
    if (access("/usr/include/mbedtls/ssl.h", R_OK) != 0)
        skip();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char source[64], path[128];
        snprintf(source, sizeof source, "mbedtls/%s", names[i]);
        snprintf(path, sizeof path, "/usr/include/%s", source);
        const char *const paths[] = {path, NULL};
        n += check(EXPLAIN_MBEDTLS, source, paths);
        flags += check(EXPLAIN_VERIFY, source, paths);
    }
    assert_int_equal(n, rows_of(EXPLAIN_MBEDTLS));
    assert_int_equal(flags, rows_of(EXPLAIN_VERIFY));
}

static void the_psa_numbers_are_those_of_its_header(void **state) {
    static const char *const paths[] = {"/usr/include/psa/crypto_values.h", NULL};

    (void)state;
    if (access(paths[0], R_OK) != 0)
        skip();
    assert_int_equal(check(EXPLAIN_PSA, NULL, paths), rows_of(EXPLAIN_PSA));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_linux_numbers_are_those_of_the_kernel),
        cmocka_unit_test(the_newlib_numbers_are_those_of_newlib),
        cmocka_unit_test(the_lwip_numbers_are_those_of_lwip),
        cmocka_unit_test(the_mbedtls_numbers_are_those_of_its_headers),
        cmocka_unit_test(the_psa_numbers_are_those_of_its_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The few words of cmocka that the tests of src/ use, for processors that Debian has no cmocka for on this machine.
 * A failed assertion ends the program. */
#ifndef NARROW_CMOCKA_H
#define NARROW_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

#define cmocka_unit_test(f)                                                                        \
    { #f, f, NULL, NULL }
#define cmocka_unit_test_setup_teardown(f, setup, end)                                             \
    { #f, f, setup, end }

#define fail_msg(...)                                                                              \
    do {                                                                                           \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                            \
        fprintf(stderr, __VA_ARGS__);                                                              \
        fputc('\n', stderr);                                                                       \
        exit(1);                                                                                   \
    } while (0)

#define narrow_must(c, said)                                                                       \
    do {                                                                                           \
        if (!(c))                                                                                  \
            fail_msg("%s", said);                                                                  \
    } while (0)

#define assert_true(c)       narrow_must(c, "not true: " #c)
#define assert_false(c)      narrow_must(!(c), "not false: " #c)
#define assert_null(p)       narrow_must((p) == NULL, "not NULL: " #p)
#define assert_non_null(p)   narrow_must((p) != NULL, "NULL: " #p)
#define narrow_wide(n)       ((unsigned long long)(n))
#define assert_same(a, b, n) narrow_must(memcmp(a, b, n) == 0, #a " is not " #b)

#define assert_memory_equal(a, b, n)     assert_same(a, b, n)
#define assert_memory_not_equal(a, b, n) narrow_must(memcmp(a, b, n) != 0, #a " is " #b)
#define assert_int_not_equal(a, b)       narrow_must(narrow_wide(a) != narrow_wide(b), #a " is " #b)

#define assert_int_equal(a, b)    narrow_same_int(narrow_wide(a), narrow_wide(b), #a, __LINE__)
#define assert_string_equal(a, b) narrow_same_text(a, b, #a, __LINE__)

/* functions, so that no name of theirs stands in the way of a test's */
static inline void narrow_same_int(unsigned long long is, unsigned long long want, const char *what,
                                   int line) {
    if (is != want)
        fail_msg("line %d: %s is %llu, not %llu", line, what, is, want);
}

static inline void narrow_same_text(const char *is, const char *want, const char *what, int line) {
    if (strcmp(is, want) != 0)
        fail_msg("line %d: %s is \"%s\", not \"%s\"", line, what, is, want);
}

static inline int narrow_run(const struct CMUnitTest *tests, size_t n) {
    for (size_t i = 0; i < n; i++) {
        void *state = NULL;

        if (tests[i].setup != NULL && tests[i].setup(&state) != 0)
            fail_msg("%s could not be set up", tests[i].name);
        tests[i].test(&state);
        if (tests[i].teardown != NULL && tests[i].teardown(&state) != 0)
            fail_msg("%s could not be ended", tests[i].name);
    }
    printf("%zu tests\n", n);
    return n == 0;
}

#define cmocka_run_group_tests(tests, setup, end)                                                  \
    narrow_run(tests, sizeof(tests) / sizeof((tests)[0]))

#endif

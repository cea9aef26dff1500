/* SPDX-License-Identifier: Apache-2.0 */
/* What every test has: cmocka, and a few words of our own. */
#ifndef TEST_KIT_H
#define TEST_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <aloft/bytes.h>
#include <aloft/error.h>

/** Assert that a fault has just this code. tools/check-errors looks for this word: a row of errors.def that
 * no test provokes fails `./dev check`. In shell tests the word is `provokes NAME`. */
#define assert_provoked(given, NAME) assert_string_equal(aloft_err_name((unsigned)(given)), #NAME)

#define assert_ok(given) assert_string_equal(aloft_err_name((unsigned)(given)), "OK")

/** A copy of the bytes that ends at the last byte before a forbidden page: reading one byte too many stops the
 * test. Valid until the next call with the same `which` (0..3). */
aloft_bytes kit_guarded(unsigned which, const void *bytes, size_t len);

/** A small file of the tests, path relative to the repository; freed at exit. Fails the test if missing. */
aloft_bytes kit_file(const char *path);

/** The same for a file of hexadecimal digits; white space is ignored. */
aloft_bytes kit_hex_file(const char *path);

/** Hexadecimal text to bytes in `out`; gives the length. */
size_t kit_hex(const char *text, uint8_t *out, size_t out_size);

/** A new empty folder, removed at exit. */
const char *kit_folder(void);

/** Numbers that look random and are the same on each machine; state is a seed that is not 0. */
uint32_t kit_random(uint32_t *state);

#endif

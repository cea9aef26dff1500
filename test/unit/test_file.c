/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files, or none. */
#include "test/kit/kit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/file.h"

static struct trouble trouble;

static const char *path(const char *name) {
    static char whole[512];

    snprintf(whole, sizeof whole, "%s/%s", kit_folder(), name);
    return whole;
}

static void what_is_written_is_read_back(void **state) {
    aloft_space got;
    struct stat facts;

    (void)state;
    assert_ok(file_write(path("a"), ALOFT_BYTES("hello"), 0600, false, &trouble));
    assert_ok(file_read(path("a"), 6, &got, &trouble));

    assert_int_equal(got.len, 6);
    assert_memory_equal(got.at, "hello", 6);
    assert_int_equal(stat(path("a"), &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    free(got.at);
}

static void an_existing_file_is_never_overwritten_unless_asked_for(void **state) {
    aloft_space got;

    (void)state;
    assert_ok(file_write(path("b"), ALOFT_BYTES("first"), 0644, false, &trouble));
    assert_provoked(file_write(path("b"), ALOFT_BYTES("other"), 0644, false, &trouble),
                    FILE_EXISTS);
    assert_ok(file_read(path("b"), 100, &got, &trouble));
    assert_string_equal((const char *)got.at, "first");
    free(got.at);

    assert_ok(file_write(path("b"), ALOFT_BYTES("other"), 0644, true, &trouble));
    assert_ok(file_read(path("b"), 100, &got, &trouble));
    assert_string_equal((const char *)got.at, "other");
    free(got.at);
}

static void a_file_that_is_too_long_says_how_long_it_may_be(void **state) {
    aloft_space got;

    (void)state;
    assert_ok(file_write(path("c"), ALOFT_BYTES("123456"), 0644, false, &trouble));
    assert_provoked(file_read(path("c"), 5, &got, &trouble), FILE_LONG);
    assert_int_equal(trouble.fault.want, 5);
    assert_int_equal(trouble_exit(&trouble), 1);
}

static void what_cannot_be_read_says_why(void **state) {
    aloft_space got;
    char text[ALOFT_SENTENCE_MAX];

    (void)state;
    assert_provoked(file_read(path("nowhere"), 5, &got, &trouble), FILE_READ);
    assert_non_null(strstr(trouble_text(&trouble, text, sizeof text), "No such file or directory"));
    assert_provoked(file_read(kit_folder(), 5, &got, &trouble), FILE_READ);
    assert_non_null(strstr(trouble_text(&trouble, text, sizeof text), "Is a directory"));
}

static void a_path_that_is_too_long_is_told(void **state) {
    char long_name[400], out[300];

    (void)state;
    memset(long_name, 'x', sizeof long_name);
    long_name[sizeof long_name - 1] = 0;
    assert_provoked(file_join("/tmp", long_name, out, sizeof out, &trouble), FILE_PATH);
}

static void a_lock_is_held_by_one_process_at_a_time(void **state) {
    int lock = -1, status = 0;
    pid_t child;

    (void)state;
    assert_ok(file_lock(path("lock"), 0, &lock, &trouble));
    child = fork();
    if (child == 0)
        _exit(file_lock(path("lock"), 0, &lock, &trouble) == ALOFT_E_FILE_LOCKED ? 7 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);

    file_unlock(lock);
    assert_ok(file_lock(path("lock"), 0, &lock, &trouble));
    file_unlock(lock);
}

static void folders_are_made_with_their_parents(void **state) {
    struct stat facts;

    (void)state;
    assert_ok(file_folder(path("x/y/z"), 0755, &trouble));
    assert_ok(file_folder(path("x/y/z"), 0755, &trouble));
    assert_int_equal(stat(path("x/y/z"), &facts), 0);
    assert_ok(file_write(path("plain"), ALOFT_BYTES("x"), 0644, false, &trouble));
    assert_provoked(file_folder(path("plain/y"), 0755, &trouble), FILE_WRITE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(an_existing_file_is_never_overwritten_unless_asked_for),
        cmocka_unit_test(a_file_that_is_too_long_says_how_long_it_may_be),
        cmocka_unit_test(what_cannot_be_read_says_why),
        cmocka_unit_test(a_path_that_is_too_long_is_told),
        cmocka_unit_test(a_lock_is_held_by_one_process_at_a_time),
        cmocka_unit_test(folders_are_made_with_their_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

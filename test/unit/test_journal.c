/* SPDX-License-Identifier: Apache-2.0 */
/* The server's lines in a file: written, read along, never more than two files. */
#include "test/kit/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/journal.h"

static char folder[] = "/tmp/aloft-journal-XXXXXX";
static char path[64], older[64];

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/aloft-journal-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/serve.log", folder);
    snprintf(older, sizeof older, "%s/serve.log.1", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    unlink(path);
    unlink(older);
    return rmdir(folder);
}

static struct journal_line line_of(unsigned n) {
    struct journal_line line = {
        .at_ms = 1795726000123u + n, .code = (uint16_t)n, .peer = "192.0.2.1"};

    snprintf(line.text, sizeof line.text, "line %u", n);
    return line;
}

static void a_line_reads_as_it_was_written(void **state) {
    struct journal *journal = journal_open(path);
    struct journal_tail *tail = journal_tail(path, true);
    struct journal_line in = line_of(0x1308), out;

    (void)state;
    journal_write(journal, &in);
    assert_true(journal_next(tail, &out));
    assert_int_equal(out.at_ms, in.at_ms);
    assert_int_equal(out.code, in.code);
    assert_string_equal(out.peer, in.peer);
    assert_string_equal(out.text, in.text);
    assert_false(journal_next(tail, &out));
    journal_tail_free(tail);
    journal_close(journal);
}

static void a_line_feed_in_a_text_makes_no_second_line(void **state) {
    struct journal *journal = journal_open(path);
    struct journal_tail *tail = journal_tail(path, true);
    struct journal_line in = line_of(1), out;

    (void)state;
    strcpy(in.text, "one\n2026-11-26T20:35:07.123Z 0x1308 192.0.2.9 forged");
    journal_write(journal, &in);
    assert_true(journal_next(tail, &out));
    assert_string_equal(out.peer, "192.0.2.1");
    assert_false(journal_next(tail, &out));
    journal_tail_free(tail);
    journal_close(journal);
}

static void a_reader_follows_into_the_next_file_and_there_are_never_more_than_two(void **state) {
    struct journal *journal = journal_open(path);
    struct journal_tail *tail = journal_tail(path, true);
    struct journal_line out;
    struct stat facts;
    unsigned n_read = 0;

    (void)state;
    for (unsigned n = 0; n < 60000; n++) { /* 3 MB: five files */
        struct journal_line in = line_of(n & 0xffff);
        journal_write(journal, &in);
        if (n % 100 == 99)
            while (journal_next(tail, &out)) {
                assert_int_equal(out.code, n_read & 0xffff);
                n_read++;
            }
    }
    assert_int_equal(n_read, 60000);
    assert_int_equal(stat(path, &facts), 0);
    assert_true(facts.st_size <= (off_t)JOURNAL_SIZE_MAX + 2048);
    assert_int_equal(stat(older, &facts), 0);
    assert_true(facts.st_size <= (off_t)JOURNAL_SIZE_MAX + 2048);
    journal_tail_free(tail);
    journal_close(journal);
}

static void whoever_comes_later_sees_only_what_is_new_and_waits_for_a_file(void **state) {
    struct journal_tail *early = journal_tail(path, false), *late;
    struct journal *journal = journal_open(path);
    struct journal_line one = line_of(1), two = line_of(2), out;

    (void)state;
    journal_write(journal, &one);
    late = journal_tail(path, false);
    assert_true(journal_next(early, &out));
    assert_int_equal(out.code, 1);
    assert_false(journal_next(late, &out));
    journal_write(journal, &two);
    assert_true(journal_next(late, &out));
    assert_int_equal(out.code, 2);
    journal_tail_free(early);
    journal_tail_free(late);
    journal_close(journal);
}

static void it_is_known_whether_a_server_writes(void **state) {
    struct journal *one, *two;

    (void)state;
    assert_false(journal_is_kept(path));
    one = journal_open(path);
    two = journal_open(path);
    assert_non_null(two); /* a second server of the project is not locked out */
    assert_true(journal_is_kept(path));
    journal_close(one);
    assert_true(journal_is_kept(path));
    journal_close(two);
    assert_false(journal_is_kept(path));
}

static void lines_that_are_none_are_passed_over(void **state) {
    static const char good[] = "2026-11-26T20:35:07.123Z 0x1308 192.0.2.1 text";
    static const char long_peer[] = "2026-11-26T20:35:07.123Z 0x1308 "
                                    "0123456789012345678901234567890123456789012345678901 text";
    static const char *const bad[] = {"",
                                      "x",
                                      "2026-11-26T20:35:07.123Z",
                                      "2026-11-26T20:35:07.123Z ",
                                      "2026-11-26T20:35:07.123Z 0x1308",
                                      "2026-11-26T20:35:07.123Z 0x1308 192.0.2.1",
                                      "2026-11-26T20:35:07.123Z 1308 192.0.2.1 text",
                                      "2026-11-26T20:35:07.1x3Z 0x1308 - text",
                                      "2026-13-26T20:35:07.123Z 0x1308 - text",
                                      "2026-11-26 20:35:07.123Z 0x1308 - text",
                                      "2026-11-26T20:35:07.123Z 0x130g - text",
                                      long_peer};
    struct journal_line out;

    (void)state;
    assert_true(journal_read_line(good, sizeof good - 1, &out));
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(journal_read_line(bad[i], strlen(bad[i]), &out));
    for (size_t i = 0; i < sizeof good; i++) /* any byte anywhere: no crash, nothing unprintable */
        for (unsigned byte = 0; byte < 256; byte++) {
            char text[sizeof good];
            memcpy(text, good, sizeof good);
            text[i % (sizeof good - 1)] = (char)byte;
            if (journal_read_line(text, sizeof good - 1, &out))
                for (const char *p = out.text; *p != 0; p++)
                    assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
        }
}

static void a_line_longer_than_any_of_ours_is_passed_over_and_the_next_one_is_read(void **state) {
    FILE *file = fopen(path, "wb");
    struct journal_tail *tail;
    struct journal_line out;

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        fputc('x', file);
    fputs("\n2026-11-26T20:35:07.123Z 0x1308 - text\n", file);
    fclose(file);
    tail = journal_tail(path, true);
    assert_true(journal_next(tail, &out));
    assert_string_equal(out.text, "text");
    journal_tail_free(tail);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_reads_as_it_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_feed_in_a_text_makes_no_second_line, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_reader_follows_into_the_next_file_and_there_are_never_more_than_two, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(
            whoever_comes_later_sees_only_what_is_new_and_waits_for_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_known_whether_a_server_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_that_are_none_are_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_line_longer_than_any_of_ours_is_passed_over_and_the_next_one_is_read, set_up,
            tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

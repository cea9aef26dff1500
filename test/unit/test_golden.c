/* SPDX-License-Identifier: Apache-2.0 */
/* Each error as a person reads it, against test/golden/errors.txt. A sentence that has changed on purpose:
 *     UPDATE_GOLDEN=1 build/test_golden
 * and read the difference before it goes in. */
#include "test/kit/kit.h"

#define GOLDEN   "test/golden/errors.txt"
#define TEXT_MAX (512u * 1024)

struct row {
    const char *name;
    unsigned number;
};

static const struct row rows[] = {
#define E(name, number, where, retry, sentence, advice) {#name, number},
#include <aloft/errors.def>
#undef E
};

#define N_ROWS (sizeof rows / sizeof rows[0])

/* One sample of each fact, whichever row uses it. A fact without one here shows its other words. */
static const struct aloft_fact facts[] = {
    {"host", "updates.example"},
    {"port", "8443"},
    {"peer", "192.0.2.7"},
    {"address", "[::]:4443"},
    {"base", "https://updates.example:8443"},
    {"file", "lamp.bin"},
    {"folder", "garden"},
    {"other", "keys/firmware.pub"},
    {"reason", "Permission denied"},
    {"version", "1.4.2"},
    {"running", "1.4.1"},
    {"newest", "1.5.0"},
    {"wait", "1 h"},
    {"class", "acme.example/lamp/a"},
    {"wanted", "acme.example/pump/b"},
    {"channel", "stable"},
    {"kid", "0011223344556677"},
    {"verb", "publish"},
    {"slot", "B"},
};

static char text[TEXT_MAX];

static void add(const char *more) {
    size_t len = strlen(text);

    assert_true(len + strlen(more) < sizeof text);
    strcpy(text + len, more);
}

static void render(void) {
    char sentence[ALOFT_SENTENCE_MAX];

    add("# Every row of errors.def with sample facts. Written by UPDATE_GOLDEN=1 "
        "build/test_golden.\n");
    for (size_t i = 0; i < N_ROWS; i++) {
        const aloft_fault why = {
            .code = (uint16_t)rows[i].number, .raw = 404, .at = 4096, .want = 12, .got = 34};
        aloft_explain(&why, facts, sizeof facts / sizeof facts[0], sentence, sizeof sentence);
        add(rows[i].name);
        add(": ");
        add(sentence);
        add("\n");
    }
}

static void update(void) {
    FILE *file = fopen(ALOFT_SOURCE_DIR "/" GOLDEN, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    print_message("%s is written anew: read what has changed\n", GOLDEN);
}

/* The first line that differs is what helps. */
static void compare(const char *is, const char *was) {
    while (*is != 0 || *was != 0) {
        size_t is_len = strcspn(is, "\n"), was_len = strcspn(was, "\n");
        if (is_len != was_len || memcmp(is, was, is_len) != 0)
            fail_msg("a sentence has changed. If it was meant: UPDATE_GOLDEN=1 build/test_golden\n"
                     "now:    %.*s\nbefore: %.*s",
                     (int)is_len, is, (int)was_len, was);
        is += is_len + (is[is_len] != 0);
        was += was_len + (was[was_len] != 0);
    }
}

static void every_error_says_what_its_golden_sentence_says(void **state) {
    (void)state;
    render();
    if (getenv("UPDATE_GOLDEN") != NULL)
        update();
    compare(text, (const char *)kit_file(GOLDEN).at);
}

static void every_sentence_fits_and_ends_with_its_number(void **state) {
    char sentence[ALOFT_SENTENCE_MAX], tail[16];

    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        const aloft_fault why = {.code = (uint16_t)rows[i].number,
                                 .step = ALOFT_STEP_CHECK,
                                 .origin = ALOFT_ORIGIN_LINUX,
                                 .raw = INT32_MIN,
                                 .at = UINT32_MAX,
                                 .want = UINT32_MAX,
                                 .got = UINT32_MAX};
        snprintf(tail, sizeof tail, "  [0x%04x ", rows[i].number);
        aloft_explain(&why, facts, sizeof facts / sizeof facts[0], sentence, sizeof sentence);
        assert_non_null(strstr(sentence, tail));
        assert_int_equal(sentence[strlen(sentence) - 1], ']');
        assert_null(strchr(sentence, '%'));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_says_what_its_golden_sentence_says),
        cmocka_unit_test(every_sentence_fits_and_ends_with_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

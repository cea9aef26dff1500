/* SPDX-License-Identifier: Apache-2.0 */
/* What the database keeps of what devices say: order, bounds, and what counts as a success. */
#include "test/kit/kit.h"

#include <semaphore.h>
#include <stdbool.h>
#include <time.h>

#include <sqlite3.h>

#include "server/store/store.h"

static sem_t answers_wait;

static void ready(void *self) {
    (void)self;
    sem_post(&answers_wait);
}

static const char *path_of(const char *name) {
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", kit_folder(), name);
    remove(path);
    return path;
}

static struct store *open_store(const char *path) {
    struct trouble trouble;
    struct store *store = NULL;

    sem_init(&answers_wait, 0, 0);
    assert_ok(store_open(path, ready, NULL, &store, &trouble));
    return store;
}

static struct store_word word_of(const char *id, uint32_t record, const char *state) {
    struct store_word word = {.conn_id = STORE_NO_CONN, .when_s = 1000000, .has_record = true};

    snprintf(word.id, sizeof word.id, "%s", id);
    snprintf(word.state, sizeof word.state, "%s", state);
    snprintf(word.version, sizeof word.version, "1.0.0");
    snprintf(word.device_class, sizeof word.device_class, "acme.example/lamp/a");
    snprintf(word.channel, sizeof word.channel, "stable");
    word.record = record;
    return word;
}

/* Tell one word and wait, at most 10 s, for its answer. */
static struct store_answer tell(struct store *store, const struct store_word *word) {
    struct store_answer answer = {0};
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    assert_true(store_tell(store, word));
    while (store_answers(store, &answer, 1) == 0)
        assert_int_equal(sem_timedwait(&answers_wait, &until), 0);
    return answer;
}

struct found {
    unsigned n;
    struct store_device device; /* the one called `id`, or the last */
    const char *id;
    bool is_there;
};

static bool look(void *self, const struct store_device *device) {
    struct found *found = self;

    found->n++;
    if (found->id == NULL || strcmp(found->id, device->word.id) == 0) {
        found->device = *device;
        found->is_there = true;
    }
    return true;
}

static struct found find(const char *path, const char *id) {
    struct found found = {.id = id};
    struct trouble trouble;

    assert_ok(store_devices(path, look, &found, &trouble));
    return found;
}

static void a_word_is_there_after_a_restart(void **state) {
    (void)state;
    const char *path = path_of("restart.db");
    struct store_word word = word_of("pump-1", 7, "idle");
    struct store *store = open_store(path);

    word.fault = (aloft_fault){.code = 0x0203, .raw = -113, .want = 0xffffffffu, .got = 9};
    assert_true(tell(store, &word).is_new);
    store_close(store);
    store = open_store(path);

    struct found found = find(path, "pump-1");
    assert_int_equal(found.n, 1);
    assert_string_equal(found.device.word.version, "1.0.0");
    assert_int_equal(found.device.word.record, 7);
    assert_memory_equal(&found.device.word.fault, &word.fault, sizeof word.fault);
    assert_false(tell(store, &word).is_new);
    store_close(store);
}

static void the_code_alone_of_a_check_takes_nothing_from_what_is_known(void **state) {
    (void)state;
    const char *path = path_of("code.db");
    struct store *store = open_store(path);
    struct store_word report = word_of("pump-1", 7, "failed"), check = report;
    struct store_answer answer;

    report.is_report = true;
    report.fault =
        (aloft_fault){.code = 0x0802, .step = ALOFT_STEP_FETCH, .want = 2000, .got = 900};
    assert_true(tell(store, &report).is_new);
    check.is_report = false;
    check.fault = (aloft_fault){.code = 0x0802};
    answer = tell(store, &check);
    assert_false(answer.fault_news);
    assert_memory_equal(&answer.word.fault, &report.fault, sizeof report.fault);
    check.fault.code = 0x0306;
    assert_true(tell(store, &check).fault_news);
    assert_int_equal(find(path, "pump-1").device.word.fault.code, 0x0306);
    store_close(store);
}

static void an_older_record_changes_nothing_but_the_time(void **state) {
    (void)state;
    const char *path = path_of("older.db");
    struct store *store = open_store(path);
    struct store_word newer = word_of("pump-1", 9, "rolled-back");
    struct store_word older = word_of("pump-1", 8, "testing");

    older.when_s += 60;
    tell(store, &newer);
    assert_true(tell(store, &older).older);

    struct found found = find(path, "pump-1");
    assert_string_equal(found.device.word.state, "rolled-back");
    assert_int_equal(found.device.word.record, 9);
    assert_int_equal(found.device.last_seen_s, older.when_s);
    store_close(store);
}

static void a_device_that_was_flashed_anew_is_believed_again_after_a_while(void **state) {
    (void)state;
    const char *path = path_of("anew.db");
    struct store *store = open_store(path);
    struct store_word before = word_of("pump-1", 900, "idle");
    struct store_word anew = word_of("pump-1", 1, "testing");

    anew.when_s += STORE_LATE_S;
    tell(store, &before);
    assert_false(tell(store, &anew).older);

    assert_int_equal(find(path, "pump-1").device.word.record, 1);
    store_close(store);
}

/* The server's clock was a year ahead for an hour. */
static void and_a_clock_that_was_set_back_does_not_delay_that(void **state) {
    (void)state;
    const char *path = path_of("clock.db");
    struct store *store = open_store(path);
    struct store_word ahead = word_of("pump-1", 900, "idle");
    struct store_word anew = word_of("pump-1", 1, "testing");

    ahead.when_s += 365 * 86400;
    anew.when_s += 3600;
    tell(store, &ahead);
    assert_false(tell(store, &anew).older);

    assert_int_equal(find(path, "pump-1").device.word.record, 1);
    store_close(store);
}

static void only_the_digest_of_a_release_makes_a_success(void **state) {
    (void)state;
    const char *path = path_of("truth.db");
    struct store *store = open_store(path);
    struct store_word word = word_of("pump-1", 1, "confirmed");

    word.sequence = 5;
    assert_false(tell(store, &word).confirm_news);
    assert_string_equal(find(path, "pump-1").device.confirmed_version, "");
    word.runs_release = true;
    snprintf(word.state, sizeof word.state, "testing");
    assert_false(tell(store, &word).confirm_news);
    snprintf(word.state, sizeof word.state, "confirmed");
    assert_true(tell(store, &word).confirm_news);
    assert_false(tell(store, &word).confirm_news);

    assert_string_equal(find(path, "pump-1").device.confirmed_version, "1.0.0");
    assert_int_equal(find(path, "pump-1").device.confirmed_sequence, 5);
    store_close(store);
}

static void what_was_last_confirmed_stays_through_a_failed_trial(void **state) {
    (void)state;
    const char *path = path_of("trial.db");
    struct store *store = open_store(path);
    struct store_word good = word_of("pump-1", 1, "idle"),
                      bad = word_of("pump-1", 3, "rolled-back");

    good.runs_release = bad.runs_release = true;
    good.sequence = bad.sequence = 5;
    bad.fault.code = ALOFT_E_TRIAL_HUNG;
    tell(store, &good);
    struct store_answer answer = tell(store, &bad);
    assert_true(answer.fault_news && answer.state_news && !answer.confirm_news);
    good.record = 4; /* idle again, without a word about the fault */
    tell(store, &good);

    struct found found = find(path, "pump-1");
    assert_string_equal(found.device.confirmed_version, "1.0.0");
    assert_int_equal(found.device.word.fault.code, ALOFT_E_TRIAL_HUNG);
    store_close(store);
}

static void the_device_that_was_silent_longest_goes_when_there_are_too_many(void **state) {
    (void)state;
    const char *path = path_of("many.db");
    struct store *store = open_store(path);
    struct store_answer answer;
    unsigned told = 0, answered = 0;
    char id[32];

    while (answered < STORE_DEVICES_MAX + 2) {
        snprintf(id, sizeof id, "d%05u", told);
        struct store_word word = word_of(id, 1, "idle");
        word.when_s += told;
        if (told < STORE_DEVICES_MAX + 2 && store_tell(store, &word))
            told++;
        else
            sem_wait(&answers_wait);
        while (store_answers(store, &answer, 1) == 1) {
            assert_true(answer.kept);
            answered++;
        }
    }

    assert_int_equal(find(path, NULL).n, STORE_DEVICES_MAX);
    assert_false(find(path, "d00000").is_there);
    assert_false(find(path, "d00001").is_there);
    assert_true(find(path, "d00002").is_there);
    store_close(store);
}

static void a_full_queue_refuses_and_loses_nothing_that_it_took(void **state) {
    (void)state;
    const char *path = path_of("full.db");
    struct store *store = open_store(path);
    struct store_word word = word_of("pump-1", 1, "idle");
    struct store_answer answer;
    unsigned taken = 0, answered = 0;

    while (taken <= STORE_QUEUE_MAX && store_tell(store, &word))
        taken++;
    assert_int_equal(taken, STORE_QUEUE_MAX); /* nobody takes answers, so they count too */
    while (answered < taken)
        if (store_answers(store, &answer, 1) == 1)
            answered++;
        else
            sem_wait(&answers_wait);
    assert_true(store_tell(store, &word));

    store_close(store);
    assert_int_equal(find(path, NULL).n, 1);
}

static void no_file_is_no_devices(void **state) {
    (void)state;
    assert_int_equal(find(path_of("nothing.db"), NULL).n, 0);
}

static void a_file_that_is_no_database_is_refused(void **state) {
    (void)state;
    const char *path = path_of("text.db");
    FILE *file = fopen(path, "w");
    struct store *store = NULL;
    struct trouble trouble;

    for (unsigned i = 0; i < 200; i++)
        fputs("this is not a database\n", file);
    fclose(file);

    assert_provoked(store_open(path, ready, NULL, &store, &trouble), STORE_OPEN);
    assert_null(store);
}

static void a_database_of_a_newer_program_is_left_alone(void **state) {
    (void)state;
    const char *path = path_of("newer.db");
    struct store *store = open_store(path);
    struct trouble trouble;
    sqlite3 *db;

    store_close(store);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);

    assert_provoked(store_open(path, ready, NULL, &store, &trouble), STORE_OPEN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_there_after_a_restart),
        cmocka_unit_test(the_code_alone_of_a_check_takes_nothing_from_what_is_known),
        cmocka_unit_test(an_older_record_changes_nothing_but_the_time),
        cmocka_unit_test(a_device_that_was_flashed_anew_is_believed_again_after_a_while),
        cmocka_unit_test(and_a_clock_that_was_set_back_does_not_delay_that),
        cmocka_unit_test(only_the_digest_of_a_release_makes_a_success),
        cmocka_unit_test(what_was_last_confirmed_stays_through_a_failed_trial),
        cmocka_unit_test(the_device_that_was_silent_longest_goes_when_there_are_too_many),
        cmocka_unit_test(a_full_queue_refuses_and_loses_nothing_that_it_took),
        cmocka_unit_test(no_file_is_no_devices),
        cmocka_unit_test(a_file_that_is_no_database_is_refused),
        cmocka_unit_test(a_database_of_a_newer_program_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

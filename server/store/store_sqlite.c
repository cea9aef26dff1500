/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/store. The words in SQLite.
 * Knows: SQL, this schema.   Never knows: threads, who asks. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "host/denied.h"
#include "store_sql.h"

#define SCHEMA_VERSION 1
#define BUSY_TIMEOUT_MS                                                                            \
    3000 /* `devices` and back-ups read beside; a writer waits for them this long */

/* schema.sql, made by cmake/embed.cmake */
extern const char server_schema_sql[];

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    FIND,
    INSERT,
    SEEN,
    UPDATE,
    COUNTERS,
    DROP,
    EVENT,
    STATEMENTS
};

static const char *const text_of[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [FIND] = "SELECT * FROM devices WHERE id = ?1",
    [INSERT] = "INSERT INTO devices (id, first_seen, last_seen, said_at, address, class, channel)"
               " VALUES (?1, ?2, ?2, ?2, ?3, ?4, ?5)",
    [SEEN] = "UPDATE devices SET last_seen = ?2, address = ?3 WHERE id = ?1",
    [UPDATE] = "UPDATE devices SET said_at = ?2, class = ?4, channel = ?5, version = ?6,"
               " sequence = ?7, digest = ?8, runs_release = ?9, state = ?10, record = ?11,"
               " offered_version = ?12, offered_sequence = ?13, confirmed_version = ?14,"
               " confirmed_sequence = ?15, fault_code = ?16, fault_step = ?17, fault_origin = ?18,"
               " fault_raw = ?19, fault_at = ?20, fault_want = ?21, fault_got = ?22 WHERE id = ?1",
    [COUNTERS] = "UPDATE devices SET attempt = ?2, received = ?3, seconds = ?4, resumes = ?5,"
                 " boots = ?6, fails = ?7, cold = ?8 WHERE id = ?1",
    [DROP] = "DELETE FROM devices WHERE id = (SELECT id FROM devices ORDER BY last_seen LIMIT 1)",
    [EVENT] = "INSERT INTO events (at, id, version, state, fault) VALUES (?1, ?2, ?3, ?4, ?5)",
};

struct sql {
    sqlite3 *db;
    sqlite3_stmt *statement[STATEMENTS];
    unsigned n_devices;
    bool is_good; /* of the transaction under way */
};

static void run(struct sql *sql, enum statement which) {
    sqlite3_stmt *s = sql->statement[which];

    if (sqlite3_step(s) != SQLITE_DONE)
        sql->is_good = false;
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}

static void bind_text(sqlite3_stmt *s, int at, const char *text) {
    sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *s, int at, uint64_t number) {
    sqlite3_bind_int64(s, at, (sqlite3_int64)number);
}

static aloft_err refuse(struct sql *sql, const char *path, const char *reason,
                        struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_STORE_OPEN);
    trouble_fact(trouble, "file", "%s", path);
    trouble_fact(trouble, "reason", "%s", reason);
    sql_close(sql);
    return ALOFT_E_STORE_OPEN;
}

/* SQLite tells of a missing right in words for other troubles ("readonly database", "unable to open"). In WAL
 * mode a reader, too, makes the -shm beside the database where no server runs. */
static aloft_err refuse_open(struct sql *sql, const char *path, bool to_write,
                             struct trouble *trouble) {
    char beside[PATH_MAX];
    aloft_err e = denied_tell(trouble, to_write ? DENIED_WRITE : DENIED_READ, path);

    for (unsigned i = 0; e == ALOFT_OK && i < 2; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, i == 0 ? "-wal" : "-shm");
        e = denied_tell(trouble, to_write || i == 1 ? DENIED_WRITE : DENIED_READ, beside);
    }
    if (e == ALOFT_OK)
        return refuse(sql, path, sqlite3_errmsg(sql->db), trouble);
    sql_close(sql);
    return e;
}

static int read_number(struct sql *sql, const char *query) {
    sqlite3_stmt *s = NULL;
    int number = -1;

    if (sqlite3_prepare_v2(sql->db, query, -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        number = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    return number;
}

/* WAL: a reader never waits for the writer. NORMAL: a power cut may lose the last words, never the
 * file. */
static bool prepare_to_write(struct sql *sql) {
    char version[48];

    snprintf(version, sizeof version, "PRAGMA user_version = %d", SCHEMA_VERSION);
    if (sqlite3_exec(sql->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", NULL, NULL,
                     NULL) != SQLITE_OK ||
        sqlite3_exec(sql->db, server_schema_sql, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(sql->db, version, NULL, NULL, NULL) != SQLITE_OK)
        return false;
    for (unsigned i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(sql->db, text_of[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &sql->statement[i], NULL) != SQLITE_OK)
            return false;
    sql->n_devices = (unsigned)read_number(sql, "SELECT count(*) FROM devices");
    return true;
}

aloft_err sql_open(const char *path, bool to_write, struct sql **out, struct trouble *trouble) {
    int flags = to_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    struct sql *sql;
    int version;

    *out = NULL;
    if (!to_write && access(path, F_OK) != 0 && errno == ENOENT)
        return ALOFT_OK; /* nobody has called yet */
    sql = calloc(1, sizeof *sql);
    if (sql == NULL)
        return refuse(NULL, path, strerror(ENOMEM), trouble);
    if (sqlite3_open_v2(path, &sql->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return refuse_open(sql, path, to_write, trouble);
    sqlite3_busy_timeout(sql->db, BUSY_TIMEOUT_MS);
    version = read_number(sql, "PRAGMA user_version");
    if (version > SCHEMA_VERSION)
        return refuse(sql, path, "it was made by a newer aloft", trouble);
    if (version < 0 || (to_write && !prepare_to_write(sql)))
        return refuse_open(sql, path, to_write, trouble);
    *out = sql;
    return ALOFT_OK;
}

void sql_close(struct sql *sql) {
    if (sql == NULL)
        return;
    for (unsigned i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(sql->statement[i]);
    sqlite3_close(sql->db);
    free(sql);
}

bool sql_begin(struct sql *sql) {
    sql->is_good = true;
    run(sql, BEGIN);
    return sql->is_good;
}

bool sql_commit(struct sql *sql) {
    if (sql->is_good)
        run(sql, COMMIT);
    if (sql->is_good)
        return true;
    run(sql, ROLLBACK);
    sql->n_devices = (unsigned)read_number(sql, "SELECT count(*) FROM devices");
    return false;
}

static void get_text(sqlite3_stmt *s, int at, char *out, size_t out_size) {
    const char *text = (const char *)sqlite3_column_text(s, at);

    snprintf(out, out_size, "%s", text != NULL ? text : "");
}

static uint32_t get_u32(sqlite3_stmt *s, int at) {
    return (uint32_t)sqlite3_column_int64(s, at);
}

/* The columns in the order of schema.sql. */
static void read_row(sqlite3_stmt *s, struct store_device *d) {
    struct store_word *w = &d->word;
    const void *digest = sqlite3_column_blob(s, 9);

    memset(d, 0, sizeof *d);
    get_text(s, 0, w->id, sizeof w->id);
    d->first_seen_s = (uint64_t)sqlite3_column_int64(s, 1);
    d->last_seen_s = (uint64_t)sqlite3_column_int64(s, 2);
    w->when_s = (uint64_t)sqlite3_column_int64(s, 3);
    get_text(s, 4, w->address, sizeof w->address);
    get_text(s, 5, w->device_class, sizeof w->device_class);
    get_text(s, 6, w->channel, sizeof w->channel);
    get_text(s, 7, w->version, sizeof w->version);
    w->sequence = (uint64_t)sqlite3_column_int64(s, 8);
    if (digest != NULL && sqlite3_column_bytes(s, 9) == (int)sizeof w->digest)
        memcpy(w->digest, digest, sizeof w->digest);
    w->runs_release = sqlite3_column_int(s, 10) == 1;
    get_text(s, 11, w->state, sizeof w->state);
    w->record = get_u32(s, 12);
    get_text(s, 13, w->offered_version, sizeof w->offered_version);
    w->offered_sequence = (uint64_t)sqlite3_column_int64(s, 14);
    get_text(s, 15, d->confirmed_version, sizeof d->confirmed_version);
    d->confirmed_sequence = (uint64_t)sqlite3_column_int64(s, 16);
    w->fault = (aloft_fault){.code = (uint16_t)get_u32(s, 17),
                             .step = (uint8_t)get_u32(s, 18),
                             .origin = (uint8_t)get_u32(s, 19),
                             .raw = (int32_t)sqlite3_column_int64(s, 20),
                             .at = get_u32(s, 21),
                             .want = get_u32(s, 22),
                             .got = get_u32(s, 23)};
    w->attempt = get_u32(s, 24);
    w->received = get_u32(s, 25);
    w->seconds = get_u32(s, 26);
    w->resumes = get_u32(s, 27);
    w->boots = get_u32(s, 28);
    w->fails = get_u32(s, 29);
    w->cold = get_u32(s, 30);
}

static bool find(struct sql *sql, const char *id, struct store_device *device) {
    sqlite3_stmt *s = sql->statement[FIND];
    int result;

    bind_text(s, 1, id);
    result = sqlite3_step(s);
    if (result == SQLITE_ROW)
        read_row(s, device);
    else if (result != SQLITE_DONE)
        sql->is_good = false;
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return result == SQLITE_ROW;
}

static void insert(struct sql *sql, const struct store_word *word) {
    sqlite3_stmt *s = sql->statement[INSERT];

    if (sql->n_devices >= STORE_DEVICES_MAX)
        run(sql, DROP);
    else
        sql->n_devices++;
    bind_text(s, 1, word->id);
    bind_number(s, 2, word->when_s);
    bind_text(s, 3, word->address);
    bind_text(s, 4, word->device_class);
    bind_text(s, 5, word->channel);
    run(sql, INSERT);
}

static void seen(struct sql *sql, const struct store_word *word) {
    sqlite3_stmt *s = sql->statement[SEEN];

    bind_text(s, 1, word->id);
    bind_number(s, 2, word->when_s);
    bind_text(s, 3, word->address);
    run(sql, SEEN);
}

static void update(struct sql *sql, const struct store_device *d) {
    sqlite3_stmt *s = sql->statement[UPDATE];
    const struct store_word *w = &d->word;
    const aloft_fault *f = &w->fault;
    const uint64_t fault[] = {f->code, f->step, f->origin, (uint64_t)(int64_t)f->raw,
                              f->at,   f->want, f->got};

    bind_text(s, 1, w->id);
    bind_number(s, 2, w->when_s);
    bind_text(s, 4, w->device_class);
    bind_text(s, 5, w->channel);
    bind_text(s, 6, w->version);
    bind_number(s, 7, w->sequence);
    sqlite3_bind_blob(s, 8, w->digest, (int)sizeof w->digest, SQLITE_STATIC);
    bind_number(s, 9, w->runs_release ? 1 : 0);
    bind_text(s, 10, w->state);
    bind_number(s, 11, w->record);
    bind_text(s, 12, w->offered_version);
    bind_number(s, 13, w->offered_sequence);
    bind_text(s, 14, d->confirmed_version);
    bind_number(s, 15, d->confirmed_sequence);
    for (int i = 0; i < 7; i++)
        bind_number(s, 16 + i, fault[i]);
    run(sql, UPDATE);
}

static void update_counters(struct sql *sql, const struct store_word *w) {
    sqlite3_stmt *s = sql->statement[COUNTERS];
    const uint32_t number[] = {w->attempt, w->received, w->seconds, w->resumes,
                               w->boots,   w->fails,    w->cold};

    bind_text(s, 1, w->id);
    for (int i = 0; i < 7; i++)
        bind_number(s, 2 + i, number[i]);
    run(sql, COUNTERS);
}

static void note_event(struct sql *sql, const struct store_word *w) {
    sqlite3_stmt *s = sql->statement[EVENT];

    bind_number(s, 1, w->when_s);
    bind_text(s, 2, w->id);
    bind_text(s, 3, w->version);
    bind_text(s, 4, w->state);
    bind_number(s, 5, w->fault.code);
    run(sql, EVENT);
    /* a slice at a time, so that no word pays for a thousand */
    if (sqlite3_last_insert_rowid(sql->db) % 64 == 0) {
        char text[80];
        snprintf(text, sizeof text, "DELETE FROM events WHERE n <= %lld",
                 (long long)sqlite3_last_insert_rowid(sql->db) - (long long)STORE_EVENTS_MAX);
        if (sqlite3_exec(sql->db, text, NULL, NULL, NULL) != SQLITE_OK)
            sql->is_good = false;
    }
}

static bool is_older(const struct store_device *known, const struct store_word *word) {
    return word->has_record && word->record < known->word.record &&
           word->when_s < known->word.when_s + STORE_LATE_S &&
           known->word.when_s < word->when_s + STORE_LATE_S; /* else our clock was set back */
}

/* What was not said stays as it was; the word's own fields win otherwise. */
static void merge(struct store_device *known, const struct store_word *word,
                  struct store_answer *answer) {
    struct store_word *w = &known->word;
    struct store_word now = *word;
    bool confirms = store_word_confirms(word), is_known;

    if (word->version[0] == 0) {
        memcpy(now.version, w->version, sizeof now.version);
        memcpy(now.digest, w->digest, sizeof now.digest);
        now.sequence = w->sequence;
        now.runs_release = w->runs_release;
    }
    if (word->state[0] == 0)
        memcpy(now.state, w->state, sizeof now.state);
    if (!word->has_record)
        now.record = w->record;
    if (word->offered_version[0] == 0) {
        memcpy(now.offered_version, w->offered_version, sizeof now.offered_version);
        now.offered_sequence = w->offered_sequence;
    }
    answer->confirm_news = confirms && known->confirmed_sequence != now.sequence;
    if (confirms) {
        memcpy(known->confirmed_version, now.version, sizeof known->confirmed_version);
        known->confirmed_sequence = now.sequence;
    }
    /* a fault is kept until the next success, so that `devices` can say what happened; the heads of a
     * check have its code alone */
    is_known = word->is_report ? memcmp(&word->fault, &w->fault, sizeof w->fault) == 0
                               : word->fault.code == w->fault.code;
    answer->fault_news = word->fault.code != 0 && !is_known;
    if (is_known || (word->fault.code == 0 && !answer->confirm_news))
        now.fault = w->fault;
    answer->state_news = strcmp(now.state, w->state) != 0 || strcmp(now.version, w->version) != 0;
    *w = now;
}

void sql_apply(struct sql *sql, const struct store_word *word, struct store_answer *answer) {
    struct store_device device;

    memset(&device, 0, sizeof device);
    answer->is_new = !find(sql, word->id, &device);
    if (answer->is_new)
        insert(sql, word);
    else
        seen(sql, word);
    answer->older = !answer->is_new && is_older(&device, word);
    if (!answer->older) {
        merge(&device, word, answer);
        update(sql, &device);
        if (word->has_counters)
            update_counters(sql, word);
        if (answer->is_new || answer->state_news || answer->fault_news)
            note_event(sql, &device.word);
    }
    answer->kept = sql->is_good;
    if (!answer->older)
        answer->word = device.word; /* last: `word` may be this very place */
}

bool sql_each(struct sql *sql, bool (*each)(void *self, const struct store_device *device),
              void *self) {
    struct store_device device;
    sqlite3_stmt *s = NULL;
    int result = SQLITE_ERROR;
    bool goes_on = true;

    if (sqlite3_prepare_v2(sql->db, "SELECT * FROM devices ORDER BY id", -1, &s, NULL) == SQLITE_OK)
        while (goes_on && (result = sqlite3_step(s)) == SQLITE_ROW) {
            read_row(s, &device);
            goes_on = each(self, &device);
        }
    sqlite3_finalize(s);
    return result == SQLITE_DONE || !goes_on;
}

bool sql_ran(struct sql *sql, bool (*each)(void *self, const struct store_ran *ran), void *self) {
    static const char query[] =
        "SELECT d.class, e.version, count(DISTINCT e.id),"
        " count(DISTINCT CASE WHEN e.state = 'confirmed' THEN e.id END),"
        " count(DISTINCT CASE WHEN d.confirmed_version = e.version THEN e.id END),"
        " count(DISTINCT CASE WHEN e.state = 'rolled-back' THEN e.id END)"
        " FROM events e JOIN devices d ON d.id = e.id WHERE e.version <> ''"
        " GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 100";
    struct store_ran ran;
    sqlite3_stmt *s = NULL;
    int result = SQLITE_ERROR;
    bool goes_on = true;

    if (sqlite3_prepare_v2(sql->db, query, -1, &s, NULL) == SQLITE_OK)
        while (goes_on && (result = sqlite3_step(s)) == SQLITE_ROW) {
            memset(&ran, 0, sizeof ran);
            get_text(s, 0, ran.device_class, sizeof ran.device_class);
            get_text(s, 1, ran.version, sizeof ran.version);
            ran.n = (uint32_t)sqlite3_column_int(s, 2);
            ran.n_said = (uint32_t)sqlite3_column_int(s, 3);
            ran.n_sure = (uint32_t)sqlite3_column_int(s, 4);
            ran.n_back = (uint32_t)sqlite3_column_int(s, 5);
            goes_on = each(self, &ran);
        }
    sqlite3_finalize(s);
    return result == SQLITE_DONE || !goes_on;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/store. The queue to the SQL thread and the one back.
 * Knows: threads.   Never knows: SQL, what words mean to others. */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "store_sql.h"

/* A ring; a full one refuses. Answers have room for as many as can be asked, so they never do. */
struct words {
    struct store_word *at;
    unsigned first, n;
};

struct answers {
    struct store_answer *at;
    unsigned first, n;
};

struct store {
    uv_thread_t thread;
    uv_mutex_t lock; /* of all below */
    uv_cond_t told;
    struct words words;
    struct answers answers;
    unsigned n_under_way; /* taken from words, not yet in answers */
    bool ending;

    struct sql *sql; /* the thread's alone */
    void (*ready)(void *self);
    void *self;
    struct store_answer batch[STORE_BATCH_MAX];
};

/* `stale` and `withheld` are a device that is well and says that its news may be old. */
static bool is_at_rest(const char *state) {
    static const char *const words[] = {"confirmed", "idle", "stale", "withheld"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], state) == 0)
            return true;
    return false;
}

bool store_word_confirms(const struct store_word *word) {
    return word->runs_release && is_at_rest(word->state);
}

/* Wait for words, take a batch. 0: it is over. */
static unsigned take(struct store *store) {
    unsigned n = 0;

    uv_mutex_lock(&store->lock);
    while (store->words.n == 0 && !store->ending)
        uv_cond_wait(&store->told, &store->lock);
    for (; n < STORE_BATCH_MAX && store->words.n > 0; n++) {
        memset(&store->batch[n], 0, sizeof store->batch[n]);
        store->batch[n].word = store->words.at[store->words.first];
        store->words.first = (store->words.first + 1) % STORE_QUEUE_MAX;
        store->words.n--;
    }
    store->n_under_way = n;
    uv_mutex_unlock(&store->lock);
    return n;
}

static void give(struct store *store, unsigned n) {
    uv_mutex_lock(&store->lock);
    for (unsigned i = 0; i < n; i++) {
        unsigned at = (store->answers.first + store->answers.n) % STORE_QUEUE_MAX;
        store->answers.at[at] = store->batch[i];
        store->answers.n++;
    }
    store->n_under_way = 0;
    uv_mutex_unlock(&store->lock);
    store->ready(store->self);
}

static void work(void *self) {
    struct store *store = self;
    unsigned n;

    while ((n = take(store)) > 0) {
        bool is_good = sql_begin(store->sql);
        for (unsigned i = 0; i < n && is_good; i++)
            sql_apply(store->sql, &store->batch[i].word, &store->batch[i]);
        is_good = is_good && sql_commit(store->sql);
        for (unsigned i = 0; i < n; i++)
            store->batch[i].kept = store->batch[i].kept && is_good;
        give(store, n);
    }
}

static void free_all(struct store *store) {
    sql_close(store->sql);
    free(store->words.at);
    free(store->answers.at);
    free(store);
}

aloft_err store_open(const char *path, void (*ready)(void *self), void *self, struct store **out,
                     struct trouble *trouble) {
    struct store *store = calloc(1, sizeof *store);
    aloft_err e;

    if (store == NULL)
        return trouble_file(trouble, ALOFT_E_STORE_OPEN, path, ENOMEM);
    store->ready = ready;
    store->self = self;
    store->words.at = calloc(STORE_QUEUE_MAX, sizeof *store->words.at);
    store->answers.at = calloc(STORE_QUEUE_MAX, sizeof *store->answers.at);
    if (store->words.at == NULL || store->answers.at == NULL)
        e = trouble_file(trouble, ALOFT_E_STORE_OPEN, path, ENOMEM);
    else
        e = sql_open(path, true, &store->sql, trouble);
    if (e != ALOFT_OK) {
        free_all(store);
        return e;
    }
    uv_mutex_init(&store->lock);
    uv_cond_init(&store->told);
    if (uv_thread_create(&store->thread, work, store) != 0) {
        free_all(store);
        return trouble_file(trouble, ALOFT_E_STORE_OPEN, path, EAGAIN);
    }
    *out = store;
    return ALOFT_OK;
}

bool store_tell(struct store *store, const struct store_word *word) {
    bool has_room;

    uv_mutex_lock(&store->lock);
    has_room = store->words.n + store->n_under_way + store->answers.n < STORE_QUEUE_MAX;
    if (has_room) {
        store->words.at[(store->words.first + store->words.n) % STORE_QUEUE_MAX] = *word;
        store->words.n++;
        uv_cond_signal(&store->told);
    }
    uv_mutex_unlock(&store->lock);
    return has_room;
}

unsigned store_answers(struct store *store, struct store_answer *out, unsigned max) {
    unsigned n = 0;

    uv_mutex_lock(&store->lock);
    for (; n < max && store->answers.n > 0; n++) {
        out[n] = store->answers.at[store->answers.first];
        store->answers.first = (store->answers.first + 1) % STORE_QUEUE_MAX;
        store->answers.n--;
    }
    uv_mutex_unlock(&store->lock);
    return n;
}

void store_close(struct store *store) {
    if (store == NULL)
        return;
    uv_mutex_lock(&store->lock);
    store->ending = true;
    uv_cond_signal(&store->told);
    uv_mutex_unlock(&store->lock);
    uv_thread_join(&store->thread);
    uv_mutex_destroy(&store->lock);
    uv_cond_destroy(&store->told);
    free_all(store);
}

aloft_err store_devices(const char *path,
                        bool (*each)(void *self, const struct store_device *device), void *self,
                        struct trouble *trouble) {
    struct sql *sql = NULL;
    aloft_err e = sql_open(path, false, &sql, trouble);

    if (e == ALOFT_OK && sql != NULL && !sql_each(sql, each, self))
        e = trouble_file(trouble, ALOFT_E_STORE_OPEN, path, EIO);
    sql_close(sql);
    return e;
}

aloft_err store_ran(const char *path, bool (*each)(void *self, const struct store_ran *ran),
                    void *self, struct trouble *trouble) {
    struct sql *sql = NULL;
    aloft_err e = sql_open(path, false, &sql, trouble);

    if (e == ALOFT_OK && sql != NULL && !sql_ran(sql, each, self))
        e = trouble_file(trouble, ALOFT_E_STORE_OPEN, path, EIO);
    sql_close(sql);
    return e;
}

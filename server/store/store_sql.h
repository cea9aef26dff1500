/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/store. What a database must do for store.c; one file per dialect. One thread uses a
 * handle. */
#ifndef SERVER_STORE_SQL_H
#define SERVER_STORE_SQL_H

#include "store.h"

struct sql;

ALOFT_MUST_USE aloft_err sql_open(const char *path, bool to_write, struct sql **out,
                                  struct trouble *trouble);
void sql_close(struct sql *sql);

/** A transaction around many words. false: the database could not. */
bool sql_begin(struct sql *sql);
bool sql_commit(struct sql *sql);

/** Apply one word inside a transaction; fills *answer. `word` may be answer->word. */
void sql_apply(struct sql *sql, const struct store_word *word, struct store_answer *answer);

bool sql_each(struct sql *sql, bool (*each)(void *self, const struct store_device *device),
              void *self);
bool sql_ran(struct sql *sql, bool (*each)(void *self, const struct store_ran *ran), void *self);

#endif

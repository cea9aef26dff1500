/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. The calls that devices make, and what is made of their words. A call is a file.
 * */
#ifndef SERVER_API_H
#define SERVER_API_H

#include "server/net/exchange.h"
#include "server/store/store.h"

struct server;
struct release;
struct catalog;

/** The table of aloft's own listener. */
extern const struct call api_calls[];

/** The table of the listener for devices with the SmartThings ota_demo. */
extern const struct call legacy_calls[];

/* One pair per row of the table. */
bool page_matches(const struct exchange *x);
void page_run(struct exchange *x);
bool report_matches(const struct exchange *x);
void report_run(struct exchange *x);
bool manifest_matches(const struct exchange *x);
void manifest_run(struct exchange *x);
bool payload_matches(const struct exchange *x);
void payload_run(struct exchange *x);

/* ------------------------------------------------------------------------------- the releases on
 * the site */

struct catalog *catalog_new(const char *site);
void catalog_free(struct catalog *catalog);

/** Fill runs_release into a word from its class, channel, sequence and digest; and what was
 *  offered: to a check what is on offer now, to a report the release whose sequence the device
 *  names. */
void catalog_judge(struct catalog *catalog, struct store_word *word);

/* --------------------------------------------------------------------------------------- words of
 * devices */

/** Bytes of one set of characters into a text; false if one is not of it, or too long, or empty. */
bool word_id(aloft_bytes from, char out[ALOFT_ID_MAX + 1]);        /* A-Za-z0-9._- */
bool word_version(aloft_bytes from, char out[STORE_WORD_MAX + 1]); /* and + */
bool word_channel(aloft_bytes from, char out[STORE_WORD_MAX + 1]); /* as project_channel_is_legal */
bool word_class(aloft_bytes from, char out[ALOFT_CLASS_MAX]);      /* as project_class_is_legal */
bool word_number(aloft_bytes from, uint64_t max, uint64_t *out);   /* decimal digits */
/** A state of protocol.md §1; "failed:CODE" becomes "failed" and the code goes into the fault. */
bool word_state(aloft_bytes from, struct store_word *word);

/** The word that a report holds. False: why->want is the key, why->at the byte. */
bool report_read(aloft_bytes body, struct store_word *word, aloft_fault *why);

/** Class and channel out of a path /VENDOR/MODEL/REVISION/CHANNEL/...; false: it is none. */
bool word_place(aloft_bytes path, struct store_word *word);

/** The word that a check's heads hold. False: the request says nothing about a device. */
bool word_from_heads(const struct exchange *x, struct store_word *word);

/** Address, time, and who waits. */
void word_begin(const struct exchange *x, bool waits, struct store_word *word);

/** Its fault in sentences; "?" for what was not said of it. */
const char *word_fault(const struct store_word *word, char *out, size_t out_size);

/** The state for people: "confirmed", "on trial", "back on 1.2.0: ..." */
const char *word_for_people(const struct store_word *word, char *out, size_t out_size);

/* ------------------------------------------------------------------------- who asks for what is not here */

/** A line where this is no class of the project. */
void knock_class(const struct exchange *x, const char *device_class);

/** A line about the path that was asked for. */
void knock_path(const struct exchange *x);

/** What is asked for is on the site and cannot be opened now (errno `number`): a line says why, and
 *  the client is told to come again. */
void knock_shut(struct exchange *x, aloft_bytes path, int number);

/** A line for the terminal about what a word changed. */
void tell_news(struct server *server, const struct store_answer *answer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The lines that `aloft serve` has said, kept in PROJECT/serve.log, one event a line:
 *
 *     2026-11-26T20:35:07.123Z 0x1308 192.168.86.40 It ended the handshake with alert 48: ...
 *
 * time (UTC), code of errors.def or 0x0000, who called or -, and the sentence. A file of 512 KiB becomes
 * serve.log.1, and the one before it goes: never more than 1 MiB. The server writes; `watch`, `devices` and
 * people read. A lost line harms no device, so nothing is synchronised to the disk.
 *
 * Example:
 *     struct journal *journal = journal_open("serve.log");
 *     journal_write(journal, &line);
 *     ...
 *     struct journal_tail *tail = journal_tail("serve.log", false);
 *     while (journal_next(tail, &line)) show(&line);          // and again a little later
 */
#ifndef HOST_JOURNAL_H
#define HOST_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_NAME     "serve.log"
#define JOURNAL_SIZE_MAX (512u << 10)
#define JOURNAL_PEER_MAX 46u   /* INET6_ADDRSTRLEN */
#define JOURNAL_TEXT_MAX 1024u /* what the server says in one line */

struct journal_line {
    uint64_t at_ms; /* milliseconds since 1970 */
    uint16_t code;  /* 0: nothing is wrong */
    char peer[JOURNAL_PEER_MAX];
    char text[JOURNAL_TEXT_MAX];
};

uint64_t journal_now_ms(void);

/** Open to write, at the end; NULL when the file cannot be made (errno says why). While it is open
 *  journal_is_kept is true for everybody. */
struct journal *journal_open(const char *path);
void journal_close(struct journal *journal);

/** Append a line. A line that the disk does not take is lost; NULL is allowed. */
void journal_write(struct journal *journal, const struct journal_line *line);

/** Whether somebody writes this journal now. */
bool journal_is_kept(const char *path);

/** Read along, from the end of the file or from its beginning. The file may come later. NULL: no memory. */
struct journal_tail *journal_tail(const char *path, bool from_start);
void journal_tail_free(struct journal_tail *tail);

/** The next line that is there by now; never waits. Lines that cannot be read are passed over. */
bool journal_next(struct journal_tail *tail, struct journal_line *out);

/** Read one line without its line feed; any bytes are allowed, those that are not printable become '?'. */
bool journal_read_line(const char *text, size_t len, struct journal_line *out);

#endif

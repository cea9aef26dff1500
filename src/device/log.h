/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The record log: two erase units of cells; the newest whole cell is the state.
 * DESIGN.md argues why a cut cannot hurt; L1 to L6 are its rules. */
#ifndef AL_DEVICE_LOG_H
#define AL_DEVICE_LOG_H

#include <aloft/port.h>

#include "device/record.h"

struct al_log {
    const struct aloft_flash *flash;
    uint32_t newest_at; /* offset of the newest cell; no meaning while n is 0 */
    uint32_t n;         /* its number, 0: there is none */
    bool settled;       /* an append has happened since al_log_open: see al_log_settled */
};

enum al_log_found {
    AL_LOG_NEW,   /* every byte is blank: a new device */
    AL_LOG_FOUND, /* the state is in the record */
    AL_LOG_LOST,  /* bytes, but no whole cell: tell ALOFT_E_RECORDS_LOST */
};

/**
 * Find the newest record and make it sure, before anything is decided from it.
 *
 * Takes   flash   must live as long as the log; its first two erase units are the log.
 * Gives   *found, and *record: the state, or all zero (IDLE, home 0) where there is none.
 *         Nothing is written for a new or lost log: the first append erases it (L5).
 * Fails   ALOFT_E_FLASH_GEOMETRY  *found is AL_LOG_NEW and *record zero.
 *         Any code of the port but ALOFT_E_FLASH_READ, which only means that a piece of a cell is
 *         not whole. Before a state was found: *found is AL_LOG_NEW, *record zero, and appends are
 *         refused. With AL_LOG_FOUND: *record is the state, but could not be made sure (L4); home
 *         may be started from it, nothing else.
 * Power   a cut gives the same record or the one before it at the next start (nobody acted on it).
 * Costs   reads two units; hashes a cell of 184 bytes where its number is above all before it;
 *         writes nothing, or one seal, or one erase and one cell.
 */
ALOFT_MUST_USE aloft_err al_log_open(struct al_log *log, const struct aloft_flash *flash,
                                     struct al_record *record, enum al_log_found *found,
                                     aloft_fault *why);

/**
 * Append a record: the commit point of every transition.
 *
 * Gives   ALOFT_OK: it is the state from now on, and record->n is its number.
 * Fails   ALOFT_E_FLASH_WRITE, _ERASE or what the port gave: it may or may not be the state after
 *         the next start. Append again (this one or another: that decides), or act on neither.
 * Power   a cut inside gives the old or the new state; after it, the new one.
 * Costs   three writes of 192, 32 and 32 bytes; an erase for the first after a start and once a
 *         unit.
 */
ALOFT_MUST_USE aloft_err al_log_append(struct al_log *log, struct al_record *record,
                                       aloft_fault *why);

/**
 * Whether an append has happened since the start. Until then a record that a cut left behind as
 * blank-looking bits can still turn up at a later start and move the state FORWARD by that one
 * append (never back). So: append before the first erase or write of a slot after a start; T2 with
 * the unchanged mark is enough. From then on the ghost is outnumbered for good (L3's n + 2).
 */
static inline bool al_log_settled(const struct al_log *log) {
    return log->settled;
}

#endif

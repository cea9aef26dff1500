-- SPDX-License-Identifier: Apache-2.0
-- What devices SAY about themselves. Nothing here is proven until devices have identities: anybody who reaches
-- the server can say anything about any id. Times are seconds since 1970. PRAGMA user_version is 1.

CREATE TABLE IF NOT EXISTS devices (
    id                 TEXT PRIMARY KEY,           -- A-Za-z0-9._-, 1 to 64
    first_seen         INTEGER NOT NULL,
    last_seen          INTEGER NOT NULL,           -- any word, also an older one
    said_at            INTEGER NOT NULL,           -- of the word that the fields below are from
    address            TEXT NOT NULL,
    class              TEXT NOT NULL,
    channel            TEXT NOT NULL,
    version            TEXT NOT NULL DEFAULT '',   -- that runs
    sequence           INTEGER NOT NULL DEFAULT 0, -- 0: flashed at the factory
    digest             BLOB,                       -- of the image that runs, first 8 bytes
    runs_release       INTEGER NOT NULL DEFAULT 0, -- 1: that digest is the one of release `sequence`
    state              TEXT NOT NULL DEFAULT '',
    record             INTEGER NOT NULL DEFAULT 0, -- number of the device's record: a smaller one is older
    offered_version    TEXT NOT NULL DEFAULT '',   -- by this server, at its last check
    offered_sequence   INTEGER NOT NULL DEFAULT 0,
    confirmed_version  TEXT NOT NULL DEFAULT '',   -- last one that ran, confirmed, with its release's digest
    confirmed_sequence INTEGER NOT NULL DEFAULT 0,
    fault_code         INTEGER NOT NULL DEFAULT 0, -- the last fault, as aloft_fault has it; 0: none
    fault_step         INTEGER NOT NULL DEFAULT 0,
    fault_origin       INTEGER NOT NULL DEFAULT 0,
    fault_raw          INTEGER NOT NULL DEFAULT 0,
    fault_at           INTEGER NOT NULL DEFAULT 0,
    fault_want         INTEGER NOT NULL DEFAULT 0,
    fault_got          INTEGER NOT NULL DEFAULT 0,
    attempt            INTEGER NOT NULL DEFAULT 0, -- the counters of its last report
    received           INTEGER NOT NULL DEFAULT 0,
    seconds            INTEGER NOT NULL DEFAULT 0,
    resumes            INTEGER NOT NULL DEFAULT 0,
    boots              INTEGER NOT NULL DEFAULT 0,
    fails              INTEGER NOT NULL DEFAULT 0,
    cold               INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- finds the device that was silent longest, which goes when there are too many
CREATE INDEX IF NOT EXISTS devices_last_seen ON devices (last_seen);

-- what changed and when; the newest 10,000
CREATE TABLE IF NOT EXISTS events (
    n       INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    id      TEXT NOT NULL,
    version TEXT NOT NULL,
    state   TEXT NOT NULL,
    fault   INTEGER NOT NULL DEFAULT 0
);

/* SPDX-License-Identifier: Apache-2.0 */
/* Door: what a port gives. Five structs of functions; a port can be written by someone who never
 * opens src/. Each function gets back the `self` of its struct. None of them may block for long:
 * what cannot be done now answers ALOFT_WAIT and is called again.
 *
 * Example: port/posix for a real one, port/sim for one that lies. test/port holds every port to
 * what stands here; run it first.
 */
#ifndef ALOFT_PORT_H
#define ALOFT_PORT_H

#include <stdbool.h>

#include "bytes.h"
#include "error.h"

/** Longest host name or address, without its zero (RFC 1035 §2.3.4: 255 octets on the wire). */
#define ALOFT_HOST_MAX 253u

/** Where a TLS byte stream goes. */
struct aloft_peer {
    const char
        *host; /* name, IPv4, or IPv6 without brackets; the name that the certificate must hold */
    uint16_t port;
    bool payload; /* true: check against the payload CA where there is one, else the CA */
};

/** A TLS byte stream, one at a time. Certificates are always checked; a port has no switch for it. */
struct aloft_net {
    void *self;

    /** Begin or go on opening the stream: resolve, connect, TLS handshake.
     *  ALOFT_WAIT as often as needed; the same peer is given each time. After ALOFT_OK: open.
     *  After any error the stream is closed. `why` gets code, origin and raw. */
    aloft_err (*open)(void *self, const struct aloft_peer *peer, aloft_fault *why);

    /** Send from the front of `from`. ALOFT_OK: *sent >= 1 bytes went. ALOFT_WAIT: nothing now. */
    aloft_err (*send)(void *self, aloft_bytes from, size_t *sent, aloft_fault *why);

    /** Receive into `to`. ALOFT_OK: *got >= 1 bytes. ALOFT_WAIT: nothing now.
     *  ALOFT_E_NET_CLOSED: the peer ended the stream in order. */
    aloft_err (*recv)(void *self, aloft_space to, size_t *got, aloft_fault *why);

    /** Close. Allowed at any time, also when nothing is open. */
    void (*close)(void *self);
};

/**
 * One region of NOR-like flash: a slot, or the log. Offsets are in bytes from its start.
 * Relations, checked by aloft_start: write_size is 1, 2, 4, 8, 16 or 32; erase_size is a multiple
 * of write_size and of 256, at most 131072; size is a multiple of erase_size; the log has two
 * erase units or more (the first two are used).
 */
struct aloft_flash {
    void *self;

    /** Read any range. A byte that the chip cannot correct is ALOFT_E_FLASH_READ, never a trap. */
    aloft_err (*read)(void *self, uint32_t at, aloft_space to);

    /** Program erased bytes; at and len are multiples of write_size. When it has returned ALOFT_OK
     *  the bytes are in the chip and survive a power cut. */
    aloft_err (*write)(void *self, uint32_t at, aloft_bytes from);

    /** Erase one unit; at is a multiple of erase_size. All its bytes read 0xff afterwards. */
    aloft_err (*erase)(void *self, uint32_t at);

    uint32_t size;       /* bytes */
    uint32_t write_size; /* bytes */
    uint32_t erase_size; /* bytes */
};

struct aloft_clock {
    void *self;
    /** Milliseconds since some start; never goes back, may wrap at 2^32. Counts in sleep too where
     *  the chip can. */
    uint32_t (*now_ms)(void *self);
    /** Seconds since 1970 if the clock is trusted, else 0. */
    uint64_t (*unix_s)(void *self);
};

struct aloft_random {
    void *self;
    /** Fill with random bytes; used for jitter only, never for keys. */
    void (*fill)(void *self, aloft_space to);
};

/** Slot numbers: 0, 1, or this for an image that runs from neither (a factory partition). */
#define ALOFT_SLOT_NONE 0xffu

/** Why the processor started. */
enum aloft_reset {
    ALOFT_RESET_POWER,    /* power-on or brown-out */
    ALOFT_RESET_SOFTWARE, /* the application asked for it */
    ALOFT_RESET_WATCHDOG, /* it hung */
    ALOFT_RESET_CRASH,    /* it crashed */
    ALOFT_RESET_ENDED,    /* its main returned (ports that run programs) */
};

/** What a foreign boot loader has noted about a slot. */
enum aloft_entry {
    ALOFT_ENTRY_NONE,    /* nothing, or nothing that can be read */
    ALOFT_ENTRY_NEW,     /* to be tried; a loader without rollback leaves it so */
    ALOFT_ENTRY_PENDING, /* is being tried: this start is its only one */
    ALOFT_ENTRY_VALID,
    ALOFT_ENTRY_FAILED,    /* was tried and did not confirm, or was called invalid */
    ALOFT_ENTRY_UNDEFINED, /* noted by software that knows no rollback */
};

/** What a foreign boot loader says at a start. Slots are 0, 1 or ALOFT_SLOT_NONE. */
struct aloft_loader_view {
    unsigned running;          /* the slot that runs */
    unsigned active;           /* the slot that its notes name; NONE: they name none */
    enum aloft_entry entry[2]; /* its note about each slot */
};

/** What starts the slots. On ports whose boot stage is aloft_boot the record log alone decides, and
 * `look`, `try_slot`, `go_back` and `confirm` are NULL. With a foreign boot loader all four are there:
 * its own notes decide, and the record is compared with them at each start. */
struct aloft_loader {
    void *self;
    /** The slot that this program runs from: 0, 1 or ALOFT_SLOT_NONE. */
    unsigned (*running)(void *self);
    /** Read the foreign loader's notes as they stand in flash now. May be NULL. */
    aloft_err (*look)(void *self, struct aloft_loader_view *out, aloft_fault *why);
    /** Have the foreign loader try this slot at the next start. May be NULL. */
    aloft_err (*try_slot)(void *self, unsigned slot, aloft_fault *why);
    /** Have the foreign loader start this slot, which is no new one, from the next start on;
     *  ALOFT_SLOT_NONE is the factory image. Also where it would do so anyway: then this makes sure that
     *  what it has given up does not come back. May be NULL. */
    aloft_err (*go_back)(void *self, unsigned slot, aloft_fault *why);
    /** Before the record says confirmed: tell the foreign loader that the running slot stays. It
     *  refuses (ALOFT_E_LOADER_FAILED) where its notes name another slot than the one that runs.
     *  May be NULL. */
    aloft_err (*confirm)(void *self, aloft_fault *why);
    /** Restart the device. On hosts it may return; then the caller ends. */
    void (*reboot)(void *self);
    /** Feed the watchdog. Called by aloft_step, at most once a call. */
    void (*kick)(void *self);
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: flow. Bytes of a payload on their way into a slot, in the order in which they travel:
 * verify counts them, decode turns them into image bytes, flash writes whole pages. The stages do not
 * know each other; al_flow_step owns the order. */
#ifndef AL_FLOW_H
#define AL_FLOW_H

#include <stdbool.h>

#include <aloft/bytes.h>
#include <aloft/error.h>
#include <aloft/port.h>

/** Verify: sees each wire byte once. */
struct al_wire {
    uint32_t size; /* payload bytes that were signed */
    uint32_t at;   /* payload bytes seen, with those of earlier sessions */
};

void al_wire_start(struct al_wire *wire, uint32_t size, uint32_t at);
/** Fails PAYLOAD_LONG at the first byte too many. */
ALOFT_MUST_USE aloft_err al_wire_see(struct al_wire *wire, aloft_bytes bytes, aloft_fault *why);

/** Decode: moves from the front of *in to the front of *out until either is used up. */
void al_decode_move(aloft_bytes *in, aloft_space *out);

/** Flash: a page buffer in front of a slot. Each unit is erased in the session in which it is written
 * (records.md L6), just before its first page. */
struct al_page {
    const struct aloft_flash *slot;
    aloft_space buffer;
    uint32_t fill;  /* bytes in the buffer */
    uint32_t at;    /* slot offset of the buffer's first byte; all before it is in the chip */
    uint32_t size;  /* image bytes to come in all */
    uint32_t clean; /* end of the last unit that was erased in this session */
};

/** `from` is where an earlier session's bytes end: a multiple of the slot's erase size. */
void al_page_start(struct al_page *page, const struct aloft_flash *slot, aloft_space buffer,
                   uint32_t size, uint32_t from);
/** Room left in the buffer, never more than the image still needs. */
aloft_space al_page_room(const struct al_page *page);
/** Whether the buffer must be written before more can be taken. */
bool al_page_is_due(const struct al_page *page);
/** One erase, or one write of the whole buffer. */
ALOFT_MUST_USE aloft_err al_page_write(struct al_page *page, aloft_fault *why);

struct al_flow {
    struct al_wire wire;
    struct al_page page;
};

/** What a download is. */
struct al_flow_plan {
    const struct aloft_flash *slot;
    aloft_space page;                  /* a multiple of 32, a divisor of the slot's erase size */
    uint32_t payload_size, image_size; /* bytes */
    uint32_t from;                     /* where to go on, in both */
};

void al_flow_start(struct al_flow *flow, const struct al_flow_plan *plan);

/** See bytes that have just come, once, before al_flow_step gets them. Fails PAYLOAD_LONG. */
ALOFT_MUST_USE aloft_err al_flow_see(struct al_flow *flow, aloft_bytes bytes, aloft_fault *why);

/**
 * Do one bounded piece: one erase, or one page written, or bytes moved until `in` or the page is used up.
 *
 * Takes   in  bytes that al_flow_see has seen; advanced past what was used.
 * Gives   ALOFT_OK: call again while in->len > 0 or al_flow_is_busy.
 * Fails   FLASH_WRITE, FLASH_ERASE; the slot is then scrap until the next start.
 * Power   a cut leaves all before al_flow_at in the chip; the slot cannot boot before the switch.
 */
ALOFT_MUST_USE aloft_err al_flow_step(struct al_flow *flow, aloft_bytes *in, aloft_fault *why);

/** Whether a page waits to be written. */
bool al_flow_is_busy(const struct al_flow *flow);
/** Image bytes that are in the chip. */
uint32_t al_flow_at(const struct al_flow *flow);
/** Whether the whole image is in the chip. */
bool al_flow_is_whole(const struct al_flow *flow);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the bridge. A device that comes from the SmartThings ota_demo has its identity compiled
 * into its OLD image, in the other slot. It is found there and kept in NVS before anything may
 * overwrite that slot.
 *
 * Example:
 *     if (bridge_run(&port, &room) == BRIDGE_SAVED) ...   // only now may updates begin
 */
#ifndef OTA_DEMO_BRIDGE_H
#define OTA_DEMO_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* device_info.json: some 300 bytes with a key of Ed25519, 3.5 KB with one of RSA and its certificate */
#define BRIDGE_TEXT_MAX   4096u
#define BRIDGE_WINDOW_MAX 4096u
#define BRIDGE_SLOT_MAX   0x200000u /* the slots of the ota_demo have 0x1d0000 or 0xf0000 bytes */

/** Where things are. */
struct bridge_port {
    void *self;
    uint32_t size; /* of the old slot, at most BRIDGE_SLOT_MAX is looked at */
    /** Read from the old slot; at + len stays within `size`. */
    bool (*read)(void *self, uint32_t at, void *to, uint32_t len);
    /** What is kept: its length, 0 where there is nothing, -1 where that cannot be said. */
    int (*load)(void *self, char *out, size_t room);
    /** Keep a text: whole or not at all, whenever the power goes. */
    bool (*store)(void *self, const char *text, size_t len);
};

enum bridge_word {
    BRIDGE_SAVED,  /* it is kept, and was read back */
    BRIDGE_NONE,   /* neither kept nor to be found */
    BRIDGE_FAILED, /* something could not be read or kept: try again */
};

/** Working room, 8 KiB; static memory. */
struct bridge_room {
    char text[BRIDGE_TEXT_MAX + 1];
    char window[BRIDGE_WINDOW_MAX];
};

/**
 * Have the identity kept.
 *
 * Power   a cut anywhere leaves the old slot as it was, and NVS with nothing or with all of it:
 *         call it again.
 * Costs   reads the old slot once, plus 4 KiB for each place that looks like the text, of at most
 *         64.
 */
enum bridge_word bridge_run(const struct bridge_port *port, struct bridge_room *room);

/** The first identity in the slot: its length, 0 none, -1 the slot cannot be read. */
int bridge_find(const struct bridge_port *port, struct bridge_room *room);

/** Whether this text is a device_info.json with a private key and a serial number of its own. */
bool bridge_is_identity(const char *text, size_t len);

#endif

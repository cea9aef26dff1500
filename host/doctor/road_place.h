/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. What stands between this machine and devices although this machine reaches itself: a
 * virtual machine, a container, a firewall. Told where it can be seen; what cannot be seen is not guessed. */
#ifndef HOST_DOCTOR_ROAD_PLACE_H
#define HOST_DOCTOR_ROAD_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/** What this machine is, if devices may not reach it for that: a sentence without a full stop in `out`.
 *  Takes `root`, the folder that /proc, /sys and /etc are in ("" but for tests), and `address`, the one
 *  that is called. False: nothing was seen. */
bool road_place_machine(const char *root, const char *address, char *out, size_t out_size);

/** The firewall of this machine, and what lets devices in by this port. False: none was seen. */
bool road_place_firewall(const char *root, unsigned port, char *out, size_t out_size);

/** Of a listing of `nft list ruleset` the first rule that drops or rejects this port, alone or in a range or
 *  set, or else the chain that drops what it does not name; false: neither. */
bool road_place_rule(const char *listing, unsigned port, char *out, size_t out_size);

#endif

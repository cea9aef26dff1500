/* SPDX-License-Identifier: Apache-2.0 */
/* Port: sim. What a cut leaves behind, and when it shows. */
#ifndef SIM_TORN_H
#define SIM_TORN_H

#include "port/sim/sim.h"

/** Do what the planned cut leaves of this write, or of the erase of a unit. */
void sim_torn_write(struct sim_flash *flash, uint32_t at, aloft_bytes from);
void sim_torn_erase(struct sim_flash *flash, uint32_t at);

/** These bytes are as they read now, for good: an operation over them has returned. */
void sim_torn_settle(struct sim_flash *flash, uint32_t at, uint32_t len);

/** These bytes, or what became of their units, have changed. */
void sim_flash_touch(struct sim_flash *flash, uint32_t at, uint32_t len);

/** Show the lies whose session has come. */
void sim_torn_wake(struct sim_flash *flash);

#endif

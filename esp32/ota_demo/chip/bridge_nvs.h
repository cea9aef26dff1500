/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the bridge on a chip: the old slot, and NVS. */
#ifndef OTA_DEMO_BRIDGE_NVS_H
#define OTA_DEMO_BRIDGE_NVS_H

/** In a bridge (CONFIG_ALOFT_BRIDGE): comes back when the identity is in NVS (namespace "identity",
 * blob "device_info"), and not before, so that no update can begin. In any other image: at once. */
void bridge_wait(void);

#endif

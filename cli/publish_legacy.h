/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft publish ... --legacy`: for devices with the SmartThings ota_demo. */
#ifndef CLI_PUBLISH_LEGACY_H
#define CLI_PUBLISH_LEGACY_H

#include "verb.h"

/** Whether the command line of publish holds --legacy. */
bool is_publish_legacy(int argc, char **argv);

/** The whole verb for that case; gives the exit code. */
int publish_legacy(struct cli *cli, int argc, char **argv);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The parts of `aloft key` that have a file of their own. */
#ifndef CLI_KEY_H
#define CLI_KEY_H

#include "verb.h"

/** `aloft key image`; argv[0] is "image". Gives the exit code. */
int key_image(struct cli *cli, int argc, char **argv, const char *help);

#endif

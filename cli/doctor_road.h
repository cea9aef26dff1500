/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The half of `aloft doctor` that uses the network. */
#ifndef CLI_DOCTOR_ROAD_H
#define CLI_DOCTOR_ROAD_H

#include "host/doctor/road.h"
#include "verb.h"

/** Walk and say it; gives the exit code. The project and who asks for NAME.local are filled in. */
int doctor_road(struct cli *cli, struct road_wish *wish, bool is_json);

/** Walk to the project of a folder and write it into `to`, the sentence of a broken step too. */
void doctor_road_tell(const char *dir, FILE *to);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. The app's screens on a terminal, as lines, or as JSON. */
#ifndef ALOFT_ST_STANDIN_SCREEN_H
#define ALOFT_ST_STANDIN_SCREEN_H

#include "cloud.h"

struct st_screen {
    const struct st_cloud *cloud;
    const char *device;
    bool is_json;
    bool is_connected;
    bool is_terminal; /* set by st_screen_begin: drawn, and keys come at once */
};

/** Look at the terminal, and put it into the mode for keys; st_screen_end puts it back, and so do the
 *  signals that end the program. */
void st_screen_begin(struct st_screen *screen);
void st_screen_end(struct st_screen *screen);

void st_screen_show(const struct st_screen *screen);

/** Something that the cloud has done; `why` may be NULL. */
void st_screen_tell(const struct st_screen *screen, const char *what, const char *why);

void st_screen_help(const struct st_screen *screen);

#endif

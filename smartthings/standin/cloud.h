/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. What the cloud keeps of a device, and what app and Home Assistant make of it. */
#ifndef ALOFT_ST_STANDIN_CLOUD_H
#define ALOFT_ST_STANDIN_CLOUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ST_TEXT_SIZE 300u

struct st_cloud {
    char current[ST_TEXT_SIZE], available[ST_TEXT_SIZE], state[ST_TEXT_SIZE], last[ST_TEXT_SIZE],
        reason[ST_TEXT_SIZE], time[ST_TEXT_SIZE];
    bool offer;
    bool is_requested; /* the app's own memory of the button */
    int64_t stamp;     /* of the newest event: an older one that comes late changes nothing */
};

/** Take a message of events. Foreign capabilities, wrong types and what is too long change nothing; texts are
 *  kept as printable ASCII. false: nothing in it was for this capability. */
bool st_cloud_take(struct st_cloud *cloud, const void *json, size_t len);

/** The user has pressed the update button. */
void st_cloud_pressed(struct st_cloud *cloud);

bool st_cloud_is_updating(const struct st_cloud *cloud);

/** What stands where the button is, in the words of the app. */
const char *st_cloud_button(const struct st_cloud *cloud);

/** It compares the two versions and looks at no flag. */
const char *st_cloud_home_assistant(const struct st_cloud *cloud);

#endif

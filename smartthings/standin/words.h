/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. What the cloud says to a device, read as the SDK 2.1.1 reads it. */
#ifndef ALOFT_ST_STANDIN_WORDS_H
#define ALOFT_ST_STANDIN_WORDS_H

#include <stddef.h>

#define ST_MESSAGE_MAX 16384u /* longer ones are not read */

/** A command for a capability that the device has. */
struct st_command {
    const char *name;
    const char *id; /* NULL: none */
};

/** Give each command for main/firmwareUpdate in a message to `take`; others, and what has another form, are
 *  passed over. Gives how many it took; at most 16 commands of a message are looked at. */
unsigned st_words_commands(const void *json, size_t len,
                           void (*take)(void *self, const struct st_command *command), void *self);

enum st_notification { ST_OTHER, ST_CONNECTED, ST_LIMITED, ST_REFUSED };

/** ST_REFUSED is the stand-in's own: the real broker refuses in CONNACK. `why` gets its reason. */
enum st_notification st_words_notification(const void *json, size_t len, char *why,
                                           size_t why_size);

#endif

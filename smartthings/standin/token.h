/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. The signed token by which a device logs in, made and checked. Form: SDK 2.1.1, iot_wt.c:
 * base64 with padding (not that of URLs) of a header and of claims, and Ed25519 over both as text. */
#ifndef ALOFT_ST_STANDIN_TOKEN_H
#define ALOFT_ST_STANDIN_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ST_TOKEN_SIZE 1024u

/** Of a device: read from the two files that the SDK is given. */
struct st_identity {
    char serial[64], mn_id[64], public_key[64], private_key[64];
};

/** Read identity/device_info.json and main/onboarding_config.json of a project. NULL, or what is wrong. */
const char *st_identity_read(const char *project, struct st_identity *out);

/** false: a key that is none, or no room. */
bool st_token_make(const struct st_identity *who, int64_t now_s, char out[ST_TOKEN_SIZE]);

/** The cloud's side, with what was pasted into the Workspace; private_key is not looked at. NULL: it is this
 *  device. Else a sentence. */
const char *st_token_refuses(const void *token, size_t len, const struct st_identity *known);

#endif

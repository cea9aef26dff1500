/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/smartthings. onboarding_config.json, as the Developer Workspace gives it for a device
 * profile. The rules are those of the SDK 2.1.1, iot_api_onboarding_config_load in src/iot_api.c; its
 * example file has the placeholders. */
#ifndef HOST_SMARTTHINGS_ONBOARDING_H
#define HOST_SMARTTHINGS_ONBOARDING_H

#include "host/trouble.h"

#define ONBOARDING_ID_MAX 36u /* of mnId and setupId, as far as this program takes them */

struct onboarding {
    char mn_id[ONBOARDING_ID_MAX + 1];
    char setup_id[ONBOARDING_ID_MAX + 1];
};

/** Read and check all that the SDK looks at. Fails FILE_READ, FILE_LONG, ST_JSON, ST_FIELD,
 *  ST_PLACEHOLDER. */
ALOFT_MUST_USE aloft_err onboarding_read(const char *path, struct onboarding *out,
                                         struct trouble *trouble);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. A stand-in of the SmartThings SDK for hosts: the functions that the binding uses, over
 * a real MQTT broker with TLS. Topics, JSON, the signed token and the wait for connect.success are those of the SDK
 * 2.1.1. Left out: onboarding. Different: Debian's broker cannot ask anybody about a password, so the token goes to
 * the cloud's stand-in in a message too, and a refusal comes back in one instead of in CONNACK. */
#ifndef ALOFT_ST_STANDIN_SDK_H
#define ALOFT_ST_STANDIN_SDK_H

#include "../st_dev_declarations.h"

struct st_standin {
    const char *host;
    int port;
    const char *ca;        /* file of the CA that the broker's certificate comes from */
    const char *device_id; /* A-Za-z0-9._- */
    const char *
        project; /* with identity/device_info.json and main/onboarding_config.json; NULL: no login */
    st_status_cb on_status;
    st_cap_noti_cb on_notice;
    void *user;
};

/** Before anything else; copied, but its texts are not. */
IOT_CTX *st_standin_init(const struct st_standin *settings);

/** Begin to connect, on a thread of its own, for ever. 0: begun. */
int st_standin_start(void);

#endif

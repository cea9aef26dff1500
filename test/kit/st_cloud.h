/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of the SmartThings SDK and of the cloud behind it, in memory: what a program says through the SDK's
 * functions flies until it is delivered or lost. One at a time; a struct to copy, so that a test can go back. */
#ifndef TEST_ST_CLOUD_H
#define TEST_ST_CLOUD_H

#include "smartthings/binding.h"

/** What one batch said; the cloud keeps what a later batch leaves out. */
struct kit_st_said {
    char current[40], available[40], last[24], reason[260], time[24], command_id[40];
    bool offer, is_updating, has_last, has_progress;
    int percent;
    unsigned n_required; /* of the four that each batch has */
};

struct kit_st_cloud {
    struct kit_st_said shown, flight, building;
    struct kit_st_said before; /* shown before the last message of this connection arrived */
    bool has_before, is_flying, is_connected;
    bool refuses_next;         /* the next send answers -1 */
    bool is_limited;           /* each send does */
    bool has_no_memory;        /* no event can be made */
    unsigned n_sent, n_events; /* batches; events that are not freed */
    st_cap_init_cb on_connect;
    st_cap_cmd_cb on_check, on_update;
    void *user;
};

extern struct kit_st_cloud kit_st_cloud;

/** The connection comes up or is lost, as the SDK tells it. */
void kit_st_connect(struct aloft_st *st);
void kit_st_disconnect(struct aloft_st *st);
/** The user presses: the callback of the command, and the notice that comes beside it. */
void kit_st_press(struct aloft_st *st, bool update, const char *id);
void kit_st_notice(struct aloft_st *st, iot_noti_type_t type);
/** What flies arrives. */
void kit_st_deliver(void);

/** What Home Assistant and the app make of what the cloud shows. */
bool kit_st_home_assistant_offers(void);
bool kit_st_app_has_button(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings. The capability firmwareUpdate of SmartThings for a device of aloft: the button works, and
 * the app tells the truth. Uses nothing but public functions of the SDK's st_dev.h, and no heap of its own.
 * The SDK's task only leaves notes; everything is sent by whoever calls aloft_st_step.
 *
 * Example (ask_first is set in the device's settings, so that the button decides):
 *     static struct aloft_st app;
 *     if (!aloft_st_start(&app, context, &(struct aloft_st_config){.version = aloft_image.version}))
 *         say("the SDK has no memory");
 *     for (;;) {
 *         struct aloft_progress progress = aloft_step(&device);
 *         struct aloft_status status;
 *         aloft_status(&device, &status);
 *         unsigned wishes = aloft_st_step(&app, &status, now_ms(), unix_s());
 *         if (wishes & ALOFT_ST_CHECK) aloft_check_now(&device);
 *         if (wishes & ALOFT_ST_UPDATE) aloft_take_offer(&device);
 *         if (lamp_works()) (void)aloft_health(&device, aloft_st_health(&app), &why);
 *         if (progress.next == ALOFT_REBOOT && aloft_st_may_reboot(&app, now_ms())) restart();
 *         wait_a_little(&progress);       // at most a second, for the button
 *     }
 */
#ifndef ALOFT_SMARTTHINGS_BINDING_H
#define ALOFT_SMARTTHINGS_BINDING_H

#include <stdint.h> /* some C libraries' stdatomic.h needs it before */

#include <stdatomic.h>

#include <aloft/aloft.h>

#include "view.h"

#if defined(__has_include)
#if __has_include(<st_dev.h>)
#include <st_dev.h>
#else
#include "st_dev_declarations.h"
#endif
#else
#include <st_dev.h>
#endif

#define ALOFT_ST_ID_MAX 36u /* of a command: a UUID as text */

struct aloft_st_config {
    const char *component; /* NULL: "main" */
    const char *version;   /* of the image that runs: aloft_image.version */
    bool shows_progress;   /* the device profile has imageTransferProgress */

    /* A number that outlives a restart, so that the time of an update that ended in one is told once, and
     * stays: `mark` is what was kept last, 0 at first. Called from aloft_st_step, at most once for each end of
     * an attempt. NULL: after a rollback the cloud keeps the time of the update before. */
    uint32_t mark;
    void (*keep_mark)(void *self, uint32_t mark);
    void *self;
};

/** What the user wants, bits of aloft_st_step's answer. */
#define ALOFT_ST_CHECK  1u /* aloft_check_now */
#define ALOFT_ST_UPDATE 2u /* aloft_take_offer */

/** A binding. Its fields are its own. */
struct aloft_st {
    struct aloft_st_config config;
    IOT_CAP_HANDLE *handle;

    /* written on the SDK's task */
    atomic_uint notes;
    atomic_bool is_connected;
    atomic_bool is_reached; /* connected at least once since the start */
    char
        noted_id[ALOFT_ST_ID_MAX + 1]; /* of the last update command; while its note is not taken */

    /* the caller's */
    struct al_st_memory memory;
    struct al_st_view told;
    uint32_t kept_mark;
    bool is_due, was_connected, is_held;
    bool is_unsettled;  /* something new was sent and has not been said a second time */
    bool has_waited;    /* long enough for the first check of this start */
    bool is_unanswered; /* command_id goes with the next word about the state */
    uint8_t n_errors;
    uint32_t now_ms, sent_ms;
    uint32_t reached_ms, changed_ms;
    uint32_t not_before_ms;               /* while is_held */
    char command_id[ALOFT_ST_ID_MAX + 1]; /* of the last update command that was taken */
};

/**
 * Make the capability known to the SDK, with both its commands. Before st_conn_start.
 *
 * Takes   st       any memory; must live as long as the SDK.
 *         context  of st_conn_init.
 *         config   copied; its texts are not.
 * Gives   false: the SDK refused, for lack of memory or a wrong context.
 */
ALOFT_MUST_USE bool aloft_st_start(struct aloft_st *st, IOT_CTX *context,
                                   const struct aloft_st_config *config);

/** To be called by the application's st_status_cb, with what it got. Leaves a note; any task. */
void aloft_st_status(struct aloft_st *st, iot_status_t status, iot_stat_lv_t level);

/** To be called by the application's st_cap_noti_cb, with what it got. Leaves a note; any task. Commands,
 * which the SDK delivers here a second time, are left alone. */
void aloft_st_notice(struct aloft_st *st, const iot_noti_data_t *notice);

/**
 * Take the notes, and send the whole truth in one batch where something has changed, a connection has
 * come up, a check has ended, a message was lost, or a day has passed; a change is said once more after a
 * minute, because the SDK may repeat an older message behind it. After a start the first word waits for the
 * first check, 30 s at most, so that an offer is not taken back and made again. Always from the same task.
 *
 * Takes   status  of aloft_status, just now.
 *         now_ms  milliseconds since some start, may wrap; called at least once a day.
 *         unix_s  0 where the clock is not set.
 * Gives   what the user wants: ALOFT_ST_ bits. A button that is pressed again gives the same bit again; a
 *         command that is only delivered again, under the same id, gives none.
 */
ALOFT_MUST_USE unsigned aloft_st_step(struct aloft_st *st, const struct aloft_status *status,
                                      uint32_t now_ms, uint64_t unix_s);

/** The cloud's part of the self-test: well once this start has reached it, undecided before. */
enum aloft_health_word aloft_st_health(const struct aloft_st *st);

/** Whether what was sent has had its two seconds to leave; true at once where nothing is connected. */
bool aloft_st_may_reboot(const struct aloft_st *st, uint32_t now_ms);

#endif

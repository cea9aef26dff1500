/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings. Sends the view of the device to the cloud, and takes the user's commands.
 * Knows: the SDK's public functions, when to send.   Never knows: what an update is made of. */
#include "binding.h"

#include <stdio.h>
#include <string.h>

#define CAPABILITY "firmwareUpdate"

#define DAY_MS        86400000u
#define RATE_LIMIT_MS 61000u   /* SDK 2.1.1 refuses to send for 60 s, whatever the cloud says */
#define QUOTA_MS      3600000u /* the quota's period is not told */
#define RETRY_MS      15000u
#define DOUBLINGS_MAX 6u /* 15 s << 6 is 16 min */
#define DRAIN_MS      2000u
#define FIRST_MS                                                                                   \
    30000u /* a check is a few seconds; the app is not kept waiting for a dead server */
#define SETTLE_MS 60000u /* the SDK repeats what it thinks lost for 36 s: 3 tries of 12 s */

/* Nine attributes and the progress. */
#define EVENTS_MAX 10u
/* Two sentences fit; the cloud's own limit is not known. */
#define REASON_SIZE 256u

enum note { NOTE_BATCH = 1, NOTE_CHECK = 2, NOTE_UPDATE = 4, NOTE_LIMIT = 8, NOTE_QUOTA = 16 };

/* ---- on the SDK's task: notes only */

static void on_connect(IOT_CAP_HANDLE *handle, void *user) {
    struct aloft_st *st = user;

    (void)handle;
    atomic_store(&st->is_connected, true);
    atomic_store(&st->is_reached, true);
    atomic_fetch_or(&st->notes, NOTE_BATCH);
}

static void on_check(IOT_CAP_HANDLE *handle, iot_cap_cmd_data_t *command, void *user) {
    struct aloft_st *st = user;

    (void)handle;
    (void)command;
    atomic_fetch_or(&st->notes, NOTE_CHECK);
}

/* A text that is too long to be an id is none. */
static void keep_id(char to[ALOFT_ST_ID_MAX + 1], const char *id) {
    size_t len = 0;

    while (id != NULL && len <= ALOFT_ST_ID_MAX && id[len] != 0)
        len++;
    if (len > ALOFT_ST_ID_MAX)
        len = 0;
    if (len > 0)
        memcpy(to, id, len);
    to[len] = 0;
}

/* Whoever takes the note reads the id before; so it is written only while no note stands. */
static void on_update(IOT_CAP_HANDLE *handle, iot_cap_cmd_data_t *command, void *user) {
    struct aloft_st *st = user;

    (void)handle;
    if ((atomic_load(&st->notes) & NOTE_UPDATE) != 0)
        return;
    keep_id(st->noted_id, command == NULL ? NULL : command->command_id);
    atomic_fetch_or(&st->notes, NOTE_UPDATE);
}

void aloft_st_status(struct aloft_st *st, iot_status_t status, iot_stat_lv_t level) {
    if (status == IOT_STATUS_IDLE || (status == IOT_STATUS_CONNECTING && level != IOT_STAT_LV_DONE))
        atomic_store(&st->is_connected, false);
}

void aloft_st_notice(struct aloft_st *st, const iot_noti_data_t *notice) {
    if (notice == NULL)
        return;
    if (notice->type == IOT_NOTI_TYPE_SEND_FAILED)
        atomic_fetch_or(&st->notes, NOTE_BATCH);
    if (notice->type == IOT_NOTI_TYPE_RATE_LIMIT)
        atomic_fetch_or(&st->notes, NOTE_BATCH | NOTE_LIMIT);
    if (notice->type == IOT_NOTI_TYPE_QUOTA_REACHED)
        atomic_fetch_or(&st->notes, NOTE_BATCH | NOTE_QUOTA);
    if (notice->type == IOT_NOTI_TYPE_DEV_DELETED)
        atomic_store(&st->is_connected, false);
}

bool aloft_st_start(struct aloft_st *st, IOT_CTX *context, const struct aloft_st_config *config) {
    const char *component = config->component == NULL ? "main" : config->component;

    memset(st, 0, sizeof *st);
    st->config = *config;
    st->memory.mark = st->kept_mark = config->mark;
    st->memory.keeps_marks = config->keep_mark != NULL;
    atomic_init(&st->notes, 0);
    atomic_init(&st->is_connected, false);
    atomic_init(&st->is_reached, false);
    st->handle = st_cap_handle_init(context, component, CAPABILITY, on_connect, st);
    return st->handle != NULL &&
           st_cap_cmd_set_cb(st->handle, "checkForFirmwareUpdate", on_check, st) == 0 &&
           st_cap_cmd_set_cb(st->handle, "updateFirmware", on_update, st) == 0;
}

/* ---- one batch */

struct batch {
    struct aloft_st *st;
    IOT_EVENT *event[EVENTS_MAX];
    uint8_t n;
    bool is_whole;
};

static void add(struct batch *batch, const char *attribute, iot_cap_val_t *value,
                const char *unit) {
    IOT_CAP_HANDLE *handle = batch->st->handle;
    char *id = batch->st->command_id;
    bool answers = batch->st->is_unanswered && strcmp(attribute, "state") == 0;
    IOT_EVENT *event = answers
                           ? st_cap_create_attr_with_id(handle, attribute, value, unit, NULL, id)
                           : st_cap_create_attr(handle, attribute, value, unit, NULL);

    if (event == NULL)
        batch->is_whole = false;
    else
        batch->event[batch->n++] = event;
}

/* The SDK takes texts that it only reads as `char *`. */
static void add_text(struct batch *batch, const char *attribute, const char *text) {
    iot_cap_val_t value = {.type = IOT_CAP_VAL_TYPE_STRING};

    value.string = (char *)(uintptr_t)text;
    add(batch, attribute, &value, NULL);
}

static void add_bool(struct batch *batch, const char *attribute, bool boolean) {
    iot_cap_val_t value = {.type = IOT_CAP_VAL_TYPE_BOOLEAN};

    value.boolean = boolean;
    add(batch, attribute, &value, NULL);
}

static void add_percent(struct batch *batch, uint8_t percent) {
    iot_cap_val_t value = {.type = IOT_CAP_VAL_TYPE_INTEGER, .integer = percent};

    add(batch, "imageTransferProgress", &value, "%");
}

static const char *reason(const struct al_st_view *view, const struct aloft_status *status,
                          char out[REASON_SIZE]) {
    char port[8];
    const struct aloft_fact facts[] = {{"running", view->current},
                                       {"port", port},
                                       {"host", status->host},
                                       {"version", status->offered_version}};
    /* a version or a host that is not known has words of its own in the sentence */
    size_t n = status->host[0] == 0 ? 2 : status->offered_version[0] == 0 ? 3 : 4;

    (void)snprintf(port, sizeof port, "%u", (unsigned)status->port);
    if (view->last == AL_ST_SUCCEEDED)
        (void)snprintf(out, REASON_SIZE, "%s runs and has proved itself.", view->current);
    else if (view->why.code == ALOFT_OK)
        (void)snprintf(out, REASON_SIZE, "The new version did not prove itself; %s runs again.",
                       view->current);
    else
        (void)aloft_explain(&view->why, facts, n, out, REASON_SIZE);
    return out;
}

static void add_last(struct batch *batch, const struct al_st_view *view,
                     const struct aloft_status *status) {
    char text[REASON_SIZE], when[AL_ST_TIME_SIZE];

    if (view->last == AL_ST_NOT_KNOWN)
        return;
    add_text(batch, "lastUpdateStatus",
             view->last == AL_ST_SUCCEEDED ? "updateSucceeded" : "updateFailed");
    add_text(batch, "lastUpdateStatusReason", reason(view, status, text));
    if (view->when_s != 0 && al_st_time(view->when_s, when))
        add_text(batch, "lastUpdateTime", when);
}

/* One message, so that no part of the truth arrives alone. */
static bool send(struct aloft_st *st, const struct al_st_view *view,
                 const struct aloft_status *status) {
    struct batch batch = {.st = st, .is_whole = true};
    int sent = -1;

    add_text(&batch, "currentVersion", view->current);
    add_text(&batch, "availableVersion", view->available);
    add_bool(&batch, "updateAvailable", view->has_offer);
    add_last(&batch, view, status);
    if (st->config.shows_progress) {
        add_bool(&batch, "supportsProgressReports", true);
        add_percent(&batch, view->percent);
    }
    add_text(&batch, "state", view->is_updating ? "updateInProgress" : "normalOperation");
    if (batch.is_whole)
        sent = st_cap_send_attr(batch.event, batch.n);
    for (uint8_t i = 0; i < batch.n; i++)
        st_cap_free_attr(batch.event[i]);
    return sent > 0;
}

/* ---- when */

static void hold(struct aloft_st *st, uint32_t wait_ms) {
    st->not_before_ms = st->now_ms + wait_ms;
    st->is_held = true;
}

static bool may_send(struct aloft_st *st) {
    if (st->is_held && (int32_t)(st->now_ms - st->not_before_ms) >= 0)
        st->is_held = false;
    return st->was_connected && !st->is_held;
}

/* false: the command was taken before, and the broker has delivered it again. One without an id is new. */
static bool take_command(struct aloft_st *st) {
    bool is_new = st->noted_id[0] == 0 || strcmp(st->noted_id, st->command_id) != 0;

    memcpy(st->command_id, st->noted_id, sizeof st->command_id);
    st->is_unanswered = st->command_id[0] != 0;
    return is_new;
}

/* A connection that has come up ends the wait after an error, not the one that the cloud imposes. */
static unsigned take_notes(struct aloft_st *st) {
    unsigned notes = atomic_load(&st->notes), taken = notes;
    bool is_connected = atomic_load(&st->is_connected);

    if ((notes & NOTE_UPDATE) != 0 && !take_command(st))
        taken &= ~(unsigned)NOTE_UPDATE;
    atomic_fetch_and(&st->notes, ~notes);
    if (is_connected && !st->was_connected && st->n_errors > 0) {
        st->n_errors = 0;
        st->is_held = false;
    }
    if (is_connected && !st->was_connected)
        st->reached_ms = st->now_ms;
    st->was_connected = is_connected;
    if (notes != 0)
        st->is_due = true; /* a command is answered too, even if all is as it was */
    if ((notes & (NOTE_LIMIT | NOTE_QUOTA)) != 0) {
        st->n_errors = 0; /* the wait is not one of ours */
        hold(st, (notes & NOTE_QUOTA) != 0 ? QUOTA_MS : RATE_LIMIT_MS);
    }
    return taken;
}

/* If power goes before: the time is told again, a little later than it was. */
static void keep_mark(struct aloft_st *st) {
    if (st->config.keep_mark == NULL || st->kept_mark == st->memory.mark)
        return;
    st->kept_mark = st->memory.mark;
    st->config.keep_mark(st->config.self, st->kept_mark);
}

static void follow_change(struct aloft_st *st, bool has_changed) {
    if (has_changed) {
        st->is_unsettled = true;
        st->changed_ms = st->now_ms;
    } else if (st->now_ms - st->changed_ms >= SETTLE_MS) {
        st->is_unsettled = false;
    }
}

/* Before the update server has been asked, nobody knows whether the offer of yesterday still stands. */
static bool knows_enough(struct aloft_st *st) {
    if (st->memory.knows)
        st->has_waited = true;
    if (st->was_connected && st->now_ms - st->reached_ms >= FIRST_MS)
        st->has_waited = true;
    return st->has_waited;
}

/* Views can be compared as bytes: al_st_look makes all of them zero first. */
static bool is_other(const struct al_st_view *one, const struct al_st_view *two) {
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    return memcmp(one, two, sizeof *one) != 0;
}

static void try_to_send(struct aloft_st *st, const struct al_st_view *view,
                        const struct aloft_status *status) {
    if (send(st, view, status)) {
        follow_change(st, is_other(view, &st->told));
        st->is_due = false;
        st->n_errors = 0;
        st->sent_ms = st->now_ms;
        memcpy(&st->told, view, sizeof st->told);
        keep_mark(st);
        if (!st->memory.is_asked)
            st->is_unanswered = false;
        return;
    }
    hold(st, RETRY_MS << st->n_errors);
    if (st->n_errors < DOUBLINGS_MAX)
        st->n_errors++;
}

static unsigned wishes_of(struct aloft_st *st, unsigned notes, bool is_updating) {
    unsigned wishes = 0;

    if ((notes & NOTE_CHECK) != 0 && !is_updating)
        wishes |= ALOFT_ST_CHECK;
    if ((notes & NOTE_UPDATE) != 0 && !is_updating) {
        wishes |= ALOFT_ST_UPDATE;
        st->memory.is_asked = true;
    }
    return wishes;
}

unsigned aloft_st_step(struct aloft_st *st, const struct aloft_status *status, uint32_t now_ms,
                       uint64_t unix_s) {
    struct al_st_view view;
    unsigned notes, wishes;

    st->now_ms = now_ms;
    notes = take_notes(st);
    if (al_st_look(&st->memory, status, st->config.version, unix_s, &view))
        st->is_due = true;
    wishes = wishes_of(st, notes, view.is_updating);
    if (!st->config.shows_progress)
        view.percent = 0;
    if (is_other(&view, &st->told) || now_ms - st->sent_ms >= DAY_MS ||
        (st->is_unsettled && now_ms - st->changed_ms >= SETTLE_MS))
        st->is_due = true;
    if (knows_enough(st) && may_send(st) && st->is_due)
        try_to_send(st, &view, status);
    return wishes;
}

enum aloft_health_word aloft_st_health(const struct aloft_st *st) {
    return atomic_load(&st->is_reached) ? ALOFT_WELL : ALOFT_UNDECIDED;
}

bool aloft_st_may_reboot(const struct aloft_st *st, uint32_t now_ms) {
    return !st->was_connected || st->is_held || !st->has_waited ||
           (!st->is_due && now_ms - st->sent_ms >= DRAIN_MS);
}

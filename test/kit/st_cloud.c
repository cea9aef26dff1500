/* SPDX-License-Identifier: Apache-2.0 */
#include "test/kit/st_cloud.h"

#include "test/kit/kit.h"

struct kit_st_cloud kit_st_cloud;
static IOT_CAP_HANDLE handle;
static IOT_EVENT event;

IOT_CAP_HANDLE *st_cap_handle_init(IOT_CTX *context, const char *component, const char *capability,
                                   st_cap_init_cb on_connect, void *user) {
    (void)context;
    assert_string_equal(component, "main");
    assert_string_equal(capability, "firmwareUpdate");
    kit_st_cloud.on_connect = on_connect;
    kit_st_cloud.user = user;
    return &handle;
}

int st_cap_cmd_set_cb(IOT_CAP_HANDLE *of, const char *command, st_cap_cmd_cb on_command,
                      void *user) {
    assert_ptr_equal(of, &handle);
    assert_ptr_equal(user, kit_st_cloud.user);
    if (strcmp(command, "updateFirmware") == 0)
        kit_st_cloud.on_update = on_command;
    else if (strcmp(command, "checkForFirmwareUpdate") == 0)
        kit_st_cloud.on_check = on_command;
    else
        return -1;
    return 0;
}

static void copy(char *to, size_t size, const char *from) {
    assert_true(strlen(from) < size);
    memcpy(to, from, strlen(from) + 1);
}

static void say_text(struct kit_st_said *b, const char *attribute, const char *text) {
    if (strcmp(attribute, "currentVersion") == 0) {
        copy(b->current, sizeof b->current, text);
    } else if (strcmp(attribute, "availableVersion") == 0) {
        copy(b->available, sizeof b->available, text);
    } else if (strcmp(attribute, "state") == 0) {
        b->is_updating = strcmp(text, "updateInProgress") == 0;
        assert_true(b->is_updating || strcmp(text, "normalOperation") == 0);
    } else {
        b->n_required--; /* counted back by whoever calls */
        if (strcmp(attribute, "lastUpdateStatus") == 0)
            copy(b->last, sizeof b->last, text);
        else if (strcmp(attribute, "lastUpdateStatusReason") == 0)
            copy(b->reason, sizeof b->reason, text);
        else if (strcmp(attribute, "lastUpdateTime") == 0)
            copy(b->time, sizeof b->time, text);
        else
            fail_msg("%s is no attribute of the capability", attribute);
    }
    b->n_required++;
}

IOT_EVENT *st_cap_create_attr_with_id(IOT_CAP_HANDLE *of, const char *attribute,
                                      iot_cap_val_t *value, const char *unit, const char *data,
                                      char *command_id) {
    struct kit_st_said *b = &kit_st_cloud.building;

    assert_ptr_equal(of, &handle);
    assert_null(data);
    if (kit_st_cloud.has_no_memory)
        return NULL;
    kit_st_cloud.n_events++;
    if (command_id != NULL)
        copy(b->command_id, sizeof b->command_id, command_id);
    if (value->type == IOT_CAP_VAL_TYPE_STRING) {
        say_text(b, attribute, value->string);
    } else if (value->type == IOT_CAP_VAL_TYPE_BOOLEAN &&
               strcmp(attribute, "updateAvailable") == 0) {
        b->offer = value->boolean;
        b->n_required++;
    } else if (value->type == IOT_CAP_VAL_TYPE_INTEGER) {
        assert_string_equal(attribute, "imageTransferProgress");
        assert_string_equal(unit, "%");
        b->percent = value->integer;
        b->has_progress = true;
    } else {
        assert_string_equal(attribute, "supportsProgressReports");
    }
    return &event;
}

IOT_EVENT *st_cap_create_attr(IOT_CAP_HANDLE *of, const char *attribute, iot_cap_val_t *value,
                              const char *unit, const char *data) {
    return st_cap_create_attr_with_id(of, attribute, value, unit, data, NULL);
}

void st_cap_free_attr(IOT_EVENT *of) {
    assert_ptr_equal(of, &event);
    kit_st_cloud.n_events--;
    if (kit_st_cloud.n_events == 0)
        memset(&kit_st_cloud.building, 0, sizeof kit_st_cloud.building);
}

int st_cap_send_attr(IOT_EVENT *events[], uint8_t n) {
    struct kit_st_cloud *c = &kit_st_cloud;

    assert_ptr_equal(events[0], &event);
    assert_int_equal(n, c->n_events);
    if (!c->is_connected || c->is_limited || c->refuses_next) {
        c->refuses_next = false;
        return -1;
    }
    assert_int_equal(c->building.n_required, 4); /* never a part of the truth alone */
    kit_st_deliver();
    c->flight = c->building;
    c->is_flying = true;
    return (int)++c->n_sent;
}

void kit_st_deliver(void) {
    struct kit_st_cloud *c = &kit_st_cloud;
    struct kit_st_said before = c->shown;

    if (!c->is_flying)
        return;
    c->is_flying = false;
    c->before = before;
    c->has_before = before.current[0] != 0;
    c->shown = c->flight;
    c->shown.has_last = c->flight.last[0] != 0;
    if (!c->shown.has_last) {
        memcpy(c->shown.last, before.last, sizeof before.last);
        memcpy(c->shown.reason, before.reason, sizeof before.reason);
    }
    if (c->shown.time[0] == 0)
        memcpy(c->shown.time, before.time, sizeof before.time);
}

void kit_st_connect(struct aloft_st *st) {
    kit_st_cloud.is_connected = true;
    kit_st_cloud.on_connect(&handle, kit_st_cloud.user);
    aloft_st_status(st, IOT_STATUS_CONNECTING, IOT_STAT_LV_DONE);
}

void kit_st_disconnect(struct aloft_st *st) {
    kit_st_cloud.is_connected = false;
    kit_st_cloud.is_flying = false; /* the SDK destroys what it has not sent, also to repeat it */
    kit_st_cloud.has_before = false;
    aloft_st_status(st, IOT_STATUS_IDLE, IOT_STAT_LV_STAY);
}

void kit_st_press(struct aloft_st *st, bool update, const char *id) {
    iot_cap_cmd_data_t command = {.total_commands_num = 1, .command_id = (char *)(uintptr_t)id};

    (update ? kit_st_cloud.on_update : kit_st_cloud.on_check)(&handle, &command, kit_st_cloud.user);
    aloft_st_notice(st, &(iot_noti_data_t){.type = IOT_NOTI_TYPE_COMMANDS});
}

void kit_st_notice(struct aloft_st *st, iot_noti_type_t type) {
    aloft_st_notice(st, &(iot_noti_data_t){.type = type});
}

/* It compares the two versions and looks at no flag. */
bool kit_st_home_assistant_offers(void) {
    return strcmp(kit_st_cloud.shown.current, kit_st_cloud.shown.available) != 0;
}

bool kit_st_app_has_button(void) {
    return kit_st_cloud.shown.offer && !kit_st_cloud.shown.is_updating;
}

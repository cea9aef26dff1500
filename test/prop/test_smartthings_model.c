/* SPDX-License-Identifier: Apache-2.0 */
/* Every order of events up to a length, on the real binding between a model of the device and a model of the
 * cloud. After each order that ends connected, the cloud, the app, Home Assistant and the device agree.
 *
 * An event that cannot happen is no event (nobody confirms what is not on trial), so of the 16^8 sequences
 * only those of events that are possible are walked, each once: the walk goes back by copying the world.
 * From the factory on that is each order of up to 8 events; after a prefix that leads further, of up to 6
 * more. $ALOFT_MODEL_LENGTH says another length, at most 8, for all. */
#include "test/kit/kit.h"
#include "test/kit/st_cloud.h"

#define LENGTH 8

enum event {
    CONNECT,
    DISCONNECT,
    OFFER,    /* a check finds a release */
    WITHDRAW, /* the next check finds it gone */
    CHECK_COMMAND,
    COMMAND,       /* the button "update", each time it is pressed */
    COMMAND_AGAIN, /* the same command is delivered once more */
    START,         /* what was asked for begins */
    FAIL,          /* the download fails */
    REBOOT,        /* into what was downloaded, or just so */
    CUT,           /* power goes during the download */
    CONFIRM,
    ROLLBACK,
    SEND_ERROR, /* what flies is lost, the next send fails, and the SDK says so */
    RATE_LIMIT,
    STALE, /* the message before the last comes again, behind it */
    N_EVENTS,
};
static const char *const names[N_EVENTS] = {
    "connect", "disconnect", "offer", "withdraw", "check",    "command",    "again",      "start",
    "fail",    "reboot",     "cut",   "confirm",  "rollback", "send error", "rate limit", "stale"};

/* What a device knows; the first four survive a restart (they stand in its records). */
struct model {
    unsigned version, before; /* 1.N */
    enum aloft_outcome outcome;
    unsigned attempt;
    enum aloft_state state;
    unsigned offered; /* 0: nothing that is known of */
    unsigned words;   /* the version in the last manifest; they stay when the offer does not */
    bool is_wanted, was_reached;
    bool has_clock;     /* set by the network some time after the start: here with a check */
    unsigned n_pressed; /* names the last command, since the restart */
    aloft_fault fault;
};

struct world {
    struct aloft_st st;
    struct kit_st_cloud cloud;
    struct model device;
    uint32_t now_ms, limited_ms;
    char version[8];
    unsigned n_wishes; /* to update, since the last event */
};

static struct world w; /* `cloud` is only used in copies: the living one is kit_st_cloud */
static struct world
    saved[LENGTH + 2]; /* by the number of events since the beginning; the last for `look` */
static enum event path[2 * LENGTH];
static unsigned n_path, n_begun;
static unsigned long n_orders, n_connected;

static void must(bool holds, const char *what) {
    char order[512] = "";

    if (holds)
        return;
    for (unsigned i = 0; i < n_path; i++) {
        strcat(order, names[path[i]]);
        strcat(order, ", ");
    }
    fail_msg("%safter that: %s", order, what);
}

static void keep(struct world *to) {
    w.cloud = kit_st_cloud;
    memcpy(to, &w, sizeof w);
}

static void back_to(const struct world *from) {
    memcpy(&w, from, sizeof w);
    kit_st_cloud = w.cloud;
}

/* ---- the device */

static void name(unsigned version, char *out, size_t size) {
    snprintf(out, size, "1.%u", version);
}

static void start_binding(void) {
    const struct aloft_st_config config = {.version = w.version};

    name(w.device.version, w.version, sizeof w.version);
    assert_true(aloft_st_start(&w.st, NULL, &config));
}

static void status_of(const struct model *d, struct aloft_status *s) {
    memset(s, 0, sizeof *s);
    s->state = d->state;
    s->outcome = d->outcome;
    s->attempt = d->attempt;
    s->offer_stands = d->offered != 0;
    if (d->words != 0)
        name(d->words, s->offered_version, sizeof s->offered_version);
    s->fault = d->fault;
}

static bool is_updating(void) {
    return w.device.state == ALOFT_DOWNLOADING || w.device.state == ALOFT_TESTING;
}

static uint64_t unix_s(void) {
    return w.device.has_clock ? 1795326490u + w.now_ms / 1000 : 0;
}

/* What nobody may be told at any time. */
static void no_lie_flies(void) {
    const struct kit_st_said *said = &kit_st_cloud.flight;
    const struct model *d = &w.device;

    if (!kit_st_cloud.is_flying)
        return;
    must(strcmp(said->current, w.version) == 0, "told another version than the one that runs");
    must(said->offer == (strcmp(said->available, said->current) != 0), "told half an offer");
    must(!said->offer || d->offered > d->version, "offered what is installed");
    must(strcmp(said->last, "updateSucceeded") != 0 ||
             (d->outcome == ALOFT_CONFIRMED && d->state != ALOFT_TESTING && d->attempt > 0),
         "claimed success before the new image was confirmed");
    must((said->last[0] != 0) == (said->reason[0] != 0), "gave a result without a reason");
    must(said->time[0] == 0 || (unix_s() != 0 && said->last[0] != 0), "made up a time");
    must(said->is_updating == is_updating(), "told another state");
}

static void check(void);

static void step_binding(void) {
    struct aloft_status status;
    unsigned wishes;

    w.now_ms += 1000;
    kit_st_cloud.is_limited = w.limited_ms > w.now_ms;
    status_of(&w.device, &status);
    wishes = aloft_st_step(&w.st, &status, w.now_ms, unix_s());
    no_lie_flies();
    if (wishes == 0)
        return;
    if ((wishes & ALOFT_ST_UPDATE) != 0) {
        w.device.is_wanted = true;
        w.n_wishes++;
    }
    check();
}

/* A check: it finds what it knew already, or nothing. */
static void check(void) {
    if (w.device.state != ALOFT_IDLE)
        return;
    w.device.state = ALOFT_CHECKING;
    step_binding();
    w.device.state = ALOFT_IDLE;
    w.device.has_clock = true;
    w.device.is_wanted = w.device.is_wanted && w.device.offered != 0;
    if (w.device.fault.code == ALOFT_E_NET_REFUSED && w.device.offered == 0)
        w.device.fault.code = ALOFT_OK;
    step_binding();
}

static void find_release(void) {
    struct model *d = &w.device;

    d->state = ALOFT_CHECKING;
    step_binding();
    d->state = ALOFT_IDLE;
    d->has_clock = true;
    d->offered = d->words = d->version + 1;
    if (d->outcome == ALOFT_UNDER_WAY)
        d->is_wanted = true; /* consent is in the record */
    d->fault = (aloft_fault){0};
    if (d->outcome == ALOFT_ROLLED_BACK)
        d->fault = (aloft_fault){.code = ALOFT_E_TRIAL_WAITS, .step = ALOFT_STEP_VERIFY};
}

/* RAM is lost, the records are not. */
static void restart(void) {
    struct model *d = &w.device;

    d->offered = d->words = 0;
    d->is_wanted = d->was_reached = d->has_clock = false;
    d->n_pressed = 0;
    memset(&d->fault, 0, sizeof d->fault);
    kit_st_disconnect(&w.st);
    start_binding();
}

static void reboot(void) {
    struct model *d = &w.device;

    if (d->state == ALOFT_DOWNLOADING) {
        d->before = d->version;
        d->version = d->offered;
        d->state = ALOFT_TESTING;
    }
    restart();
}

static void roll_back(void) {
    w.device.version = w.device.before;
    w.device.outcome = ALOFT_ROLLED_BACK;
    w.device.state = ALOFT_IDLE;
    restart();
    w.device.fault = (aloft_fault){.code = ALOFT_E_TRIAL_SICK, .step = ALOFT_STEP_TRIAL};
}

/* ---- events */

static bool is_possible(enum event event) {
    const struct model *d = &w.device;
    bool connected = kit_st_cloud.is_connected;

    switch (event) {
    case CONNECT:
        return !connected;
    case OFFER:
        return d->state == ALOFT_IDLE && d->offered == 0;
    case WITHDRAW:
        return d->state == ALOFT_IDLE && d->offered != 0;
    case COMMAND_AGAIN:
        return connected && d->n_pressed > 0;
    case STALE:
        return connected && kit_st_cloud.has_before;
    case START:
        return d->state == ALOFT_IDLE && d->offered != 0 && d->is_wanted &&
               d->outcome != ALOFT_ROLLED_BACK;
    case FAIL:
    case CUT:
        return d->state == ALOFT_DOWNLOADING;
    case REBOOT:
        return true;
    case CONFIRM:
        return d->state == ALOFT_TESTING && d->was_reached;
    case ROLLBACK:
        return d->state == ALOFT_TESTING;
    case DISCONNECT:
    case CHECK_COMMAND:
    case COMMAND:
    case SEND_ERROR:
    case RATE_LIMIT:
        return connected;
    case N_EVENTS:
        break;
    }
    return false;
}

static void happen_to_device(enum event event) {
    struct model *d = &w.device;

    if (event == OFFER) {
        find_release();
    } else if (event == WITHDRAW) {
        d->offered = 0;
        check();
    } else if (event == START) {
        d->state = ALOFT_DOWNLOADING;
        d->outcome = ALOFT_UNDER_WAY;
        d->attempt++;
    } else if (event == FAIL) {
        d->state = ALOFT_IDLE;
        d->fault = (aloft_fault){.code = ALOFT_E_NET_REFUSED, .step = ALOFT_STEP_FETCH};
    } else if (event == REBOOT) {
        reboot();
    } else if (event == CUT) {
        d->state = ALOFT_IDLE;
        restart();
    } else if (event == CONFIRM) {
        d->state = ALOFT_IDLE;
        d->outcome = ALOFT_CONFIRMED;
    } else if (event == ROLLBACK) {
        roll_back();
    }
}

static void press(bool is_new) {
    char id[16];

    w.device.n_pressed += is_new;
    snprintf(id, sizeof id, "command-%u", w.device.n_pressed);
    kit_st_press(&w.st, true, id);
}

static void happen_to_cloud(enum event event) {
    if (event == CONNECT) {
        kit_st_connect(&w.st);
        w.device.was_reached = true;
    } else if (event == DISCONNECT) {
        kit_st_disconnect(&w.st);
    } else if (event == COMMAND || event == COMMAND_AGAIN) {
        press(event == COMMAND);
    } else if (event == STALE) {
        kit_st_cloud.shown = kit_st_cloud.before;
    } else if (event == CHECK_COMMAND) {
        kit_st_press(&w.st, false, NULL);
    } else if (event == SEND_ERROR) {
        kit_st_cloud.is_flying = false;
        kit_st_cloud.refuses_next = true;
        kit_st_notice(&w.st, IOT_NOTI_TYPE_SEND_FAILED);
    } else if (event == RATE_LIMIT) {
        kit_st_cloud.is_flying = false;
        w.limited_ms = w.now_ms + 60000;
        kit_st_notice(&w.st, IOT_NOTI_TYPE_RATE_LIMIT);
    }
}

static void happen(enum event event) {
    bool loses = event == DISCONNECT || event == REBOOT || event == CUT || event == ROLLBACK ||
                 event == SEND_ERROR || event == RATE_LIMIT;
    bool was_wanted, was_idle = w.device.state == ALOFT_IDLE;

    if (!loses)
        kit_st_deliver();
    happen_to_device(event);
    happen_to_cloud(event);
    was_wanted = w.device.is_wanted;
    w.n_wishes = 0;
    step_binding();
    must(w.n_wishes == (event == COMMAND && was_idle), "the button was not obeyed once");
    must(event == COMMAND || w.device.is_wanted <= was_wanted, "an update began by itself");
    must((aloft_st_health(&w.st) == ALOFT_WELL) == w.device.was_reached,
         "the self-test does not know whether the cloud was reached");
}

/* ---- agreement */

/* Time in which nothing happens: 50 s, so that a send that failed twice is tried again after 15 and 30 s. With a
 * rate limit, or a stale message to be mended, two minutes. */
static void settle(void) {
    bool is_slow = w.limited_ms > w.now_ms;

    for (unsigned i = 0; i < n_path; i++)
        is_slow = is_slow || path[i] == STALE;
    for (unsigned i = 0; i < (is_slow ? 12 : 5); i++) {
        w.now_ms += 10000;
        step_binding();
        kit_st_deliver();
    }
}

static void all_agree(void) {
    const struct kit_st_said *shown = &kit_st_cloud.shown;
    const struct model *d = &w.device;
    char offered[8];

    name(d->offered != 0 ? d->offered : d->version, offered, sizeof offered);
    must(strcmp(shown->current, w.version) == 0, "the cloud shows another version");
    must(strcmp(shown->available, offered) == 0, "the cloud shows another offer");
    must(shown->is_updating == is_updating(), "the cloud shows another state");
    must(kit_st_home_assistant_offers() == (d->offered != 0), "Home Assistant is wrong");
    must(kit_st_app_has_button() == (d->offered != 0 && !is_updating()), "the app is wrong");
    if (is_updating())
        return;
    if (d->outcome == ALOFT_CONFIRMED && d->attempt > 0)
        must(strcmp(shown->last, "updateSucceeded") == 0, "success is not shown");
    if (d->outcome == ALOFT_ROLLED_BACK || d->fault.step == ALOFT_STEP_FETCH)
        must(strcmp(shown->last, "updateFailed") == 0, "the failure is not shown");
}

static void look(void) {
    n_orders++;
    if (!kit_st_cloud.is_connected)
        return;
    n_connected++;
    keep(&saved[LENGTH + 1]);
    if (n_path > 0 && path[n_path - 1] == CONNECT && !w.st.is_held && w.st.has_waited) {
        kit_st_deliver();
        all_agree(); /* at once: each connection begins with the whole truth */
    }
    settle();
    all_agree();
    back_to(&saved[LENGTH + 1]);
}

static void walk(unsigned left) {
    struct world *here = &saved[n_path - n_begun];

    look();
    if (left == 0)
        return;
    keep(here);
    for (enum event event = 0; event < N_EVENTS; event++) {
        if (!is_possible(event))
            continue;
        path[n_path++] = event;
        happen(event);
        walk(left - 1);
        n_path--;
        back_to(here);
    }
}

/* A device as it comes from the factory, after these events. */
static void begin(const enum event *events, unsigned n) {
    memset(&w, 0, sizeof w);
    memset(&kit_st_cloud, 0, sizeof kit_st_cloud);
    w.device.version = w.device.before = 1;
    n_path = 0;
    start_binding();
    for (unsigned i = 0; i < n; i++) {
        assert_true(is_possible(events[i]));
        path[n_path++] = events[i];
        happen(events[i]);
    }
    n_begun = n_path;
}

static const enum event whole[] = {CONNECT, OFFER, COMMAND, START, REBOOT, CONNECT, CONFIRM};
static const enum event failed[] = {CONNECT, OFFER, COMMAND, START, REBOOT, ROLLBACK, CONNECT};

static void walk_all(const enum event *events, unsigned n) {
    const char *asked = getenv("ALOFT_MODEL_LENGTH");
    unsigned length = asked == NULL ? LENGTH - 2 * (n > 0) : (unsigned)atoi(asked);

    n_orders = n_connected = 0;
    begin(events, n);
    walk(length < LENGTH ? length : LENGTH);
    printf("%lu orders of up to %u events, %lu of them end connected\n", n_orders, length,
           n_connected);
    assert_true(n_connected > 100);
}

static void all_agree_after_every_order_from_the_factory_on(void **state) {
    (void)state;
    walk_all(NULL, 0);
}

static void all_agree_after_every_order_that_begins_in_a_download(void **state) {
    (void)state;
    walk_all(whole, 4);
}

static void all_agree_after_every_order_that_begins_on_trial(void **state) {
    (void)state;
    walk_all(whole, 5);
}

static void all_agree_after_every_order_that_follows_a_success(void **state) {
    (void)state;
    walk_all(whole, sizeof whole / sizeof *whole);
}

static void all_agree_after_every_order_that_follows_a_rollback(void **state) {
    (void)state;
    walk_all(failed, sizeof failed / sizeof *failed);
}

/* The walks are worth something only if they meet a whole update. */
static void a_whole_update_is_among_the_orders(void **state) {
    (void)state;
    begin(whole, sizeof whole / sizeof *whole);
    settle();

    all_agree();
    assert_string_equal(kit_st_cloud.shown.current, "1.2");
    assert_string_equal(kit_st_cloud.shown.last, "updateSucceeded");
    assert_false(kit_st_app_has_button());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_update_is_among_the_orders),
        cmocka_unit_test(all_agree_after_every_order_from_the_factory_on),
        cmocka_unit_test(all_agree_after_every_order_that_begins_in_a_download),
        cmocka_unit_test(all_agree_after_every_order_that_begins_on_trial),
        cmocka_unit_test(all_agree_after_every_order_that_follows_a_success),
        cmocka_unit_test(all_agree_after_every_order_that_follows_a_rollback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

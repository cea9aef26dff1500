/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/parts. Turns changes of a device's status into lines.
 * Knows: the status.   Never knows: where lines go. */
#include "tell.h"

#include <stdio.h>
#include <string.h>

const char *tell_fault(const aloft_fault *fault, const struct aloft_status *s, char *out,
                       size_t out_size) {
    char port[8];
    const struct aloft_fact facts[] = {
        {"host", s->host},
        {"port", port},
        {"running", aloft_image.version},
        {"version", s->offered_version[0] == 0 ? "the release" : s->offered_version},
    };

    snprintf(port, sizeof port, "%u", (unsigned)s->port);
    return aloft_explain(fault, facts, s->host[0] == 0 ? 0 : 4, out, out_size);
}

static const char *standing(const struct aloft_status *s) {
    if (s->state == ALOFT_TESTING)
        return "on trial";
    return s->outcome == ALOFT_CONFIRMED    ? "confirmed"
           : s->outcome == ALOFT_NO_ATTEMPT ? "as it was flashed"
                                            : "confirmed before";
}

const char *tell_running(const struct aloft_status *s, char *out, size_t out_size) {
    if (s->running < 2)
        snprintf(out, out_size, "%.32s in slot %c, %s", aloft_image.version, 'A' + (int)s->running,
                 standing(s));
    else
        snprintf(out, out_size, "%.32s in no slot (factory), %s", aloft_image.version, standing(s));
    return out;
}

static bool is_loading(const struct aloft_status *s) {
    return s->state == ALOFT_DOWNLOADING && s->total > 0;
}

/* A line for each tenth; the first at once, so that something is seen. */
static bool tell_progress(struct tell *t, const struct aloft_status *s, char *line, size_t size) {
    static const char bar[] = "##########          ";
    uint32_t tenths = (uint32_t)((uint64_t)s->done * 10 / s->total);

    if (tenths > 10)
        tenths = 10;
    if (t->tenths == tenths + 1)
        return false;
    t->tenths = tenths + 1;
    snprintf(line, size, "%.32s -> %s  [%.10s] %u %%", aloft_image.version, s->offered_version,
             bar + 10 - tenths, (unsigned)((uint64_t)s->done * 100 / s->total));
    return true;
}

static bool tell_state(struct tell *t, const struct aloft_status *s, char *line, size_t size) {
    enum aloft_state before = t->state;

    if (before == s->state)
        return false;
    t->state = s->state;
    if (s->state != ALOFT_DOWNLOADING)
        t->tenths = 0;
    if (s->state == ALOFT_READING_BACK)
        snprintf(line, size, "%s is in the other slot; it is read back and compared",
                 s->offered_version);
    else if (s->state == ALOFT_REBOOTING)
        snprintf(line, size, "restart");
    else if (before == ALOFT_TESTING && s->outcome == ALOFT_CONFIRMED)
        snprintf(line, size, "%.32s confirmed", aloft_image.version);
    else
        return false;
    return true;
}

/* A server that has nothing for this device has been reached too: name, route, TLS and certificate
 * are good. */
static bool tell_server(struct tell *t, const struct aloft_status *s, char *line, size_t size) {
    bool is_empty = s->fault.code == ALOFT_E_HTTP_NOT_FOUND;

    if ((s->server_reached || is_empty) && !t->reached) {
        t->reached = true;
        snprintf(line, size, "update server reached, certificate good%s",
                 is_empty ? ", nothing published yet" : "");
        return true;
    }
    if (!s->offer_stands || s->offered_sequence == t->offer || s->state != ALOFT_IDLE)
        return false;
    t->offer = s->offered_sequence;
    snprintf(line, size, "%s is on offer: press the button three times, or type: ota update",
             s->offered_version);
    return true;
}

bool tell(struct tell *t, const char *name, const struct aloft_status *s, char *line, size_t size) {
    char text[100];
    uint16_t fault = s->fault.code;

    if (!t->has_begun) {
        t->has_begun = true;
        t->state = s->state;
        snprintf(line, size, "%s %s", name, tell_running(s, text, sizeof text));
        return true;
    }
    if (tell_state(t, s, line, size) || (is_loading(s) && tell_progress(t, s, line, size)) ||
        tell_server(t, s, line, size))
        return true;
    if (fault == t->fault || (t->is_offline && fault >> 8 == 2)) /* errors.def: network and TLS */
        return false;
    t->fault = fault;
    if (fault == ALOFT_OK || fault == ALOFT_E_HTTP_NOT_FOUND)
        return false;
    tell_fault(&s->fault, s, line, size);
    return true;
}

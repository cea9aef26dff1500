/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/watch. What a device's fault and the server's silence, or its words, mean together: a table.
 * Knows: marks, codes, times.   Never knows: where lines come from, how they are shown. */
#include <aloft/error.h>

#include "host/explain/explain.h"
#include "watch.h"

/* What the server saw around a device's fault. */
enum saw { NOTHING, A_CALL, THIS_CODE, NO_SERVER, INSIDE };

struct row {
    uint64_t marks; /* of the device, one bit each */
    enum saw saw;
    uint16_t code; /* of THIS_CODE */
    const char *text;
};

#define M(mark)    EXPLAIN_BIT(MARK_##mark)
#define UNANSWERED (M(NOBODY) | M(TIMEOUT) | M(NO_ROUTE) | M(NO_CONNECTION) | M(CUT) | M(NOT_TLS))
#define DISTRUST   (M(CA) | M(CERT) | M(HOST_NAME) | M(DATE) | M(TLS))
#define WORKS      (M(NO_NEWER) | M(INSTALLED) | M(ON_TRIAL))
#define FAULTS     (UNANSWERED | DISTRUST | M(REFUSED) | M(NAME) | M(WIFI) | M(MEMORY))

/* The first row that fits. A code of the server decides before its silence does. */
static const struct row table[] = {
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_OTHER_CA,
     "The firmware holds another CA than this server's certificate comes from (TLS alert 48). "
     "Address, network and "
     "firewall are right. Build it with this project's CA and flash it once over the cable."},
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_REFUSED_US,
     "The device reached this server and did not accept its certificate: it calls a name that is "
     "not in it, or its "
     "clock is wrong. `aloft cert show` lists the names."},
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_EXPIRED,
     "The device reached this server, and by its clock the certificate has ended: `aloft cert "
     "show` "
     "says until when it holds; if that is in the future, the device's clock is wrong."},
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_OLD_TLS,
     "The device reached this server and speaks only TLS 1.1 or older: build it with TLS 1.2 or "
     "1.3."},
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_ALERT,
     "The device reached this server and ended TLS: no version or cipher in common, most likely. "
     "Address and network "
     "are right."},
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_PLAIN,
     "The device speaks plain HTTP to the TLS port: its address must begin with https://."},
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_NOT_TLS,
     "Something that is neither TLS nor HTTP reached this server: the device calls the right "
     "machine with the wrong "
     "protocol, or another program calls this port."},
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_LEFT,
     "A device began TLS with this server and went away: out of memory, a bad radio link, or a "
     "certificate that it "
     "does not like and does not say so. Address and firewall are right."},
    {FAULTS, THIS_CODE, ALOFT_E_CLIENT_SLOW_TLS,
     "A device connected to this server and did not get through TLS: a very bad link, or too "
     "little memory. Address "
     "and firewall are right."},
    {FAULTS, THIS_CODE, ALOFT_E_SERVER_FULL,
     "The server had no room for another connection. The device tries again."},
    {M(WIFI), NOTHING, 0, "The device has no network yet, so no server can have heard of it."},
    {M(NAME), NOTHING, 0,
     "The name did not resolve on the device, so it never called. The server is not the cause."},
    {FAULTS, NO_SERVER, 0,
     "No `aloft serve` runs in this project, so nobody could answer. Start it, and let the device "
     "try again."},
    {UNANSWERED | M(REFUSED), INSIDE, 0,
     "The server listens to its own machine only (`listen` in aloft.conf), so no device can reach "
     "it. "
     "Write `listen = [::]:4443` there, with your port, and start it again."},
    {DISTRUST, NOTHING, 0,
     "The device spoke TLS with a machine that is not this server: nothing reached us in the ten "
     "seconds before. "
     "Another machine has the address that the firmware calls, or a proxy stands between."},
    {M(REFUSED), NOTHING, 0,
     "A machine refused the device, and it was not this server: nothing reached us in the ten "
     "seconds before. Wrong "
     "port or wrong address in the firmware."},
    {UNANSWERED, NOTHING, 0,
     "No packet from any device has reached this server in the ten seconds before: wrong address "
     "in the firmware, "
     "another network (guest Wi-Fi, VPN), or a firewall before this machine. No certificate can be "
     "the cause."},
    {UNANSWERED | M(REFUSED), A_CALL, 0,
     "Somebody did reach this server in the same ten seconds. If that was another device, the "
     "server is open and this "
     "one calls another address or sits in another network."},
};

static bool is_near(const struct verdict *v, const struct verdict_seen *seen) {
    return seen->at_ms + VERDICT_BEFORE_MS >= v->fault_at_ms &&
           seen->at_ms <= v->fault_at_ms + VERDICT_AFTER_MS;
}

static bool saw_code(const struct verdict *v, uint16_t code) {
    for (unsigned i = 0; i < VERDICT_SEEN && i < v->n_seen; i++)
        if (is_near(v, &v->seen[i]) && v->seen[i].code == code)
            return true;
    return false;
}

static bool saw_call(const struct verdict *v) {
    for (unsigned i = 0; i < VERDICT_SEEN && i < v->n_seen; i++)
        if (is_near(v, &v->seen[i]) && v->seen[i].is_call)
            return true;
    return false;
}

static bool fits(const struct verdict *v, const struct row *row, enum verdict_server server) {
    if ((row->marks & EXPLAIN_BIT(v->mark)) == 0)
        return false;
    switch (row->saw) {
    case THIS_CODE:
        return saw_code(v, row->code);
    case A_CALL:
        return saw_call(v);
    case NO_SERVER:
        return server == VERDICT_NO_SERVER;
    case INSIDE:
        return server == VERDICT_INSIDE && !saw_call(v);
    case NOTHING:
        break;
    }
    return !saw_call(v);
}

void verdict_server(struct verdict *v, uint64_t at_ms, uint16_t code, bool is_call) {
    v->seen[v->n_seen % VERDICT_SEEN] = (struct verdict_seen){at_ms, code, is_call};
    v->n_seen = v->n_seen < 2 * VERDICT_SEEN ? v->n_seen + 1 : VERDICT_SEEN + 1;
}

void verdict_device(struct verdict *v, uint64_t at_ms, unsigned mark) {
    if (mark < N_MARKS && (WORKS & EXPLAIN_BIT(mark)) != 0)
        v->said = 0; /* it works again: should it break anew, that is news */
    if (mark >= N_MARKS || (FAULTS & EXPLAIN_BIT(mark)) == 0)
        return;
    /* of the lines of one failed attempt the first says most; "no connection" only sums them up */
    if (v->fault_at_ms != 0 && mark == MARK_NO_CONNECTION)
        return;
    v->fault_at_ms = at_ms;
    v->mark = mark;
}

/* What the server said of this attempt says nothing of the next one. */
static void forget_codes(struct verdict *v) {
    for (unsigned i = 0; i < VERDICT_SEEN && i < v->n_seen; i++)
        v->seen[i].code = ALOFT_OK;
}

const char *verdict_at(struct verdict *v, uint64_t now_ms, enum verdict_server server) {
    const char *text = NULL;

    if (v->fault_at_ms == 0 || now_ms < v->fault_at_ms + VERDICT_AFTER_MS)
        return NULL;
    for (unsigned i = 0; i < sizeof table / sizeof table[0] && text == NULL; i++) {
        if (!fits(v, &table[i], server))
            continue;
        if ((v->said & 1u << i) != 0)
            break;
        v->said |= 1u << i;
        text = table[i].text;
    }
    v->fault_at_ms = 0;
    forget_codes(v);
    return text;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/watch. What a device's fault and the server's silence, or its words, mean together: a table.
 * Knows: marks, codes, times, addresses.   Never knows: where lines come from, how they are shown. */
#include <stdio.h>
#include <string.h>

#include <aloft/error.h>

#include "host/explain/explain.h"
#include "watch.h"

/* What the server saw around a device's fault. A call counts as the device's own where its address is
 * known and the call came from there; where it is not known, any call may be its own. */
enum saw {
    NOT_IT,    /* no call that may be the device's */
    OTHERS,    /* the same, and a neighbour called */
    SOMEBODY,  /* a call that may be the device's */
    ITSELF,    /* a call of the device */
    THIS_CODE, /* a call that ended with this code */
    LEFT,      /* a download whose client went away */
    FROM_0,    /* one from byte 0 on, where the device had asked for the rest */
    NO_SERVER, /* no server runs */
    INSIDE,    /* it listens to its own machine only */
};

/* How much a row of silence says; what says less is not said after what says more, whatever the rhythm in
 * which others call. */
enum weight { ALONE, WEAK, FAIR, STRONG };

struct row {
    uint64_t marks; /* of the device, one bit each */
    enum saw saw;
    uint16_t code; /* of THIS_CODE */
    uint8_t alert; /* of THIS_CODE: only with this TLS alert; 0: whatever it was */
    enum weight weight;
    const char *text;
};

#define M(mark)    EXPLAIN_BIT(MARK_##mark)
#define UNANSWERED (M(NOBODY) | M(TIMEOUT) | M(NO_ROUTE) | M(NO_CONNECTION) | M(CUT))
#define DISTRUST   (M(CA) | M(CERT) | M(HOST_NAME) | M(DATE) | M(TLS))
#define WORKS      (M(NO_NEWER) | M(INSTALLED) | M(ON_TRIAL) | M(CONFIRMED))
#define REACHING   (UNANSWERED | DISTRUST | M(NOT_TLS) | M(REFUSED) | M(NAME) | M(WIFI) | M(MEMORY))
#define ANSWERED   (M(STATUS) | M(SIGNER) | M(SHORT))

#define SAYS(code, text)                                                                           \
    { REACHING, THIS_CODE, ALOFT_E_##code, ALONE, false, text }

/* The first row that fits. A code of the server decides before its silence does. */
static const struct row table[] = {
    SAYS(CLIENT_OTHER_CA,
         "The firmware holds another CA than this server's certificate comes from (TLS alert 48). "
         "Address, network and firewall are right. Build it with this project's CA and flash it "
         "once over the cable."),
    /* the two as mbedTLS sends them, which ESP-IDF and aloft's devices use; the gallery has both */
    {REACHING, THIS_CODE, ALOFT_E_CLIENT_REFUSED_US, 46, ALONE,
     "The device reached this server, holds the right CA (else alert 48) and calls a right name "
     "(else 42): by the device's clock the certificate is not valid yet. Set the clock (SNTP) "
     "before the connection; `aloft doctor --now 0` is a device whose clock was never set. (Where "
     "the device has another TLS than mbedTLS, look at the name too.)"},
    {REACHING, THIS_CODE, ALOFT_E_CLIENT_REFUSED_US, 42, ALONE,
     "The device reached this server, holds the right CA (else alert 48), and calls a "
     "name or address that is not in the certificate. `aloft cert show` lists what is; `aloft "
     "cert renew --host NAME` adds what stands in the firmware. (Where the device has another TLS "
     "than mbedTLS, look at its clock too.)"},
    SAYS(CLIENT_REFUSED_US,
         "The device reached this server, holds the right CA (else alert 48), and did "
         "not accept the certificate: it calls a name that is not in it (`aloft cert show` lists "
         "them), or its clock is wrong (`aloft doctor --now 0`)."),
    SAYS(CLIENT_EXPIRED,
         "The device reached this server, and by its clock the certificate has ended: `aloft cert "
         "show` says until when it holds; if that is in the future, the device's clock is wrong."),
    SAYS(CLIENT_OLD_TLS, "The device reached this server and speaks only TLS 1.1 or older: build "
                         "it with TLS 1.2 or 1.3."),
    SAYS(CLIENT_ALERT, "The device reached this server and ended TLS: no version or cipher in "
                       "common, most likely. Address and network are right."),
    SAYS(CLIENT_PLAIN, "The device speaks plain HTTP to the TLS port: its address must begin with "
                       "https://."),
    SAYS(CLIENT_NOT_TLS,
         "Something that is neither TLS nor HTTP reached this server: the device calls the right "
         "machine with the wrong protocol, or another program calls this port."),
    SAYS(CLIENT_LEFT,
         "A device began TLS with this server and went away: out of memory, a bad radio link, or "
         "a certificate that it does not like and does not say so. Address and firewall are "
         "right."),
    SAYS(CLIENT_SLOW_TLS,
         "A device connected to this server and did not get through TLS: a very bad link, or too "
         "little memory. Address and firewall are right."),
    SAYS(SERVER_FULL, "The server had no room for another connection. The device tries again."),
    {M(STATUS), THIS_CODE, ALOFT_E_CLIENT_OTHER_CLASS, 0, ALONE,
     "The device reached this server and asked for a class that this project does not have; the "
     "server's line names it. To publish again for the class that is there changes nothing: build "
     "the firmware with a class of aloft.conf, or add the device's class there and publish for "
     "it."},
    {M(STATUS), THIS_CODE, ALOFT_E_CLIENT_WRONG_PATH, 0, ALONE,
     "The device reached this server and asked for a path that leads to nothing here; the "
     "server's line names it. Mend the path in the firmware's address."},
    {M(SIGNER), SOMEBODY, 0, 0, ALONE,
     "The device read this server's manifest, and the keys that it trusts are not those that "
     "signed it. `aloft doctor` names who signed; if those are this project's keys, signing again "
     "changes nothing: the firmware was built with another project's aloft_trust.h, or before the "
     "keys were made anew. Build it with this project's, and flash it once over the cable."},
    {M(SHORT), FROM_0, 0, 0, ALONE,
     "The device asked for the rest of the image, and this server was asked for it from byte 0 "
     "on: something between the two takes the range out of the request (a proxy, a load balancer, "
     "a cache). It ends answers early too, so the image never comes whole. Let devices call "
     "`aloft serve` itself, or pass TCP through untouched."},
    {M(SHORT), LEFT, 0, 0, ALONE,
     "For the device the answer ended early, and this server was still sending when its client "
     "went away: neither of the two ended it, so something between them did (a proxy, a load "
     "balancer with a limit). Let devices call `aloft serve` itself, or pass TCP through "
     "untouched."},
    {M(WIFI), NOT_IT, 0, 0, ALONE,
     "The device has no network yet, so no server can have heard of it."},
    {M(NAME), NOT_IT, 0, 0, ALONE,
     "The name did not resolve on the device, so it never called. The server is not the cause."},
    {REACHING, NO_SERVER, 0, 0, ALONE,
     "No `aloft serve` runs in this project, so nobody could answer. Start it, and let the device "
     "try again."},
    {UNANSWERED | M(REFUSED), INSIDE, 0, 0, ALONE,
     "The server listens to its own machine only (`listen` in aloft.conf), so no device can reach "
     "it. Write `listen = [::]:4443` there, with your port, and start it again."},
    {DISTRUST, NOT_IT, 0, 0, ALONE,
     "The device spoke TLS with a machine that is not this server: nothing of it reached us "
     "while it asked. Another machine has the address that the firmware calls, or a proxy "
     "stands between."},
    {M(NOT_TLS), NOT_IT, 0, 0, ALONE,
     "What answered the device does not speak TLS and is not this server: nothing of the device "
     "reached us while it asked. In a guest Wi-Fi this is the portal that catches "
     "every connection; else another machine or service has the address that the firmware calls."},
    {M(REFUSED), NOT_IT, 0, 0, ALONE,
     "Something refused the device before this program heard of it. Either it called this machine "
     "and nothing listens at that address and port, or a firewall rejects it; or the address in "
     "the firmware leads to another machine. `aloft doctor` in the device's network tells which."},
    {UNANSWERED, OTHERS, 0, 0, STRONG,
     "No packet from this device has reached this server while it asked, and other devices "
     "do reach it: the server is open. Wrong address in the firmware, another network, "
     "or a firewall that drops what comes from this device. No certificate can be the cause."},
    {UNANSWERED, NOT_IT, 0, 0, FAIR,
     "No packet from any device has reached this server while this one asked: wrong address "
     "in the firmware, another network (guest Wi-Fi, VPN), or a firewall before this machine. No "
     "certificate can be the cause."},
    {UNANSWERED | M(REFUSED), ITSELF, 0, 0, WEAK,
     "This device did reach this server in the same seconds: address, port and firewall are "
     "right. A bad radio link, or a device that gives up too early."},
    {UNANSWERED | M(REFUSED), SOMEBODY, 0, 0, WEAK,
     "Somebody did reach this server in the same seconds. If that was another device, the "
     "server is open and this one calls another address, sits in another network, or a firewall "
     "drops what comes from it."},
};

#define N_ROWS (sizeof table / sizeof table[0])
_Static_assert(N_ROWS <= 64, "a bit each in verdict.said");

/* ---- whose call it was */

enum whose { UNKNOWN, OWN, NEIGHBOUR };

/* A caller of another network may be the device behind a router or a proxy; one beside it is another. */
static enum whose whose(const struct verdict *v, const struct verdict_seen *seen) {
    if (v->address[0] == 0)
        return UNKNOWN;
    if (strcmp(v->address, seen->peer) == 0)
        return OWN;
    return explain_is_same_network(v->address, seen->peer) ? NEIGHBOUR : UNKNOWN;
}

static bool is_near(const struct verdict *v, const struct verdict_seen *seen) {
    uint64_t before = v->mark == MARK_TIMEOUT ? VERDICT_PATIENT_MS : VERDICT_BEFORE_MS;

    return seen->at_ms + before >= v->fault_at_ms &&
           seen->at_ms <= v->fault_at_ms + VERDICT_AFTER_MS;
}

static const struct verdict_seen *near_one(const struct verdict *v, unsigned i) {
    return i < VERDICT_SEEN && i < v->n_seen && is_near(v, &v->seen[i]) ? &v->seen[i] : NULL;
}

static bool saw_code(const struct verdict *v, uint16_t code, uint8_t alert) {
    for (unsigned i = 0; i < VERDICT_SEEN; i++) {
        const struct verdict_seen *seen = near_one(v, i);
        if (seen != NULL && seen->code == code && (alert == 0 || seen->alert == alert) &&
            whose(v, seen) != NEIGHBOUR)
            return true;
    }
    return false;
}

static bool saw_call(const struct verdict *v, enum whose of) {
    for (unsigned i = 0; i < VERDICT_SEEN; i++) {
        const struct verdict_seen *seen = near_one(v, i);
        if (seen != NULL && seen->is_call && whose(v, seen) == of)
            return true;
    }
    return false;
}

static const struct verdict_seen *left(const struct verdict *v, bool is_from_0) {
    for (unsigned i = 0; i < VERDICT_SEEN; i++) {
        const struct verdict_seen *seen = near_one(v, i);
        if (seen != NULL && seen->has_left && whose(v, seen) != NEIGHBOUR &&
            (!is_from_0 || (seen->is_whole_asked && seen->at_ms >= v->went_on_ms)))
            return seen;
    }
    return NULL;
}

/* ---- the table */

static bool saw(const struct verdict *v, const struct row *row, enum verdict_server server) {
    bool may_be_it = saw_call(v, OWN) || saw_call(v, UNKNOWN), others = saw_call(v, NEIGHBOUR);

    switch (row->saw) {
    case THIS_CODE:
        return saw_code(v, row->code, row->alert);
    case LEFT:
        return left(v, false) != NULL;
    case FROM_0:
        return v->went_on_ms > 0 && left(v, true) != NULL;
    case ITSELF:
        return saw_call(v, OWN);
    case SOMEBODY:
        return may_be_it;
    case NO_SERVER:
        return server == VERDICT_NO_SERVER;
    case INSIDE:
        return server == VERDICT_INSIDE && !may_be_it;
    case OTHERS:
        return others && !may_be_it;
    case NOT_IT:
        break;
    }
    return !may_be_it;
}

static bool fits(const struct verdict *v, const struct row *row, enum verdict_server server) {
    return (row->marks & EXPLAIN_BIT(v->mark)) != 0 && saw(v, row, server);
}

static bool is_said(const struct verdict *v, const struct row *row) {
    for (size_t i = 0; i < N_ROWS; i++)
        if ((v->said & 1ull << i) != 0 &&
            (row == &table[i] || (row->weight != ALONE && table[i].weight >= row->weight)))
            return true;
    return false;
}

/* ---- what is said */

/* Facts that belong to the row and that only this case has. */
static void add_facts(const struct verdict *v, const struct row *row, char *text, size_t size) {
    const char *host = strncmp(v->base, "https://", 8) == 0 ? v->base + 8 : v->base;
    const struct verdict_seen *client = NULL;
    char server[64];
    size_t len = strlen(text);

    if (row->saw == LEFT || row->saw == FROM_0)
        client = left(v, row->saw == FROM_0);
    if (client != NULL && explain_is_loopback(client->peer))
        snprintf(text + len, size - len,
                 " It runs on the server's own machine: the server was called from %s.",
                 client->peer);
    if (row->alert == 46 && v->is_in_1970)
        snprintf(text + len, size - len, " Its own lines carry a date of 1970.");
    snprintf(server, sizeof server, "%.*s", (int)strcspn(host, ":/"), host);
    if ((row->marks & (UNANSWERED | M(NOT_TLS))) != 0 && row->weight != WEAK &&
        (row->saw == NOT_IT || row->saw == OTHERS) && explain_is_other_network(v->address, server))
        snprintf(text + len, size - len,
                 " The device's own address is %s, in another network than the server's %s.",
                 v->address, server);
}

static void make_word(struct verdict *v, const struct row *row) {
    struct verdict_word *word = &v->word;

    memset(word, 0, sizeof *word);
    snprintf(word->text, sizeof word->text, "%s", row->text);
    add_facts(v, row, word->text, sizeof word->text);
    if (row->saw == THIS_CODE && v->newest.code == row->code)
        memcpy(word->line, v->newest.text, sizeof word->line);
    word->is_sure = row->weight == ALONE && row->saw != NOT_IT;
}

/* ---- what comes in */

/* "... (alert 46): another name ..." */
static uint8_t read_alert(const char *text) {
    const char *at = strstr(text, "alert ");
    unsigned number;

    return at != NULL && sscanf(at, "alert %3u", &number) == 1 && number < 256 ? (uint8_t)number
                                                                               : 0;
}

/* "... left after N bytes from N on, of N", as the server ends a download */
static void read_download(const char *text, struct verdict_seen *seen) {
    unsigned long long sent, from;
    const char *at = strstr(text, " left after ");

    seen->has_left =
        at != NULL && sscanf(at, " left after %llu bytes from %llu on", &sent, &from) == 2;
    seen->is_whole_asked = seen->has_left && from == 0;
}

void verdict_server(struct verdict *v, const struct journal_line *line) {
    struct verdict_seen *seen = &v->seen[v->n_seen % VERDICT_SEEN];

    memset(seen, 0, sizeof *seen);
    seen->at_ms = line->at_ms;
    seen->code = line->code;
    seen->is_call = line->peer[0] != '-';
    snprintf(seen->peer, sizeof seen->peer, "%s", line->peer);
    seen->alert = read_alert(line->text);
    read_download(line->text, seen);
    v->n_seen = v->n_seen + 1 < 2 * VERDICT_SEEN ? v->n_seen + 1 : VERDICT_SEEN;
    if (line->code != ALOFT_OK && whose(v, seen) != NEIGHBOUR)
        v->newest = *line;
}

void verdict_address(struct verdict *v, const char *address) {
    snprintf(v->address, sizeof v->address, "%s", address);
}

void verdict_goes_on(struct verdict *v, uint64_t at_ms) {
    v->went_on_ms = at_ms;
}

void verdict_device(struct verdict *v, uint64_t at_ms, unsigned mark) {
    if (mark >= N_MARKS)
        return;
    v->is_in_1970 = v->is_in_1970 || mark == MARK_CLOCK;
    if ((WORKS & EXPLAIN_BIT(mark)) != 0) {
        v->said = 0; /* it works again: should it break anew, that is news */
        memset(&v->kept, 0, sizeof v->kept);
    }
    if (((REACHING | ANSWERED) & EXPLAIN_BIT(mark)) == 0)
        return;
    /* of the lines of one failed attempt the first says most; "no connection" only sums them up */
    if (v->fault_at_ms != 0 && mark == MARK_NO_CONNECTION)
        return;
    v->fault_at_ms = at_ms;
    v->mark = mark;
}

/* What the server said of this attempt says nothing of the next one. */
static void forget_attempt(struct verdict *v) {
    for (unsigned i = 0; i < VERDICT_SEEN && i < v->n_seen; i++) {
        v->seen[i].code = ALOFT_OK;
        v->seen[i].has_left = false;
    }
    v->fault_at_ms = 0;
    v->went_on_ms = 0;
}

const struct verdict_word *verdict_at(struct verdict *v, uint64_t now_ms,
                                      enum verdict_server server) {
    const struct row *row = NULL;

    if (v->fault_at_ms == 0 || now_ms < v->fault_at_ms + VERDICT_AFTER_MS)
        return NULL;
    for (size_t i = 0; i < N_ROWS && row == NULL; i++)
        if (fits(v, &table[i], server))
            row = &table[i];
    if (row != NULL && is_said(v, row))
        row = NULL;
    if (row != NULL) {
        v->said |= 1ull << (row - table);
        make_word(v, row);
        if (v->word.is_sure || !v->kept.is_sure)
            v->kept = v->word;
    }
    forget_attempt(v);
    return row != NULL ? &v->word : NULL;
}

const struct verdict_word *verdict_kept(const struct verdict *v) {
    return v->kept.text[0] != 0 ? &v->kept : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. Looks at the certificate's end and hosts, renews it where that is possible.
 * Knows: dates, this machine's addresses.   Never knows: TLS, X.509. */
#include "certificate.h"

#include <stdio.h>
#include <time.h>

#include "host/pki.h"
#include "server/net/server.h"

#define DAY_S 86400

struct plan {
    char folder[PATH_MAX];
    struct pki_facts facts;
    struct pki_hosts hosts; /* of a new certificate */
    int64_t now_s, days_left;
    unsigned n_missing; /* hosts of this machine that the certificate lacks */
    char missing[PKI_HOST_MAX + 1];
};

/* The first host of a machine is <machine>.local: whoever left it out chose the others by hand. */
static void find_missing(struct plan *p) {
    static struct pki_hosts machine;
    struct trouble ignored;

    machine = (struct pki_hosts){0};
    pki_hosts_of_machine(&machine);
    p->hosts = p->facts.hosts;
    if (machine.n == 0 || !pki_hosts_have(&p->facts.hosts, machine.host[0]))
        return;
    for (unsigned i = 0; i < machine.n; i++) {
        if (pki_hosts_have(&p->facts.hosts, machine.host[i]))
            continue;
        if (pki_hosts_add(&p->hosts, machine.host[i], &ignored) != ALOFT_OK)
            break; /* full: the operator has to choose */
        if (p->n_missing++ == 0)
            snprintf(p->missing, sizeof p->missing, "%s", machine.host[i]);
    }
}

static void say_what(const struct plan *p) {
    if (p->days_left < 0)
        say("the certificate ended on %s: no device accepts it", p->facts.until);
    else if (p->days_left < PKI_WARN_DAYS)
        say("the certificate ends on %s, in %lld days", p->facts.until, (long long)p->days_left);
    if (p->n_missing > 0)
        say("the certificate lacks %u of this machine's names and addresses, such as %s",
            p->n_missing, p->missing);
}

static void renew(const struct plan *p) {
    char old[PKI_HOST_MAX] = "", text[ALOFT_SENTENCE_MAX + TROUBLE_ROOM];
    struct trouble trouble;

    if (!pki_can_renew(p->folder)) {
        say("pki/ca.key is not here: run `aloft cert renew` where it is, and start again");
        return;
    }
    if (pki_renew(p->folder, &p->hosts, p->now_s, old, sizeof old, &trouble) != ALOFT_OK)
        say("it could not be renewed: %s", trouble_text(&trouble, text, sizeof text));
    else
        say("the certificate was renewed under the same root, no device has to change; the old one "
            "is "
            "pki/%s",
            old);
}

aloft_err certificate_check(const struct project *project, struct trouble *trouble) {
    static struct plan plan;
    char path[PATH_MAX];
    aloft_err e = project_path(project, "pki", plan.folder, trouble);

    if (e == ALOFT_OK)
        e = project_path(project, "pki/server.crt", path, trouble);
    if (e == ALOFT_OK)
        e = pki_facts_of(path, &plan.facts, trouble);
    if (e != ALOFT_OK)
        return e;
    plan.now_s = (int64_t)time(NULL);
    plan.days_left = (plan.facts.not_after_s - plan.now_s) / DAY_S;
    if (plan.facts.not_after_s < plan.now_s)
        plan.days_left = -1;
    plan.n_missing = 0;
    find_missing(&plan);
    say_what(&plan);
    if (plan.days_left < PKI_WARN_DAYS || plan.n_missing > 0)
        renew(&plan);
    return ALOFT_OK;
}

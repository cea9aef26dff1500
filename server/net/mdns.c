/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. A multicast DNS responder for the name of this machine: probes, announces,
 * answers.
 * Knows: RFC 6762's rules and times.   Never knows: HTTP, devices. */
#include "mdns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "links.h"
#include "server.h"

#define PROBES        3u /* RFC 6762 §8.1: three, 250 ms apart, after 0 to 250 ms */
#define PROBE_MS      250u
#define ANNOUNCES     2u /* §8.3: at least two, a second apart */
#define ANNOUNCE_MS   1000u
#define REFRESH_MS    30000u /* a new cable or Wi-Fi is noticed after this */
#define AGAIN_MS      1000u  /* §6: a record is multicast at most once a second on a link, */
#define DEFEND_MS     250u   /* but after a quarter of one where somebody probes for it */
#define LEGACY_TTL_S  10u    /* §6.7 */
#define MESSAGES_MAX  32u    /* per event, then the others' turn */
#define AVAHI_SOCKET  "/run/avahi-daemon/socket"
#define MDNS_NAME_MAX 80u

enum stage { PROBING, ANNOUNCING, SERVING, SILENT };

struct mdns {
    struct server *server;
    struct links links;
    uv_poll_t poll[2];
    uv_timer_t timer;
    enum stage stage;
    unsigned n_sent; /* probes or announcements */
    char text[MDNS_NAME_MAX];
    struct dns_name name;
    struct links_message message;
};

static void send_reply(struct mdns *m, struct link *link, uint32_t ttl_s) {
    const struct dns_reply reply = {.type = DNS_TYPE_ANY, .ttl_s = ttl_s};
    uint8_t out[DNS_WRITE_MAX];
    size_t len = dns_write_reply(&link->host, &reply, out);

    if (link->host.n_four + link->host.n_six == 0)
        return;
    link->answered_ms = uv_now(&m->server->loop);
    links_send(&m->links, link, (aloft_bytes){out, len});
}

static void probe_all(struct mdns *m) {
    uint8_t out[DNS_WRITE_MAX];

    for (unsigned i = 0; i < m->links.n; i++) {
        size_t len = dns_write_probe(&m->links.link[i].host, out);
        links_send(&m->links, &m->links.link[i], (aloft_bytes){out, len});
    }
}

static void reply_all(struct mdns *m, uint32_t ttl_s) {
    for (unsigned i = 0; i < m->links.n; i++)
        send_reply(m, &m->links.link[i], ttl_s);
}

/* What is due, and when the next is. */
static void on_timer(uv_timer_t *timer) {
    struct mdns *m = timer->data;
    uint64_t next_ms = REFRESH_MS;

    switch (m->stage) {
    case PROBING:
        probe_all(m);
        next_ms = PROBE_MS;
        if (++m->n_sent == PROBES) {
            m->stage = ANNOUNCING;
            m->n_sent = 0;
        }
        break;
    case ANNOUNCING:
        reply_all(m, DNS_TTL_S);
        next_ms = ANNOUNCE_MS;
        if (++m->n_sent == 1)
            say("answering for %s on this network (mDNS)", m->text);
        if (m->n_sent == ANNOUNCES)
            m->stage = SERVING;
        break;
    case SERVING:
        if (links_refresh(&m->links, &m->name)) {
            m->stage = PROBING; /* §8: new links, the same care */
            m->n_sent = 0;
            next_ms = PROBE_MS;
        }
        break;
    case SILENT:
        return;
    }
    uv_timer_start(timer, on_timer, next_ms, 0);
}

static void be_silent(struct mdns *m) {
    m->stage = SILENT;
    uv_timer_stop(&m->timer);
    for (unsigned i = 0; i < 2; i++)
        if (m->poll[i].data != NULL)
            uv_poll_stop(&m->poll[i]);
}

/* §9: another one has our name. Neither a new name nor a fight helps a device that calls this one.
 * */
static void give_up(struct mdns *m) {
    const struct aloft_fact fact[] = {{"name", m->text}};
    const aloft_fault why = {.code = ALOFT_E_MDNS_CONFLICT};
    char text[ALOFT_SENTENCE_MAX];

    say("%s", aloft_explain(&why, fact, 1, text, sizeof text));
    be_silent(m);
}

static bool is_address(const struct dns_item *item) {
    return item->type == DNS_TYPE_A || item->type == DNS_TYPE_AAAA;
}

/* An answer with our name and an address that no link of ours has. Our own come back from the other
 * links of this machine. */
static bool is_conflict(const struct mdns *m, const struct dns_item *item) {
    if (item->section == DNS_QUESTION || !is_address(item) || item->ttl_s == 0 ||
        (item->class & ~DNS_TOP_BIT) != DNS_CLASS_IN || !dns_name_equal(&item->name, &m->name))
        return false;
    for (unsigned i = 0; i < m->links.n; i++)
        if (dns_host_has(&m->links.link[i].host, item))
            return false;
    return true;
}

static void hear_response(struct mdns *m, struct dns_reader *reader) {
    struct dns_item item;

    while (dns_next(reader, &item) == 1)
        if (is_conflict(m, &item)) {
            give_up(m);
            return;
        }
}

/* What a query asks of us. */
struct query {
    bool asks;
    bool wants_unicast; /* §5.4 */
    bool is_probe;
    uint16_t type;
    unsigned n_known; /* our records that the asker has already, §7.1 */
};

static bool read_query(const struct mdns *m, struct dns_reader *reader, struct query *q) {
    const struct dns_host *host = &m->message.link->host;
    struct dns_item item;
    int got;

    while ((got = dns_next(reader, &item)) == 1) {
        bool is_ours = dns_name_equal(&item.name, &m->name);
        if (item.section == DNS_QUESTION && is_ours &&
            (is_address(&item) || item.type == DNS_TYPE_ANY)) {
            q->wants_unicast = (item.class & DNS_TOP_BIT) != 0;
            q->type = q->asks && q->type != item.type ? DNS_TYPE_ANY : item.type;
            q->asks = true;
        } else if (item.section == DNS_ANSWER && is_ours && item.ttl_s >= DNS_TTL_S / 2) {
            q->n_known += dns_host_has(host, &item) ? 1 : 0;
        } else if (item.section == DNS_AUTHORITY && is_ours) {
            q->is_probe = true;
        }
    }
    return got == 0;
}

static void answer_one(struct mdns *m, uint16_t id, const struct query *q, bool is_legacy) {
    const struct dns_reply reply = {.id = is_legacy ? id : 0,
                                    .is_legacy = is_legacy,
                                    .type = q->type,
                                    .ttl_s = is_legacy ? LEGACY_TTL_S : DNS_TTL_S};
    uint8_t out[DNS_WRITE_MAX];
    size_t len = dns_write_reply(&m->message.link->host, &reply, out);

    if (links_is_neighbour(&m->message))
        links_reply(&m->links, &m->message, (aloft_bytes){out, len});
}

static void answer_all(struct mdns *m, const struct query *q) {
    struct link *link = m->message.link;
    uint64_t wait_ms = q->is_probe ? DEFEND_MS : AGAIN_MS;
    const struct dns_reply reply = {.type = q->type, .ttl_s = DNS_TTL_S};
    uint64_t now = uv_now(&m->server->loop);
    uint8_t out[DNS_WRITE_MAX];

    if (link->answered_ms != 0 && now - link->answered_ms < wait_ms)
        return;
    link->answered_ms = now;
    links_send(&m->links, link, (aloft_bytes){out, dns_write_reply(&link->host, &reply, out)});
}

static void hear_query(struct mdns *m, struct dns_reader *reader) {
    const struct dns_host *host = &m->message.link->host;
    bool is_legacy = m->message.from_port != MDNS_PORT;
    struct query q = {0};

    if (!read_query(m, reader, &q) || !q.asks || m->stage == PROBING ||
        host->n_four + host->n_six == 0)
        return;
    if (!is_legacy && q.n_known >= host->n_four + host->n_six)
        return;
    if (is_legacy || q.wants_unicast)
        answer_one(m, reader->id, &q, is_legacy);
    else
        answer_all(m, &q);
}

static void on_message(uv_poll_t *poll, int status, int events) {
    struct mdns *m = poll->data;
    int fd = poll == &m->poll[0] ? m->links.four : m->links.six;
    struct dns_reader reader;

    (void)status, (void)events;
    for (unsigned i = 0; i < MESSAGES_MAX && m->stage != SILENT; i++) {
        if (!links_receive(&m->links, fd, &m->message))
            return;
        if (m->message.link == NULL ||
            !dns_begin(&reader, (aloft_bytes){m->message.bytes, m->message.len}))
            continue;
        if (!reader.is_response)
            hear_query(m, &reader);
        else if (m->message.from_port == MDNS_PORT) /* §6: others are not to be believed */
            hear_response(m, &reader);
    }
}

/* The base's own name where it ends in .local, else that of this machine. */
static bool find_name(struct mdns *m, const char *base) {
    const char *host = strstr(base, "://");
    char text[MDNS_NAME_MAX];
    size_t len;

    host = host != NULL ? host + 3 : base;
    len = strcspn(host, ":/");
    if (len > 6 && len < sizeof m->text && strncasecmp(host + len - 6, ".local", 6) == 0) {
        memcpy(m->text, host, len);
        m->text[len] = 0;
    } else {
        if (gethostname(text, sizeof text) != 0)
            return false;
        text[sizeof text - 1] = 0;
        text[strcspn(text, ".")] = 0;
        snprintf(m->text, sizeof m->text, "%.64s.local", text);
    }
    return dns_name_from(m->text, &m->name);
}

static void start_poll(struct mdns *m, unsigned which, int fd) {
    if (fd < 0 || uv_poll_init(&m->server->loop, &m->poll[which], fd) != 0)
        return;
    m->poll[which].data = m;
    uv_poll_start(&m->poll[which], UV_READABLE, on_message);
}

static struct mdns *leave_it(struct mdns *m, const char *why) {
    say("not answering mDNS: %s", why);
    free(m);
    return NULL;
}

struct mdns *mdns_open(struct server *server) {
    struct mdns *m;

    if (access(AVAHI_SOCKET, F_OK) == 0)
        return leave_it(NULL, "avahi runs on this machine and does it");
    m = calloc(1, sizeof *m);
    if (m == NULL || !find_name(m, server->project->base))
        return leave_it(m, "this machine's name cannot be one in .local");
    m->server = server;
    if (!links_open(&m->links))
        return leave_it(m, errno == EADDRINUSE ? "another program has port 5353 and does it"
                                               : "this machine has no sockets for it");
    (void)links_refresh(&m->links, &m->name);
    uv_timer_init(&server->loop, &m->timer);
    m->timer.data = m;
    start_poll(m, 0, m->links.four);
    start_poll(m, 1, m->links.six);
    uv_timer_start(&m->timer, on_timer, uv_hrtime() % PROBE_MS, 0);
    return m;
}

void mdns_goodbye(struct mdns *mdns) {
    if (mdns == NULL || mdns->stage == SILENT)
        return;
    if (mdns->stage != PROBING)
        reply_all(mdns, 0);
    be_silent(mdns);
}

void mdns_free(struct mdns *mdns) {
    if (mdns == NULL)
        return;
    links_close(&mdns->links);
    free(mdns);
}

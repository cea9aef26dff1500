/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Reads DNS messages from anybody, writes those of one host.
 * Knows: RFC 1035 §4, RFC 6762.   Never knows: sockets, links. */
#include "dns.h"

#include <string.h>

#define HEAD_SIZE    12u
#define POINTERS_MAX 16u /* a name has at most 127 labels; honest writers point once */
#define LABEL_MAX    63u

#define FLAG_RESPONSE      0x8000u
#define FLAG_AUTHORITATIVE 0x0400u
#define MASK_OPCODE        0x7800u
#define MASK_RCODE         0x000fu

static uint16_t u16_at(aloft_bytes m, size_t at) {
    return (uint16_t)(m.at[at] << 8 | m.at[at + 1]);
}

bool dns_begin(struct dns_reader *reader, aloft_bytes message) {
    uint16_t flags;

    if (message.len < HEAD_SIZE || message.len > DNS_MESSAGE_MAX)
        return false;
    flags = u16_at(message, 2);
    *reader = (struct dns_reader){.message = message, .at = HEAD_SIZE};
    reader->id = u16_at(message, 0);
    reader->is_response = (flags & FLAG_RESPONSE) != 0;
    for (unsigned i = 0; i < DNS_END; i++)
        reader->left[i] = u16_at(message, 4 + 2 * i);
    return (flags & (MASK_OPCODE | MASK_RCODE)) == 0;
}

static uint8_t lower(uint8_t c) {
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool add_label(struct dns_name *name, const uint8_t *at, unsigned len) {
    if (name->len + 1u + len + 1u > DNS_NAME_MAX) /* and the empty label must still fit */
        return false;
    name->at[name->len++] = (uint8_t)len;
    for (unsigned i = 0; i < len; i++)
        name->at[name->len++] = lower(at[i]);
    return true;
}

/* Read a name at *at and move behind it. A pointer leads strictly before the place where the labels
 * being read began, so each jump goes back and the loop ends; POINTERS_MAX keeps it short. */
static bool read_name(aloft_bytes m, size_t *at, struct dns_name *name) {
    size_t here = *at, began = *at;
    unsigned jumps = 0;

    name->len = 0;
    while (here < m.len) {
        unsigned len = m.at[here];
        if (len == 0) {
            name->at[name->len++] = 0;
            *at = jumps == 0 ? here + 1 : *at;
            return true;
        }
        if (len >= 0xc0u) {
            if (here + 1 >= m.len || jumps == POINTERS_MAX)
                return false;
            if (jumps++ == 0)
                *at = here + 2;
            here = (len & 0x3fu) << 8 | m.at[here + 1];
            if (here >= began)
                return false;
            began = here;
        } else {
            if (len > LABEL_MAX || len > m.len - here - 1 || !add_label(name, m.at + here + 1, len))
                return false;
            here += len + 1;
        }
    }
    return false;
}

int dns_next(struct dns_reader *reader, struct dns_item *item) {
    aloft_bytes m = reader->message;
    size_t len;

    while (reader->section < DNS_END && reader->left[reader->section] == 0)
        reader->section++;
    if (reader->section == DNS_END || reader->n_items++ == DNS_ITEMS_MAX)
        return 0;
    reader->left[reader->section]--;
    item->section = reader->section;
    if (!read_name(m, &reader->at, &item->name) || m.len - reader->at < 4)
        return -1;
    item->type = u16_at(m, reader->at);
    item->class = u16_at(m, reader->at + 2);
    item->ttl_s = 0;
    item->data = (aloft_bytes){0};
    reader->at += 4;
    if (item->section == DNS_QUESTION)
        return 1;
    if (m.len - reader->at < 6)
        return -1;
    item->ttl_s = (uint32_t)u16_at(m, reader->at) << 16 | u16_at(m, reader->at + 2);
    len = u16_at(m, reader->at + 4);
    reader->at += 6;
    if (len > m.len - reader->at)
        return -1;
    item->data = (aloft_bytes){m.at + reader->at, len};
    reader->at += len;
    return 1;
}

bool dns_name_from(const char *text, struct dns_name *name) {
    name->len = 0;
    while (*text != 0) {
        size_t len = strcspn(text, ".");
        if (len == 0 || len > LABEL_MAX || !add_label(name, (const uint8_t *)text, (unsigned)len))
            return false;
        text += len;
        text += *text == '.';
    }
    name->at[name->len++] = 0;
    return name->len > 1;
}

bool dns_name_equal(const struct dns_name *a, const struct dns_name *b) {
    return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

bool dns_host_has(const struct dns_host *host, const struct dns_item *item) {
    for (unsigned i = 0; item->type == DNS_TYPE_A && item->data.len == 4 && i < host->n_four; i++)
        if (memcmp(host->four[i], item->data.at, 4) == 0)
            return true;
    for (unsigned i = 0; item->type == DNS_TYPE_AAAA && item->data.len == 16 && i < host->n_six;
         i++)
        if (memcmp(host->six[i], item->data.at, 16) == 0)
            return true;
    return false;
}

/* ---- out. Room: HEAD_SIZE + 255 + 4 + 8 * (12 + 4) + 8 * (12 + 16) + 20 + 255 < DNS_WRITE_MAX */

struct writer {
    uint8_t *out;
    size_t len;
    bool named; /* the host's name stands at HEAD_SIZE */
};

static void put16(struct writer *w, unsigned number) {
    w->out[w->len++] = (uint8_t)(number >> 8);
    w->out[w->len++] = (uint8_t)number;
}

static void put_bytes(struct writer *w, const uint8_t *at, size_t len) {
    memcpy(w->out + w->len, at, len);
    w->len += len;
}

/* Whatever comes first begins with the host's name, right behind the head; later ones point there.
 * */
static void put_name(struct writer *w, const struct dns_host *host) {
    if (w->named)
        put16(w, 0xc000u | HEAD_SIZE);
    else
        put_bytes(w, host->name.at, host->name.len);
    w->named = true;
}

static void put_head(struct writer *w, uint16_t id, unsigned flags, const uint16_t counts[4]) {
    put16(w, id);
    put16(w, flags);
    for (unsigned i = 0; i < 4; i++)
        put16(w, counts[i]);
}

static void put_question(struct writer *w, const struct dns_host *host, unsigned type,
                         unsigned class) {
    put_name(w, host);
    put16(w, type);
    put16(w, class);
}

struct record {
    unsigned type, class;
    uint32_t ttl_s;
    aloft_bytes data;
};

static void put_record(struct writer *w, const struct dns_host *host, const struct record *r) {
    put_question(w, host, r->type, r->class);
    put16(w, r->ttl_s >> 16);
    put16(w, r->ttl_s & 0xffffu);
    put16(w, (unsigned)r->data.len);
    put_bytes(w, r->data.at, r->data.len);
}

static void put_addresses(struct writer *w, const struct dns_host *host, unsigned class,
                          uint32_t ttl_s) {
    for (unsigned i = 0; i < host->n_four; i++)
        put_record(w, host, &(struct record){DNS_TYPE_A, class, ttl_s, ALOFT_BYTES(host->four[i])});
    for (unsigned i = 0; i < host->n_six; i++)
        put_record(w, host,
                   &(struct record){DNS_TYPE_AAAA, class, ttl_s, ALOFT_BYTES(host->six[i])});
}

/* RFC 6762 §6.1, RFC 4034 §4.1.2: which types there are. Bit 1 is A, bit 28 is AAAA; the next name
 * is the host's own, as a pointer, which mDNS allows (§18.14). */
static void put_denial(struct writer *w, const struct dns_host *host, unsigned class,
                       uint32_t ttl_s) {
    uint8_t data[] = {0xc0, HEAD_SIZE, 0, 4, 0, 0, 0, 0};

    data[4] = host->n_four > 0 ? 0x40 : 0;
    data[7] = host->n_six > 0 ? 0x08 : 0;
    put_record(w, host, &(struct record){DNS_TYPE_NSEC, class, ttl_s, ALOFT_BYTES(data)});
}

size_t dns_write_reply(const struct dns_host *host, const struct dns_reply *reply,
                       uint8_t out[DNS_WRITE_MAX]) {
    struct writer w = {out, 0, false};
    unsigned class = reply->is_legacy ? DNS_CLASS_IN : DNS_CLASS_IN | DNS_TOP_BIT;
    bool denies = (reply->type == DNS_TYPE_A && host->n_four == 0) ||
                  (reply->type == DNS_TYPE_AAAA && host->n_six == 0);
    const uint16_t counts[4] = {reply->is_legacy ? 1 : 0, (uint16_t)(host->n_four + host->n_six), 0,
                                denies ? 1 : 0};

    put_head(&w, reply->id, FLAG_RESPONSE | FLAG_AUTHORITATIVE, counts);
    if (reply->is_legacy)
        put_question(&w, host, reply->type, DNS_CLASS_IN);
    put_addresses(&w, host, class, reply->ttl_s);
    if (denies)
        put_denial(&w, host, class, reply->ttl_s);
    return w.len;
}

size_t dns_write_probe(const struct dns_host *host, uint8_t out[DNS_WRITE_MAX]) {
    struct writer w = {out, 0, false};
    const uint16_t counts[4] = {1, 0, (uint16_t)(host->n_four + host->n_six), 0};

    put_head(&w, 0, 0, counts);
    put_question(&w, host, DNS_TYPE_ANY, DNS_CLASS_IN | DNS_TOP_BIT);
    /* §8.1: in the authority section, without the cache-flush bit (§10.2) */
    put_addresses(&w, host, DNS_CLASS_IN, DNS_TTL_S);
    return w.len;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. DNS messages as multicast DNS uses them (RFC 1035 §4, RFC 6762 §18): a strict
 * reader and the few messages that a responder for one host name writes. No sockets.
 *
 * Example:
 *     struct dns_reader reader;
 *     struct dns_item item;
 *     if (dns_begin(&reader, message))
 *         while (dns_next(&reader, &item) == 1) ...
 */
#ifndef SERVER_NET_DNS_H
#define SERVER_NET_DNS_H

#include <stdbool.h>
#include <stdint.h>

#include <aloft/bytes.h>

#define DNS_NAME_MAX    255u  /* bytes on the wire, RFC 1035 §2.3.4 */
#define DNS_MESSAGE_MAX 9000u /* RFC 6762 §17 */
#define DNS_WRITE_MAX   1024u /* 8 + 8 addresses, NSEC and a question have at most 700 bytes */
#define DNS_ITEMS_MAX   128u  /* of one message that are looked at */

#define DNS_TYPE_A    1u
#define DNS_TYPE_AAAA 28u
#define DNS_TYPE_NSEC 47u
#define DNS_TYPE_ANY  255u
#define DNS_CLASS_IN  1u
#define DNS_TOP_BIT   0x8000u /* of a class: unicast wanted (question), cache-flush (record) */
#define DNS_TTL_S     120u    /* RFC 6762 §10: of records that hold an address */

/** A name on the wire without pointers, ASCII letters in lower case. */
struct dns_name {
    uint8_t at[DNS_NAME_MAX];
    uint8_t len; /* with the empty label at its end; at least 1 */
};

enum dns_section { DNS_QUESTION, DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_END };

struct dns_item {
    enum dns_section section;
    struct dns_name name;
    uint16_t type;
    uint16_t class; /* with its top bit */
    uint32_t ttl_s; /* 0 in a question */
    aloft_bytes data;
};

struct dns_reader {
    aloft_bytes message;
    uint16_t id;
    bool is_response;
    size_t at;
    enum dns_section section;
    uint16_t left[DNS_END]; /* items */
    unsigned n_items;
};

/** Read the head. False: not a message, or an opcode or response code that mDNS ignores (§18.3,
 *  §18.11). */
bool dns_begin(struct dns_reader *reader, aloft_bytes message);

/** 1: an item. 0: the end. -1: the message is malformed there; nothing after it counts. */
int dns_next(struct dns_reader *reader, struct dns_item *item);

/** "lab-pc.local" to a name; false if a label is empty or longer than 63 bytes, or all of it than
 *  255. */
bool dns_name_from(const char *text, struct dns_name *name);
bool dns_name_equal(const struct dns_name *a, const struct dns_name *b);

/** What a host has on one link. */
struct dns_host {
    struct dns_name name;
    uint8_t four[8][4];
    uint8_t six[8][16];
    unsigned n_four, n_six;
};

/** The address records of a host as an answer. */
struct dns_reply {
    uint16_t id;    /* 0 but for a legacy question */
    bool is_legacy; /* §6.7: repeats the question, no cache-flush bit, a short life */
    uint16_t type;  /* asked for: A, AAAA or ANY; what is missing is denied with NSEC (§6.1) */
    uint32_t ttl_s;
};
size_t dns_write_reply(const struct dns_host *host, const struct dns_reply *reply,
                       uint8_t out[DNS_WRITE_MAX]);

/** A probe (§8.1): who has this name? And what we would say. */
size_t dns_write_probe(const struct dns_host *host, uint8_t out[DNS_WRITE_MAX]);

/** Whether a record is one of the host's own addresses. */
bool dns_host_has(const struct dns_host *host, const struct dns_item *item);

#endif

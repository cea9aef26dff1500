/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Finds web addresses and PEM texts among any bytes.
 *
 * Example:
 *     struct scan_hit hit;
 *     for (size_t from = 0; scan_next(file, from, &hit); from = hit.at + hit.len)
 *         if (hit.what == SCAN_ADDRESS) ... */
#ifndef HOST_DOCTOR_SCAN_H
#define HOST_DOCTOR_SCAN_H

#include <stdbool.h>

#include <aloft/bytes.h>

#define SCAN_ADDRESS_MAX 200u

enum scan_what {
    SCAN_ADDRESS,     /* http:// or https:// with a host */
    SCAN_CERTIFICATE, /* a whole PEM block */
    SCAN_PUBLIC_KEY,
    SCAN_PRIVATE_KEY,
    SCAN_PLACEHOLDER, /* BEGIN and END with something between that is no key and no certificate */
};

struct scan_hit {
    enum scan_what what;
    size_t at, len;
    char address[SCAN_ADDRESS_MAX + 1]; /* of SCAN_ADDRESS: printable */
    bool is_certificate;                /* of SCAN_PLACEHOLDER: else a key */
};

/** The next hit at or behind `from`. */
bool scan_next(aloft_bytes file, size_t from, struct scan_hit *hit);

/** An address taken apart; port 443 or 80 where none is given. False if it is none. */
struct address {
    bool is_https;
    char host[128];
    unsigned port;
};
bool address_of(const char *text, struct address *out);

/** Whether an address looks like one that firmware asks for updates: a number address, a .local or
 *  bare name, a port, or a path to a .bin or .json. Others are links in texts, clouds, licences. */
bool address_is_for_updates(const char *text);

#endif

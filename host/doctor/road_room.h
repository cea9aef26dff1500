/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. What the files of the road share; only they look inside. */
#ifndef HOST_DOCTOR_ROAD_ROOM_H
#define HOST_DOCTOR_ROAD_ROOM_H

#include <openssl/ssl.h>

#include <aloft/aloft.h>
#include <aloft/manifest.h>

#include "host/doctor/road.h"
#include "host/keys.h"
#include "host/project.h"
#include "host/trust.h"
#include "http/answer.h"
#include "http/url.h"

#define ROAD_PEERS_MAX  8u
#define ROAD_CONNECT_MS 5000u   /* to one address: ten times a bad mobile network's round trip */
#define ROAD_QUIET_MS   10000u  /* a handshake, or the next bytes of an answer */
#define ROAD_FETCH_MS   300000u /* a payload in all */
#define ROAD_URL_MAX    512u    /* ALOFT_BASE_MAX, class, channel, ALOFT_URI_MAX */

struct road {
    struct road_wish wish;
    struct road_row row[ROAD_STEPS];
    struct trouble trouble;
    enum road_step broken_at;
    char would[400];
    char hint[600]; /* what this road cannot show; may be empty */

    struct project project;
    bool has_project;
    char base[ALOFT_BASE_MAX + 1];
    char host[ALOFT_HOST_MAX + 1];
    char device_class[ALOFT_CLASS_MAX + 1], channel[PROJECT_WORD_MAX + 1];
    char version[ALOFT_VERSION_MAX + 1]; /* that runs; "": fresh from the factory */
    struct al_http_url url;              /* of the base; points into `base` */
    struct aloft_terms terms;
    struct aloft_keys keys;
    char key_name[ALOFT_KEYS_MAX][KEYS_NAME_MAX + 1];
    struct aloft_key fresh[AL_TRUST_FRESH_MAX]; /* for statements of freshness */
    unsigned n_fresh;

    struct road_peer peer[ROAD_PEERS_MAX];
    unsigned n_peers;
    struct road_peer chosen; /* the one that answered */
    bool only_aes;           /* offer the suites that each build of mbedTLS has */

    X509_STORE *store;
    X509 *ca, *leaf;
    STACK_OF(X509) * chain;

    char place[ROAD_URL_MAX + 1]; /* URL of the manifest, after redirects */
    uint8_t envelope[ALOFT_MANIFEST_MAX + 1];
    size_t envelope_len;
    int64_t date_s; /* of the server, -1: not said */
    struct aloft_manifest manifest;
};

/** The URL of a file beside the releases of this class and channel, into ROAD_URL_MAX + 1 bytes. */
void road_place(const struct road *road, const char *file, char *out);

/** After the walk: a remark on the statement of freshness; a hint where a device failed all the same. */
void road_look_fresh(struct road *road);
void road_look_at_knocks(struct road *road);

/** Each step fills its row; false: it is broken, and `trouble` says why. */
bool road_see_name(struct road *road);
bool road_see_route(struct road *road);
bool road_see_tcp(struct road *road);
bool road_see_tls(struct road *road);
bool road_see_chain(struct road *road);
bool road_see_host(struct road *road);
bool road_see_dates(struct road *road);
bool road_see_http(struct road *road);
bool road_see_clock(struct road *road);
bool road_see_manifest(struct road *road);
bool road_see_decision(struct road *road);
bool road_see_payload(struct road *road);

/** Settings, road_settings.c. */
ALOFT_MUST_USE aloft_err road_settle(struct road *road, struct trouble *trouble);

/** The row holds (gives true), or is broken (gives false) with this fault. */
bool road_good(struct road *road, enum road_step step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool road_broken(struct road *road, enum road_step step, const aloft_fault *why, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));
void road_remark(struct road *road, enum road_step step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Connect to an address: the descriptor, non-blocking, or -1 with errno. */
int road_connect(const struct road_peer *peer);
/** An address as text. Gives out. */
const char *road_peer_text(const struct road_peer *peer, char out[64]);
/** Whether an interface of this machine has this address. */
bool road_peer_is_own(const struct road_peer *peer);

/** A TLS stream under way. */
struct road_stream {
    int fd;
    SSL_CTX *context;
    SSL *ssl;
    uint64_t until_ms;
};

/** Connect to the chosen address and shake hands with these versions (0: any). False: *why says
 *  it; close in any case. */
bool road_open(struct road *road, struct road_stream *stream, int lowest, int highest,
               aloft_fault *why);
void road_close(struct road_stream *stream);
/** Write all, or read some (0: orderly end). Negative: *why says it. */
int road_write(struct road_stream *stream, const void *bytes, size_t len, aloft_fault *why);
int road_read(struct road_stream *stream, void *room, size_t size, aloft_fault *why);
uint64_t road_time_ms(void);

/** A GET: what comes of it. */
struct road_get {
    const char *url;
    uint64_t from;
    uint64_t most; /* of the body that is taken; more is cut off there */
    void (*take)(void *self, aloft_bytes body);
    void *self;

    struct al_http_answer head;
    int64_t date_s;
    uint64_t n; /* bytes of the body that came */
};

/** Ask, over a stream of its own, whoever has the certificate that was checked. ALOFT_OK: the head
 *  is there, and of the body all that came until the end or `most`. */
ALOFT_MUST_USE aloft_err road_get(struct road *road, struct road_get *get, aloft_fault *why);

#endif

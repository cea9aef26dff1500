/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. One HTTP exchange after another over the port's byte stream, one small piece a call. A
 * connection is kept for the next exchange with the same host. */
#ifndef AL_DEVICE_TALK_H
#define AL_DEVICE_TALK_H

#include <stdbool.h>

#include <aloft/port.h>

#include "http/answer.h"
#include "http/url.h"

/** Room for a whole URL: the base (200), class (63), channel (32), file names, payload name (128). */
#define AL_URL_ROOM 480u

enum al_talk_phase {
    AL_TALK_IDLE,
    AL_TALK_OPEN, /* resolving, connecting, handshake */
    AL_TALK_SEND,
    AL_TALK_HEAD,
    AL_TALK_BODY,
};

struct al_talk {
    const struct aloft_net *net;
    aloft_space input; /* the caller's: the request first, then what comes */
    enum al_talk_phase phase;
    bool is_open;         /* a stream stands, to `host` and `port` */
    bool is_reused;       /* it stood before this exchange */
    bool is_clean;        /* nothing stood in it before the request */
    bool may_stay;        /* so far nothing says that it must be closed after this exchange */
    bool ends_with_close; /* the body has no length: it ends when the stream does */
    bool payload;         /* struct aloft_peer */
    uint16_t port;
    char host[ALOFT_HOST_MAX + 1];
    aloft_bytes request; /* in `input` */
    size_t sent;
    struct al_http_answer answer;
    aloft_bytes body;  /* came and is not used yet; in `input` */
    uint64_t left;     /* body bytes still to come behind `body` */
    uint64_t began_ms; /* when this phase began */
};

/** Where an exchange goes: a URL that al_http_url_split has read, and whether it may use another CA. */
struct al_talk_to {
    const struct al_http_url *url;
    bool payload;
};

/** Begin an exchange. The request stands at the front of talk->input. A stream to another host is closed. */
void al_talk_start(struct al_talk *talk, const struct al_talk_to *to, size_t request_len,
                   uint64_t now_ms);

/**
 * One call of the port, in a phase from OPEN to HEAD.
 *
 * Gives   ALOFT_WAIT  nothing yet; call again.
 *         ALOFT_OK    the head of the answer has come (phase BODY); talk->body may hold its first bytes.
 * Fails   as the port's functions, HTTP_FORM, HTTP_HEAD_LONG, NET_TIMEOUT (open 60 s, send and head 30 s
 *         each: several retransmissions of TCP on a slow link). The stream is then closed.
 */
ALOFT_MUST_USE aloft_err al_talk_step(struct al_talk *talk, uint64_t now_ms, aloft_fault *why);

/**
 * Get more of the body into talk->body, which must be used up while the whole body is not (al_talk_is_over).
 *
 * Gives   ALOFT_WAIT, or ALOFT_OK: bytes are there, or al_talk_is_over.
 * Fails   as the port's recv; NET_CLOSED when the stream ends before the body does.
 */
ALOFT_MUST_USE aloft_err al_talk_more(struct al_talk *talk, aloft_fault *why);

/** Whether the whole body has come and been used. */
bool al_talk_is_over(const struct al_talk *talk);

/** End the exchange: keep the stream if the answer was read to its end and allows it, else close it. */
void al_talk_end(struct al_talk *talk);

/** Close whatever is open. */
void al_talk_close(struct al_talk *talk);

#endif

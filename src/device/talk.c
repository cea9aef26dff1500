/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Opens, sends, reads heads and bodies.
 * Knows: HTTP heads, the port's stream.   Never knows: what is asked for, or what the answer decides. */
#include "device/talk.h"

#include <string.h>

#define OPEN_MS 60000u
#define SEND_MS 30000u
#define HEAD_MS 30000u

static bool same_host(const struct al_talk *talk, const struct al_talk_to *to) {
    size_t len = to->url->host.len;

    return talk->port == to->url->port && talk->payload == to->payload &&
           memcmp(talk->host, to->url->host.at, len) == 0 && talk->host[len] == 0;
}

static void enter(struct al_talk *talk, enum al_talk_phase phase, uint64_t now_ms) {
    talk->phase = phase;
    talk->began_ms = now_ms;
}

void al_talk_start(struct al_talk *talk, const struct al_talk_to *to, size_t request_len,
                   uint64_t now_ms) {
    if (talk->is_open && !same_host(talk, to))
        al_talk_close(talk);
    talk->is_reused = talk->is_open;
    talk->is_clean = !talk->is_open;
    talk->payload = to->payload;
    talk->port = to->url->port;
    memcpy(talk->host, to->url->host.at,
           to->url->host.len); /* <= ALOFT_HOST_MAX, al_http_url_split */
    talk->host[to->url->host.len] = 0;
    talk->request = (aloft_bytes){talk->input.at, request_len};
    talk->sent = 0;
    talk->body = (aloft_bytes){talk->input.at, 0};
    talk->left = 0;
    enter(talk, talk->is_open ? AL_TALK_SEND : AL_TALK_OPEN, now_ms);
}

void al_talk_close(struct al_talk *talk) {
    if (talk->is_open || talk->phase == AL_TALK_OPEN)
        talk->net->close(talk->net->self);
    talk->is_open = false;
    talk->phase = AL_TALK_IDLE;
}

void al_talk_end(struct al_talk *talk) {
    if (talk->phase == AL_TALK_BODY && talk->may_stay && al_talk_is_over(talk))
        talk->phase = AL_TALK_IDLE;
    else
        al_talk_close(talk);
}

bool al_talk_is_over(const struct al_talk *talk) {
    return talk->body.len == 0 && talk->left == 0;
}

static aloft_err open_stream(struct al_talk *talk, uint64_t now_ms, aloft_fault *why) {
    const struct aloft_peer peer = {talk->host, talk->port, talk->payload};
    aloft_err e = talk->net->open(talk->net->self, &peer, why);

    if (e != ALOFT_OK)
        return e;
    talk->is_open = true;
    enter(talk, AL_TALK_SEND, now_ms);
    return ALOFT_WAIT;
}

/* A kept stream that the server closed meanwhile breaks at its first use: open a new one, once. */
static aloft_err try_anew(struct al_talk *talk, uint64_t now_ms) {
    al_talk_close(talk);
    talk->is_reused = false;
    talk->sent = 0;
    enter(talk, AL_TALK_OPEN, now_ms);
    return ALOFT_WAIT;
}

/* Bytes that stand in a kept stream before anything was asked belong to no answer of ours: a server that sent
 * more than it said. They would be read as the head of the next answer. */
static aloft_err look_first(struct al_talk *talk, uint64_t now_ms) {
    uint8_t byte;
    size_t got = 0;
    aloft_fault ignored;

    talk->is_clean = true;
    if (talk->net->recv(talk->net->self, (aloft_space){&byte, 1}, &got, &ignored) == ALOFT_WAIT)
        return ALOFT_WAIT;
    return try_anew(talk, now_ms);
}

static aloft_err send_some(struct al_talk *talk, uint64_t now_ms, aloft_fault *why) {
    const aloft_bytes rest = {talk->request.at + talk->sent, talk->request.len - talk->sent};
    size_t sent = 0;
    aloft_err e = talk->net->send(talk->net->self, rest, &sent, why);

    if (e != ALOFT_OK)
        return e;
    talk->sent += sent;
    if (talk->sent == talk->request.len) {
        al_http_answer_start(&talk->answer);
        enter(talk, AL_TALK_HEAD, now_ms);
    }
    return ALOFT_WAIT;
}

/* RFC 9112 §6.3: what follows the head. A 204 or 304 has no body whatever its head says. */
static void begin_body(struct al_talk *talk, uint64_t now_ms) {
    const struct al_http_answer *answer = &talk->answer;
    bool is_empty = answer->status == 204 || answer->status == 304;

    talk->ends_with_close = !is_empty && !answer->has_length;
    talk->left = is_empty ? 0 : answer->has_length ? answer->content_length : UINT64_MAX;
    talk->may_stay = answer->keeps_open && !talk->ends_with_close && !answer->is_chunked;
    if (talk->body.len >
        talk->left) { /* more than was said: take what was said, keep nothing open */
        talk->body.len = (size_t)talk->left;
        talk->may_stay = false;
    }
    talk->left -= talk->body.len;
    enter(talk, AL_TALK_BODY, now_ms);
}

static aloft_err read_head(struct al_talk *talk, uint64_t now_ms, aloft_fault *why) {
    size_t got = 0;
    aloft_err e = talk->net->recv(talk->net->self, talk->input, &got, why);

    if (e != ALOFT_OK)
        return e;
    talk->is_reused = false; /* it lives: from here on a break is a fault of this exchange */
    talk->body = (aloft_bytes){talk->input.at, got};
    e = al_http_answer_read(&talk->answer, &talk->body, why);
    if (e == ALOFT_OK)
        begin_body(talk, now_ms);
    return e;
}

static aloft_err too_late(struct al_talk *talk, uint64_t now_ms, aloft_fault *why) {
    static const uint32_t limit_ms[] = {0, OPEN_MS, SEND_MS, HEAD_MS, 0};
    uint32_t limit = limit_ms[talk->phase];

    if (now_ms - talk->began_ms < limit)
        return ALOFT_WAIT;
    al_talk_close(talk);
    *why = (aloft_fault){.code = ALOFT_E_NET_TIMEOUT, .want = limit / 1000};
    return ALOFT_E_NET_TIMEOUT;
}

aloft_err al_talk_step(struct al_talk *talk, uint64_t now_ms, aloft_fault *why) {
    enum al_talk_phase before = talk->phase;
    aloft_err e = ALOFT_OK;

    if (before == AL_TALK_OPEN)
        e = open_stream(talk, now_ms, why);
    else if (before == AL_TALK_SEND && !talk->is_clean)
        e = look_first(talk, now_ms);
    else if (before == AL_TALK_SEND)
        e = send_some(talk, now_ms, why);
    else
        e = read_head(talk, now_ms, why);
    if (e == ALOFT_WAIT && talk->phase == before)
        return too_late(talk, now_ms, why);
    if (e == ALOFT_OK || e == ALOFT_WAIT)
        return e;
    if (talk->is_reused)
        return try_anew(talk, now_ms);
    if (before == AL_TALK_OPEN)
        talk->phase = AL_TALK_IDLE; /* the port has closed what it could not open */
    al_talk_close(talk);
    return e;
}

aloft_err al_talk_more(struct al_talk *talk, aloft_fault *why) {
    aloft_space room = talk->input;
    size_t got = 0;
    aloft_err e;

    if (room.len > talk->left)
        room.len = (size_t)talk->left;
    e = talk->net->recv(talk->net->self, room, &got, why);
    if (e == ALOFT_E_NET_CLOSED && talk->ends_with_close) {
        talk->left = 0;
        return ALOFT_OK;
    }
    if (e != ALOFT_OK)
        return e;
    talk->body = (aloft_bytes){talk->input.at, got};
    talk->left -= got;
    return ALOFT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Writes the head of a request.
 * Knows: RFC 9112 §3 and §5.   Never knows: what is asked for, or why. */
#include "http/request.h"

#include "http/text.h"

static bool is_all(aloft_bytes text, bool (*is)(uint8_t c)) {
    for (size_t i = 0; i < text.len; i++)
        if (!is(text.at[i]))
            return false;
    return true;
}

static bool is_right(const struct al_http_pair *pair) {
    return pair->name.len > 0 && is_all(pair->name, al_http_is_token) &&
           is_all(pair->value, al_http_is_text);
}

static void put_field(struct al_http_out *out, const struct al_http_pair *pair) {
    al_http_put(out, pair->name);
    al_http_put_text(out, ": ");
    al_http_put(out, pair->value);
    al_http_put_text(out, "\r\n");
}

/* RFC 9112 §3.2.1: an empty path is sent as "/". */
static void put_line(struct al_http_out *out, const struct al_http_ask *ask) {
    al_http_put_text(out, ask->method);
    al_http_put_text(out, " ");
    al_http_put_text(out, ask->url->path.len == 0 ? "/" : "");
    al_http_put(out, ask->url->path);
    al_http_put_text(out, " HTTP/1.1\r\n");
}

static void put_host(struct al_http_out *out, const struct al_http_url *url) {
    al_http_put_text(out, url->is_v6 ? "Host: [" : "Host: ");
    al_http_put(out, url->host);
    al_http_put_text(out, url->is_v6 ? "]" : "");
    if (url->port != AL_HTTP_PORT) {
        al_http_put_text(out, ":");
        al_http_put_number(out, url->port);
    }
    al_http_put_text(out, "\r\nAccept-Encoding: identity\r\n");
}

static aloft_err misuse(uint32_t want, uint32_t got, aloft_fault *why) {
    *why = (aloft_fault){.code = ALOFT_E_MISUSE, .want = want, .got = got};
    return ALOFT_E_MISUSE;
}

aloft_err al_http_request_write(const struct al_http_ask *ask, aloft_space *out, aloft_fault *why) {
    struct al_http_out text = {.room = *out};

    put_line(&text, ask);
    put_host(&text, ask->url);
    for (unsigned i = 0; i < ask->n_pairs; i++) {
        if (!is_right(&ask->pair[i]))
            return misuse(0, i + 1, why);
        put_field(&text, &ask->pair[i]);
    }
    if (ask->from > 0) {
        al_http_put_text(&text, "Range: bytes=");
        al_http_put_number(&text, ask->from);
        al_http_put_text(&text, "-\r\n");
    }
    if (ask->has_body) {
        al_http_put_text(&text, "Content-Length: ");
        al_http_put_number(&text, ask->body_len);
        al_http_put_text(&text, "\r\n");
    }
    al_http_put_text(&text, "\r\n");
    if (text.is_full)
        return misuse((uint32_t)out->len, 0, why);
    out->len = text.len;
    return ALOFT_OK;
}
